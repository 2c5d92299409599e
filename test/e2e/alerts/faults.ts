/**
 * @module
 * The fault of each alert, made in a real process. A fault returns when it is made.
 */
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { asks, reuseNamespace } from '../../../src/request/envoy-reuse.ts';
import { StreamClient } from '../../extproc/stream-client.ts';
import { until } from '../../serving/sidecar.ts';
import { makeTlsFiles } from '../harness/tls-files.ts';
import {
  constantPolicy,
  endingConfiguration,
  type Instances,
  type Lone,
  type LoneName,
  rememberedFile,
  rememberedKid,
  sourceFile,
  tokenFolder,
} from './instances.ts';
import type { Traffic } from './traffic.ts';

export interface World extends Pick<Instances, 'lone' | 'vault'> {
  /** Callers of `front`. */
  readonly traffic: Traffic;
}

export interface Fault {
  readonly alert: string;
  /** What is done, for the reader of the results. */
  readonly what: string;
  /** When it begins, from the beginning of the run: at the start, after the counters have been seen, or at the end. */
  readonly phase: 'start' | 'run' | 'end';
  /** The process with the fault, or several. An alert of another instance does not count if it has the label. */
  readonly on: LoneName | 'front' | readonly (LoneName | 'front')[];
  /** Seconds of the phase before it, until another fault of the same process is over. */
  readonly after?: number;
  /** Whether it is made when `make` ends, and not when it begins. */
  readonly isAwaited?: true;
  make(world: World): Promise<unknown> | unknown;
}

const none = (): void => undefined;

const away = { status: 503, body: '{}' };

/** Alerts whose fault is not made here: it would take a defect, or a file system that hangs. promtool tests them. */
export const unprovoked: readonly string[] = ['MintprocDefect', 'MintprocFilesTrouble'];

