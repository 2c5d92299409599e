/**
 * @module
 * The variables that a bundled policy needs, as its entry declares them: values that are certain, and for the others
 * who sets them.
 */
import { called } from '../../../diagnostics/harmless.ts';
import { reason } from '../../export-reasons.ts';
import {
  type ExportedKey,
  type ExportedSetter,
  type ExportedVariable,
  Open,
  type Reason,
  type Writable,
} from '../../exported.ts';
import { isPrivate } from '../../private-names.ts';
import type { Form } from './assigned.ts';
import type { BundledPolicy } from './bundle.ts';
import { isOfCaller } from './callers.ts';
import { otherTokenVariables } from './exported-callers.ts';
import { keyKinds, keyOf, recipientKey } from './exported-keys.ts';
import type { NeededVariable } from './needed.ts';
import type { Event } from './origins.ts';
import { isOfRuntime } from './runtime.ts';
import { declarationFor } from './section-variables.ts';
import { namedSetters, originsOf } from './setter-lines.ts';

export interface ExportedNeeds {
  readonly variables: readonly ExportedVariable[];
  readonly keys: readonly ExportedKey[];
  readonly reasons: readonly Reason[];
}

/** @param api the name of the proxy */
export function needsOf(policy: BundledPolicy, api: string): ExportedNeeds {
  const { plan, needs, place, found, name } = policy;
  const kinds = keyKinds(plan, needs.variables);
  const declared = needs.variables.filter((variable) => !isOfRuntime(variable) && !isOfCaller(variable));
  const made = declared.map((variable) => {
    const kind = kinds.get(variable.name);
    const signs = plan?.key?.kind === 'variable' && plan.key.name === variable.name;
    const needed = kind === undefined ? undefined : { kind, algorithm: signs ? plan.algorithm?.name : undefined };
    const key = needed === undefined ? undefined : keyOf(variable, needed, api);
    return { variable, key, exported: key === undefined ? variableOf(variable) : undefined };
  });
  const recipient = plan && recipientKey(plan, name, api);
  const variables = [...made.flatMap(({ exported }) => exported ?? []), ...otherTokenVariables(policy)];
  const placeOf = (variable: string) => found?.variables?.find((use) => use.name === variable)?.place ?? place;
  return {
    variables,
    keys: [...made.flatMap(({ key }) => key ?? []), ...(recipient === undefined ? [] : [recipient])],
    reasons: [
      ...variables.filter(({ verdict }) => verdict !== 'known').map((one) => openReason(one, placeOf(one.name))),
      ...(needs.unnamed === 0 ? [] : [reason('value', 'import.open-value', place, unnamed)]),
    ],
  };
}

const unnamed = {
  message: 'The policy reads a variable whose name is too unusual to be shown.',
  suggestion: 'Declare it in `variables` of the entry.',
};

function variableOf(variable: NeededVariable): ExportedVariable {
  const { name, value, setters } = variable;
  if (value !== undefined && !isPrivate(name) && !readsToken(value.form)) {
    const declaration = declarationFor(value.form) as Writable;
    return { name, verdict: 'known', setters: [setterOf(value.event)], declaration };
  }
  const isClear =
    setters.length <= 1 && setters.every(({ always, setting }) => always && setting.target.kind !== 'any');
  return {
    name,
    verdict: isClear ? 'declare' : 'ambiguous',
    setters: (value === undefined ? setters : [value.event]).map(setterOf),
    declaration: new Open(insteadFor(variable), originsOf(variable)),
  };
}

/** Whose token a template reads cannot be said in the entry of one policy. */
function readsToken(form: Form): boolean {
  return 'template' in form && /\bjwt\./.test(form.template);
}

function insteadFor({ name, use, elsewhere, setters }: NeededVariable): string {
  if (use !== 'value')
    return 'Write { file: … } for the one key that the gateway used; with several keys, write several entries.';
  const header = /^(?:request|message)\.header\.([^.]+)$/.exec(name)?.[1];
  if (header !== undefined && namedSetters(setters).length === 0)
    return `Write { header: ${header.toLowerCase()} } if the client itself chose this header on the gateway, else where its value comes from now.`;
  if (isPrivate(name)) return 'If tokens may show the value, write { file: …, readable: true }.';
  if (setters.length === 0 && elsewhere.length === 0)
    return 'Write where the value comes from now. No policy of the export sets it: if the gateway had none, remove this line.';
  return 'Write where the value comes from now: a constant, { template: … }, { header: … } or { metadata: …, path: … }.';
}

function setterOf({ policy, flow, conditions }: Event): ExportedSetter {
  const condition = conditions.length === 0 ? undefined : conditions.join(' and ');
  return { kind: policy.kind, file: policy.file, flow, condition };
}

function openReason({ name, verdict, setters }: ExportedVariable, place: BundledPolicy['place']): Reason {
  const why =
    setters.length === 0
      ? 'is set by no policy of the export that runs before'
      : verdict === 'declare'
        ? 'has a value that is not in the export'
        : 'may have different values, which depend on conditions, on several policies or on what is not in the export';
  const message = `${called('The variable', name)} ${why}.`;
  return reason('value', 'import.open-value', place, {
    message,
    suggestion: 'Say in the entry where the value comes from now.',
  });
}
