/**
 * @module
 * The rings that one load of the configuration makes: how long their keys are kept, under which names, and what is
 * reported.
 */
import assert from 'node:assert/strict';
import { createSecretKey, generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { jwksSchema } from '../../src/configuration/jwks-schema.ts';
import {
  type FoundKeys,
  KeyRings,
  type KeyRingsContext,
  noSigningKeys,
  ownKeyId,
  type SigningKeys,
  withKeyId,
} from '../../src/configuration/keys/key-rings.ts';
import { StandInKeys } from '../../src/configuration/keys/stand-in-keys.ts';
import type { Place } from '../../src/diagnostics/source-text.ts';
import { signatureAlgorithms } from '../../src/jose/signature-algorithms.ts';
import { type HeldKey, heldKey } from '../../src/keys/held-key.ts';
import type { PublishedKey } from '../../src/keys/published-keys.ts';
import type { FoundKey, KeyRing } from '../../src/keys/rotation.ts';
import { needsNothing } from '../../src/plan/needs.ts';
import type { TokenPlan } from '../../src/plan/token-plan.ts';

const always = Number.NEGATIVE_INFINITY;
const never = Number.POSITIVE_INFINITY;
const ed = (kid?: string): HeldKey => heldKey(generateKeyPairSync('ed25519').privateKey, { kid });
const [a, b] = [ed('a'), ed('b')];
const secrets = ['1', '2'].map((digit) => heldKey(createSecretKey(Buffer.from(digit.repeat(32)))));
const jwks = jwksSchema.parse({ listen: '127.0.0.1:0', maxAge: '60s', keepFor: '1h' });

const undated = (held: HeldKey): FoundKey => ({ held, activeFrom: undefined, retireAfter: undefined });

interface Found extends FoundKeys {
  readonly codes: string[];
}

function found(keys: readonly FoundKey[], more: Partial<FoundKeys> = {}): Found {
  const codes: string[] = [];
  const report: FoundKeys['report'] = ({ severity, code, message, suggestion = 'Nothing.' }) => {
    for (const text of [message, suggestion]) assert.match(text, /^[A-Z].*\.$/);
    codes.push(`${severity} ${code}`);
  };
  const rest = { declaration: 'k', revoked: [], isNamed: true, rotates: false, isOutside: false };
  return { ...rest, keys, codes, report, ...more };
}

function rings(context: Partial<KeyRingsContext> = {}): KeyRings {
  const rest = { now: 0, announcedIn: 0, before: noSigningKeys, standIns: undefined } as const;
  return new KeyRings({ ...rest, jwks, withoutKeys: 'none', ...context });
}

type Header = TokenPlan['header'];

function plan(more: { algorithm?: string; header?: Header; claims?: TokenPlan['claims'] } = {}): TokenPlan {
  const { algorithm = 'EdDSA', header = [], claims = [] } = more;
  return { algorithm: signatureAlgorithms.get(algorithm), header, claims } as unknown as TokenPlan;
}

/** What the rings of a first load are, with one policy. */
function before(policy: string, ring: KeyRing): SigningKeys {
  return { ...noSigningKeys, rings: new Map([[policy, ring]]) };
}

const place = {} as Place;
const value = { needs: needsNothing, evaluate: () => undefined };
const time = (name: string, offset: number) => ({ kind: 'time', name, offset }) as const;
const fixed = (name: string, text: string | number) => ({ kind: 'fixed', name, value: text }) as const;
const computed = (name: string) => ({ kind: 'computed', name, value, place }) as const;
const members = { kind: 'members', value, place } as const;

const hour = 3_600_000;
const lifetimes: readonly [name: string, claims: TokenPlan['claims'], lifetime: number][] = [
  ['no exp: keepFor', [], hour],
  ['a fixed lifetime', [time('exp', 300)], 300_000],
  ['a lifetime below zero', [time('exp', -5)], 0],
  ['other times', [time('iat', 300)], hour],
  ['a fixed lifetime and other times', [time('iat', 1), time('exp', 300), time('nbf', 2)], 300_000],
  ['an exp that is computed', [computed('exp')], hour],
  ['an exp that is written', [fixed('exp', 99)], hour],
  ['an exp that is replaced', [time('exp', 300), computed('exp')], hour],
  ['an exp that replaces another', [computed('exp'), time('exp', 300)], 300_000],
  ['members of an object', [time('exp', 300), members], 300_000],
];

for (const [name, claims, lifetime] of lifetimes) {
  test(`how long keys are kept: ${name}`, () => {
    const [key] = rings().add('p', plan({ claims }), found([undated(a)])) ?? [];
    assert.equal(key?.lifetime, lifetime + 60_000);
  });
}

test('how long keys are kept without a JWKS: a day', () => {
  const [key] = rings({ jwks: undefined }).add('p', plan(), found([undated(a)])) ?? [];
  assert.equal(key?.lifetime, 24 * hour + 60_000);
});

const headers: readonly [name: string, header: Header, own: string | undefined, named: readonly string[]][] = [
  ['nothing', [], undefined, ['key-id']],
  ['the name of the key', [{ kind: 'key-id' }], undefined, ['key-id']],
  ['the public key', [{ kind: 'public-key' }], undefined, ['key-id', 'public-key']],
  ['a fixed kid', [fixed('kid', 'v1')], 'v1', ['kid']],
  ['a kid that is no text', [fixed('kid', 7)], undefined, ['kid']],
  ['a kid that varies', [computed('kid')], undefined, ['kid']],
  ['another member', [fixed('x', 'v1')], undefined, ['key-id', 'x']],
  ['another member, and a kid', [fixed('x', 'v1'), fixed('kid', 'v2')], 'v2', ['x', 'kid']],
  ['members of an object', [members], undefined, ['key-id', 'members']],
];

for (const [name, header, own, named] of headers) {
  test(`the kid of a header with ${name}`, () => {
    assert.equal(ownKeyId({ header }), own);
    assert.deepEqual(
      withKeyId(plan({ header })).header.map((step) => ('name' in step ? step.name : step.kind)),
      named,
    );
  });
}

const announced: readonly [
  name: string,
  keys: readonly (HeldKey | undefined)[],
  plan: TokenPlan,
  settings: typeof jwks | undefined,
  activeFrom: number,
][] = [
  ['a public key', [a, b], plan(), jwks, 66_000],
  ['without a JWKS', [a, b], plan(), undefined, 1000],
  ['under a kid of the policy', [a, b], plan({ header: [fixed('kid', 'v1')] }), jwks, 1000],
  ['a secret', secrets, plan({ algorithm: 'HS256' }), jwks, 1000],
];

for (const [name, [old, next], policyPlan, settings, activeFrom] of announced) {
  test(`when a key that replaces another begins to sign: ${name}`, () => {
    assert.ok(old && next);
    const first = rings({ jwks: settings }).add('p', policyPlan, found([undated(old)])) ?? [];
    const context = { now: 1000, announcedIn: 5000, jwks: settings, before: before('p', first) };
    const ring = rings(context).add('p', policyPlan, found([undated(next)])) ?? [];
    assert.equal(ring.at(-1)?.activeFrom, activeFrom);
  });
}

test('the keys of each declaration that could be read, and how each policy signs', () => {
  const made = rings();
  made.keepFound('k', [undated(a)]);
  made.keepFound('k', [undated(b)]);
  made.keepFound('l', [undated(b)]);
  made.keepFound('broken', [undated(a)]);
  made.keepFound('broken', undefined);
  made.keepFound('absent', undefined);
  assert.deepEqual(
    [...made.found].map(([name, keys]) => [name, keys.map(({ held }) => held.kid)]),
    [
      ['k', ['a', 'b']],
      ['l', ['b']],
    ],
  );
  assert.equal(made.add('open', { ...plan(), algorithm: undefined } as TokenPlan, found([undated(a)])), undefined);
  made.add('p', plan({ header: [fixed('kid', 'v1')] }), found([undated(a)]));
  assert.deepEqual([...made.uses], [['p', { declaration: 'k', algorithm: 'EdDSA', ownKid: 'v1' }]]);
});

test('the time of the load', () => assert.equal(rings({ now: 1000 }).now, 1000));

test('a generated key is the same in a configuration, and in the next one', () => {
  const first = rings();
  assert.equal(first.generatedKey('k'), undefined);
  first.keepGenerated('k', a);
  assert.equal(first.generatedKey('k'), a);
  const next = rings({ before: first.finish() });
  assert.equal(next.generatedKey('k'), a);
  assert.equal(next.generatedKey('l'), undefined);
  next.keepGenerated('k', b);
  assert.equal(next.generatedKey('k'), b);
});

const ends = { held: a, activeFrom: undefined, retireAfter: 1000 };
const idle: readonly [
  name: string,
  without: KeyRingsContext['withoutKeys'],
  now: number,
  past: boolean,
  told: string,
][] = [
  ['an active key', 'none', 999, false, ''],
  ['no active key', 'none', 1000, false, 'error keys.none-active'],
  ['no active key, next to other policies', 'some', 1000, false, 'warning keys.idle-policy'],
  ['no active key, whatever the others', 'all', 1000, false, 'warning keys.idle-policy'],
  ['the key that signs was taken away', 'some', 1000, true, 'error keys.none-active'],
];

for (const [name, withoutKeys, now, isPast, told] of idle) {
  test(`a policy with ${name}, loaded with ${withoutKeys}`, () => {
    const past = rings().add('p', plan(), found([undated(a)])) ?? [];
    const made = rings({ withoutKeys, now, ...(isPast ? { before: before('p', past) } : {}) });
    const keys = found([ends]);
    const ring = made.add('p', plan(), keys);
    assert.deepEqual(keys.codes, told === '' ? [] : [told]);
    assert.equal(ring === undefined, told.startsWith('error'));
    // The tokens of a key that was taken away are still valid.
    assert.deepEqual([...made.finish().rings.keys()], ring === undefined && !isPast ? [] : ['p']);
    assert.deepEqual([...made.withoutActiveKey], told.startsWith('warning') ? ['p'] : []);
  });
}

const recipients: readonly [without: KeyRingsContext['withoutKeys'], now: number, told: string][] = [
  ['none', 999, ''],
  ['none', 1000, 'error keys.none-active'],
  ['some', 1000, 'error keys.none-active'],
  ['all', 1000, ''],
];

for (const [withoutKeys, now, told] of recipients) {
  test(`recipients at ${now}, loaded with ${withoutKeys}: ${told || 'nothing is reported'}`, () => {
    const keys = found([ends, undated(b)], { revoked: ['b'] });
    const ring = rings({ withoutKeys, now }).recipients(keys);
    assert.deepEqual(keys.codes, told === '' ? [] : [told]);
    assert.deepEqual(
      ring?.map(({ held }) => held.kid),
      told === '' ? ['a'] : undefined,
    );
  });
}

function rememberedKey(held: HeldKey, until: number): PublishedKey {
  return { held, until, since: -hour, activeFrom: always, algorithms: new Set(['EdDSA']) };
}

const clashes: readonly [name: string, context: Partial<KeyRingsContext>, held: readonly HeldKey[], told: string][] = [
  ['the remembered key itself', {}, [a], ''],
  ['another key with the name of a remembered one', {}, [ed('a')], 'error keys.same-kid'],
  ['without a JWKS', { jwks: undefined }, [ed('a')], 'warning keys.same-kid'],
  ['the remembered key has ended', { now: 1000 }, [ed('a')], ''],
  ['it has not ended yet', { now: 999 }, [ed('a')], 'error keys.same-kid'],
  ['two secrets without a name', {}, secrets, ''],
  ['two keys of one policy', {}, [b, ed('b')], 'error keys.same-kid'],
];

for (const [name, context, held, told] of clashes) {
  test(`keys of one name: ${name}`, () => {
    const keys = found(held.map(undated));
    rings({ before: { ...noSigningKeys, remembered: [rememberedKey(a, 1000)] }, ...context }).add('p', plan(), keys);
    assert.deepEqual(keys.codes, told === '' ? [] : [told]);
  });
}

test('a key that was made in place of another may have the name of a real one', () => {
  const standIns = new StandInKeys();
  const absent = { role: 'key', place, algorithm: 'EdDSA', hasCertificate: false, generate: () => ed().key } as const;
  const made = { ...standIns.make({ source: 'a file', ...absent }), kid: 'a' };
  const cases: readonly [held: readonly HeldKey[], codes: readonly string[]][] = [
    [[a, made], []],
    [[a, made, ed('a')], ['error keys.same-kid']],
  ];
  for (const [held, codes] of cases) {
    const keys = found(held.map(undated));
    rings({ standIns }).add('p', plan(), keys);
    assert.deepEqual(keys.codes, codes);
  }
});

test('two policies with different keys of one name', () => {
  const made = rings();
  const [first, second] = [found([undated(a)]), found([undated(ed('a'))])];
  made.add('p', plan(), first);
  made.add('q', plan(), second);
  assert.deepEqual([first.codes, second.codes], [[], ['error keys.same-kid']]);
});

const ownKids: readonly [name: string, held: readonly HeldKey[], rotates: boolean, told: readonly string[]][] = [
  ['a key without a name', [ed()], false, []],
  ['a key of this name', [ed('v1')], false, []],
  ['a key of another name', [a], false, ['warning keys.kid-differs']],
  ['one of several that follow each other', [ed('v1')], true, ['warning keys.fixed-kid']],
];

for (const [name, held, rotates, told] of ownKids) {
  test(`a policy that writes its own kid, with ${name}`, () => {
    const keys = found(held.map(undated), { rotates });
    const [key] = rings().add('p', plan({ header: [fixed('kid', 'v1')] }), keys) ?? [];
    assert.deepEqual(keys.codes, told);
    assert.deepEqual([key?.held.kid, key?.held.key], ['v1', held[0]?.key]);
  });
}

test('a removed policy keeps its keys until their last tokens have expired; so do remembered keys', () => {
  const first = rings().add('p', plan({ claims: [time('exp', 300)] }), found([undated(a)])) ?? [];
  const remembered = [rememberedKey(a, 1000), rememberedKey(b, 1001)];
  const left = rings({ now: 1000, before: { ...before('p', first), remembered } }).finish();
  assert.deepEqual(
    left.rings.get('p')?.map(({ stopsAt, lifetime }) => [stopsAt, lifetime]),
    [[1000, 360_000]],
  );
  assert.deepEqual(
    left.remembered.map(({ held }) => held.kid),
    ['b'],
  );
  const still = rings({ now: 360_999, before: left }).finish();
  assert.deepEqual([...still.rings.keys()], ['p']);
  assert.deepEqual([...rings({ now: 361_000, before: left }).finish().rings], []);
  const other = rings({ now: 2000, before: left });
  other.add('p', plan(), found([undated(b)]));
  assert.deepEqual(
    other
      .finish()
      .rings.get('p')
      ?.map(({ held, stopsAt }) => [held.kid, stopsAt]),
    [
      ['a', 1000],
      ['b', never],
    ],
  );
});
