import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject, JsonValue } from '../../src/diagnostics/json.ts';
import { MintError } from '../../src/diagnostics/mint-error.ts';
import type { Caller } from '../../src/expressions/bindings.ts';
import { makeIdentify } from '../../src/identity/authentication.ts';
import { authenticationSchema } from '../../src/identity/authentication-schema.ts';
import { askInOrder } from '../../src/identity/caller-sources.ts';
import { claimMapping } from '../../src/identity/claim-mapping.ts';
import { decideAtOnce } from '../at-once.ts';
import { loadConfiguration } from '../configuration/loading.ts';
import { flexPolicy, memoryFiles, request, secret, seenRequest } from '../configuration/memory-files.ts';

const jwtAuthn = 'envoy.filters.http.jwt_authn';

const joined: [name: string, settings: object, claims: JsonObject, expected: JsonObject][] = [
  [
    'the three by default',
    {},
    { scope: ['a', 'b'], scp: ['c'], permission: ['d', 'e'], roles: ['f', 'g'] },
    { scope: 'a b', scp: 'c', permission: 'd e', roles: ['f', 'g'] },
  ],
  ['none', { joinLists: [] }, { scope: ['a', 'b'] }, { scope: ['a', 'b'] }],
  ['others', { joinLists: ['roles'] }, { scope: ['a'], roles: ['b', 'c'] }, { scope: ['a'], roles: 'b c' }],
  [
    'a name with a dot is a claim of this name',
    { joinLists: ['a.b'] },
    { 'a.b': ['x', 'y'], a: { b: ['x'] } },
    { 'a.b': 'x y', a: { b: ['x'] } },
  ],
  ['a string stays', {}, { scope: 'a b' }, { scope: 'a b' }],
  ['an empty list stays', {}, { scope: [] }, { scope: [] }],
  ['a list with a number stays', {}, { scope: ['a', 1] }, { scope: ['a', 1] }],
  ['a list with null stays', {}, { scope: ['a', null] }, { scope: ['a', null] }],
  ['a list with a space in an item stays', {}, { scope: ['a', 'b c'] }, { scope: ['a', 'b c'] }],
  ['a list with an empty item stays', {}, { scope: ['a', ''] }, { scope: ['a', ''] }],
  ['a list inside another claim stays', {}, { realm: { scope: ['a', 'b'] } }, { realm: { scope: ['a', 'b'] } }],
  ['where it stands', {}, { a: 1, scope: ['a', 'b'], z: 2 }, { a: 1, scope: 'a b', z: 2 }],
];
for (const [name, settings, claims, expected] of joined) {
  test(`joined lists: ${name}`, () => {
    const identify = makeIdentify(authenticationSchema.parse({ sources: [{ from: 'jwt_authn', ...settings }] }));
    const seen = seenRequest({ metadata: { [jwtAuthn]: { p: claims } } });
    const caller = identify(seen);
    assert.equal(JSON.stringify(caller.property?.('claims')), JSON.stringify(expected));
    assert.deepEqual(identify(seen).properties, { ...expected, claims: expected });
    for (const member of Object.keys(expected)) assert.deepEqual(caller.property?.(member), expected[member]);
    assert.deepEqual(seen.metadata.whole(), { [jwtAuthn]: { p: claims } }, 'the metadata of Envoy was changed');
  });
}

test('joined lists: only of jwt_authn', () => {
  const sources = [{ from: 'metadata', namespace: 's' }];
  const identify = makeIdentify(authenticationSchema.parse({ sources }));
  const caller = identify(seenRequest({ metadata: { s: { scope: ['a', 'b'] } } }));
  assert.deepEqual(caller.properties, { scope: ['a', 'b'], claims: { scope: ['a', 'b'] } });
  for (const from of ['ext_authz', 'certificate', 'peer', 'payload_header']) {
    const [source] = authenticationSchema.parse({ sources: [{ from }] }).sources;
    assert.ok(source !== undefined && source.from !== 'headers');
    assert.deepEqual(claimMapping(source).joined, []);
  }
});

const members: readonly [name: string, value: JsonValue | undefined][] = [
  ['sub', 'u'],
  ['clientId', 'c'],
  ['other', undefined],
  ['toString', undefined],
  ['claims', { sub: 'u', azp: 'c' }],
];

for (const [name, value] of members) {
  test(`a member of the caller: ${name}`, () => {
    const seen = seenRequest({ metadata: { [jwtAuthn]: { p: { sub: 'u', azp: 'c' } } } });
    assert.deepEqual(makeIdentify(authenticationSchema.parse({}))(seen).property?.(name), value);
  });
}

