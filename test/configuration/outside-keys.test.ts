/**
 * Keys that services hold, in a configuration: from the declaration to tokens, to the JWKS and to another process.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compactVerify, createLocalJWKSet, decodeProtectedHeader } from 'jose';
import { askingServices } from '../../src/configuration/asking-services.ts';
import { vaultPlace } from '../../src/configuration/keys/outside-places.ts';
import { StandInKeys } from '../../src/configuration/keys/stand-in-keys.ts';
import type { Loaded, LoadOptions } from '../../src/configuration/load.ts';
import { vaultTransitSchema } from '../../src/configuration/outside-keys-schema.ts';
import { proveKeys } from '../../src/configuration/prove-keys.ts';
import { KeptFiles, type LoadInputs, repeatLoad } from '../../src/configuration/reload/load-inputs.ts';
import type { Snapshot } from '../../src/configuration/snapshot.ts';
import { makeDecide } from '../../src/decision/decide.ts';
import type { Decision } from '../../src/decision/decision.ts';
import { arrival } from '../../src/diagnostics/later.ts';
import { finish } from '../../src/diagnostics/steps.ts';
import { OutsideKeys, OutsideSigners } from '../../src/keys/outside/outside-signers.ts';
import { loadInputs, plainInputs } from '../../src/serving/workers/messages.ts';
import { FakeKms } from '../keys/outside/fake-kms.ts';
import type { FakeServer } from '../keys/outside/fake-server.ts';
import { FakeVault } from '../keys/outside/fake-vault.ts';
import { privateKeyFor } from '../keys/outside/service-keys.ts';
import { pem, policy, published, start } from './key-world.ts';
import { loadConfiguration } from './loading.ts';
import { memoryFiles, request } from './memory-files.ts';

const arn = 'arn:aws:kms:eu-central-1:111122223333:key/es256';

/** A Vault and an AWS KMS, with keys for ES256. */
class World implements AsyncDisposable {
  readonly vault = new FakeVault();
  readonly kms = new FakeKms();
  readonly #servers: FakeServer[] = [];
  environment: Readonly<Record<string, string | undefined>> = {};

  static async start(): Promise<World> {
    const world = new World();
    world.vault.add('orders', 'ecdsa-p256', privateKeyFor('ES256'), privateKeyFor('ES256', 'second'));
    world.vault.add('rsa', 'rsa-2048', privateKeyFor('RS256'));
    world.kms.add(arn, privateKeyFor('ES256'), ['ES256']);
    world.#servers.push(await world.vault.start(), await world.kms.start());
    world.environment = {
      ...{ VAULT_ADDR: world.server('vault').origin, VAULT_TOKEN: 'token-1' },
      ...{ AWS_ENDPOINT_URL_KMS: world.server('kms').origin, AWS_ACCESS_KEY_ID: 'i', AWS_SECRET_ACCESS_KEY: 's' },
    };
    return world;
  }

  server(name: 'vault' | 'kms'): FakeServer {
    const server = this.#servers[name === 'vault' ? 0 : 1];
    assert.ok(server);
    return server;
  }

  options(keys: object, more: { entry?: object; policy?: string; files?: object } = {}): LoadOptions {
    const configuration = {
      policies: [{ name: 'p', file: 'p.yaml', key: 'k', ...more.entry }],
      routes: [{ match: {}, policies: ['p'] }],
      keys: { k: { deadline: '30s', ...keys } },
      jwks: { listen: '127.0.0.1:0' },
    };
    const text = more.policy ?? policy();
    const files = { 'p.yaml': text, 'mintproc.yaml': JSON.stringify(configuration), ...more.files };
    return { files: memoryFiles(files), environment: this.environment, now: () => start };
  }

  async load(options: LoadOptions): Promise<Loaded> {
    return proveKeys(
      await askingServices(options, (outside) => loadConfiguration('mintproc.yaml', { ...options, outside })),
    );
  }

  async good(keys: object, more: { entry?: object; policy?: string } = {}): Promise<Snapshot> {
    const { snapshot, problems } = await this.load(this.options(keys, more));
    assert.ok(snapshot, problems.map(({ message }) => message).join('\n'));
    return snapshot;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const server of this.#servers) await server[Symbol.asyncDispose]();
  }
}

async function decided(snapshot: Snapshot, at = start): Promise<Decision> {
  const decide = makeDecide(snapshot, { clock: () => at, randomId: () => 'id' });
  return arrival(decide(request({})));
}

