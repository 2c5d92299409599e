/**
 * @module
 * `mintproc serve`: runs the external processor until it is stopped.
 */

import { setTimeout } from 'node:timers/promises';
import { drainTimes } from '../configuration/drain-schema.ts';
import { diskFiles } from '../configuration/files.ts';
import { JwksDocuments } from '../configuration/keys/jwks-documents.ts';
import type { ListenerTls } from '../configuration/listener-tls.ts';
import { AsyncFiles } from '../configuration/reload/async-files.ts';
import { Checker } from '../configuration/reload/checker.ts';
import { Reloader, type ReloadResult } from '../configuration/reload/reload.ts';
import { formatProblem, type Problem } from '../diagnostics/problem.ts';
import { finish } from '../diagnostics/steps.ts';
import { parseAddress } from '../net/address.ts';
import { ListenError } from '../net/listen-error.ts';
import { startAdmin } from '../observe/admin.ts';
import type { AuditLog } from '../observe/audit-log.ts';
import { watchClock } from '../observe/clock-watch.ts';
import { watchEventLoop } from '../observe/event-loop-watch.ts';
import type { Format } from '../observe/exposition.ts';
import type { HttpAddress, HttpListener } from '../observe/http-server.ts';
import { createLog, type Log } from '../observe/log.ts';
import type { Metrics } from '../observe/metrics.ts';
import { Readiness } from '../observe/readiness.ts';
import { inSlices } from '../observe/slices.ts';
import { reportTracing } from '../observe/tracing/trace-report.ts';
import { discoveryPath, keySetPath, postQuantumKeySetPath, startKeyServer } from '../publishing/key-server.ts';
import { TokenFiles } from '../sds/token-files.ts';
import { TokenReport } from '../sds/token-report.ts';
import { auditOutput, countersIn, logOutput, processorMetrics, signersOf } from '../serving/processor.ts';
import type { Serving } from '../serving/serving.ts';
import { startServing } from '../serving/start-serving.ts';
import { WorkerLost, WorkerRefused } from '../serving/worker-errors.ts';
import { type Command, stringOption } from './command.ts';
import { ConfigurationReport, logErrors } from './configuration-report.ts';
import { helpHint } from './help-hint.ts';
import { PairInUse } from './pair-in-use.ts';
import { startReloading } from './reloading.ts';
import { type Remembering, recallKeys, startRemembering } from './remembered-keys.ts';
import { StopSignals } from './stop-signals.ts';
import { CommandError, type Terminal, UsageError } from './terminal.ts';

const help = `Usage: mintproc serve --config FILE

Serves Envoy's external processing API (ext_proc) until SIGTERM or SIGINT.

  --config FILE  mintproc.yaml

It does not start if the configuration, a policy or a key has an error. All errors are shown.`;

export const serveCommand: Command = {
  help,
  options: { config: { type: 'string' } },
  async run(args, terminal) {
    const file = stringOption(args, 'config');
    if (file === undefined) throw new UsageError('The option --config is required: --config mintproc.yaml');
    const metrics = processorMetrics(terminal.version);
    const { environment, now } = terminal;
    const checker = new Checker({ start: () => terminal.startChecker() });
    const asyncFiles = new AsyncFiles();
    const reloader = new Reloader(file, {
      ...countersIn(metrics),
      files: diskFiles,
      asyncFiles,
      checker,
      environment,
      signers: signersOf(environment, metrics),
      now,
      recall: recallKeys,
    });
    const first = await reloader.start();
    const output = logOutput(metrics);
    try {
      const log = createLog(first.kind === 'loaded' ? first.snapshot.settings.log.level : 'error', output.write);
      if (first.kind !== 'loaded') {
        // Somebody at a terminal sees standard error, too.
        if (!terminal.isInteractive) logWhy(first, log);
        throw unusable(file, first, terminal);
      }
      await serve(file, reloader, first, metrics, { log, audit: auditOutput(output) }, terminal);
    } finally {
      if ((await output.close()) === 'stuck') terminal.threadIsStuck();
    }
    return 0;
  },
};

const unsettled = 'The files changed each time they were read. Start mintproc again when they no longer do.';

/** For those who read only the log. */
const notStarted = 'mintproc does not start.';

function logWhy(first: NotLoaded, log: Log): void {
  if (first.kind === 'unsettled') log.error(notStarted, { reason: unsettled });
  else logErrors(errorsOf(first.problems), notStarted, log);
}

function unusable(file: string, first: NotLoaded, terminal: Terminal): CommandError {
  if (first.kind === 'unsettled') return new CommandError(unsettled);
  const errors = errorsOf(first.problems);
  const hint = helpHint(errors, terminal);
  const lines = [...errors.map(formatProblem), ...(hint === undefined ? [] : [hint])];
  return new CommandError(`${file} cannot be used:\n${lines.join('\n')}`);
}

function errorsOf(problems: readonly Problem[]): readonly Problem[] {
  return problems.filter(({ severity }) => severity === 'error');
}

/** Milliseconds that the start waits for the tokens of files, at most. */
const firstTokens = 5_000;

/** What the parts of a serving process share. */
interface ServingParts {
  readonly reloader: Reloader;
  readonly metrics: Metrics;
  readonly readiness: Readiness;
  readonly report: ConfigurationReport;
  readonly log: Log;
  readonly audit: AuditLog;
  readonly terminal: Terminal;
  /** Undefined if published keys are not remembered. */
  readonly remembering: Remembering | undefined;
}

type Loaded = Extract<ReloadResult, { kind: 'loaded' }>;

type NotLoaded = Exclude<ReloadResult, Loaded>;

type Lines = Pick<ServingParts, 'log' | 'audit'>;

