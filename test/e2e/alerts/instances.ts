/**
 * @module
 * The processes in which the faults are made: `front` behind a real Envoy, and others for faults that would disturb it.
 */
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { freePort } from '../../../demo/ports.ts';
import { ProcessGroup, type Running } from '../../../demo/process-group.ts';
import { isUp, untilReady } from '../../../demo/readiness.ts';
import type { FakeServer } from '../../keys/outside/fake-server.ts';
import { FakeVault } from '../../keys/outside/fake-vault.ts';
import { privateKeyFor } from '../../keys/outside/service-keys.ts';
import { fakeTimeInShell } from '../harness/fake-time.ts';
import { admitAnonymous, extProc, failing, hmacPolicy } from '../harness/policies.ts';
import { project, type Stack, startStack } from '../harness/stack.ts';
import { type StartedVault, startVault } from '../harness/started-vault.ts';
import { makeTlsFiles } from '../harness/tls-files.ts';

/** A mintproc without an Envoy. */
export interface Lone extends AsyncDisposable {
  readonly folder: string;
  readonly process: Running;
  /** host:port or unix:/path. */
  readonly listen: string;
  /** host:port. */
  readonly admin: string;
  /** The service that holds its key. */
  readonly service?: FakeServer;
  write(name: string, content: string): void;
  /** Replaces mintproc.yaml, with its addresses. */
  configure(configuration: Readonly<Record<string, unknown>>): void;
}

interface LoneOptions {
  readonly name: string;
  /** Without its addresses. */
  readonly configuration: Readonly<Record<string, unknown>>;
  readonly files?: Readonly<Record<string, string>>;
  readonly folders?: readonly string[];
  readonly isUnix?: boolean;
  /** The command in place of `serve`, and its arguments. */
  command?(addresses: { readonly listen: string; readonly admin: string }): readonly string[];
  /** What a shell writes before and after the command. */
  readonly around?: readonly [before: string, after: string];
}

const quickReload = { poll: '200ms', settle: '10ms' };

const serve = (): readonly string[] => ['serve', '--config', 'mintproc.yaml'];