function tokenOf(decision: Decision): string {
  assert.equal(decision.kind, 'forward', JSON.stringify(decision));
  return decision.set[0]?.[1].replace('Bearer ', '') ?? '';
}

const forms: readonly [name: string, keys: object][] = [
  ['Vault', { vaultTransit: { key: 'orders' } }],
  ['AWS KMS', { awsKms: { key: arn } }],
];

for (const [name, keys] of forms) {
  test(`${name}: tokens verify with the JWKS, under the thumbprint and under a kid`, async () => {
    await using world = await World.start();
    for (const kid of [undefined, 'my-kid']) {
      const snapshot = await world.good({ ...keys, ...(kid === undefined ? {} : { kid }) });
      const token = tokenOf(await decided(snapshot));
      await compactVerify(token, createLocalJWKSet(published(snapshot, 0)));
      const thumbprint = snapshot.keys.rings.get('p')?.[0]?.held.thumbprint;
      assert.equal(decodeProtectedHeader(token).kid, kid ?? thumbprint);
    }
  });

  test(`${name}: a service that fails: an explicit refusal, whatever the policy's vendor`, async () => {
    await using world = await World.start();
    const server = world.server(name === 'Vault' ? 'vault' : 'kms');
    const snapshot = await world.good(keys);
    server.repeats = true;
    const failures = [
      [{ status: 403, body: '{}' }, 500, 'signer.denied'],
      [{ status: 429, body: '{}' }, 503, 'signer.throttled'],
      [{ status: 200, body: '[]' }, 500, 'signer.refused'],
    ] as const;
    for (const [index, [fault, status, code]] of failures.entries()) {
      server.faults = [fault];
      const decision = await decided(snapshot, start + 1000 * index);
      assert.equal(decision.kind, 'refuse');
      assert.deepEqual([decision.refusal.status, decision.mints[0]?.code], [status, code]);
      assert.equal(decision.refusal.body, JSON.stringify({ error: { code } }));
      assert.deepEqual(decision.refusal.headers, status === 503 ? [['retry-after', '1']] : undefined);
    }
  });
}

test('requests for the same token wait for one signature', async () => {
  await using world = await World.start();
  const snapshot = await world.good({ vaultTransit: { key: 'orders' } });
  const before = world.server('vault').requests.length;
  const decide = makeDecide(snapshot, { clock: () => start, randomId: () => 'id' });
  const decisions = await Promise.all(Array.from({ length: 50 }, () => arrival(decide(request({})))));
  assert.equal(new Set(decisions.map(tokenOf)).size, 1);
  assert.equal(world.server('vault').requests.length, before + 1);
});

test('versions of Vault follow each other by their dates', async () => {
  await using world = await World.start();
  const at = (seconds: number): string => new Date(start + 1000 * seconds).toISOString();
  const vaultTransit = { key: 'orders' };
  const versions = [
    { vaultTransit: { ...vaultTransit, version: 1 }, kid: 'one', retireAfter: at(20), deadline: '30s' },
    { vaultTransit: { ...vaultTransit, version: 2 }, kid: 'two', activeFrom: at(10), deadline: '30s' },
  ];
  const snapshot = await world.good({ deadline: undefined, versions });
  for (const [seconds, kid] of [
    [9, 'one'],
    [10, 'two'],
  ] as const) {
    const token = tokenOf(await decided(snapshot, start + 1000 * seconds));
    const { protectedHeader } = await compactVerify(token, createLocalJWKSet(published(snapshot, 1000 * seconds)));
    assert.equal(protectedHeader.kid, kid);
  }
});

test('without a version, the newest one when the configuration was loaded signs on', async () => {
  await using world = await World.start();
  const snapshot = await world.good({ vaultTransit: { key: 'orders' } });
  world.vault.keys.get('orders')?.versions.push(privateKeyFor('ES256', 'third'));
  const token = tokenOf(await decided(snapshot));
  await compactVerify(token, createLocalJWKSet(published(snapshot, 0)));
});

