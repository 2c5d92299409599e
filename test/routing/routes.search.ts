/**
 * @module
 * Spellings of one host and of one path: any spelling that a server may read as the host or path of a route leads to
 * the route's policies, or is refused, and so for the rules of a policy. `whole-paths.ts` does the same with routes for
 * whole paths, and `route-values.ts` with headers and queries.
 */
import { compileRules } from '../../src/decision/request-rules.ts';
import { MintError } from '../../src/diagnostics/mint-error.ts';
import { compileTextPattern } from '../../src/expressions/text-pattern.ts';
import { HeaderList, noHeaders } from '../../src/request/header-fields.ts';
import { compileMatch, makeRouter, type RoutingInput } from '../../src/routing/router.ts';
import { Dice } from '../search/dice.ts';
import { type Effort, Finding, type Search } from '../search/search.ts';
import { disguisedPath, randomServer, readBy } from './path-servers.ts';
import { tryOrdinaryValues, tryValues } from './route-values.ts';
import { tryOrdinaryWholePaths, tryWholePaths } from './whole-paths.ts';

export const search: Search = {
  name: 'routes',
  property: 'No spelling of a host, path, header or query bypasses the route that a server would choose for it.',
  inputs: 1_000_000,
  share: 30_000,
  run,
};

const asked: RoutingInput = {
  authority: 'api.example.com',
  target: '/',
  method: 'GET',
  routeName: undefined,
  headers: noHeaders,
};

type Result = 'routed' | 'refused' | 'past';

function routed(
  match: { readonly host: string } | { readonly pathPrefix: string },
  request: Partial<RoutingInput>,
): Result {
  const route = makeRouter([{ conditions: compileMatch(match), destination: true }]);
  try {
    return route({ ...asked, ...request }) === true ? 'routed' : 'past';
  } catch (error) {
    if (error instanceof MintError) return 'refused';
    throw error;
  }
}

const pattern = compileTextPattern('/orders(/.*)?');
const isForOrders = compileRules({
  rules: 'problem' in pattern ? [] : [{ path: pattern, headers: [] }],
  basePaths: [],
});

/** The same for a policy with a rule for the path. */
function ruled(target: string): Result {
  try {
    return isForOrders?.(new HeaderList([[':path', target]])) === true ? 'routed' : 'past';
  } catch (error) {
    if (error instanceof MintError) return 'refused';
    throw error;
  }
}

/** The address that four bytes make, in the forms of inet_aton(3) and within IPv6. */
function spellIPv4(bytes: readonly number[], dice: Dice): string {
  if (dice.chance(15)) return `[${mixedCase(`::ffff:${inGroups(bytes, dice)}`, dice)}]`;
  const parts = 1 + dice.roll(4);
  const head = bytes.slice(0, parts - 1);
  const tail = bytes.slice(parts - 1).reduce((value, byte) => value * 256 + byte, 0);
  return mixedCase([...head, tail].map((number) => spellNumber(number, dice)).join('.'), dice);
}

function inGroups(bytes: readonly number[], dice: Dice): string {
  if (dice.chance(50)) return bytes.join('.');
  const [a = 0, b = 0, c = 0, d = 0] = bytes;
  return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16).padStart(4, '0')}`;
}

function spellNumber(number: number, dice: Dice): string {
  const zeros = '0'.repeat(dice.roll(3));
  return dice.pick([`${number}`, `${number}`, `0x${zeros}${number.toString(16)}`, `0${zeros}${number.toString(8)}`]);
}

/** Eight groups, with or without zeros at their beginnings, and with one run of zeros left out or all written. */
function spellIPv6(groups: readonly number[], dice: Dice): string {
  const texts = groups.map((group) => group.toString(16).padStart(1 + dice.roll(4), '0'));
  const from = dice.roll(8);
  let to = from;
  while (groups[to] === 0) to++;
  const short = to === from ? texts.join(':') : `${texts.slice(0, from).join(':')}::${texts.slice(to).join(':')}`;
  return mixedCase(`[${short}]`, dice);
}

function mixedCase(text: string, dice: Dice): string {
  return dice.chance(30)
    ? text.replace(/[a-fx]/g, (letter) => (dice.chance(50) ? letter.toUpperCase() : letter))
    : text;
}

function around(host: string, dice: Dice): string {
  const before = dice.pick(['', '', '', 'user@', 'a:b@', 'x@y@']);
  const dot = host.startsWith('[') ? '' : dice.pick(['', '', '.']);
  return `${before}${host}${dot}${dice.pick(['', ':', ':80', ':65535'])}`;
}

function tryHost(dice: Dice): Result {
  const isOld = dice.chance(60);
  const numbers = Array.from({ length: isOld ? 4 : 8 }, () =>
    dice.pick([0, 0, 1, 7, 8, 10, 127, dice.roll(isOld ? 256 : 65_536)]),
  );
  const spell = isOld ? spellIPv4 : spellIPv6;
  const host = isOld ? numbers.join('.') : `[${numbers.map((number) => number.toString(16)).join(':')}]`;
  const authority = around(spell(numbers, dice), dice);
  const result = routed({ host }, { authority });
  if (result === 'past')
    throw new Finding(`the route's host is ${host}, and ${JSON.stringify(authority)} leads past it`);
  return result;
}

