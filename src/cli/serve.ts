/**
 * @module
 * `mintproc serve`: the external processor, from its configuration to its last answer.
 */
import { randomUUID } from 'node:crypto';
import { ListenError } from '../diagnostics/listen-error.ts';
import { formatProblem, type Problem } from '../diagnostics/problem.ts';
import { exchangeOutcomes } from '../extproc/observer.ts';
import { type ProcessorServer, startServer } from '../extproc/server.ts';
import { type AdminServer, startAdmin } from '../observe/admin.ts';
import { createLog, type Log } from '../observe/log.ts';
import { Metrics } from '../observe/metrics.ts';
import { Readiness } from '../observe/readiness.ts';
import { RequestObserver } from '../observe/request-observer.ts';
import { parseAddress } from '../runtime/address.ts';
import { makeDecide } from '../runtime/decide.ts';
import { diskFiles } from '../runtime/files.ts';
import { InForce } from '../runtime/in-force.ts';
import { loadConfiguration } from '../runtime/load.ts';
import type { Snapshot } from '../runtime/snapshot.ts';
import { type Command, textOption } from './command.ts';
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
    const { snapshot, problems } = loadConfiguration(file, {
      files: diskFiles,
      environment: terminal.environment,
      wrapSign: (algorithm, sign) => metrics.timeSigning(algorithm, sign),
      wrapEncrypt: (algorithm, encrypt) => metrics.timeSigning(algorithm, encrypt),
    });
    if (snapshot === undefined) throw unusable(file, problems);
    const log = createLog(snapshot.settings.log.level);
    for (const problem of problems) warn(log, problem);
    await serve(snapshot, metrics, log, terminal);
    return 0;
  },
};

const outcomeNames = Object.keys(exchangeOutcomes) as (keyof typeof exchangeOutcomes)[];

function unusable(file: string, problems: readonly Problem[]): CommandError {
  const errors = problems.filter(({ severity }) => severity === 'error');
  return new CommandError(`${file} cannot be used:\n${errors.map(formatProblem).join('\n')}`);
}

function warn(log: Log, { code, message, place }: Problem): void {
  log.warn('The configuration has a weak point.', {
    code,
    reason: message,
    place: `${place.file}:${place.line}:${place.column}`,
  });
}

async function serve(snapshot: Snapshot, metrics: Metrics, log: Log, terminal: Terminal): Promise<void> {
  const { settings, policies } = snapshot;
  const readiness = new Readiness();
  metrics.configurationLoaded(snapshot.version, [...policies.keys()], terminal.now() / 1000);
  readiness.configurationLoaded(snapshot.version, policies.size);
  const { server, admin } = await start(snapshot, metrics, readiness, log, terminal);
  readiness.ready();
  log.info('mintproc serves.', {
    address: server.addresses.join(', '),
    version: terminal.version,
    policies: policies.size,
  });
  log.info('The admin address answers.', { address: admin.address });

  await new Promise<void>((resolve) => terminal.onStop(resolve));
  readiness.drain();
  log.info('mintproc is told to stop; requests in flight may finish.', { seconds: settings.drainSeconds });
  const end = await server.stop(settings.drainSeconds * 1000);
  if (end === 'cut-off') log.warn('The drain time is over; what was in flight was cut off, and Envoy fails it.');
  await admin.close();
  log.info('mintproc has stopped.');
}

/** Both listeners, or neither. */
async function start(snapshot: Snapshot, metrics: Metrics, readiness: Readiness, log: Log, terminal: Terminal) {
  const { settings } = snapshot;
  const inForce = new InForce(snapshot, (next) => makeDecide(next, { clock: terminal.now, randomId: randomUUID }));
  let server: ProcessorServer | undefined;
  try {
    server = await startServer({
      addresses: [settings.listen],
      pin: () => inForce.current.decide,
      observer: new RequestObserver(metrics, log),
      limits: settings.limits,
      maxMessageBytes: settings.limits.messageBytes,
      maxConcurrentStreams: settings.limits.concurrentStreams,
    });
    return { server, admin: await startAdminAt(settings.admin, metrics, readiness, log) };
  } catch (error) {
    await server?.stop(0);
    if (error instanceof ListenError) throw new CommandError(`${error.message} [${error.code}]`);
    throw error;
  }
}

function startAdminAt(admin: string, metrics: Metrics, readiness: Readiness, log: Log): Promise<AdminServer> {
  const address = parseAddress(admin);
  if (address === undefined)
    throw new TypeError('the configuration was checked, and its admin address cannot be parsed');
  return startAdmin({ address, metrics, readiness, log });
}