const refused: readonly [name: string, keys: object, code: string, more?: { entry?: object; policy?: string }][] = [
  ['another curve', { vaultTransit: { key: 'rsa' } }, 'keys.outside-algorithm'],
  [
    'a secret',
    { vaultTransit: { key: 'orders' } },
    'keys.outside-algorithm',
    { policy: policy({ signingMethod: 'HS256' }) },
  ],
  ['no such key', { vaultTransit: { key: 'none' } }, 'signer.key-unusable'],
  ['no such version', { vaultTransit: { key: 'orders', version: 9 } }, 'signer.key-unusable'],
  [
    'an address that others can read',
    { vaultTransit: { address: 'http://vault.example.com', key: 'orders' } },
    'keys.outside-setting',
  ],
  [
    'an address with a path',
    { vaultTransit: { address: 'https://vault.example.com/v1/transit', key: 'orders' } },
    'keys.outside-setting',
  ],
  [
    'an address with a password',
    { vaultTransit: { address: 'https://me:secret@example.com', key: 'orders' } },
    'keys.outside-setting',
  ],
  ['the path of a key of Vault', { vaultTransit: { key: 'transit/keys/orders' } }, 'config.invalid-value'],
  [
    'authorities that are missing',
    { vaultTransit: { key: 'orders', ca: { file: 'no.pem' } } },
    'config.unreadable-file',
  ],
  ['an ARN of another region', { awsKms: { key: arn, region: 'us-east-1' } }, 'keys.outside-setting'],
  ['an ARN of another service', { awsKms: { key: 'arn:aws:s3:::orders' } }, 'config.invalid-value'],
  ['an alias without `alias/`', { awsKms: { key: 'orders', region: 'eu-central-1' } }, 'config.invalid-value'],
  ['no region', { awsKms: { key: 'alias/orders' } }, 'keys.outside-setting'],
  ['no such key of KMS', { awsKms: { key: `${arn}x` } }, 'signer.key-unusable'],
  ['two places', { awsKms: { key: arn }, file: 'a.pem' }, 'config.invalid-value'],
  ['a passphrase', { awsKms: { key: arn }, passphrase: { env: 'X' } }, 'config.invalid-value'],
  ['a deadline of a file', { file: 'a.pem' }, 'config.invalid-value'],
  [
    'two logins',
    { vaultTransit: { key: 'orders', token: { env: 'X' }, kubernetes: { role: 'x' } } },
    'config.invalid-value',
  ],
];

for (const [name, keys, code, more] of refused) {
  test(`refused when the configuration is loaded: ${name}`, async () => {
    await using world = await World.start();
    const { snapshot, problems } = await world.load(world.options(keys, more));
    assert.equal(snapshot, undefined);
    const errors = problems.filter(({ severity }) => severity === 'error');
    assert.deepEqual([...new Set(errors.map((problem) => problem.code))], [code]);
  });
}

const namespaces: readonly [name: string, namespace: string, refused: boolean][] = [
  ['of the largest length', 'n'.repeat(256), false],
  ['with one more character', 'n'.repeat(257), true],
  ['with a space', 'a b', true],
];

for (const [name, namespace, isRefused] of namespaces) {
  test(`the namespace of Vault in the environment ${name} is ${isRefused ? 'refused' : 'taken'}`, async () => {
    await using world = await World.start();
    world.environment = { ...world.environment, VAULT_NAMESPACE: namespace };
    const { problems } = await world.load(world.options({ vaultTransit: { key: 'orders' } }));
    const said = problems.flatMap(({ severity, message }) => (severity === 'error' ? [message] : []));
    assert.equal(/^VAULT_NAMESPACE is not the name/.test(said.join()), isRefused);
  });
}

test('a key that signs otherwise than its public half says is refused when it is loaded', async () => {
  await using world = await World.start();
  const key = world.vault.keys.get('orders');
  assert.ok(key);
  key.signsWith = privateKeyFor('ES256', 'third');
  const { snapshot, problems } = await world.load(world.options({ vaultTransit: { key: 'orders' } }));
  assert.equal(snapshot, undefined);
  assert.deepEqual(
    problems.flatMap(({ code, severity }) => (severity === 'error' ? code : [])),
    ['signer.wrong-signature'],
  );
});

test('a login of Kubernetes has its role, its mount and its file', () => {
  const form = vaultTransitSchema.parse({ key: 'orders', kubernetes: { role: 'mint', token: 'token' } });
  const place = vaultPlace(form, (file) => `/etc/${file}`, { deadline: 1, queue: 2 });
  assert.ok(place.service === 'vaultTransit');
  assert.deepEqual(place.login, { kind: 'kubernetes', role: 'mint', mount: 'kubernetes', path: '/etc/token' });
});

test('without being asked, no service is called, and the rest is checked', async () => {
  await using world = await World.start();
  const options = { ...world.options({ vaultTransit: { key: 'orders' } }), outside: 'unasked' as const };
  const { snapshot, problems } = await proveKeys(loadConfiguration('mintproc.yaml', options));
  assert.ok(snapshot);
  assert.deepEqual(
    problems.map(({ code, severity }) => [code, severity]),
    [
      ['keys.call-per-token', 'note'],
      ['keys.not-asked', 'note'],
    ],
  );
  assert.equal(world.server('vault').requests.length, 0);
});

