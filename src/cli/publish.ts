/**
 * @module
 * `mintproc publish`: serves the public keys of many as one JWK set.
 */
import { defaultAdmin } from '../configuration/admin-address.ts';
import { diskFiles, readTextFile } from '../configuration/files.ts';
import { jwksSchema } from '../configuration/jwks-schema.ts';
import { AsyncFiles } from '../configuration/reload/async-files.ts';
import { KeptKeySets } from '../keys/kept-key-sets.ts';
import {
  discoveryDocument,
  keySetDocument,
  type PostQuantumPlace,
  postQuantumDocument,
} from '../keys/key-documents.ts';
import { type KeySets, keySetsAt } from '../keys/key-set.ts';
import { parseAddress } from '../net/address.ts';
import { ListenError } from '../net/listen-error.ts';
import { startAdmin } from '../observe/admin.ts';
import type { HttpAddress } from '../observe/http-server.ts';
import { createLog, gapLine, type Log } from '../observe/log.ts';
import { openLogOutput } from '../observe/log-output.ts';
import { Readiness } from '../observe/readiness.ts';
import { discoveryPath, keySetPath, postQuantumKeySetPath, startKeyServer } from '../publishing/key-server.ts';
import { resolveAll } from '../publishing/publisher/peers.ts';
import { Publisher } from '../publishing/publisher/publisher.ts';
import { PublisherMetrics } from '../publishing/publisher/publisher-metrics.ts';
import { PublisherReport } from '../publishing/publisher/publisher-report.ts';
import { parseSource, type Source } from '../publishing/publisher/source.ts';
import { StateKeeper } from '../publishing/state-keeper.ts';
import { StateReport } from '../publishing/state-report.ts';
import { type Arguments, type Command, stringOption } from './command.ts';
import { type DurationRange, durationOption } from './duration-option.ts';
import { recallKeys } from './remembered-keys.ts';
import { StopSignals } from './stop-signals.ts';
import { CommandError, type Terminal, UsageError } from './terminal.ts';

const durations = {
  keep: { byDefault: '24h', min: '1s', max: '3660d' },
  every: { byDefault: '15s', min: '1s', max: '1h' },
  cache: { byDefault: '1m', min: '0s', max: '1d' },
} as const satisfies Record<string, DurationRange>;

const postQuantumPlaces = ['apart', 'together'] as const satisfies readonly PostQuantumPlace[];

const help = `Usage: mintproc publish --listen ADDRESS SOURCE… [--state FILE] [--keep 24h] [--cache 1m] [--every 15s]
                        [--issuer URL] [--post-quantum apart|together] [--admin ADDRESS] [--allow-http]
                        [--peer-authorities FILE]

Serves the public keys of many as one JWK set, until SIGTERM or SIGINT: for processes that have keys of their own.

A SOURCE is
  a file        a public key or certificate in PEM, a JWK, or a JWK set
  a folder      its files *.crt, *.cer, *.pem, *.pub, *.jwk, *.jwks and *.json, but not ca.crt
  a URL         of a JWK set; without a path, /.well-known/jwks.json. All addresses of its host are asked, so that the
                name of a headless Service stands for all its pods
Only public keys are taken; a file with a private key is refused. Whoever can change a source can publish keys.

  --listen ADDRESS  where verifiers get the keys: host:port, [address]:port or unix:/path
  --state FILE      remembers the keys across restarts; several publishers may share it
  --keep TIME       how long a key stays published after a source showed it last: at least as long as tokens are valid
  --cache TIME      how long verifiers may keep the set
  --every TIME      how often the sources are looked at, more or less
  --issuer URL      also serves /.well-known/openid-configuration
  --post-quantum PLACE  where ML-DSA keys are published: apart (default), at /.well-known/jwks-akp.json; or together
  --admin ADDRESS   /metrics, /healthz and /readyz (default: ${defaultAdmin})
  --allow-http      http sources on other machines, if something else protects the way to them
  --peer-authorities FILE  the CA certificates of https sources, in PEM, instead of the usual ones

If two sources have different keys with one kid, the first stays, unless the kid is the thumbprint of the other. The log
and the metrics tell.`;

export const publishCommand: Command = {
  help,
  options: {
    listen: { type: 'string' },
    state: { type: 'string' },
    keep: { type: 'string' },
    cache: { type: 'string' },
    every: { type: 'string' },
    issuer: { type: 'string' },
    'post-quantum': { type: 'string' },
    admin: { type: 'string' },
    'allow-http': { type: 'boolean' },
    'peer-authorities': { type: 'string' },
  },
  choices: { 'post-quantum': postQuantumPlaces },
  async run(args, terminal) {
    const settings = readSettings(args);
    const metrics = new PublisherMetrics(terminal.version);
    const output = openLogOutput({ gapLine: (lost) => gapLine(lost), onDropped: (lost) => metrics.linesDropped(lost) });
    try {
      await publish(settings, metrics, createLog('info', output.write), terminal);
    } finally {
      if ((await output.close()) === 'stuck') terminal.threadIsStuck();
    }
    return 0;
  },
};

interface Settings {
  readonly listen: HttpAddress;
  readonly admin: HttpAddress;
  readonly sources: readonly Source[];
  readonly state: string | undefined;
  readonly issuer: string | undefined;
  readonly postQuantum: PostQuantumPlace;
  readonly authorities: string | undefined;
  /** Milliseconds. */
  readonly keep: number;
  readonly every: number;
  readonly cache: number;
}