export const faults: readonly Fault[] = [
  {
    alert: 'MintprocKeyEnds',
    on: 'ending',
    what: 'the last key of a policy has a `retireAfter` in six days',
    phase: 'start',
    make: none,
  },
  {
    alert: 'MintprocCertificateEnds',
    on: 'ending',
    what: 'the certificate of `listen` is valid for a day',
    phase: 'start',
    make: none,
  },
  {
    alert: 'MintprocInstancesDiffer',
    on: ['front', 'ending'],
    what: 'two instances sign for one policy with keys of their own',
    phase: 'start',
    make: none,
  },
  {
    alert: 'MintprocHasNoKey',
    on: 'keyless',
    what: 'the only key of a policy retires',
    phase: 'start',
    isAwaited: true,
    make: ({ lone: { keyless } }) => keyRetired(keyless),
  },
  {
    alert: 'MintprocNotReady',
    on: 'keyless',
    what: 'the same: no policy of the instance has a key',
    phase: 'start',
    isAwaited: true,
    make: ({ lone: { keyless } }) => keyRetired(keyless),
  },
  {
    alert: 'MintprocRefusesRequests',
    on: 'front',
    what: 'callers ask for a route with `deny: true`',
    phase: 'run',
    make: ({ traffic }) => traffic.turn('denied', true),
  },
  {
    alert: 'MintprocPolicyRefuses',
    on: 'front',
    what: 'an expression of a policy fails for half of its requests',
    phase: 'run',
    make: ({ traffic }) => traffic.turn('refused', true),
  },
  {
    alert: 'MintprocPassesWithoutToken',
    on: 'front',
    what: 'the same with `onError: pass`',
    phase: 'run',
    make: ({ traffic }) => traffic.turn('passed', true),
  },
  {
    alert: 'MintprocIsBypassed',
    on: 'front',
    what: 'a filter before mintproc answers, and `response_header_mode` is SEND',
    phase: 'run',
    make: ({ traffic }) => traffic.turn('rejected', true),
  },
  {
    alert: 'MintprocLosesIdentity',
    on: 'front',
    what: 'no caller is authenticated any more',
    phase: 'run',
    make: ({ traffic }) => traffic.turn('callers', false),
  },
  {
    alert: 'MintprocMissesReads',
    on: 'front',
    what: 'a policy reads three attributes that the filter does not list',
    phase: 'run',
    make: ({ traffic }) => traffic.turn('reads', true),
  },
  {
    alert: 'MintprocFilterIsOld',
    on: 'remembering',
    what: 'requests ask with the key of another configuration whether Envoy may keep their token',
    phase: 'run',
    make: ({ lone: { remembering } }) => askFor(remembering, 20, otherFilter),
  },
  {
    alert: 'MintprocSlow',
    on: 'front',
    what: 'a policy with thirty heavy expressions',
    phase: 'run',
    make: ({ traffic }) => traffic.turn('heavy', true),
  },
  {
    alert: 'MintprocTlsPairUnusable',
    on: 'ending',
    what: 'the key of another certificate is written',
    phase: 'run',
    async make({ lone: { ending } }) {
      ending.write('server.key', (await makeTlsFiles())['server.key']);
    },
  },
  {
    alert: 'MintprocKeepsOldConfiguration',
    on: 'ending',
    what: 'mintproc.yaml is replaced by one with an error',
    phase: 'run',
    async make({ lone: { ending } }) {
      const before = readFileSync(join(ending.folder, 'mintproc.yaml'), 'utf8');
      ending.write('mintproc.yaml', 'policies: [');
      await until(async () => (await metricsOf(ending)).includes('mintproc_config_reload_total{result="failure"} 1\n'));
      ending.write('mintproc.yaml', before);
    },
  },
  {
    alert: 'MintprocLosesFiles',
    on: 'ending',
    what: 'the only file of a pattern of `include` is removed',
    phase: 'run',
    after: 10, // after the configuration with an error
    async make({ lone: { ending } }) {
      rmSync(join(ending.folder, 'team.yaml'));
      ending.configure(endingConfiguration());
    },
  },
  {
    alert: 'MintprocKeyLeftOut',
    on: 'remembering',
    what: 'the shared file of public keys gets another key with the same `kid`',
    phase: 'run',
    make({ lone: { remembering } }) {
      const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const jwk = { ...publicKey.export({ format: 'jwk' }), kid: rememberedKid, alg: 'ES256', use: 'sig' };
      const [since, until] = [Date.now(), Date.now() + 3_600_000].map((time) => new Date(time).toISOString());
      remembering.write(rememberedFile, JSON.stringify({ mintprocKeys: 1, keys: [{ jwk, since, until }] }));
    },
  },
  {
    alert: 'MintprocTokenFile',
    on: 'filing',
    what: 'the folder of a token file is gone when the policy changes',
    phase: 'run',
    make({ lone: { filing } }) {
      rmSync(join(filing.folder, tokenFolder), { recursive: true });
      filing.write('p.yaml', constantPolicy('changed'));
    },
  },
  {
    alert: 'MintprocForgetsKeys',
    on: 'remembering',
    what: 'the file of public keys is damaged',
    phase: 'run',
    after: 14, // after the key with the same `kid` was seen
    make: ({ lone: { remembering } }) => remembering.write(rememberedFile, 'damaged'),
  },
  {
    alert: 'MintprocSignerFails',
    on: 'held',
    what: 'every second call to the service that holds a key is answered with 503',
    phase: 'run',
    async make({ lone: { held }, vault }) {
      vault.server.faults = Array.from({ length: 1_000 }, (_, at) => (at % 2 === 0 ? away : undefined));
      await asksFor(held, 14_000);
      vault.server.faults = [];
    },
  },
  {
    alert: 'MintprocSignerPaused',
    on: 'held',
    what: 'the token of mintproc for the service that holds a key is no longer valid',
    phase: 'run',
    after: 16, // after the calls that fail
    async make({ lone: { held }, vault }) {
      vault.lock();
      await asksFor(held, 2_000);
    },
  },
  {
    alert: 'MintprocLosesSpans',
    on: 'outside',
    what: 'no receiver takes its traces',
    phase: 'run',
    make: ({ lone: { outside } }) => askFor(outside, 2),
  },
  {
    alert: 'MintprocSignerSlow',
    on: 'outside',
    what: 'the service that holds a key takes 400 ms',
    phase: 'run',
    after: 4, // after the first requests, which are quick
    async make({ lone: { outside } }) {
      serviceOf(outside).delay = 400;
      await askFor(outside, 18);
    },
  },
  {
    alert: 'MintprocMissesSources',
    on: 'publishing',
    what: 'the file with the public keys is removed',
    phase: 'run',
    make: ({ lone: { publishing } }) => rmSync(join(publishing.folder, sourceFile)),
  },
  {
    alert: 'MintprocWorkersEnd',
    on: 'workers',
    what: 'a worker is killed',
    phase: 'run',
    make: ({ lone: { workers } }) => signalWorker(workers, 0, 'SIGKILL'),
  },
  {
    alert: 'MintprocWorkersSilent',
    on: 'workers',
    what: 'a worker is stopped for 20 seconds',
    phase: 'run',
    after: 8, // until the killed one is replaced
    async make({ lone: { workers } }) {
      const pid = signalWorker(workers, 0, 'SIGSTOP');
      void delay(20_000).then(() => process.kill(pid, 'SIGCONT'));
    },
  },
  {
    alert: 'MintprocLosesLines',
    on: 'narrow',
    what: 'standard output is on a full disk, and lines are logged',
    phase: 'run',
    make: ({ lone: { narrow } }) => narrow.process.signal('SIGHUP'),
  },
  {
    alert: 'MintprocOverloaded',
    on: 'narrow',
    what: '`limits.inFlight: 1`, and two streams are open at a time',
    phase: 'run',
    after: 4, // after the connections that are too many
    async make({ lone: { narrow } }) {
      const client = new StreamClient(narrow.listen);
      const held = client.open();
      held.on('error', none).on('data', none);
      await delay(100);
      await asksFor(narrow, 3_000);
      held.end();
      client.close();
    },
  },
  {
    alert: 'MintprocRefusesConnections',
    on: 'narrow',
    what: '`limits.connections: 4`, and eight clients connect',
    phase: 'run',
    async make({ lone: { narrow } }) {
      const [host = '', port = ''] = narrow.listen.split(':');
      const sockets = Array.from({ length: 8 }, () => connect(Number(port), host).on('error', none));
      await delay(500);
      for (const socket of sockets) socket.destroy();
    },
  },
  {
    alert: 'MintprocStalls',
    on: 'fading',
    what: 'the process is stopped four times for 1.5 seconds',
    phase: 'run',
    async make({ lone: { fading } }) {
      for (let stop = 0; stop < 4; stop++) {
        fading.process.signal('SIGSTOP');
        await delay(1_500);
        fading.process.signal('SIGCONT');
        await delay(1_000);
      }
    },
  },
  {
    alert: 'MintprocListenerLost',
    on: 'fading',
    what: 'the socket of `listen` is replaced by a folder',
    phase: 'run',
    after: 12, // after the stalls
    async make({ lone: { fading } }) {
      const path = fading.listen.slice('unix:'.length);
      rmSync(path);
      mkdirSync(path);
    },
  },
  {
    alert: 'MintprocClockJumps',
    on: 'moved',
    what: 'the clock is set back by an hour',
    phase: 'run',
    make: ({ lone: { moved } }) => moved.write('clock', '-3600\n'),
  },
  {
    alert: 'MintprocIsNotAsked',
    on: 'front',
    what: 'Envoy has no more requests for mintproc',
    phase: 'end',
    make: ({ traffic }) => traffic.stop(),
  },
  {
    alert: 'MintprocAway',
    on: 'keyless',
    what: 'the process is killed',
    phase: 'end',
    make: ({ lone: { keyless } }) => keyless.process.signal('SIGKILL'),
  },
];

