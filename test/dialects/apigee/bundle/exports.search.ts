/**
 * @module
 * What an import says of a proxy is what the proxy did: random proxies run as Apigee runs them, and are imported.
 */
import { readApigeeExport } from '../../../../src/dialects/apigee/bundle/exported.ts';
import type { ExportedPolicy, ExportedVariable } from '../../../../src/dialects/exported.ts';
import { Dice } from '../../../search/dice.ts';
import { type Effort, Finding, type Search } from '../../../search/search.ts';
import { loadsAsSaid } from './loads-as-said.ts';
import { filesOf } from './made-bundle.ts';
import {
  type Action,
  conditions,
  filesFor,
  matchesPath,
  type Run,
  runProxy,
  type SimulatedEndpoint,
  type SimulatedProxy,
  type SimulatedRequest,
  type SimulatedRule,
  type SimulatedStep,
} from './simulated-proxy.ts';

export const search: Search = {
  name: 'apigee-exports',
  property: 'The values, routes and headers of an imported Apigee proxy are those that it had for every request.',
  inputs: 50_000,
  share: 300,
  run,
};

const names = ['sub', 'nonce', 'tier', 'request.header.x-user', 'private.kid'];

export function madeProxy(dice: Dice): SimulatedProxy {
  const reads = [dice.pick(names), dice.pick(names)].filter((name) => !name.startsWith('private.'));
  const simple = (): Action => {
    const name = dice.pick(names);
    const other = dice.pick(names.filter((one) => !one.startsWith('private.')));
    return dice.pick<Action>([
      { kind: 'value', name, text: dice.pick(['1', 'b']) },
      { kind: 'template', name, text: `{${other}}${dice.pick(['', '!'])}` },
      { kind: 'ref', name, text: other },
      { kind: 'ref', name, text: other, byDefault: 'd' },
      { kind: 'map', name },
      { kind: 'script', name },
    ]);
  };
  const policies = new Map<string, { action: Action; enabled: boolean }>();
  const policy = (name: string, action: Action): void => {
    policies.set(name, { action, enabled: name === 'Mint' ? !dice.chance(2) : !dice.chance(8) });
  };
  policy('Mint', { kind: 'mint' });
  policy('Put', { kind: 'put', header: 'x-t', prefix: dice.pick(['Bearer ', '', 'jwt ']) });
  policy('Put2', { kind: 'put', header: dice.pick(['x-t', 'x-u']), prefix: dice.pick(['Bearer ', '']) });
  policy('Remove', { kind: 'remove', header: dice.pick(['x-t', 'x-user']) });
  for (const name of ['A', 'B', 'C', 'D', 'E']) policy(name, simple());
  policy('Closed', { kind: 'closed' });
  policy('Lost', { kind: 'lost' });
  policy('Refuse', { kind: 'refuse' });
  const condition = (percent: number): string | undefined => (dice.chance(percent) ? dice.pick(conditions) : undefined);
  const steps = (from: readonly string[], most: number): readonly SimulatedStep[] =>
    Array.from({ length: dice.roll(most + 1) }, () => ({ policy: dice.pick(from), condition: condition(20) }));
  policy('Shared', { kind: 'shared', steps: steps(['A', 'D', 'E', 'Put', ...(dice.chance(30) ? ['Mint'] : [])], 3) });
  const all = ['A', 'B', 'C', 'A', 'B', 'C', 'Mint', 'Mint', 'Put', 'Put', 'Shared'];
  const rare = ['Closed', 'Lost', 'Remove', 'Put2'].filter(() => dice.chance(12));
  const flowSteps = (): readonly SimulatedStep[] => [
    ...(dice.chance(6) ? [{ policy: 'Refuse', condition: condition(50) }] : []),
    ...steps([...all, ...rare], 3),
  ];
  const endpoint = (): SimulatedEndpoint => ({
    pre: steps([...all, ...rare], 4),
    flows: Array.from({ length: dice.roll(3) }, () => ({
      condition: condition(90),
      steps: flowSteps(),
    })),
    post: steps([...all, ...rare], 2),
  });
  const rules = Array.from(
    { length: dice.chance(70) ? 0 : 1 + dice.roll(2) },
    (): SimulatedRule => ({ condition: condition(95), target: dice.chance(20) ? undefined : dice.pick(['t', 't', 'u']) }),
  );
  const last: SimulatedRule = { condition: condition(5), target: dice.chance(90) ? 't' : 'u' };
  return { policies, proxy: endpoint(), target: endpoint(), rules: [...rules, last], reads };
}

function madeRequest(dice: Dice): SimulatedRequest {
  const headers = new Map<string, string>();
  if (dice.chance(80)) headers.set('x-user', 'client');
  if (dice.chance(40)) headers.set('x-kind', dice.pick(['gold', 'tin']));
  if (dice.chance(30)) headers.set('x-t', 'spoofed');
  return {
    suffix: dice.pick(['', '/a', '/b', '/a/1', '/a/1/2', '/b/1']),
    method: dice.pick(['GET', 'POST', 'PUT']),
    headers,
  };
}

