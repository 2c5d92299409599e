import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'yaml';
import { parseExactly } from '../../src/diagnostics/exact-json.ts';
import type { JsonObject } from '../../src/diagnostics/json.ts';
import { compareTokens, type ReadableToken } from '../../src/trial/compare-tokens.ts';
import { formOf } from '../../src/trial/identifier-form.ts';
import { readableToken } from '../../src/trial/readable-token.ts';
import * as apigee from '../dialects/apigee/conformance-case.ts';
import * as datapower from '../dialects/datapower/conformance-case.ts';

const recordedHeader = '{"typ":"JWT","alg":"RS256","kid":"key-1"}';
const uuid = '89b22098-cfc2-45ee-8f0b-b4f83c77c5f9';
const recordedClaims = JSON.stringify({
  sub: 'alice',
  roles: ['a', 'b'],
  tenant: { id: 7, name: 'T' },
  nbf: 1_000,
  exp: 1_300,
  iat: 1_000,
  jti: uuid,
});

function token(header: string, claims: string | undefined, rest: Partial<ReadableToken> = {}): ReadableToken {
  const read = claims === undefined ? undefined : (parseExactly(claims) as JsonObject);
  return { header: parseExactly(header) as JsonObject, inner: undefined, claims: read, madeAt: undefined, ...rest };
}

/** What differs, as `result part.name`. */
function differences(recorded: ReadableToken, made: ReadableToken): readonly string[] {
  return compareTokens(recorded, made)
    .filter(({ result }) => result !== 'same')
    .map(({ part, name, result, message }) => `${result} ${part}${name === undefined ? '' : `.${name}`}: ${message}`);
}

function edited(text: string, edit: (members: Record<string, unknown>) => object): string {
  return JSON.stringify(edit(JSON.parse(text)));
}

/** The deliberate regressions: what the new gateway does otherwise, and the words for it. */
const regressions: readonly [name: string, header: string, claims: string, rows: readonly RegExp[]][] = [
  ['nothing', recordedHeader, recordedClaims, []],
  [
    'a later time and another random id',
    recordedHeader,
    edited(recordedClaims, (all) => ({ ...all, nbf: 5_000, exp: 5_300, iat: 5_000, jti: uuid.replace('8', '9') })),
    [],
  ],
  [
    'a renamed claim',
    recordedHeader,
    recordedClaims.replace('"sub"', '"subject"'),
    [/^missing claims\.sub/, /^extra claims\.subject/],
  ],
  [
    'a dropped claim',
    recordedHeader,
    edited(recordedClaims, ({ roles, ...all }) => (roles === undefined ? {} : all)),
    [/^missing claims\.roles/],
  ],
  [
    'another order',
    recordedHeader,
    edited(recordedClaims, ({ sub, ...all }) => ({ ...all, sub })),
    [/^differs claims: .*has `sub`, `roles` comes here/],
  ],
  [
    'another order inside a claim',
    recordedHeader,
    recordedClaims.replace('"id":7,"name":"T"', '"name":"T","id":7'),
    [/^differs claims\.tenant: Its members have another order/],
  ],
  [
    'a string for a number',
    recordedHeader,
    recordedClaims.replace('1300', '"1300"'),
    [/claims\.exp: It is a number .* a string here/],
  ],
  [
    'a list for a string',
    recordedHeader,
    recordedClaims.replace('"alice"', '["alice"]'),
    [/claims\.sub: It is a string .* a list here/],
  ],
  [
    'a list that is shorter',
    recordedHeader,
    recordedClaims.replace('["a","b"]', '["a"]'),
    [/claims\.roles: It has 2 items .* 1 here/],
  ],
  [
    'other items',
    recordedHeader,
    recordedClaims.replace('["a","b"]', '["b","a"]'),
    [/claims\.roles: The items are others/],
  ],
  [
    'null for text',
    recordedHeader,
    recordedClaims.replace('"alice"', 'null'),
    [/claims\.sub: It is a string .* null here/],
  ],
  [
    'text of another case',
    recordedHeader,
    recordedClaims.replace('alice', 'Alice'),
    [/claims\.sub: .*upper and lower case/],
  ],
  ['text with white space', recordedHeader, recordedClaims.replace('alice', 'alice '), [/claims\.sub: .*white space/]],
  ['another text', recordedHeader, recordedClaims.replace('alice', 'bob'), [/claims\.sub: The texts are different\.$/]],
  [
    'a clock that expires later',
    recordedHeader,
    recordedClaims.replace('1300', '1600'),
    [/claims\.exp: 300 s after .* 600 s after it here/],
  ],
  [
    'a time before',
    recordedHeader,
    recordedClaims.replace('"nbf":1000', '"nbf":940'),
    [/claims\.nbf: 0 s after .* 60 s before it here/],
  ],
  [
    'an id without dashes',
    recordedHeader,
    recordedClaims.replace(uuid, uuid.replaceAll('-', '')),
    [/claims\.jti: .*UUID of version 4 .* 32 hex/],
  ],
  [
    'an id in upper case',
    recordedHeader,
    recordedClaims.replace(uuid, uuid.toUpperCase()),
    [/claims\.jti: .* in upper case here/],
  ],
  [
    'an id from the request',
    recordedHeader,
    recordedClaims.replace(uuid, 'alice-7'),
    [/claims\.jti: .* another text here/],
  ],
  ['another key', recordedHeader.replace('key-1', 'key-2'), recordedClaims, [/^differs header\.kid: The texts/]],
  ['another algorithm', recordedHeader.replace('RS256', 'PS256'), recordedClaims, [/^differs header\.alg/]],
  ['no typ', recordedHeader.replace('"typ":"JWT",', ''), recordedClaims, [/^missing header\.typ/]],
  [
    'another order of the header',
    '{"alg":"RS256","typ":"JWT","kid":"key-1"}',
    recordedClaims,
    [/^differs header: .*has `typ`, `alg`/],
  ],
];