/** A request about every tenth of a second. */
async function asksFor({ listen }: Lone, milliseconds: number): Promise<void> {
  const client = new StreamClient(listen);
  for (const end = Date.now() + milliseconds; Date.now() < end; await delay(100)) {
    await client.converse([{ request: 'request_headers', request_headers: { headers: { headers: [] } } }]);
  }
  client.close();
}

async function keyRetired(sidecar: Lone): Promise<void> {
  const end = /^mintproc_signing_key_end_timestamp_seconds\S* (\S+)$/m.exec(await metricsOf(sidecar))?.[1];
  await delay(Math.max(0, Number(end) * 1000 - Date.now()));
}

function serviceOf({ service }: Lone): NonNullable<Lone['service']> {
  if (service === undefined) throw new Error('No service holds a key of this process.');
  return service;
}

/** What a filter of another configuration writes. */
const otherFilter = {
  filter_metadata: { [reuseNamespace]: { fields: { [asks]: { stringValue: 'other' } } } },
};

/** Requests for some seconds, one after another. */
async function askFor(sidecar: Lone, seconds: number, metadata_context = {}): Promise<void> {
  const names = [':method', ':path', ':authority', ':scheme'] as const;
  const values = ['GET', '/', 'api.example.com', 'http'];
  const headers = names.map((key, at) => ({ key, raw_value: Buffer.from(values[at] ?? '') }));
  const client = new StreamClient(sidecar.listen);
  const end = Date.now() + seconds * 1000;
  while (Date.now() < end) {
    const request_headers = { headers: { headers } };
    await client.converse([{ request: 'request_headers', request_headers, metadata_context }]);
    await delay(100);
  }
  client.close();
}

async function metricsOf({ admin }: Lone): Promise<string> {
  return (await fetch(`http://${admin}/metrics`)).text();
}

function signalWorker(sidecar: Lone, index: number, signal: NodeJS.Signals): number {
  const { pid } = sidecar.process;
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  const worker = children[index];
  if (worker === undefined) throw new Error('mintproc has no worker.');
  process.kill(worker, signal);
  return worker;
}