async function run(effort: Effort): Promise<string> {
  const dice = new Dice(effort.seed);
  const counts = { exact: 0, value: 0, cannot: 0, known: 0, routed: 0 };
  for await (const _ of effort.inputs()) {
    const simulated = madeProxy(dice);
    const files = filesFor(simulated);
    const apis = readApigeeExport(filesOf(files));
    const policies = apis.flatMap((api) => api.policies).filter(({ name }) => name === 'Mint');
    const show = (why: string): Finding =>
      new Finding(`${why}\n${JSON.stringify({ files, policies: policies.map(shown) }, null, 1)}`);
    for (const policy of policies) counts[verdictOf(policy)] += 1;
    // Loading takes most of the time.
    const wrong = effort.tried % 4 === 0 ? loadsAsSaid(apis) : undefined;
    if (wrong !== undefined) throw show(wrong);
    for (let at = 0; at < 12; at++) {
      const request = madeRequest(dice);
      const ran = runProxy(simulated, request, dice);
      if (ran === undefined) continue;
      counts.known += checkValues(simulated, policies, request, ran, show);
      counts.routed += checkRoutes(policies, request, ran, show);
    }
  }
  const { exact, value, cannot, known, routed } = counts;
  return `${exact} exact, ${value} with open values, ${cannot} not possible; ${known} known values, ${routed} routed requests`;
}

function verdictOf({ reasons }: ExportedPolicy): 'exact' | 'value' | 'cannot' {
  const isOf = (wanted: string): boolean => reasons.some(({ kind }) => kind === wanted);
  return isOf('cannot') ? 'cannot' : isOf('value') ? 'value' : 'exact';
}

type Show = (why: string) => Finding;

function shown({ reasons, routes, output, variables }: ExportedPolicy) {
  return { reasons: reasons.map(({ kind, problem }) => [kind, problem.code]), routes, output, variables };
}

/** @returns how many values were compared @throws Finding if the gateway had another value */
function checkValues(
  { reads }: SimulatedProxy,
  policies: readonly ExportedPolicy[],
  { headers }: SimulatedRequest,
  { minted }: Run,
  show: Show,
): number {
  const [policy, ...others] = policies;
  // A policy that is in two APIs runs in one of them only.
  if (policy === undefined || others.length > 0 || policy.reasons.some(({ kind }) => kind === 'cannot')) return 0;
  const declared = new Map(policy.variables.map((variable) => [variable.name, variable]));
  let compared = 0;
  for (const variables of minted) {
    for (const name of reads) {
      const value = importedValue(name, declared, headers);
      if (value === open) continue;
      compared += 1;
      if (value !== variables.get(name)) throw show(`${name} is ${variables.get(name)}, not ${value}`);
    }
  }
  return compared;
}

const open = Symbol('open');

/** The value that the import declares, or that the request has. */
function importedValue(
  name: string,
  declared: ReadonlyMap<string, ExportedVariable>,
  headers: SimulatedRequest['headers'],
): string | undefined | typeof open {
  const variable = declared.get(name);
  if (variable === undefined) return headers.get(name.replace('request.header.', ''));
  if (variable.verdict !== 'known') return open;
  const { declaration } = variable;
  if (typeof declaration === 'string') return declaration;
  const { template = '' } = declaration as { readonly template?: string };
  let isOpen = false;
  let isMissing = false;
  const text = template.replace(/\{([^{}:]*)(?::([^{}]*))?\}/g, (_, read: string, byDefault?: string) => {
    const value = importedValue(read, declared, headers);
    if (value === open) isOpen = true;
    else if (value === undefined && byDefault === undefined) isMissing = true;
    return (value === open ? '' : value) ?? byDefault ?? '';
  });
  return isOpen ? open : isMissing ? undefined : text;
}

/** @returns how many tokens reached the backend @throws Finding if the import says otherwise */
function checkRoutes(policies: readonly ExportedPolicy[], request: SimulatedRequest, ran: Run, show: Show): number {
  const { sent } = ran;
  const what = `${request.method} ${request.suffix} ${JSON.stringify([...request.headers])}: ${JSON.stringify([...sent])}`;
  const possible = policies.filter(({ reasons }) => reasons.every(({ kind }) => kind !== 'cannot'));
  if (possible.length === 0 && sent.size > 0) throw show(`A token reaches the backend: ${what}`);
  const isOpenPolicy = ({ output, routes }: ExportedPolicy): boolean =>
    typeof output?.header !== 'string' || routes.some(({ match }) => isOpenMatch(match));
  if (possible.some(isOpenPolicy)) return 0;
  const routed = possible.filter(({ routes }) => routes.some(({ match }) => matches(match, request)));
  for (const header of new Set([...sent.keys(), ...routed.map(({ output }) => String(output?.header))])) {
    const own = routed.filter(({ output }) => output?.header === header);
    const prefix = sent.get(header);
    if (own.length > 0 !== (prefix !== undefined)) throw show(`${own.length} policies are routed for ${what}`);
    const isRight = own.some(({ output }) => typeof output?.prefix !== 'string' || output.prefix === prefix);
    if (!isRight) throw show(`Another prefix: ${what}`);
  }
  return sent.size;
}

function isOpenMatch({ path, pathPrefix }: ExportedPolicy['routes'][number]['match']): boolean {
  if (path !== undefined && pathPrefix !== undefined) throw new Finding('A route has path and pathPrefix.');
  return [path, pathPrefix].some((one) => one !== undefined && typeof one !== 'string');
}

function matches(
  match: ExportedPolicy['routes'][number]['match'],
  { suffix, method, headers }: SimulatedRequest,
): boolean {
  const path = `/v1/shop${suffix}`;
  const { path: whole, pathPrefix, method: methods, headers: values = {} } = match;
  return (
    (typeof whole !== 'string' || matchesPath(path, whole)) &&
    (typeof pathPrefix !== 'string' || path === pathPrefix || path.startsWith(`${pathPrefix}/`)) &&
    (!Array.isArray(methods) || methods.includes(method)) &&
    Object.entries(values as object).every(([name, value]) => headers.get(name) === value)
  );
}