async function serve(
  file: string,
  reloader: Reloader,
  first: Loaded,
  metrics: Metrics,
  lines: Lines,
  terminal: Terminal,
): Promise<void> {
  const { log } = lines;
  const { policies } = first.snapshot;
  const readiness = new Readiness();
  readiness.onChange((phase) => metrics.ready(phase === 'ready'));
  const report = new ConfigurationReport(metrics, readiness, log, terminal.now);
  reloader.adopt(first.snapshot);
  finish(report.loaded(first.snapshot, first.problems));
  const { now } = terminal;
  const remembering = await startRemembering({ file, current: reloader, log, metrics, readiness, now });
  const tokens = new TokenFiles({ witness: new TokenReport({ log, metrics, readiness }), now });
  const parts = { reloader, metrics, readiness, report, ...lines, terminal, remembering };
  const { serving, admin, keys } = await start(first, parts);
  const unfollow = report.keys.follow();
  const pair = new PairInUse(pairOf(first), serving, { log, readiness, metrics, keys: report.keys });
  await Promise.race([tokens.adopt(first.snapshot), setTimeout(firstTokens, undefined, { ref: false })]);
  const reloading = startReloading(reloader, serving, report, terminal, pair, {
    keysChanged: remembering?.changed,
    adopted: () => void tokens.adopt(reloader.inForce),
  });
  // Loading uses more memory than serving, and V8 would keep that memory.
  terminal.collectGarbage();
  const watch = watchEventLoop({ metrics, log });
  const clock = watchClock({ metrics, log, now: terminal.now, elapsed: () => performance.now() });
  readiness.ready();
  log.info('mintproc is serving.', {
    address: serving.addresses.join(', '),
    version: terminal.version,
    policies: policies.size,
  });
  reportTracing(first.snapshot.settings.tracing, terminal.environment, log);
  log.info('The admin server is listening.', { address: admin.address });
  if (keys !== undefined) log.info('The JWKS server is listening.', { address: keys.address });

  const signals = new StopSignals(terminal);
  await signals.first;
  const { delay, timeout } = drainTimes(reloader.inForce.settings);
  readiness.drain();
  serving.notServing();
  if (delay > 0) {
    log.info('mintproc received a stop signal and continues to serve until the drain delay is over.', {
      seconds: delay / 1000,
    });
    await signals.delay(delay);
  } else signals.noDelay();
  // The drain does not wait for a reload, which may have to wait for a stuck worker.
  const closed = reloading.close();
  log.info('mintproc is stopping; requests in flight may finish.', { seconds: timeout / 1000 });
  const end = await serving.stop(timeout);
  if (end === 'cut-off')
    log.warn('The drain timeout is over; the remaining requests were cut off, and Envoy fails them.');
  await closed;
  await tokens.close();
  await keys?.close();
  await remembering?.close();
  await admin.close();
  watch.close();
  clock.close();
  unfollow();
  log.info('mintproc has stopped.');
}

interface Listeners {
  readonly serving: Serving;
  readonly admin: HttpListener;
  readonly keys: HttpListener | undefined;
}

/** Starts all listeners, or none. */
async function start(first: Loaded, parts: ServingParts): Promise<Listeners> {
  const { metrics, readiness, report, log, audit, terminal } = parts;
  const { settings } = first.snapshot;
  let serving: Serving | undefined;
  let keys: HttpListener | undefined;
  try {
    serving = await startServing({ ...terminal, first, tls: pairOf(first), metrics, log, audit, readiness });
    const { metricsText } = serving;
    keys = await startKeys(parts);
    const exposed = {
      async text({ format }: { readonly format: Format }) {
        await inSlices(report.keys.look(), 'scrape');
        metrics.troubles(readiness.report);
        return metricsText(format);
      },
    };
    const admin = await startAdmin({ address: httpAddress(settings.admin), metrics: exposed, readiness, log });
    return { serving, admin, keys };
  } catch (error) {
    await keys?.close();
    await serving?.stop(0);
    if (error instanceof ListenError) {
      log.failure(notStarted, error);
      throw new CommandError(listenFailure(error));
    }
    if (error instanceof WorkerLost || error instanceof WorkerRefused) {
      const reason = `The workers could not be started: ${error.message}.`;
      log.error(notStarted, { code: 'serving.worker-ended', reason });
      throw new CommandError(`${reason} [serving.worker-ended]`);
    }
    throw error;
  }
}

function listenFailure({ message, code, suggestion }: ListenError): string {
  return [`${message} [${code}]`, ...(suggestion === undefined ? [] : [`  ${suggestion}`])].join('\n');
}

function pairOf({ tls }: Loaded): ListenerTls | undefined {
  return tls?.kind === 'pair' ? tls.pair : undefined;
}

/** The server of the public keys; undefined if the configuration publishes none. */
async function startKeys({
  reloader,
  metrics,
  log,
  readiness,
  terminal,
  remembering,
}: ServingParts): Promise<HttpListener | undefined> {
  const { jwks } = reloader.inForce.settings;
  if (jwks === undefined) return undefined;
  const documents = new JwksDocuments(
    () => reloader.inForce,
    terminal.now,
    () => reloader.announced,
    remembering?.keys,
  );
  return startKeyServer({
    address: httpAddress(jwks.listen),
    maxAge: () => documents.maxAge(),
    documents: {
      [keySetPath]: () => documents.keySet(),
      [postQuantumKeySetPath]: () => documents.postQuantumKeySet(),
      ...(jwks.issuer === undefined ? {} : { [discoveryPath]: () => documents.discovery(keySetPath) }),
    },
    metrics,
    log,
    readiness,
  });
}

function httpAddress(text: string): HttpAddress {
  const address = parseAddress(text);
  if (address === undefined) throw new TypeError('the configuration was checked, and an address cannot be parsed');
  return address;
}
