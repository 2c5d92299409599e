/**
 * @module
 * Hostile requests of a thousand callers, each sent twice: by a route whose requests may get kept tokens, and by one
 * that always asks mintproc.
 */
import type { Dice } from '../../search/dice.ts';
import type { NumberedRequest } from '../hostile/sender.ts';
import type { Identity } from '../isolation/identities.ts';

/** Says which of the two it is. Envoy chooses the route by it; nothing else reads it. */
export const freshHeader = 'x-fresh';
/** The number of the pair, by which the upstream finds it. No policy reads it. */
export const pairHeader = 'x-pair';

export type Twin = 'kept' | 'fresh';

type Field = readonly [name: string, bytes: Buffer];

/** The same request, but for the header that chooses the route. */
export type Twins = Readonly<Record<Twin, NumberedRequest>>;

export function twinsOf(number: number, identity: Identity, dice: Dice): Twins {
  const fields: readonly Field[] = [
    [pairHeader, Buffer.from(String(number))],
    ['authorization', Buffer.from(`Bearer ${identity.token}`)],
    ...readFields(dice),
    ...spoofs(dice),
  ];
  const target = dice.chance(60) ? '/a' : dice.pick(targets);
  const request = {
    number,
    // Envoy ends the connection after a request that it cannot take, with the other requests of HTTP/2 on it.
    protocol: fields.some(endsConnection) || dice.chance(50) ? 'HTTP/1.1' : 'HTTP/2',
    method: dice.chance(90) ? 'GET' : dice.pick(['POST', 'DELETE']),
    target: `/${dice.pick(['flex', 'apigee'])}${target}`,
    fields: fields.map(([name, bytes]) => ({ name, bytes })),
  } as const;
  const fresh = { name: freshHeader, bytes: Buffer.from('1') };
  return { kept: request, fresh: { ...request, fields: [...request.fields, fresh] } };
}

function endsConnection([, bytes]: Field): boolean {
  return bytes.length >= 30_000 || bytes.includes(0);
}

/** The first comes often, as the first headers do, so that tokens are given again. */
const targets = [
  '/a',
  '/A',
  '/a?',
  '/a?q=a',
  '/a?q=A',
  '/a??',
  '/a?q=a?',
  '/b',
  '/a/',
  '/%C3%A9',
  '/a#b',
  '/a\\b',
  '/a?q=a#',
];

/** Values that look alike: in case, in spaces, in their bytes, in lengths and separators, and as several headers. */
const values: readonly (string | Buffer)[] = [
  ...['red', 'Red', 'red ', 'red,red', 'red, red', ',red', '3:red', '1;3:red', '0;', '-', '', 'r', 'ed'],
  ...['é', 'e\u0301', Buffer.from('é', 'latin1'), Buffer.from([0xff, 0xfe]), 'x'.repeat(4_000), 'x'.repeat(4_001)],
  ...['x'.repeat(9_000), 'x'.repeat(30_000), 'x'.repeat(61_440), 'red\0'],
];

/** Headers that the policies read. */
function readFields(dice: Dice): readonly Field[] {
  if (dice.chance(60)) return [['x-tenant', Buffer.from(dice.pick(['red', 'Red']))]];
  if (dice.chance(50)) return ['red', dice.pick(['red', 'Red', ''])].map((value) => ['x-tenant', Buffer.from(value)]);
  const count = dice.chance(70) ? 1 : dice.roll(4);
  return Array.from({ length: count }, () => {
    const value = dice.chance(60) ? dice.pick(values.slice(0, 2)) : dice.pick(values);
    return [dice.chance(80) ? 'x-tenant' : 'X-Other', Buffer.from(value)] as const;
  });
}

/** What a client sends to get the token of another, or to keep mintproc from being asked. */
const tries: readonly Field[] = (
  [
    ['x-token', 'spoofed'],
    ['X-Token', ''],
    ['x_token', 'spoofed'],
    ['x.token', 'spoofed'],
    ['x-apigee', 'spoofed'],
    ['x-apigee', 'spoofed'],
    ['x.apigee', 'spoofed'],
    ['x-mintproc-caller', 'eyJzdWIiOiJjYWxsZXItMSJ9'],
    ['x.mintproc.caller', 'eyJzdWIiOiJjYWxsZXItMSJ9'],
    ['mintproc.reuse', '{"hit":true}'],
    ['hit', 'true'],
    ['x-mintproc-reuse', 'hit'],
    ['x-envoy-original-path', '/flex/a'],
    ['x-forwarded-client-cert', 'Hash=aa'],
    ['x-fresh', '0'],
    ['x-region', 'eu'],
    ['x.region', 'eu'],
    ['x_region', 'eu'],
    ['x.tenant', 'red'],
  ] as const
).map(([name, value]) => [name, Buffer.from(value)]);

function spoofs(dice: Dice): readonly Field[] {
  return Array.from({ length: dice.chance(60) ? 0 : 1 + dice.roll(2) }, () => dice.pick(tries));
}