for (const [name, header, claims, rows] of regressions) {
  test(`a token with ${name}`, () => {
    const found = differences(token(recordedHeader, recordedClaims), token(header, claims));
    assert.equal(found.length, rows.length, found.join('\n'));
    for (const [index, row] of rows.entries()) assert.match(found[index] ?? '', row);
  });
}

test('digits beyond those of a double count', () => {
  const found = differences(token('{}', '{"id":12345678901234567890}'), token('{}', '{"id":12345678901234567891}'));
  assert.deepEqual(found, ['differs claims.id: The values are different.']);
});

test('without iat, times count from when the request was sent, if that is known', () => {
  const made = token('{}', '{"exp":5300}', { madeAt: 5_000 });
  assert.deepEqual(differences(token('{}', '{"exp":1300}', { madeAt: 1_000 }), made), []);
  assert.match(differences(token('{}', '{"exp":1301}', { madeAt: 1_000 }), made)[0] ?? '', /301 s after/);
  const [row] = compareTokens(token('{}', '{"exp":1}'), made);
  assert.match(row?.message ?? '', /Not compared/);
});

test('of an encrypted token, what is random is not compared', () => {
  const header = (epk: unknown, enc = 'A256GCM'): string =>
    JSON.stringify({ alg: 'ECDH-ES', enc, epk, iv: epk, tag: epk, p2s: epk });
  const closed = token(header({ x: 'a' }), undefined);
  const rows = differences(closed, token(header({ x: 'b' }), undefined));
  assert.deepEqual(
    rows.map((row) => row.split(':')[0]),
    ['unread claims'],
  );
  assert.match(differences(closed, token(header('b'), '{}')).join(), /differs header\.epk.*unread claims/);
  const inner = { inner: { alg: 'RS256' } };
  assert.deepEqual(differences(token('{}', '{}', inner), token('{}', '{}', inner)), []);
  assert.deepEqual(differences(token('{}', '{}', inner), token('{}', '{}')), ['missing inner header: ']);
});

const forms: readonly [text: string, form: string | undefined][] = [
  [uuid, 'a UUID of version 4'],
  ['01890a5d-ac96-774b-bcce-b302099a8057', 'a UUID of version 7'],
  [uuid.toUpperCase(), 'a UUID of version 4 in upper case'],
  [`${uuid}0`, undefined],
  ['1234567890123456789', undefined],
  ['12345678901234567890', '20 digits'],
  ['deadbeefdeadbeefdead', '20 hexadecimal digits'],
  ['DEADBEEFdeadbeefdead', '20 hexadecimal digits in mixed case'],
  ['', undefined],
];

