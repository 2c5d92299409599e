/**
 * @module
 * The variables of a policy that `mintproc.yaml` has to declare, each with the actions of the assembly that may set it.
 */
import { nameOr } from '../../../diagnostics/harmless.ts';
import { isRecord } from '../../../diagnostics/json.ts';
import { placeText } from '../../../diagnostics/source-text.ts';
import type { LocatedYaml } from '../../../documents/located-yaml.ts';
import type { YamlPath } from '../../../documents/yaml-places.ts';
import { type ExportedSetter, type ExportedVariable, Open, type Writable } from '../../exported.ts';
import { isPrivate } from '../../private-names.ts';
import { positionOf, publishedBy, verifiedBy } from '../assembly.ts';
import { whyUnreachable } from '../context-variables.ts';
import { effectsOf, isBuiltIn } from '../other-actions.ts';
import type { Lack } from '../policy-reader.ts';
import { canonicalName } from '../variable-names.ts';
import { type OperationFacts, shownCondition } from './condition.ts';
import { type Action, type Case, type Flow, isAt } from './flow.ts';

/** An action with the cases that it is in, from the outside in. */
export interface PlacedAction {
  readonly action: Action;
  readonly cases: readonly Case[];
}

/** All actions of a flow, in the order in which they are written. */
export function actionsOf(flow: Flow, cases: readonly Case[] = []): readonly PlacedAction[] {
  return flow.flatMap((step) =>
    step.kind === 'action'
      ? [{ action: step, cases }]
      : step.cases.flatMap((one) => actionsOf(one.flow, [...cases, one])),
  );
}

export interface AssemblyFacts {
  readonly document: LocatedYaml;
  /** The length of the path to the assembly. */
  readonly rootLength: number;
  readonly actions: readonly PlacedAction[];
  readonly operations: readonly OperationFacts[];
}

/** The position of an action in its assembly, such as `execute[0].if.execute[1]`. */
export function positionIn({ rootLength }: AssemblyFacts, path: YamlPath): string {
  return positionOf(path.slice(rootLength, -1));
}

/** The conditions on which an action runs, as they may be shown. */
export function conditionsOf({ operations }: AssemblyFacts, cases: readonly Case[]): readonly string[] {
  return cases.map(({ text, path }) =>
    text === undefined
      ? `${path.at(-1) === 'otherwise' ? 'no other case' : 'its operations'}`
      : shownCondition(text, operations),
  );
}

/** @param policy the path of the policy: actions after it do not count */
export function undeclared(lack: Lack, facts: AssemblyFacts, policy: YamlPath): ExportedVariable {
  const at = facts.actions.findIndex(({ action }) => isAt(action, policy));
  const own = facts.actions[at];
  const before = facts.actions.slice(0, Math.max(at, 0));
  const setting = before.filter((one) => sets(one.action, lack.name) && !isApart(one, own));
  const setters = setting.map((one) => setterOf(facts, one, own));
  const isCertain = setters.length <= 1 && setters.every(({ condition }) => condition === undefined);
  const open = new Open(
    insteadOf(lack, setters),
    setting.map((one, index) => factOf(facts, one, setters[index])),
  );
  return {
    name: lack.name,
    verdict: isCertain ? 'declare' : 'ambiguous',
    setters,
    declaration: declarationOf(lack.name, open),
  };
}

function declarationOf(name: string, value: Open): Writable {
  return isPrivate(name) ? { value, readable: true } : value;
}

function sets({ name, properties }: Action, variable: string): boolean {
  if (name === 'set-variable') return assigned(properties).some((one) => holds(one, variable));
  if (name === 'jwt-validate') return holds(verifiedBy(properties), variable);
  if (name === 'jwt-generate') return publishedBy(properties).some((one) => holds(one, variable));
  const { names, fills = [], isOpen } = effectsOf(name, properties);
  return isOpen || [...names, ...fills].some((one) => holds(one, variable));
}

/** The variables that a `set-variable` sets, adds to or clears. */
export function assigned({ actions }: Action['properties']): readonly string[] {
  const list: readonly unknown[] = Array.isArray(actions) ? actions : [];
  return list.flatMap((one) => {
    const name = isRecord(one) ? (one['set'] ?? one['add'] ?? one['clear']) : undefined;
    return typeof name === 'string' ? [name] : [];
  });
}

function holds(name: string, variable: string): boolean {
  const [whole, part] = [canonicalName(name), canonicalName(variable)];
  return whole === part || part.startsWith(`${whole}.`);
}

/** Whether they are in different cases of one choice. */
function isApart(one: PlacedAction, other: PlacedAction | undefined): boolean {
  const [a, b] = [one.cases.map(keyOf), (other?.cases ?? []).map(keyOf)];
  const at = a.findIndex((key, index) => key !== b[index]);
  return at !== -1 && b[at] !== undefined && choiceOf(a[at]) === choiceOf(b[at]);
}

function keyOf({ path }: Case): string {
  return path.join('/');
}

/** A case's path without its number. */
function choiceOf(key: string | undefined): string | undefined {
  return key?.replace(/(?:\/case\/\d+)?(?:\/otherwise)?$/, '');
}

function setterOf(
  facts: AssemblyFacts,
  { action, cases }: PlacedAction,
  policy: PlacedAction | undefined,
): ExportedSetter {
  const { document } = facts;
  const own = cases.filter((one) => policy?.cases.includes(one) !== true);
  const conditions = conditionsOf(facts, own);
  return {
    kind: kindOf(action.name),
    file: document.source.file,
    flow: positionIn(facts, action.path),
    condition: conditions.length === 0 ? undefined : conditions.join(' and '),
  };
}

function kindOf(name: string): string {
  return name === 'set-variable' || isBuiltIn(name) ? name : nameOr(name, 'user-defined policy');
}

function factOf({ document }: AssemblyFacts, { action }: PlacedAction, setter: ExportedSetter | undefined): string {
  const place = placeText(document.source.placeAt(document.keyOffsetOf(action.path)));
  const when = setter?.condition === undefined ? '' : `, if ${setter.condition}`;
  return `${kindOf(action.name)} at ${place} (${setter?.flow ?? ''})${when}`;
}

function insteadOf({ name, isConstant }: Lack, setters: readonly ExportedSetter[]): string {
  if (isConstant) return 'Write the value that this variable had on the gateway, the same for every request.';
  const why = whyUnreachable(name);
  if (why !== undefined)
    return `Write where its value comes from now, such as \`{ metadata: envoy.filters.http.jwt_authn, path: payload.NAME }\` for the claim NAME of the caller's token. ${why}`;
  if (setters.some(({ condition }) => condition !== undefined))
    return 'Write the value that these actions of the assembly gave it, or where it comes from now. If it differs by route, write it in `variables` of each route instead.';
  if (setters.length > 0)
    return 'Write the value that these actions of the assembly gave it, or where it comes from now.';
  return "Write the value that a property of the catalog or a policy outside of this file gave it. If nothing did, remove this line and write `allow: [datapower.unset-variable]` in the policy's entry.";
}
