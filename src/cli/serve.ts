/**
 * @module
 * `mintproc serve`: the external processor, from its configuration to its last answer.
 */
import { randomUUID } from 'node:crypto';
import { ListenError } from '../diagnostics/listen-error.ts';
import { formatProblem, type Problem } from '../diagnostics/problem.ts';
import { exchangeOutcomes } from '../extproc/observer.ts';
import { type ProcessorServer, startServer } from '../extproc/server.ts';
import { startAdmin } from '../observe/admin.ts';
import type { HttpAddress, HttpListener } from '../observe/http-server.ts';
import { discoveryPath, keySetPath, postQuantumKeySetPath, startKeyServer } from '../observe/key-server.ts';
import { createLog, type Log } from '../observe/log.ts';
import { Metrics } from '../observe/metrics.ts';
import { Readiness } from '../observe/readiness.ts';
import { RequestObserver } from '../observe/request-observer.ts';
import { parseAddress } from '../runtime/address.ts';
import { makeDecide } from '../runtime/decide.ts';
import { diskFiles } from '../runtime/files.ts';
import { InForce } from '../runtime/in-force.ts';
import { KeyDocuments } from '../runtime/key-documents.ts';
import { Reloader } from '../runtime/reload.ts';
import type { Snapshot } from '../runtime/snapshot.ts';
import { type Command, textOption } from './command.ts';
import { ConfigurationReport } from './configuration-report.ts';
import { startReloading } from './reloading.ts';
import { CommandError, type Terminal, UsageError } from './terminal.ts';

const help = `Usage: mintproc serve --config FILE

Serves Envoy's external processing API (ext_proc) until SIGTERM or SIGINT.

  --config FILE  mintproc.yaml

Any error in the configuration, a policy or a key keeps it from starting; all of them are shown at once.`;

export const serveCommand: Command = {
  name: 'serve',
  summary: 'run beside Envoy',
  help,
  options: { config: { type: 'string' } },
  async run(args, terminal) {
    const file = textOption(args, 'config');
    if (file === undefined) throw new UsageError('Name the configuration: --config mintproc.yaml');
    const metrics = new Metrics({ version: terminal.version, outcomes: outcomeNames });
    const reloader = new Reloader(file, {
      files: diskFiles,
      environment: terminal.environment,
      now: terminal.now,
      reuseCounters: (policy) => metrics.reuseOf(policy),
      wrapSign: (algorithm, sign) => metrics.timeSigning(algorithm, sign),
      wrapEncrypt: (algorithm, encrypt) => metrics.timeSigning(algorithm, encrypt),
    });
    const first = reloader.attempt();
    if (first.kind === 'unsettled') throw new CommandError('The files changed while they were read; start it again.');
    if (first.kind === 'refused') throw unusable(file, first.problems);
    await serve(reloader, first.snapshot, first.problems, metrics, terminal);
    return 0;
  },
};

const outcomeNames = Object.keys(exchangeOutcomes) as (keyof typeof exchangeOutcomes)[];

function unusable(file: string, problems: readonly Problem[]): CommandError {
  const errors = problems.filter(({ severity }) => severity === 'error');
  return new CommandError(`${file} cannot be used:\n${errors.map(formatProblem).join('\n')}`);
}

interface Listeners {
  readonly server: ProcessorServer;
  readonly admin: HttpListener;
  readonly keys: HttpListener | undefined;
}

async function serve(
  reloader: Reloader,
  snapshot: Snapshot,
  problems: readonly Problem[],
  metrics: Metrics,
  terminal: Terminal,
): Promise<void> {
  const { settings, policies } = snapshot;
  const log = createLog(settings.log.level);
  const readiness = new Readiness();
  const report = new ConfigurationReport(metrics, readiness, log, terminal.now);
  report.loaded(snapshot, problems);
  const inForce = new InForce(snapshot, (next) => makeDecide(next, { clock: terminal.now, randomId: randomUUID }));
  const { server, admin, keys } = await start(inForce, metrics, report, readiness, log, terminal);
  const reloading = startReloading(reloader, inForce, report, terminal);
  readiness.ready();
  log.info('mintproc serves.', {
    address: server.addresses.join(', '),
    version: terminal.version,
    policies: policies.size,
  });
  log.info('The admin address answers.', { address: admin.address });
  if (keys !== undefined) log.info('The JWKS address answers.', { address: keys.address });

  await new Promise<void>((resolve) => terminal.onStop(resolve));
  readiness.drain();
  await reloading.close();
  const { drainSeconds } = inForce.current.snapshot.settings;
  log.info('mintproc is told to stop; requests in flight may finish.', { seconds: drainSeconds });
  const end = await server.stop(drainSeconds * 1000);
  if (end === 'cut-off') log.warn('The drain time is over; what was in flight was cut off, and Envoy fails it.');
  await keys?.close();
  await admin.close();
  log.info('mintproc has stopped.');
}

/** All listeners, or none. */
async function start(
  inForce: InForce,
  metrics: Metrics,
  report: ConfigurationReport,
  readiness: Readiness,
  log: Log,
  terminal: Terminal,
): Promise<Listeners> {
  const { settings, tls } = inForce.current.snapshot;
  let server: ProcessorServer | undefined;
  let keys: HttpListener | undefined;
  try {
    server = await startServer({
      addresses: [settings.listen],
      transport: settings.transport,
      tls,
      pin: () => inForce.current.decide,
      observer: new RequestObserver(metrics, log),
      limits: settings.limits,
      maxMessageBytes: settings.limits.messageBytes,
      maxConcurrentStreams: settings.limits.concurrentStreams,
    });
    keys = await startKeys(inForce, log, terminal);
    const exposed = {
      text() {
        report.refreshKeys(inForce.current.snapshot);
        return metrics.text();
      },
    };
    const admin = await startAdmin({ address: httpAddress(settings.admin), metrics: exposed, readiness, log });
    return { server, admin, keys };
  } catch (error) {
    await keys?.close();
    await server?.stop(0);
    if (error instanceof ListenError) throw new CommandError(`${error.message} [${error.code}]`);
    throw error;
  }
}

/** Where verifiers find the public keys; undefined where the configuration publishes none. */
async function startKeys(inForce: InForce, log: Log, terminal: Terminal): Promise<HttpListener | undefined> {
  const { jwks } = inForce.current.snapshot.settings;
  if (jwks === undefined) return undefined;
  const documents = new KeyDocuments(() => inForce.current.snapshot, terminal.now);
  return startKeyServer({
    address: httpAddress(jwks.listen),
    maxAge: () => documents.maxAge(),
    documents: {
      [keySetPath]: () => documents.keySet(),
      [postQuantumKeySetPath]: () => documents.postQuantumKeySet(),
      ...(jwks.issuer === undefined ? {} : { [discoveryPath]: () => documents.discovery(keySetPath) }),
    },
    log,
  });
}

function httpAddress(text: string): HttpAddress {
  const address = parseAddress(text);
  if (address === undefined) throw new TypeError('the configuration was checked, and an address cannot be parsed');
  return address;
}
