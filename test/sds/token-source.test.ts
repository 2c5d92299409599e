/**
 * @module
 * What makes the token of a file in one configuration after another: what of a reload counts as another token, which key
 * signs, and when the next one does.
 */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { loadConfiguration } from '../../src/configuration/load.ts';
import type { LoadContext } from '../../src/configuration/load-context.ts';
import type { TokenSource } from '../../src/sds/token-file.ts';
import { tokenSources } from '../../src/sds/token-source.ts';
import { memoryFiles } from '../configuration/memory-files.ts';

const start = Date.UTC(2026, 0, 1);
const date = (seconds: number): string => new Date(start + seconds * 1000).toISOString();
const pem = (type: 'spki' | 'pkcs8'): string => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = type === 'spki' ? publicKey.export({ type, format: 'pem' }) : privateKey.export({ type, format: 'pem' });
  return key.toString();
};

const signed = `<GenerateJWT name="S"><Algorithm>ES256</Algorithm><PrivateKey><Value ref="private.key"/></PrivateKey>
<Subject ref="region"/><ExpiresIn>5m</ExpiresIn></GenerateJWT>`;
const encrypted = `<GenerateJWT name="E"><Type>Encrypted</Type><Algorithms><Key>ECDH-ES+A128KW</Key><Content>A128GCM</Content></Algorithms>
<PublicKey><Value ref="backend"/></PublicKey><Subject>x</Subject><ExpiresIn>5m</ExpiresIn></GenerateJWT>`;

const files = {
  'signed.xml': signed,
  'encrypted.xml': encrypted,
  'other.xml': signed,
  'a.pem': pem('pkcs8'),
  'b.pem': pem('pkcs8'),
  'c.pem': pem('spki'),
  'd.pem': pem('spki'),
};
const [a, b] = [
  { file: 'a.pem', kid: 'a', retireAfter: date(60) },
  { file: 'b.pem', kid: 'b', activeFrom: date(20) },
];
const [c, d] = [{ file: 'c.pem' }, { file: 'd.pem', activeFrom: date(40) }];
const entry = { name: 'signed', file: 'signed.xml', key: 'k', output: { header: 'x-signed' }, sds: { file: 's.json' } };
const other = { name: 'other', file: 'other.xml', key: 'k', output: { header: 'x-other' } };
const sealed = {
  name: 'encrypted',
  file: 'encrypted.xml',
  recipient: 'backend',
  output: { header: 'x-encrypted' },
  sds: { file: 'e.json' },
};
const configuration = {
  edition: 'x',
  keys: { k: { versions: [a, b] }, backend: { versions: [c, d] } },
  variables: { region: 'north' },
  policies: [entry, sealed, other],
  routes: [entry, sealed, other].map(({ name }) => ({ match: { routeName: name }, policies: [name] })),
};

interface Changed extends Partial<Omit<LoadContext, 'files'>> {
  readonly configuration?: object;
  readonly files?: Readonly<Record<string, string>>;
}

function load({ configuration: changed = {}, files: others = {}, ...context }: Changed = {}) {
  const text = JSON.stringify({ ...configuration, ...changed });
  const all = memoryFiles({ ...files, ...others, 'mintproc.yaml': text });
  const { snapshot, problems } = loadConfiguration('mintproc.yaml', { files: all, now: () => start, ...context });
  assert.ok(snapshot !== undefined, problems.map(({ message }) => message).join('\n'));
  return snapshot;
}

function sourceIn(snapshot: ReturnType<typeof load>, policy: 'signed' | 'encrypted'): TokenSource {
  const found = tokenSources(snapshot).find(({ source }) => source.policy === policy);
  assert.ok(found !== undefined);
  return found.source;
}

const before = load();

test('the policies with files have sources, and no others', () => {
  assert.deepEqual(
    tokenSources(before).map(({ source, settings }) => [source.policy, source.lifetime, settings.path]),
    [
      ['signed', 300_000, 's.json'],
      ['encrypted', 300_000, 'e.json'],
    ],
  );
});

const changes: [name: string, changed: Changed, others: readonly string[]][] = [
  ['nothing', {}, []],
  ['the time', { now: () => start + 1000, before: before.keys }, []],
  ['another policy', { files: { 'other.xml': signed.replace('5m', '6m') } }, []],
  ['the key that signs', { files: { 'a.pem': pem('pkcs8') } }, []],
  ['the policy file', { files: { 'signed.xml': signed.replace('5m', '6m') } }, ['signed']],
  [
    'the entry',
    { configuration: { policies: [{ ...entry, output: { header: 'x-signed', prefix: 'T ' } }, sealed, other] } },
    ['signed'],
  ],
  ['the key that is encrypted to', { files: { 'c.pem': pem('spki') } }, ['encrypted']],
  ['a variable', { configuration: { variables: { region: 'south' } } }, ['signed', 'encrypted']],
  ['a setting', { configuration: { limits: { tokenBytes: 4096 } } }, ['signed', 'encrypted']],
];

for (const [name, changed, others] of changes) {
  test(`a reload changes ${name}: ${others.length === 0 ? 'no token is' : `other tokens: ${others}`}`, () => {
    const after = load(changed);
    const different = (['signed', 'encrypted'] as const).filter(
      (policy) => sourceIn(before, policy).identity !== sourceIn(after, policy).identity,
    );
    assert.deepEqual(different, others);
  });
}

const switches: [policy: 'signed' | 'encrypted', seconds: number, next: number][] = [
  ['signed', 0, 20],
  ['signed', 19.999, 20],
  ['signed', 20, 60],
  ['signed', 60, Number.POSITIVE_INFINITY],
  ['encrypted', 0, 40],
  ['encrypted', 40, Number.POSITIVE_INFINITY],
];

for (const [policy, seconds, next] of switches) {
  test(`the next key of ${policy} after ${seconds} s is that of ${next} s`, () => {
    assert.equal((sourceIn(before, policy).nextSwitch(start + seconds * 1000) - start) / 1000, next);
  });
}

test('the key that signs is that of the time, and a key that is revoked is trusted no more', () => {
  const source = sourceIn(before, 'signed');
  const keys = [0, 19_999, 20_000].map((time) => source.signerAt(start + time));
  assert.deepEqual(
    keys.map((key) => key?.kid),
    ['a', 'a', 'b'],
  );
  const [first, , second] = keys;
  assert.ok(first !== undefined && second !== undefined);
  const revoked = load({
    configuration: { keys: { ...configuration.keys, k: { versions: [a, b], revoked: ['a'] } } },
    before: before.keys,
    now: () => start + 20_000,
  });
  const after = sourceIn(revoked, 'signed');
  assert.deepEqual([source.trusts(first), source.trusts(second)], [true, true]);
  assert.deepEqual([after.trusts(first), after.trusts(second)], [false, true]);
});

test('a token that reads a request after all is not made', async () => {
  const policy = before.policies.get('signed');
  assert.ok(policy !== undefined);
  const reading = { ...policy, minter: { mint: ({ request }: { readonly request: unknown }) => `${typeof request}` } };
  const source = sourceIn({ ...before, policies: new Map([['signed', reading]]) }, 'signed');
  await assert.rejects(source.mint(start), { name: 'TypeError', message: 'a constant token reads the request' });
});
