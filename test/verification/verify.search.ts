/**
 * @module
 * Tokens of random headers, claims and damage: what `verify` says of them is what the `jose` package does.
 */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { jwtVerify } from 'jose';
import { signatureAlgorithms } from '../../src/jose/signature-algorithms.ts';
import { type Verdict, verifyToken } from '../../src/verification/verify-token.ts';
import { rowNamed } from '../jose/algorithm-rows.ts';
import { Dice } from '../search/dice.ts';
import { type Effort, Finding, type Search } from '../search/search.ts';

export const search: Search = {
  name: 'verify',
  property: 'No token makes `verify` fail: it accepts what jose accepts, and says in one line why it refuses the rest.',
  inputs: 100_000,
  share: 3_000,
  run,
};

const now = 1_700_000_000;
const issuer = 'https://issuer.example.com';
const audience = 'orders';
/** Only a claim has it, so that no line may. */
const canary = 'a-claim-that-nobody-may-see';

const names = ['HS256', 'RS256', 'PS256', 'ES256', 'EdDSA'] as const;
const signers = new Map(names.map((name) => [name, rowNamed(signatureAlgorithms, name).generateKey()]));

async function run(effort: Effort): Promise<string> {
  const seen = { valid: 0, refused: 0 };
  for await (const number of effort.inputs()) {
    const dice = new Dice(effort.seed + number);
    const { token, key, algorithm } = tokenOf(dice);
    const leeway = dice.pick([0, 60]);
    const verdict = await judged(token, key, leeway);
    refuseBadLines(token, verdict);
    const accepted = await isAccepted(token, key, algorithm, leeway);
    if (verdict.valid && !accepted) throw new Finding(`jose refuses what verify accepts: ${token}`);
    if (accepted && !verdict.valid && !isStricter(verdict)) throw new Finding(`verify refuses, jose not: ${token}`);
    seen[verdict.valid ? 'valid' : 'refused'] += 1;
  }
  return `${seen.valid} valid, ${seen.refused} refused`;
}

async function judged(token: string, key: KeyObject, leeway: number): Promise<Verdict> {
  const given = { key, kid: undefined, use: undefined, operations: undefined, algorithms: undefined, from: 'a.pem' };
  try {
    return await verifyToken(token, {
      keys: [given],
      issuers: [issuer],
      audiences: [audience],
      at: now * 1000,
      leeway: leeway * 1000,
    });
  } catch (error) {
    throw new Finding(`${token}\n${error instanceof Error ? error.stack : error}`);
  }
}

function refuseBadLines(token: string, { checks, valid }: Verdict): void {
  const lines = checks.map(({ name, message }) => `${name} ${message}`);
  const bad = lines.find((line) => !/^[\x20-\x7e]{3,400}$/.test(line) || line.includes(canary));
  if (bad !== undefined) throw new Finding(`${JSON.stringify(bad)}\n${token}`);
  if (!valid && checks.every(({ result }) => result !== 'fail')) throw new Finding(`no reason: ${token}`);
}

async function isAccepted(token: string, key: KeyObject, algorithm: string, leeway: number): Promise<boolean> {
  try {
    // Only `verify` accepts a token as it was copied.
    await jwtVerify(token.trim().replace(/^bearer\s+/i, ''), key.type === 'private' ? createPublicKey(key) : key, {
      algorithms: [algorithm],
      currentDate: new Date(now * 1000),
      clockTolerance: leeway,
      issuer,
      audience,
    });
    return true;
  } catch {
    return false;
  }
}

/** What `verify` checks and `jose` leaves to its caller: the form, a `kid` without a key set, a `crit` that it knows. */
function isStricter({ checks }: Verdict): boolean {
  return checks.every(({ name, result }) => result !== 'fail' || ['form', 'kid', 'crit', 'claims'].includes(name));
}

interface Made {
  readonly token: string;
  readonly key: KeyObject;
  readonly algorithm: string;
}

const times: readonly unknown[] = [now, now - 1, now + 1, now - 59, now - 60, now + 60, now + 61, now + 300, 0.5, -1];
const oddValues: readonly unknown[] = [null, '', canary, '1700000300', true, [], {}, 1e300, [canary], now * 1000];

