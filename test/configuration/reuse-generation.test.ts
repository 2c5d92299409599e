/**
 * What Envoy keeps is of one generation as long as the configuration and its keys are the same, in whatever process.
 */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { loadConfiguration } from '../../src/configuration/load.ts';
import type { LoadContext } from '../../src/configuration/load-context.ts';
import type { Snapshot } from '../../src/configuration/snapshot.ts';
import { memoryFiles } from './memory-files.ts';

const pem = (): string =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

const start = 1_700_000_000_000;
const later = new Date(start + 1_000_000).toISOString();

function flex(claims: Readonly<Record<string, string>>): string {
  const customClaims = Object.entries(claims).map(([name, value]) => ({ name, value }));
  const config = { signingMethod: 'ES256', iat: true, exp: 300, nbf: 0, customClaims, customHeaders: [] };
  return JSON.stringify([{ policyRef: { name: 'jwt-generation-flex' }, config }]);
}

const apigee = `<GenerateJWT name="J"><Algorithm>ES256</Algorithm><PrivateKey><Value ref="private.key"/></PrivateKey>
<ExpiresIn>5m</ExpiresIn><AdditionalClaims><Claim name="tier" ref="tier"/><Claim name="at" ref="from.file"/>
<Claim name="in" ref="from.env"/></AdditionalClaims></GenerateJWT>`;

const versions = [
  { file: 'a.pem', kid: 'a' },
  { file: 'b.pem', kid: 'b', activeFrom: later },
];
const policies = [
  { name: 'flex', file: 'flex.yaml', key: 'k', reuse: { for: '30s' } },
  { name: 'apigee', file: 'apigee.xml', key: 'k', reuse: { for: '30s' }, output: { header: 'x-apigee' } },
];
const routes = [
  { match: { pathPrefix: '/a' }, policies: ['apigee'] },
  { match: { pathPrefix: '/b' }, policies: ['flex'] },
];
const configuration = {
  edition: 'x',
  keys: { k: { versions } },
  variables: { tier: 'gold', 'from.file': { file: 'value.txt' }, 'from.env': { env: 'VALUE' } },
  policies,
  routes,
};
const files = {
  'flex.yaml': flex({ iss: 'a' }),
  'apigee.xml': apigee,
  'a.pem': pem(),
  'b.pem': pem(),
  'value.txt': 'one',
};
const environment = { VALUE: 'one' };

interface Changed extends Partial<Omit<LoadContext, 'files'>> {
  readonly configuration?: object;
  readonly files?: Readonly<Record<string, string>>;
}

function load(changed: Changed = {}): Snapshot {
  const { configuration: other = {}, files: others = {}, ...context } = changed;
  const text = JSON.stringify({ ...configuration, ...other });
  const { snapshot, problems } = loadConfiguration('mintproc.yaml', {
    files: memoryFiles({ ...files, ...others, 'mintproc.yaml': text }),
    environment,
    now: () => start,
    ...context,
  });
  assert.ok(snapshot !== undefined, problems.map(({ message }) => message).join('\n'));
  return snapshot;
}

function generationOf(snapshot: Snapshot): string {
  assert.ok(snapshot.envoyReuse !== undefined);
  return snapshot.envoyReuse.generation;
}

const base = load();

test('a generation is sixteen characters, and shows nothing', () => {
  assert.match(generationOf(base), /^[A-Za-z0-9_-]{16}$/);
});

const same: [name: string, changed: Changed][] = [
  ['again', {}],
  ['at another time', { now: () => start + 900_000 }],
  ['after the next key has begun', { now: () => start + 1_100_000 }],
  ['continued from an earlier one', { before: base.keys, now: () => start + 500_000 }],
  ['with something else in the environment', { environment: { ...environment, OTHER: 'x' } }],
  ['with another file beside it', { files: { 'other.yaml': '' } }],
];

for (const [name, changed] of same) {
  test(`the same configuration has the same generation: ${name}`, () => {
    assert.equal(generationOf(load(changed)), generationOf(base));
  });
}

const changes: [name: string, changed: Changed][] = [
  ['a policy file', { files: { 'flex.yaml': flex({ iss: 'b' }) } }],
  ['the file of the other policy', { files: { 'apigee.xml': apigee.replace('5m', '6m') } }],
  ['an entry', { configuration: { policies: policies.map((each) => ({ ...each, reuse: { for: '31s' } })) } }],
  ['the key that signs', { files: { 'a.pem': pem() } }],
  ['the next key', { files: { 'b.pem': pem() } }],
  ['the name of a key', { configuration: { keys: { k: { versions: [{ file: 'a.pem', kid: 'c' }, versions[1]] } } } }],
  ['a key that is gone', { configuration: { keys: { k: { versions: versions.slice(0, 1) } } } }],
  ['a key that is revoked', { configuration: { keys: { k: { versions, revoked: ['b'] } } } }],
  [
    'a key that will retire',
    { configuration: { keys: { k: { versions: [{ ...versions[0], retireAfter: later }, versions[1]] } } } },
  ],
  ['a variable', { configuration: { variables: { ...configuration.variables, tier: 'silver' } } }],
  ['the file of a variable', { files: { 'value.txt': 'two' } }],
  ['the environment of a variable', { environment: { VALUE: 'two' } }],
  [
    'the match of a route',
    { configuration: { routes: [{ match: { pathPrefix: '/c' }, policies: ['apigee'] }, routes[1]] } },
  ],
  ['the order of routes', { configuration: { routes: routes.toReversed() } }],
  [
    'the variables of a route',
    { configuration: { routes: [{ ...routes[0], variables: { tier: 'silver' } }, routes[1]] } },
  ],
  ['who the caller is', { configuration: { authentication: { sources: [] } } }],
];

test('another configuration or another key has another generation', () => {
  const generations = new Map([[generationOf(base), 'none']]);
  for (const [name, changed] of changes) {
    const generation = generationOf(load(changed));
    assert.equal(generations.get(generation), undefined, name);
    generations.set(generation, name);
  }
});

test('a process that generates its key has a generation of its own, which a reload keeps', () => {
  const generated = { configuration: { keys: { k: { generate: 'ES256' } } } };
  const [one, other] = [load(generated), load(generated)];
  assert.notEqual(generationOf(one), generationOf(other));
  assert.equal(generationOf(load({ ...generated, before: one.keys })), generationOf(one));
});