/** @throws UsageError, CommandError */
function readSettings(args: Arguments): Settings {
  return {
    listen: addressOption(args, 'listen', undefined),
    admin: addressOption(args, 'admin', defaultAdmin),
    sources: sourcesOf(args),
    state: stringOption(args, 'state'),
    issuer: issuerOf(args),
    postQuantum: placeOf(args),
    authorities: authoritiesOf(args),
    keep: durationOption(args, 'keep', durations.keep),
    every: durationOption(args, 'every', durations.every),
    cache: durationOption(args, 'cache', durations.cache),
  };
}

function addressOption(args: Arguments, name: string, byDefault: string | undefined): HttpAddress {
  const written = stringOption(args, name) ?? byDefault;
  if (written === undefined) throw new UsageError(`The option --${name} is required: --${name} 0.0.0.0:9465`);
  const address = parseAddress(written);
  if (address !== undefined) return address;
  throw new UsageError(`--${name} takes host:port, [address]:port or unix:/path (at most 107 bytes).`);
}

/** More than one command line names; a source may stand for hundreds of peers. */
const maxSources = 256;

function sourcesOf({ values, positionals }: Arguments): readonly Source[] {
  if (positionals.length === 0) throw new UsageError('Name at least one source: a file, a folder or a URL.');
  if (positionals.length > maxSources) throw new UsageError(`There are more than ${maxSources} sources.`);
  return positionals.map((text) => {
    const source = parseSource(text, values['allow-http'] === true);
    if (typeof source === 'string') throw new UsageError(source);
    return source;
  });
}

function issuerOf(args: Arguments): string | undefined {
  const issuer = stringOption(args, 'issuer');
  if (issuer === undefined || jwksSchema.shape.issuer.safeParse(issuer).success) return issuer;
  throw new UsageError('--issuer takes an http or https URL without user, password, query and fragment.');
}

function placeOf(args: Arguments): PostQuantumPlace {
  const written = stringOption(args, 'post-quantum') ?? 'apart';
  const place = postQuantumPlaces.find((name) => name === written);
  if (place !== undefined) return place;
  throw new UsageError('--post-quantum takes apart or together.');
}

function authoritiesOf(args: Arguments): string | undefined {
  const path = stringOption(args, 'peer-authorities');
  if (path === undefined) return undefined;
  const contents = readTextFile(diskFiles, path);
  if (contents.kind === 'failed') throw new CommandError(`The file ${path} ${contents.reason}.`);
  if (contents.text.includes('-----BEGIN CERTIFICATE-----')) return contents.text;
  throw new CommandError(`The file ${path} has no certificate in PEM.`);
}

async function publish(settings: Settings, metrics: PublisherMetrics, log: Log, terminal: Terminal): Promise<void> {
  const { now } = terminal;
  const signals = new StopSignals(terminal);
  const readiness = new Readiness();
  readiness.onChange((phase) => metrics.ready(phase === 'ready'));
  const report = new PublisherReport(log, metrics);
  const files = new AsyncFiles();
  const publisher = new Publisher({
    ...settings,
    files,
    resolve: resolveAll,
    now,
    random: Math.random,
    async seen(sights) {
      await keeper.look();
      const { length } = keeper.keys.filter(({ until }) => until > now());
      readiness.keys({ signing: [], more: 0, ended: [], moreEnded: 0, isAnyLeft: length > 0 });
      report.round(sights, length, now());
    },
    failed: (error) => log.failure('A round of the publisher failed because of an unexpected error.', error),
  });
  const witness = new StateReport({ log, metrics, readiness });
  const remembered = settings.state === undefined ? [] : recallKeys(settings.state);
  const keeper = new StateKeeper({ path: settings.state, files, witness, own: () => publisher.own, now }, remembered);
  await Promise.race([publisher.round(), signals.first]);
  if (settings.state !== undefined) witness.started(remembered);
  const listeners = await listen(settings, { keeper, metrics, readiness, log, now });
  const unfollow = publisher.follow();
  readiness.ready();
  await signals.first;
  signals.noDelay();
  readiness.drain();
  unfollow();
  await keeper.look();
  await listeners.close();
  log.info('mintproc has stopped.');
}

interface PublishingParts {
  readonly keeper: StateKeeper;
  readonly metrics: PublisherMetrics;
  readonly readiness: Readiness;
  readonly log: Log;
  now(): number;
}

/** Seconds that a set without any key may be kept: it is not what verifiers want. */
const emptyCache = 5;

async function listen(
  { listen: address, admin: adminAddress, issuer, postQuantum, cache }: Settings,
  { keeper, metrics, readiness, log, now }: PublishingParts,
): Promise<{ close(): Promise<void> }> {
  const kept = new KeptKeySets();
  const sets = (): KeySets => {
    const [time, { keys }] = [now(), keeper];
    return kept.at(time, [keys], () => keySetsAt([], time, keys));
  };
  const discovery = (): string => discoveryDocument(issuer ?? '', keySetPath, sets());
  try {
    const admin = await startAdmin({ address: adminAddress, metrics, readiness, log });
    const keys = await startKeyServer({
      address,
      maxAge: () => (keeper.keys.length === 0 ? emptyCache : Math.floor(cache / 1000)),
      documents: {
        [keySetPath]: () => keySetDocument(sets(), postQuantum),
        [postQuantumKeySetPath]: () => postQuantumDocument(sets()),
        ...(issuer === undefined ? {} : { [discoveryPath]: discovery }),
      },
      metrics,
      log,
      readiness,
    }).catch(async (error: unknown) => {
      await admin.close();
      throw error;
    });
    log.info('The admin server is listening.', { address: admin.address });
    log.info('The JWKS server is listening.', { address: keys.address });
    return {
      async close() {
        await keys.close();
        await admin.close();
      },
    };
  } catch (error) {
    if (!(error instanceof ListenError)) throw error;
    log.failure('mintproc does not start.', error);
    throw new CommandError(`${error.message} [${error.code}]`);
  }
}