function tokenOf(dice: Dice): Made {
  const algorithm = dice.pick(names);
  const key = signers.get(algorithm);
  if (key === undefined) throw new TypeError('no key');
  const header = { alg: algorithm, ...oddHeader(dice) };
  const claims = {
    iss: dice.chance(90) ? issuer : dice.pick([`${issuer}/`, ...oddValues]),
    aud: dice.chance(90) ? dice.pick([audience, [audience], ['a', audience]]) : dice.pick(oddValues),
    exp: dice.chance(60) ? now + 300 : dice.pick([...times, ...oddValues]),
    ...(dice.chance(40) ? { nbf: dice.pick([...times, ...oddValues]) } : {}),
    ...(dice.chance(40) ? { iat: dice.pick([...times, ...oddValues]) } : {}),
    sub: canary,
  };
  const payload = dice.chance(96)
    ? JSON.stringify(claims)
    : dice.pick(['', '[]', '"a"', '1e400', '{"a":1', '\ufeff{}']);
  if (dice.chance(10)) return { token: encryptedToken(dice, key), key, algorithm };
  const input = `${encoded(JSON.stringify(header))}.${encoded(payload)}`;
  const signature = rowNamed(signatureAlgorithms, algorithm).createSigner(key)(input);
  const token = `${input}.${signature}`;
  return { token: dice.chance(70) ? token : damaged(token, dice), key, algorithm };
}

/** Nobody's: no key opens it, whatever its parts are. */
function encryptedToken(dice: Dice, key: KeyObject): string {
  const algs = ['dir', 'A256KW', 'A256GCMKW', 'RSA1_5', 'RSA-OAEP', 'ECDH-ES', 'PBES2-HS256+A128KW', '', 1, null];
  const header = {
    alg: dice.pick(algs),
    enc: dice.pick(['A256GCM', 'A128CBC-HS256', '', 'x', null]),
    ...dice.pick([
      {},
      { zip: 'DEF' },
      { zip: 1 },
      { p2c: 1, p2s: 'AA' },
      { p2c: 1e9, p2s: '' },
      { epk: {} },
      { crit: [1] },
    ]),
    ...(dice.chance(20) ? { epk: key.type === 'secret' ? key : createPublicKey(key).export({ format: 'jwk' }) } : {}),
  };
  const part = (): string => 'A'.repeat(dice.pick([0, 2, 16, 22, 32, 43, 342]));
  const token = [encoded(JSON.stringify(header)), part(), part(), part(), part()].join('.');
  return dice.chance(50) ? token : damaged(token, dice);
}

function oddHeader(dice: Dice): object {
  if (dice.chance(80)) return dice.pick([{}, { typ: 'JWT' }, { kid: 'a' }, { kid: 'not a plain name' }]);
  const crit = dice.pick([['exp'], [], 'exp', ['b64'], ['a', 'b c'], [1], null]);
  return dice.pick([
    { crit },
    { crit: ['b64'], b64: dice.pick([true, false]) },
    { kid: dice.pick(['', null, 1, [], {}]) },
    { alg: dice.pick([null, '', [], {}, 1e300, 'none', 'None', 'HS256', 'hs256', 'ES512', '__proto__']) },
  ]);
}

function encoded(text: string): string {
  return Buffer.from(text).toString('base64url');
}

const pieces = ['.', '..', '=', ' ', '\n', 'A', '\u0000', 'é', '+/', 'Bearer ', '{"a":'];

function damaged(token: string, dice: Dice): string {
  const at = dice.roll(token.length);
  const kind = dice.roll(5);
  if (kind === 0) return token.slice(0, at);
  if (kind === 1) return token.slice(0, at) + dice.pick(pieces) + token.slice(at);
  if (kind === 2) return token.slice(0, at) + token.slice(at + 1 + dice.roll(4));
  if (kind === 3) return `${token.slice(0, at)}.${token.slice(at)}.${dice.pick(pieces)}`;
  return dice.pick([' ', '\tbearer ', 'BEARER  ']) + token + dice.pick(['', ' ', '\r\n']);
}
