/**
 * @module
 * Random pairs of requests against the script that keeps tokens: the second gets the token of the first if and only if
 * the two agree in every byte that the key must hold. The requests are made to look alike: values with lengths and
 * separators in them, bytes that move from one value to the next, values that are split or joined.
 */
import { isDeepStrictEqual } from 'node:util';
import { reuseScript, type ScriptOptions } from '../../../src/envoy/reuse-script.ts';
import type { KeyPart, ReuseKey } from '../../../src/request/envoy-reuse.ts';
import { Dice } from '../../search/dice.ts';
import { type Effort, Finding, type Search } from '../../search/search.ts';
import { LuaEnvoy, type LuaRequest } from './lua-envoy.ts';

export const search: Search = {
  name: 'reuse-script',
  property: 'A kept token is given to a request if and only if it agrees with the first in every byte of the key.',
  inputs: 100_000,
  share: 4_000,
  run,
};

/** Pairs with one interpreter. */
const pairsOfOne = 500;

const names = ['x-a', 'x-b', 'x-token', 'authorization', ':method', ':authority'] as const;

async function run(effort: Effort): Promise<string> {
  const dice = new Dice(effort.seed);
  const counts = { equal: 0, different: 0 };
  let options = randomOptions(dice);
  let envoy = new LuaEnvoy(reuseScript(options));
  for await (const number of effort.inputs()) {
    if (number % pairsOfOne === pairsOfOne - 1) {
      options = randomOptions(dice);
      envoy = new LuaEnvoy(reuseScript(options));
    }
    // Each pair has routes of its own, so that no earlier token is there.
    const first = randomRequest(dice, number);
    const second = dice.chance(40) ? withoutEffect(dice, first, options) : changed(dice, first, number);
    const asked = envoy.request(first);
    const answer = { lifetime: 60_000, generation: 'one', set: ['x-token', `token ${number}`] };
    if (asked.call !== undefined) envoy.response(asked.call, answer);
    const areEqual = isDeepStrictEqual(model(first, options), model(second, options));
    const expected = areEqual && model(first, options) !== undefined && asked.call !== undefined;
    const { isHit } = envoy.request(second);
    if (isHit !== expected) {
      throw new Finding(
        `${isHit ? 'given' : 'not given'} again: ${shown(first)} and ${shown(second)}, ${shown(options)}`,
      );
    }
    counts[expected ? 'equal' : 'different'] += 1;
  }
  return `${counts.equal} pairs with equal keys, ${counts.different} with different ones`;
}

function shown(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) =>
    member instanceof Uint8Array ? Buffer.from(member).toString('latin1') : member,
  );
}

/** What the key must hold, as data; undefined if there is no caller. */
function model(request: LuaRequest, { key, copies, lookalikes }: ScriptOptions): unknown {
  const caller = callerOf(request, key);
  const { route = '', envoyRoute = route } = request;
  if (route === '' || route !== envoyRoute || caller === undefined) return undefined;
  const folded = new Set(lookalikes.map((name) => name.replace(/[^a-z0-9]/g, '-')));
  const isLookalike = (name: string): boolean => folded.has(name.replace(/[^a-z0-9:]/g, '-')) && !folded.has(name);
  if (request.fields.some(([name]) => isLookalike(name))) return undefined;
  const token = key.caller.kind === 'token' ? [key.caller.header] : [];
  const headers = [...key.parts.flatMap((part) => (part.kind === 'header' ? [part.name] : [])), ...token, ...copies];
  const target = valuesOf(request, ':path')[0] ?? '';
  if (key.parts.some(({ kind }) => kind !== 'header') && !isPlain(target)) return undefined;
  const [path, query] = split(target);
  return [
    ...[route, caller],
    headers.map((name) => valuesOf(request, name)),
    key.parts.some(({ kind }) => kind === 'path') ? path : '',
    key.parts.some(({ kind }) => kind === 'query') ? query : '',
  ];
}

/** A target that all servers divide into the same path and query. */
function isPlain(target: string): boolean {
  const [first, second] = target;
  const isOdd = (letter: string): boolean => letter <= ' ' || letter === '#' || letter === '\x7f';
  return first === '/' && second !== '/' && second !== '\\' && !Array.from(target).some(isOdd);
}

function callerOf(request: LuaRequest, { caller }: ReuseKey): string | undefined {
  if (caller.kind === 'none') return '';
  const { certificate = '', isVerified = true } = request;
  if (caller.kind === 'certificate')
    return certificate === '' || certificate === 'unverified' ? undefined : certificate;
  const [claims, ...more] = valuesOf(request, 'x-mintproc-caller');
  return isVerified && more.length === 0 ? claims : undefined;
}

function split(target: string): readonly [path: string, query: string | undefined] {
  const at = target.indexOf('?');
  return at === -1 ? [target, undefined] : [target.slice(0, at), target.slice(at + 1)];
}