const anew = '`sub` is new for each token';
const notes: [name: string, entry: object, claim: string, at: string | undefined, message: RegExp][] = [
  ['no reuse', {}, 'x', 'mintproc.yaml:1:48', /second it was issued in only.*reuse: \{ for: 30s, refresh/s],
  ['within a second', { reuse: true }, 'x', 'mintproc.yaml:1:48', /second it was issued in only/],
  ['a claim that is new', {}, '#[uuid()]', 'mintproc.yaml:1:48', new RegExp(`None is reused: ${anew}.$`)],
  ['no reuse as the entry says', { reuse: false }, 'x', undefined, /./],
  ['reuse', { reuse: { for: '30s' } }, 'x', undefined, /./],
];
for (const [name, entry, claim, at, message] of notes) {
  test(`requests wait for a service, and validate says so: ${name}`, async () => {
    await using world = await World.start();
    const options = world.options({ vaultTransit: { key: 'orders' } }, { entry, policy: policy({ claim }) });
    const { problems } = loadConfiguration('mintproc.yaml', { ...options, outside: 'unasked' });
    const [note, second] = problems.filter(({ code }) => code === 'keys.call-per-token');
    assert.equal(second, undefined);
    assert.equal(note && `${note.place.file}:${note.place.line}:${note.place.column}`, at);
    if (note !== undefined) assert.match(`${note.message} ${note.suggestion ?? ''}`.trim(), message);
  });
}

test('stand-in keys take the place of those of services, which are not asked', async () => {
  await using world = await World.start();
  const standInKeys = new StandInKeys();
  const { snapshot } = await world.load({ ...world.options({ vaultTransit: { key: 'orders' } }), standInKeys });
  assert.ok(snapshot);
  tokenOf(await decided(snapshot));
  assert.equal(standInKeys.made.length, 1);
  assert.equal(world.server('vault').requests.length, 0);
});

test('another process repeats the load without asking, and its key signs', async () => {
  await using world = await World.start();
  const options = world.options({ vaultTransit: { key: 'orders' } });
  const outside = new OutsideKeys(new OutsideSigners({ environment: world.environment }));
  const files = new KeptFiles(options.files);
  const first = await askingServices(options, () => loadConfiguration('mintproc.yaml', { ...options, files, outside }));
  assert.equal(first.snapshot, undefined);
  assert.equal(await outside.ask(), true);
  const { snapshot } = loadConfiguration('mintproc.yaml', { ...options, files, outside });
  assert.ok(snapshot);
  const asked = world.server('vault').requests.length;
  const inputs: LoadInputs = {
    ...{ file: 'mintproc.yaml', version: 2, now: start, announcedIn: 0, files: files.files, folders: files.folders },
    ...{ parsed: new Map(), unlocked: new Map(), outside: outside.answers, before: snapshot.keys },
  };
  // As it is after it was sent to a worker.
  const sent = loadInputs(structuredClone(plainInputs(inputs)), inputs);
  const { environment } = world;
  const repeated = finish(repeatLoad(sent, { environment }));
  assert.ok(repeated.snapshot, JSON.stringify(repeated.problems));
  assert.equal(world.server('vault').requests.length, asked);
  await compactVerify(tokenOf(await decided(repeated.snapshot)), createLocalJWKSet(published(snapshot, 0)));
  assert.equal(repeated.snapshot.keys.rings.get('p')?.length, 1);
});

test('a key that is moved into a service stays the same key', async () => {
  await using world = await World.start();
  const file = { 'a.pem': pem(privateKeyFor('ES256')) };
  const options = world.options({ file: 'a.pem', kid: 'one', deadline: undefined }, { files: file });
  const { snapshot: before } = await world.load(options);
  assert.ok(before);
  const after = { ...world.options({ awsKms: { key: arn }, kid: 'one' }), before: before.keys };
  const { snapshot, problems } = await world.load(after);
  assert.ok(snapshot, JSON.stringify(problems));
  assert.equal(published(snapshot, 0).keys.length, 1);
  const { protectedHeader } = await compactVerify(
    tokenOf(await decided(snapshot)),
    createLocalJWKSet(published(before, 0)),
  );
  assert.equal(protectedHeader.kid, 'one');
  assert.ok(world.server('kms').requests.some(({ headers }) => headers['x-amz-target'] === 'TrentService.Sign'));
});