const failures: readonly [error: Error, refused: number][] = [
  [new MintError('identity.ambiguous', 'Two.'), 1],
  [new TypeError('a mistake in the code'), 0],
];

for (const [error, refused] of failures) {
  test(`a source that throws a ${error.name} counts as refused ${refused} times`, () => {
    let count = 0;
    const uncounted = { increment() {} };
    const counted = {
      increment() {
        count += 1;
      },
    };
    const countersOf = () => ({ found: uncounted, absent: uncounted, refused: counted });
    const find = () => {
      throw error;
    };
    const watch = { found: false, missed: false };
    const identify = askInOrder([{ name: 'peer', as: undefined, find }], { countersOf, watch });
    assert.throws(() => identify(seenRequest({})), error);
    assert.deepEqual([count, watch], [refused, { found: false, missed: false }]);
  });
}

test('reading any member of an unknown caller is noted', () => {
  const reads: readonly ((caller: Caller) => unknown)[] = [
    ({ principal }) => principal,
    ({ clientId }) => clientId,
    ({ clientName }) => clientName,
    ({ properties }) => properties,
    (caller) => caller.property?.('x') ?? null,
  ];
  for (const read of reads) {
    const watch = { found: false, missed: false };
    const countersOf = () => assert.fail('there is no source');
    assert.equal(read(askInOrder([], { countersOf, watch })(seenRequest({}))), null);
    assert.deepEqual(watch, { found: false, missed: true });
  }
});

const beyond = 2 ** 53;
const inexact: [name: string, read: (caller: Caller) => unknown, gave: boolean][] = [
  ['nothing', () => undefined, false],
  ['a name', ({ principal, clientId }) => [principal, clientId], false],
  ['the largest exact number', (caller) => caller.property?.('exact'), false],
  ['the smallest exact number', (caller) => caller.property?.('least'), false],
  ['the first that is not', (caller) => caller.property?.('beyond'), true],
  ['the first below zero', (caller) => caller.property?.('below'), true],
  ['a number inside', (caller) => caller.property?.('inside'), true],
  ['all of them', (caller) => caller.property?.('claims'), true],
  ['all of them in properties', ({ properties }) => properties, true],
];
for (const [name, read, gave] of inexact) {
  test(`inexact numbers: ${name}`, () => {
    const claims = { sub: 'u', exact: beyond - 1, least: 1 - beyond, beyond, below: -beyond, inside: [{ a: 1e21 }] };
    const caller = makeIdentify(authenticationSchema.parse({}))(
      seenRequest({ metadata: { [jwtAuthn]: { p: claims } } }),
    );
    for (let times = 0; times < 2; times++) {
      read(caller);
      assert.equal(caller.gaveInexact?.(), gave);
    }
    assert.equal(caller.gaveInexact?.(), false);
  });
}

const apigeePolicy =
  '<GenerateJWT name="P"><Algorithm>HS256</Algorithm><SecretKey><Value ref="private.key"/></SecretKey>' +
  '<Subject ref="jwt.V.claim.sub"/></GenerateJWT>';

const warned: [name: string, claims: JsonObject, warnings: readonly boolean[]][] = [
  ['a policy that reads the number', { sub: 'u', id: beyond }, [false, true, false]],
  ['a number that is exact', { sub: 'u', id: beyond - 1 }, [false, false, false]],
  ['one that nobody reads', { sub: 'u', other: beyond }, [false, false, false]],
];
for (const [name, claims, warnings] of warned) {
  test(`a warning about a token: ${name}`, () => {
    const { snapshot, problems } = loadConfiguration('mintproc.yaml', {
      files: memoryFiles({
        key: secret,
        'reads.json': flexPolicy({ id: '#[authentication.properties.id]' }),
        'others.json': flexPolicy({ sub: '#[authentication.principal]' }),
        'apigee.xml': apigeePolicy,
        'mintproc.yaml': JSON.stringify({
          edition: 'x',
          variables: { 'private.key': { file: 'key' } },
          policies: ['apigee.xml', 'reads.json', 'others.json'].map((file) => ({
            name: file,
            file,
            output: { header: `x-${file}` },
          })),
          routes: [{ match: {}, policies: ['apigee.xml', 'reads.json', 'others.json'] }],
        }),
      }),
    });
    assert.ok(snapshot, JSON.stringify(problems));
    const decide = decideAtOnce(snapshot, { clock: () => 1_700_000_000_000, randomId: () => 'id' });
    const { mints } = decide(request({}, { metadata: { [jwtAuthn]: { p: claims } } }));
    assert.deepEqual(
      mints.map(({ outcome, warning }) => [outcome, warning]),
      warnings.map((warns) => ['minted', warns ? 'identity.inexact-number' : undefined]),
    );
  });
}
