/**
 * @module
 * How each fault happens.
 */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type ClientHttp2Session, connect } from 'node:http2';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Answer } from '../harness/client.ts';
import { fakeTimeInShell, noFakeTime } from '../harness/fake-time.ts';
import { socketFile } from './failing-envoy.ts';
import type { Filter, Headers, Scene } from './scene.ts';
import { signerScenes } from './signer-scenes.ts';
import type { FailureName } from './table.ts';
import { tokenFileScenes } from './token-file-scenes.ts';
import { usualConfiguration, withKey } from './usual-configuration.ts';
import type { World } from './world.ts';

const usually = (world: World): Promise<void> => world.mintproc();

function starts(settings: Readonly<Record<string, unknown>>, around?: string): Scene['begin'] {
  return (world) => world.mintproc({ settings, around });
}

function failsToStart(settings: (world: World) => Readonly<Record<string, unknown>>): Scene['begin'] {
  return (world) => world.mintproc({ settings: settings(world), fails: true });
}

const caller = (world: World): Headers => [['authorization', `Bearer ${world.credentials.token}`]];
const many = (name: string, bytes: number): readonly [string, string] => [name, 'x'.repeat(bytes)];

function writeKey(world: World): void {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  world.write({ 'key.pem': String(privateKey.export({ type: 'pkcs8', format: 'pem' })) });
}

const damaged =
  '-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg\n-----END PRIVATE KEY-----\n';

const keyed = withKey({ file: 'key.pem' });

function startKeyed(world: World, more: object = {}): Promise<void> {
  if (!existsSync(join(world.folder, 'key.pem'))) writeKey(world);
  return world.mintproc({ settings: { ...keyed, ...more } });
}

/** The only policy gets a date at which its key retires, and the date passes. */
async function allKeysRetired(world: World): Promise<void> {
  writeKey(world);
  const alone = (key: object) => {
    const { policies, routes } = withKey(key);
    return { policies: policies.slice(-1), routes: routes.slice(-1) };
  };
  await world.mintproc({ settings: alone({ file: 'key.pem' }) });
  // A date that has passed when the reload is over is refused.
  for (let seconds = 3; (await world.readiness())?.status !== 503; seconds *= 3) {
    const retireAfter = new Date(Date.now() + seconds * 1000).toISOString();
    const text = world.configuration(alone({ file: 'key.pem', retireAfter }));
    await world.reload(() => world.write({ 'mintproc.yaml': text }));
    await pause(Math.max(0, Date.parse(retireAfter) - Date.now()) + 500);
    assert.ok(seconds < 100, 'the key does not retire');
  }
  world.forget();
}

/** A change that is refused. The same mintproc serves on, with the first configuration. */
async function badReload(world: World, settings: object, change: () => void = () => undefined): Promise<void> {
  await startKeyed(world);
  await world.reload(() => {
    change();
    world.write({ 'mintproc.yaml': world.configuration({ ...settings }) });
  });
}

/** Two faults that do not touch each other. */
function retiredOrUnmatched(world: World): Promise<void> {
  writeKey(world);
  const key = { file: 'key.pem', retireAfter: '2020-01-01T00:00:00Z' };
  return world.mintproc({ settings: { ...withKey(key, 'retired'), unmatched: 'pass' } });
}

/** Something listens at the port until the returned function is called. */
async function taken(port: number): Promise<() => void> {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  return () => void server.close();
}

/** Streams that mintproc waits for, since they never send anything. */
async function waitingStreams({ ports }: World, count: number): Promise<() => unknown> {
  const client: ClientHttp2Session = connect(`http://127.0.0.1:${ports.mintproc}`);
  const head = { ':method': 'POST', ':path': '/envoy.service.ext_proc.v3.ExternalProcessor/Process' };
  for (let i = 0; i < count; i++) {
    const stream = client.request({ ...head, 'content-type': 'application/grpc', te: 'trailers' });
    stream.on('error', () => undefined);
  }
  // The answer to a ping comes after what was sent before it.
  await once(client, 'connect');
  await new Promise<void>((resolve, reject) => client.ping((error) => (error === null ? resolve() : reject(error))));
  return async () => {
    client.destroy();
    await once(client, 'close');
  };
}