async function startLone(options: LoneOptions): Promise<Lone> {
  const { name, configuration, files = {}, isUnix, around, command: commanded = serve } = options;
  const folder = mkdtempSync(join(tmpdir(), `mintproc-${name}-`));
  const group = new ProcessGroup(folder);
  const admin = `127.0.0.1:${await freePort()}`;
  const listen = isUnix === true ? `unix:${join(folder, 'm.sock')}` : `127.0.0.1:${await freePort()}`;
  const write = (file: string, content: string): void => {
    writeFileSync(join(folder, file), content);
    chmodSync(join(folder, file), 0o600);
  };
  const configure = (next: Readonly<Record<string, unknown>>): void =>
    write('mintproc.yaml', stringify({ listen, admin, reload: quickReload, ...next }));
  const dispose = async (): Promise<void> => {
    await group[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    for (const name of options.folders ?? []) mkdirSync(join(folder, name));
    for (const [file, content] of Object.entries(files)) write(file, content);
    configure(configuration);
    const command = [process.execPath, join(project, 'src', 'main.ts'), ...commanded({ listen, admin })];
    const [before, after] = around ?? ['', ''];
    const args = ['-c', `${before} exec ${command.map((word) => `'${word}'`).join(' ')} ${after}`];
    const started = await group.start({ name, file: '/bin/sh', args, cwd: folder });
    await untilReady(started, () => isUp(`http://${admin}/healthz`));
    return { folder, process: started, listen, admin, write, configure, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

function onePolicy(name: string, entry: object = {}): Readonly<Record<string, unknown>> {
  return {
    policies: [{ name, file: 'p.yaml', ...entry }],
    routes: [{ match: {}, policies: [name] }],
  };
}

const oneFile = { 'p.yaml': hmacPolicy({ iss: 'orders' }) };

function rsaPolicy(claims: Readonly<Record<string, string>>): string {
  const config = {
    signingMethod: 'RS256',
    privateKey: 'unused',
    iat: true,
    exp: 300,
    nbf: 0,
    customClaims: Object.entries(claims).map(([name, value]) => ({ name, value })),
    customHeaders: [],
  };
  return stringify([{ policyRef: { name: 'jwt-generation-flex' }, config }]);
}

const heavy = Object.fromEntries(
  Array.from({ length: 40 }, (_, i) => [`c${i}`, '#[sizeOf((1 to 15000) map ($ + sizeOf(attributes.method)))]']),
);

export interface Front {
  readonly stack: Stack;
  readonly admin: string;
  readonly jwks: string;
}

/** Envoy sends no attributes, and passes the answers of its own filters on to mintproc. */
async function startFront(): Promise<Front> {
  const jwks = `127.0.0.1:${await freePort()}`;
  const stack = await startStack({
    files: {
      'orders.yaml': rsaPolicy({ by: '#[authentication.principal]' }),
      'failing.yaml': hmacPolicy({ minted: failing }),
      'reads.yaml': hmacPolicy({
        from: '#[attributes.remoteAddress]',
        to: '#[attributes.localAddress]',
        version: '#[attributes.version]',
      }),
      'heavy.yaml': hmacPolicy(heavy),
    },
    mintproc: {
      metrics: { byPolicy: true },
      jwks: { listen: jwks },
      keys: { orders: { file: 'partner.pem', kid: 'orders-2026' } },
      policies: [
        { name: 'orders', file: 'orders.yaml', key: 'orders', reuse: { for: '60s' } },
        { name: 'partners', file: 'failing.yaml' },
        { name: 'reports', file: 'failing.yaml', onError: 'pass' },
        { name: 'reads', file: 'reads.yaml' },
        { name: 'archive', file: 'heavy.yaml', expressions: 'dataweave', reuse: false },
      ],
      routes: [
        { match: { pathPrefix: '/denied' }, deny: true },
        ...['orders', 'partners', 'reports', 'reads', 'archive'].map((name) => ({
          match: { pathPrefix: `/${name}` },
          policies: [name],
        })),
      ],
    },
    envoy(config) {
      admitAnonymous(config);
      config.set([...extProc(config), 'request_attributes'], []);
      config.set([...extProc(config), 'processing_mode', 'response_header_mode'], 'SEND');
    },
  });
  const { admin } = parse(readFileSync(join(stack.folder, 'mintproc.yaml'), 'utf8'));
  return { stack, admin, jwks };
}

export type LoneName =
  | 'keyless'
  | 'ending'
  | 'workers'
  | 'narrow'
  | 'fading'
  | 'moved'
  | 'remembering'
  | 'filing'
  | 'held'
  | 'outside'
  | 'publishing';

/** The processes of a run. Each is there only if a fault of the run needs it. */
export interface Instances extends AsyncDisposable {
  readonly front: Front;
  readonly lone: Readonly<Record<LoneName, Lone>>;
  /** The service that holds the key of `held`. */
  readonly vault: StartedVault;
  /** host:port of the metrics of each, by name. */
  readonly targets: Readonly<Record<string, string>>;
  /** Kills all of them. */
  kill(): void;
}

const day = 86_400_000;

/** Seconds after the start when the key of `keyless` retires. */
const keyRetiresAfter = 30;

function retires(milliseconds: number): string {
  return new Date(Date.now() + milliseconds).toISOString();
}

/** The file and the `kid` of `remembering`. */
export const rememberedFile = 'keys.json';
export const rememberedKid = 'receipts-2026';

/** The folder for the token of `filing`, and its policy. */
export const tokenFolder = 'tokens';
export const constantPolicy = (issuer: string): string => rsaPolicy({ iss: issuer });

/** The source of `publishing`. */
export const sourceFile = 'source.pem';

const starters: Readonly<Record<LoneName, (vault: StartedVault) => Promise<Lone>>> = {
  /** Its only key retires soon. */
  keyless: () =>
    startLone({
      name: 'keyless',
      configuration: onePolicy('invoices', { key: { file: 'k.pem', retireAfter: retires(keyRetiresAfter * 1000) } }),
      files: { 'p.yaml': rsaPolicy({ iss: 'invoices' }), 'k.pem': pemKey() },
    }),
  /** TLS with a certificate of one day, a key that retires within a week, files of a team. */
  async ending() {
    const team = { ...onePolicy('team', { key: { file: 'k.pem' } }), routes: [] };
    return startLone({
      name: 'ending',
      configuration: endingConfiguration(),
      files: {
        'p.yaml': rsaPolicy({ iss: 'orders' }),
        'team.yaml': stringify(team),
        'k.pem': pemKey(),
        ...(await makeTlsFiles()),
      },
    });
  },
  workers: () => startLone({ name: 'workers', configuration: { ...onePolicy('shared'), workers: 2 }, files: oneFile }),
  /** Its standard output is full, and it admits one request and four connections. */
  narrow: () =>
    startLone({
      name: 'narrow',
      configuration: { ...onePolicy('narrow'), limits: { inFlight: 1, connections: 4 } },
      files: oneFile,
      around: ['', '> /dev/full'],
    }),
  /** Listens at a unix socket. */
  fading: () => startLone({ name: 'fading', configuration: onePolicy('fading'), files: oneFile, isUnix: true }),
  /** Remembers its public key in a file. */
  remembering: async () =>
    startLone({
      name: 'remembering',
      configuration: {
        ...onePolicy('receipts', { key: { file: 'k.pem', kid: rememberedKid } }),
        jwks: { listen: `127.0.0.1:${await freePort()}`, state: rememberedFile },
      },
      files: { 'p.yaml': rsaPolicy({ iss: 'receipts' }), 'k.pem': pemKey() },
    }),
  /** Writes its token to a file. */
  filing: () =>
    startLone({
      name: 'filing',
      configuration: onePolicy('machines', {
        key: { file: 'k.pem' },
        sds: { file: `${tokenFolder}/machines.json` },
      }),
      files: { 'p.yaml': constantPolicy('machines'), 'k.pem': pemKey() },
      folders: [tokenFolder],
    }),
  /** A service holds its key. */
  held: ({ server: { origin } }) =>
    startLone({
      name: 'held',
      configuration: onePolicy('shipments', {
        key: {
          vaultTransit: { address: origin, key: 'orders', token: { file: 'vault.token' } },
          kid: 'shipments-2026',
          deadline: '2s',
        },
        reuse: false,
      }),
      files: { 'p.yaml': rsaPolicy({ iss: 'shipments' }).replace('RS256', 'ES256'), 'vault.token': 'token-1' },
    }),
  /** Its key is in a service, and nobody takes its traces. */
  outside: startOutside,
  /** Collects public keys from a file. */
  publishing: () =>
    startLone({
      name: 'publishing',
      configuration: {},
      files: { [sourceFile]: publicPem() },
      command: ({ listen, admin }) => ['publish', '--listen', listen, '--admin', admin, '--every', '1s', sourceFile],
    }),
  /** Its clock is read from a file. */
  moved: () =>
    startLone({
      name: 'moved',
      configuration: onePolicy('moved'),
      files: { ...oneFile, clock: '+0\n' },
      around: [fakeTimeInShell('$PWD/clock'), ''],
    }),
};

async function startOutside(): Promise<Lone> {
  await using stack = new AsyncDisposableStack();
  const vault = new FakeVault();
  vault.add('payments', 'rsa-2048', privateKeyFor('RS256'));
  const service = stack.use(await vault.start());
  const key = { vaultTransit: { address: service.origin, key: 'payments', token: { file: 'vault.token' } } };
  const lone = stack.use(
    await startLone({
      name: 'outside',
      configuration: {
        ...onePolicy('payments', { key: 'payments', reuse: false }),
        keys: { payments: { ...key, deadline: '2s' } },
        tracing: { otlp: `http://127.0.0.1:${await freePort()}`, sample: 1 },
      },
      files: { 'p.yaml': rsaPolicy({ iss: 'payments' }), 'vault.token': 'token-1\n' },
    }),
  );
  const owned = stack.move();
  return { ...lone, service, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

export async function startInstances(names: ReadonlySet<LoneName | 'front'>): Promise<Instances> {
  await using stack = new AsyncDisposableStack();
  const targets: Record<string, string> = {};
  let front: Front | undefined;
  if (names.has('front')) {
    front = await startFront();
    stack.use(front.stack);
    targets['front'] = front.admin;
  }
  const vault = await startVault();
  stack.use(vault.server);
  const lone: Partial<Record<LoneName, Lone>> = {};
  const wanted = (Object.keys(starters) as LoneName[]).filter((name) => names.has(name));
  const starting = wanted.map(async (name) => {
    const started = stack.use(await starters[name](vault));
    lone[name] = started;
    targets[name] = started.admin;
  });
  await Promise.allSettled(starting);
  await Promise.all(starting);
  const owned = stack.move();
  const missing = (name: string): never => {
    throw new Error(`No fault of this run needs ${name}.`);
  };
  return {
    get front() {
      return front ?? missing('front');
    },
    lone: new Proxy(lone, {
      get: (started, name: LoneName) => started[name] ?? missing(name),
    }) as Record<LoneName, Lone>,
    vault,
    targets,
    kill() {
      front?.stack.sidecar.signal('SIGKILL');
      for (const started of Object.values(lone)) started.process.signal('SIGKILL');
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function publicPem(): string {
  return createPublicKey(pemKey()).export({ type: 'spki', format: 'pem' }).toString();
}

function pemKey(): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

export function endingConfiguration(): Readonly<Record<string, unknown>> {
  return {
    ...onePolicy('orders', { key: { file: 'k.pem', retireAfter: retires(6 * day) } }),
    include: ['team*.yaml'],
    tls: { certificate: 'server.crt', key: 'server.key' },
  };
}