const plain = [
  '/.../orders',
  '/orders',
  '/x/../orders',
  '/x/y/../../orders',
  '/Orders/1',
  '/./orders',
  '//orders',
  '/orders/../x',
  '/x/orders',
];

function tryPath(dice: Dice): Result | undefined {
  const target = disguisedPath(dice.pick(plain), dice);
  const does = randomServer(dice);
  const read = readBy(does, target);
  if (read !== '/orders' && !read.startsWith('/orders/')) return undefined;
  const result = routed({ pathPrefix: '/orders' }, { target });
  if (result === 'past') {
    throw new Finding(
      `${JSON.stringify(target)} bypasses /orders; a server with these steps reads ${read}: ${does.join(', ')}`,
    );
  }
  if (ruled(target) === 'past') throw new Finding(`${JSON.stringify(target)} leaves a rule for /orders and below`);
  return result;
}

/** Segments of ordinary paths: none has a second interpretation, so none is refused. */
const ordinary = [
  'orders',
  'Orders-2024',
  'report%202024.pdf',
  'a.b.c',
  '.well-known',
  'v1.2',
  'caf%C3%A9',
  '日本語',
  '%E6%97%A5',
  '~user',
  'x@y.z',
  'a,b',
  "it's",
  'a+b',
  'a:b',
  'q=1&r=2',
  '(x)',
  'jquery-3.7.1.min.js',
  '0',
  '..x',
  '...x',
  'a%2Db',
  'ÀÉ',
  'x%21',
  '%C3%80%C3%A9',
];

function tryOrdinary(dice: Dice): Result {
  const segments = Array.from({ length: 1 + dice.roll(5) }, () => dice.pick(ordinary));
  const target = `/${segments.join('/')}${dice.pick(['', '', '/', '?a=%2F..%2F', '?x=/../orders'])}`;
  const result = routed({ pathPrefix: '/orders' }, { target });
  const expected = segments[0] === 'orders' ? 'routed' : 'past';
  const byRule = ruled(target);
  if (result === expected && byRule === expected) return 'routed';
  throw new Finding(`the ordinary path ${JSON.stringify(target)} is ${result}, and ${byRule} by a rule`);
}

const trials = {
  hosts: tryHost,
  paths: tryPath,
  ordinary: tryOrdinary,
  'whole paths': tryWholePaths,
  'ordinary whole paths': tryOrdinaryWholePaths,
  values: tryValues,
  'ordinary values': tryOrdinaryValues,
} as const;

const turns = [
  'hosts',
  'paths',
  'paths',
  'ordinary',
  'whole paths',
  'whole paths',
  'whole paths',
  'ordinary whole paths',
  'values',
  'values',
  'values',
  'ordinary values',
] as const;

async function run(effort: Effort): Promise<string> {
  const dice = new Dice(effort.seed);
  const counts = new Map<string, number>(Object.keys(trials).map((kind) => [kind, 0]));
  const count = (what: string): Map<string, number> => counts.set(what, (counts.get(what) ?? 0) + 1);
  for await (const number of effort.inputs()) {
    const kind = turns[number % turns.length] ?? 'paths';
    const result = trials[kind](dice);
    if (result === undefined) continue;
    count(kind);
    if (result === 'refused') count(`refused ${kind}`);
  }
  return Array.from(counts, ([what, times]) => `${times} ${what}`).join(', ');
}