/** Process ids of the workers. */
function workersOf({ sidecar: { pid } }: World): readonly number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);
}

/** Requests that all arrive while mintproc is stopped, and each of which takes a tenth of a second. */
async function behindOthers(world: World, filter: Filter): Promise<Answer> {
  world.sidecar.signal('SIGSTOP');
  const slow = Array.from({ length: 10 }, () => world.ask(`${filter}+hasty`, '/slow', [['x-steps', '9000']]));
  await pause(100);
  world.sidecar.signal('SIGCONT');
  const answers = await Promise.all(slow);
  const last = answers.at(-1);
  if (last === undefined) throw new Error('nothing was sent');
  return last;
}

const tls = { certificate: 'server.crt', key: 'server.key', clientAuthorities: 'authorities.crt' };

function overTls(settings: Readonly<Record<string, unknown>>): Scene['begin'] {
  return (world) =>
    world.mintproc({ settings: { listen: `127.0.0.1:${world.ports.tls}`, tls: { ...tls, ...settings } } });
}

const stopped = (world: World): Promise<void> => world.stopMintproc();

export const scenes: Readonly<Record<FailureName, Scene>> = {
  'expression-fails': { begin: usually, path: '/fails?fail=yes' },
  'no-route': { begin: usually, path: '/unknown' },
  'wrong-policy-name': { begin: usually, variant: 'named' },
  'no-identity': { begin: usually, path: '/required' },
  'identity-lost': { begin: usually, path: '/caller', variant: 'blind', headers: caller },
  'attribute-lost': { begin: usually, path: '/address', variant: 'blind', requests: 101 },
  'headers-not-sent': { begin: usually, variant: 'bodies', body: 'a body' },
  'headers-too-large': { begin: usually, headers: () => [many('x-large', 51_000)] },
  'headers-too-large-for-envoy': { begin: usually, headers: () => [many('x-large', 70_000)] },
  'token-too-large': { begin: usually, path: '/large', headers: () => [many('x-large', 26_000)] },
  'token-too-large-for-envoy': {
    begin: usually,
    path: '/large',
    headers: () => [many('x-large', 21_000), many('x-more', 15_000)],
  },
  'upstream-away': { begin: usually, path: '/nowhere' },
  'issuer-away': { begin: usually, path: '/away', headers: caller },
  overloaded: {
    begin: async (world) => {
      await usually(world);
      return waitingStreams(world, usualConfiguration.limits.inFlight);
    },
  },
  'deadline-passed': { begin: usually, send: behindOthers },
  'envoy-restarts': {
    begin: async (world) => {
      await usually(world);
      await world.startEnvoy();
    },
  },
  hangs: {
    begin: async (world) => {
      await usually(world);
      world.sidecar.signal('SIGSTOP');
      return () => world.sidecar.signal('SIGCONT');
    },
  },
  killed: {
    begin: async (world) => {
      await usually(world);
      await world.stopMintproc();
    },
  },
  'not-started': { begin: stopped },
  'failure-mode-allow': { begin: stopped, variant: 'open' },
  'invalid-at-reload': { begin: (world) => badReload(world, { ...keyed, rules: [] }) },
  'half-swapped': {
    begin: (world) => badReload(world, { ...keyed, policies: [...keyed.policies, { name: 'new', file: 'new.yaml' }] }),
  },
  'key-missing-at-reload': {
    begin: (world) => badReload(world, keyed, () => rmSync(join(world.folder, 'key.pem'))),
    path: '/keyed',
  },
  'key-damaged-at-reload': {
    begin: (world) => badReload(world, keyed, () => world.write({ 'key.pem': damaged })),
    path: '/keyed',
  },
  'slow-reload': {
    begin: async (world) => {
      await startKeyed(world);
      const more = Array.from({ length: 100 }, (_, at) => ({ name: `more-${at}`, file: 'failing.yaml' }));
      const files = { 'mintproc.yaml': world.configuration({ policies: [...usualConfiguration.policies, ...more] }) };
      const reload = world.reload(() => world.write(files)).then(() => 'over');
      const filters = ['ext_proc', 'ext_authz'] as const;
      while ((await Promise.race([reload, pause(20)])) !== 'over') {
        for (const filter of filters)
          assert.equal((await world.ask(filter, '/orders')).status, 200, 'during the reload');
      }
      world.forget();
    },
  },
  'key-missing-at-start': { begin: failsToStart(() => withKey({ file: 'no-such-key.pem' })) },
  'key-damaged-at-start': {
    begin: (world) => {
      world.write({ 'damaged.pem': damaged });
      return world.mintproc({ settings: withKey({ file: 'damaged.pem' }), fails: true });
    },
  },
  'invalid-at-start': { begin: failsToStart(() => ({ rules: [] })) },
  'body-read': {
    begin: failsToStart(() => ({
      policies: [{ name: 'p', file: 'body.yaml' }],
      routes: [{ match: {}, policies: ['p'] }],
    })),
  },
  'key-retired': { begin: retiredOrUnmatched, path: '/retired' },
  'all-keys-retired': { begin: allKeysRetired, path: '/keyed' },
  'state-unusable': {
    begin: (world) => {
      world.write({ 'remembered.json': 'damaged' });
      return startKeyed(world, {
        jwks: { listen: `unix:${join(world.folder, 'jwks.sock')}`, state: 'remembered.json' },
      });
    },
    path: '/keyed',
  },
  'no-route-passes': { begin: retiredOrUnmatched, path: '/unknown' },
  'worker-killed': {
    begin: async (world) => {
      await world.mintproc({ settings: { workers: 2 } });
      const [first] = workersOf(world);
      if (first === undefined) throw new Error('there is no worker');
      process.kill(first, 'SIGKILL');
      await pause(100);
    },
  },
  'clock-stepped': {
    missing: noFakeTime,
    begin: async (world) => {
      const file = join(world.folder, 'time');
      writeFileSync(file, '+0');
      await world.mintproc({ around: `${fakeTimeInShell(file)} exec "$@"` });
      writeFileSync(file, '+3600');
    },
  },
  'log-disk-full': { begin: starts({ log: { audit: true } }, 'exec "$@" > /dev/full') },
  'log-pipe-blocked': {
    begin: starts({ log: { audit: true } }, 'mkfifo pipe; exec "$@" 1<>pipe'),
    // The pipe and the queue have 64 KiB each, and a line 400 bytes.
    requests: 400,
  },
  'port-taken': {
    begin: async (world) => {
      const end = await taken(world.ports.nobody);
      await world.mintproc({ settings: { listen: `127.0.0.1:${world.ports.nobody}` }, fails: true });
      return end;
    },
  },
  'socket-file-left': {
    begin: async (world) => {
      const settings = { listen: `unix:${join(world.folder, socketFile)}` };
      await world.mintproc({ settings });
      await world.stopMintproc();
      assert.ok(existsSync(join(world.folder, socketFile)), 'the socket file is left behind');
      await world.mintproc({ settings });
    },
    variant: 'unix',
  },
  'socket-file-taken': {
    begin: async (world) => {
      world.write({ 'taken.sock': 'a file' });
      await world.mintproc({ settings: { listen: `unix:${join(world.folder, 'taken.sock')}` }, fails: true });
    },
  },
  'metrics-port-taken': {
    begin: async (world) => {
      await world.stopMintproc();
      const end = await taken(world.ports.metrics);
      await world.mintproc({ settings: {}, fails: true });
      return end;
    },
  },
  'state-lost': {
    begin: async (world) => {
      writeKey(world);
      const jwks = { listen: `127.0.0.1:${world.ports.nobody}`, state: 'no-such-folder/keys.json' };
      await world.mintproc({ settings: { ...keyed, jwks } });
    },
    path: '/keyed',
  },
  'receiver-away': {
    begin: (world) =>
      world.mintproc({ settings: { tracing: { otlp: `http://127.0.0.1:${world.ports.nobody}`, sample: 1 } } }),
  },
  'certificate-expired': { begin: overTls({ certificate: 'ended.crt', key: 'ended.key' }), variant: 'tls' },
  'client-refused': { begin: overTls({ clients: ['dns:another'] }), variant: 'tls' },
  ...signerScenes,
  ...tokenFileScenes,
};