for (const [text, form] of forms) {
  test(`the form of ${JSON.stringify(text)} is ${form}`, () => assert.equal(formOf(text), form));
}

function casesIn<Case>(dialect: string): readonly Case[] {
  const folder = new URL(`../conformance/${dialect}/`, import.meta.url);
  const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  return files.flatMap((name): readonly Case[] => parse(readFileSync(new URL(name, folder), 'utf8')));
}

type Outcome = ReturnType<typeof apigee.outcomeOf> | ReturnType<typeof datapower.outcomeOf>;

function tokenIn({ decision }: Outcome): string | undefined {
  const value = decision?.kind === 'forward' ? decision.set[0]?.[1] : undefined;
  return value?.slice(value.lastIndexOf(' ') + 1);
}

interface RecordedCase {
  readonly name: string;
  readonly header?: string;
  /** The header of a token inside an encrypted one. */
  readonly inner?: string;
  /** The text of the claims. */
  readonly payload?: string;
  readonly token?: string;
}

const runs: readonly { readonly one: RecordedCase; readonly outcome: Outcome }[] = [
  ...casesIn<apigee.Case>('apigee').map((one) => ({ one, outcome: apigee.outcomeOf(one) })),
  ...casesIn<datapower.Case>('datapower').map((one) => ({ one, outcome: datapower.outcomeOf(one) })),
];
const recordings = runs.filter(({ one }) => one.payload !== undefined || one.token !== undefined);

async function read(text: string): Promise<ReadableToken> {
  const [header = ''] = text.split('.');
  const { alg, enc } = JSON.parse(Buffer.from(header, 'base64url').toString());
  const unused = { kid: undefined, use: undefined, operations: undefined, algorithms: undefined };
  const keys = enc === undefined ? [] : [{ ...unused, key: datapower.ownKey(alg, enc), from: 'the case' }];
  const reading = await readableToken(text, keys, undefined);
  assert.ok(reading.ok);
  return reading.token;
}

/** The token of the gateway: a whole one, or the parts that the case has. The made token has the others. */
async function recordedOf({ header, inner, payload, token: whole }: RecordedCase, made: ReadableToken) {
  if (whole !== undefined) return read(whole);
  const parsed = (text: string | undefined): JsonObject | undefined =>
    text === undefined ? undefined : (parseExactly(text) as JsonObject);
  return {
    ...made,
    header: parsed(header) ?? made.header,
    inner: parsed(inner) ?? made.inner,
    claims: parsed(payload),
  };
}

/** One claim that differs, in a token that is otherwise the same. */
function withOtherClaim(made: ReadableToken): ReadableToken {
  const [name, value] = Object.entries(made.claims ?? {}).find(([one]) => !['iat', 'jti'].includes(one)) ?? [
    'other',
    0,
  ];
  return { ...made, claims: { ...made.claims, [name]: typeof value === 'number' ? value + 1 : [value, 'another'] } };
}

for (const { one, outcome } of recordings) {
  test(`the token of a gateway is the same here, and another one is not: ${one.name}`, async () => {
    const written = tokenIn(outcome);
    assert.ok(written, 'no token is made here');
    const made = await read(written);
    const recorded = await recordedOf(one, made);
    assert.deepEqual(differences(recorded, made), []);
    assert.equal(differences(recorded, withOtherClaim(made)).length, 1);
    const { alg: _, ...withoutAlgorithm } = made.header;
    assert.match(differences(recorded, { ...made, header: withoutAlgorithm }).join(), /^missing header\.alg/);
  });
}

test('all recorded tokens were compared: those of both vendors, and each file of recordings', () => {
  assert.ok(recordings.length >= 392, `${recordings.length} tokens`);
  for (const [dialect, recorded] of [
    ['apigee', 3],
    ['datapower', 3],
  ] as const) {
    const file = new URL(`../conformance/${dialect}/recorded.yaml`, import.meta.url);
    const names = (parse(readFileSync(file, 'utf8')) as readonly RecordedCase[]).map(({ name }) => name);
    assert.equal(names.length, recorded);
    for (const name of names)
      assert.ok(
        recordings.some(({ one }) => one.name === name),
        name,
      );
  }
});
