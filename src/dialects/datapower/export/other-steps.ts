/**
 * @module
 * What else the gateway did to the requests of a policy on their way to the backend. Nothing of this changes the token;
 * Envoy or the backend has to do it, and the report names it.
 */
import { nameOr } from '../../../diagnostics/harmless.ts';
import { isRecord } from '../../../diagnostics/json.ts';
import { problemAt } from '../../../diagnostics/problem.ts';
import { otherPolicies } from '../../export-reasons.ts';
import type { Reason } from '../../exported.ts';
import { isBuiltIn } from '../other-actions.ts';
import { canonicalName } from '../variable-names.ts';
import type { AnalysedPolicy } from './analysis.ts';
import type { ApiContext } from './api-context.ts';
import { type Action, excludes, isAt } from './flow.ts';
import { endOf, isRefusing } from './gateway-checks.ts';
import { assigned, positionIn } from './setters.ts';

/** @param headers those that get a token of the API, in lower case; undefined if not all of them are known */
export function otherStepReasons(
  context: ApiContext,
  one: AnalysedPolicy,
  headers: ReadonlySet<string> | undefined,
): readonly Reason[] {
  const { facts, document, extension } = context;
  const actions = new Set(actionsWith(context, one).filter((action) => changesRequest(action, headers)));
  const cors = extension?.['cors'];
  const sending = sendingWith(context, one);
  const phrases = [
    ...(isRecord(cors) && cors['enabled'] === true ? ['`cors` of the API, which answers preflight requests'] : []),
    ...Array.from(
      actions,
      ({ name, path }) =>
        `\`${isBuiltIn(name) || name === 'set-variable' ? name : nameOr(name, 'user-defined policy')}\` (${positionIn(facts, path)})`,
    ),
    ...sending.map(({ name, path }) =>
      [`\`${name}\` (${positionIn(facts, path)})`, 'with headers of its own'].join(' '),
    ),
  ];
  if (phrases.length === 0) return [];
  const text = otherPolicies(phrases.join(', '));
  const problem = problemAt(document.source, document.keyOffsetOf(one.action.path), 'import.other-policy', text);
  return [{ kind: 'note', problem }];
}

/** Those that run for a request with the policy, before it goes to the backend. */
function actionsWith(
  { facts, runsFor }: ApiContext,
  { runs, placed, action: { path } }: AnalysedPolicy,
): readonly Action[] {
  if (runs.length === 0) {
    const all = facts.actions.map(({ action }) => action);
    return placed === undefined ? [] : all.slice(0, endOf(all, all.indexOf(placed.action)));
  }
  return runs.flatMap(({ operation }) => {
    const all = runsFor(operation);
    const own = all.find(({ action }) => isAt(action, path));
    if (own === undefined) return [];
    const end = endOf(
      all.map(({ action }) => action),
      all.indexOf(own),
    );
    return all.slice(0, end).flatMap((run) => (excludes(run, own) ? [] : [run.action]));
  });
}

/** The calls of the backend that add a header, or withhold some. */
function sendingWith({ facts }: ApiContext, { placed }: AnalysedPolicy): readonly Action[] {
  const all = facts.actions.map(({ action }) => action);
  const sent = placed === undefined ? undefined : all[endOf(all, all.indexOf(placed.action))];
  if (sent === undefined) return [];
  const { username, 'header-control': control } = sent.properties;
  const values = isRecord(control) ? control['values'] : undefined;
  const isChanged = (typeof username === 'string' && username !== '') || (Array.isArray(values) && values.length > 0);
  return isChanged ? [sent] : [];
}

/** Those that only write a log, or that are said elsewhere. */
const quiet: ReadonlySet<string> = new Set(['activity-log', 'jwt-generate', 'log', 'ratelimitinfo']);

function changesRequest(action: Action, headers: ReadonlySet<string> | undefined): boolean {
  const { name, properties } = action;
  if (quiet.has(name) || isRefusing(action)) return false;
  if (name !== 'set-variable') return true;
  return assigned(properties).some((variable) => {
    const [, of, header] = /^(message|request)(?:\.headers\.(.+))?/.exec(canonicalName(variable)) ?? [];
    if (of === undefined) return false;
    return header === undefined || headers?.has(header.toLowerCase()) === false;
  });
}

/** The headers that get the tokens of an API. */
export function tokenHeadersOf(found: readonly AnalysedPolicy[]): ReadonlySet<string> | undefined {
  const outputs = found.flatMap(({ output }) => (output.kind === 'cannot' ? [] : [output.output.header]));
  const known = outputs.filter((header) => typeof header === 'string');
  return known.length < outputs.length ? undefined : new Set(known.map((header) => header.toLowerCase()));
}