function valuesOf({ fields }: LuaRequest, name: string): readonly string[] {
  return fields.flatMap(([own, value]) => (own === name ? [Buffer.from(value).toString('latin1')] : []));
}

function randomOptions(dice: Dice): ScriptOptions {
  const parts: KeyPart[] = names.filter(() => dice.chance(50)).map((name) => ({ kind: 'header', name }));
  if (dice.chance(50)) parts.push({ kind: 'path' });
  if (dice.chance(50)) parts.push({ kind: 'query' });
  const caller = dice.pick<ReuseKey['caller']>([
    { kind: 'none' },
    { kind: 'certificate' },
    { kind: 'token', header: 'authorization', payload: 'payload' },
  ]);
  const copies = dice.chance(30) ? ['x-token'] : [];
  return { key: { caller, parts }, digest: 'digest', copies, lookalikes: copies };
}

/** Texts that look like parts of a key. */
const pieces = [
  '',
  'a',
  'A',
  ':',
  ';',
  '1:a',
  '0:',
  '-',
  ',',
  '1',
  '?',
  '=',
  'é',
  '\xff',
  '10:',
  '2;',
  '\t',
  '1;1:a',
  '/',
  '\\',
  '#',
  '\x7f',
];

function randomText(dice: Dice): string {
  return Array.from({ length: dice.roll(4) }, () => dice.pick(pieces)).join('');
}

function randomRequest(dice: Dice, number: number): LuaRequest {
  const fields = Array.from({ length: dice.roll(5) }, () => [dice.pick(names), randomValue(dice)] as const);
  const claims = Array.from({ length: dice.chance(90) ? 1 : dice.roll(3) }, () => {
    return ['x-mintproc-caller', randomValue(dice)] as const;
  });
  const lookalike = dice.chance(5) ? [['x.token', 'spoofed'] as const] : [];
  return {
    fields: [[':path', `/${randomText(dice)}`], ...claims, ...fields, ...lookalike],
    route: dice.chance(95) ? `${number} ${randomText(dice)}` : undefined,
    ...(dice.chance(90) ? {} : { envoyRoute: randomText(dice) }),
    isVerified: dice.chance(95),
    certificate: dice.pick(['aa', 'bb', '', 'unverified']),
  };
}

function randomValue(dice: Dice): Buffer {
  // Some larger than any key.
  return Buffer.from(dice.chance(1) ? 'x'.repeat(61_440) : randomText(dice), dice.chance(50) ? 'utf8' : 'latin1');
}

/** The same in all that the key holds. */
function withoutEffect(dice: Dice, request: LuaRequest, { key }: ScriptOptions): LuaRequest {
  const hasQuery = key.parts.some(({ kind }) => kind === 'query');
  const others = request.fields.filter(([name]) => name !== ':path');
  const [path, query] = split(valuesOf(request, ':path')[0] ?? '');
  const end = hasQuery ? (query === undefined ? '' : `?${query}`) : dice.pick(['', '?', '?other']);
  const target = [':path', Buffer.from(`${path}${end}`, 'latin1')] as const;
  return { ...request, fields: [...others, target, ['x-other', randomText(dice)]] };
}

/** Different in one place, which may be one that the key does not hold. */
function changed(dice: Dice, request: LuaRequest, number: number): LuaRequest {
  const fields = request.fields.slice();
  const at = dice.roll(fields.length);
  const [name, value] = fields[at] ?? [':path', ''];
  const text = Buffer.from(value).toString('latin1');
  const cut = dice.roll(text.length + 1);
  const bytes = (own: string): Buffer => Buffer.from(own, 'latin1');
  const next = fields.findIndex(([own], index) => index > at && own === name);
  if (next !== -1 && dice.chance(50)) return { ...request, fields: withMovedBytes(dice, fields, at, next) };
  // A request has one target.
  const change = name === ':path' ? 2 : dice.roll(7);
  if (change === 0) fields.splice(at, 1);
  else if (change === 1) fields.splice(at, 1, [name, bytes(text.slice(0, cut))], [name, bytes(text.slice(cut))]);
  else if (change === 2) fields.splice(at, 1, [name, bytes(`${text}${dice.pick(pieces)}`)]);
  else if (change === 3) fields.splice(at, 1, [dice.pick(names), value]);
  else if (change === 4) fields.splice(at, 0, [name, value]);
  else if (change === 5) return { ...request, route: `${number} ${randomText(dice)}` };
  else return { ...request, certificate: dice.pick(['aa', 'bb', '', 'unverified']) };
  return { ...request, fields };
}

/** Two values of a header with the same bytes together. */
function withMovedBytes(dice: Dice, fields: LuaRequest['fields'], at: number, next: number): LuaRequest['fields'] {
  const both = Buffer.concat([at, next].map((index) => Buffer.from(fields[index]?.[1] ?? '')));
  const cut = dice.roll(both.length + 1);
  return fields.map(([name, value], index) => {
    if (index === at) return [name, both.subarray(0, cut)];
    return [name, index === next ? both.subarray(cut) : value];
  });
}
