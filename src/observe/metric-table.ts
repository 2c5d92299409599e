/**
 * @module
 * Every metric of mintproc's own, one row each; `docs/metrics.md` is generated from it. Labels take values of closed
 * sets and names from the configuration, never anything that a request brings.
 */
import { Counter, Family, Gauge, Histogram, type Series } from './series.ts';

/** From 10 µs, which a request without signature takes, to a second, in about equal ratios. */
const requestSeconds = [0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1];

/** From an HMAC (2 µs) to RSA of 4096 bits under load. */
const signSeconds = [
  0.0000025, 0.000005, 0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.01, 0.1,
];

/** Few, since each policy has them: from what an HMAC takes to what Envoy does not wait for. */
const mintSeconds = [0.0001, 0.001, 0.01, 0.1];

/** From a common token to what many servers take in all headers together. */
const tokenBytes = [2048, 4096, 8192];

/** From what a request notices to what Envoy and probes do not wait for. */
const stallSeconds = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

interface Row {
  readonly help: string;
  readonly labels: readonly string[];
  /** Where workers serve: told by the process that reads the configuration alone, and not added up. */
  readonly primaryOnly?: true;
  /** Of what several workers say the largest counts; else their sum. */
  readonly largestOfWorkers?: true;
}

export type MetricRow = Row &
  ({ readonly type: 'counter' | 'gauge' } | { readonly type: 'histogram'; readonly buckets: readonly number[] });

export const metricTable = {
  mintproc_requests_total: {
    type: 'counter',
    help: 'Requests by what became of them.',
    labels: ['outcome'],
  },
  mintproc_request_errors_total: {
    type: 'counter',
    help: 'Requests that mintproc itself refused, by error code.',
    labels: ['code'],
  },
  mintproc_request_seconds: {
    type: 'histogram',
    help: "Seconds from the arrival of a request's deciding message to its answer.",
    labels: ['outcome'],
    buckets: requestSeconds,
  },
  mintproc_last_request_timestamp_seconds: {
    type: 'gauge',
    help: 'When Envoy asked last, in seconds since the epoch; 0 where it has not asked yet.',
    labels: [],
    largestOfWorkers: true,
  },
  mintproc_unmatched_requests_total: {
    type: 'counter',
    help: 'Requests that no route matched and that went on untouched (`unmatched: pass`).',
    labels: [],
  },
  mintproc_in_flight: {
    type: 'gauge',
    help: 'Streams that Envoy holds open at this moment.',
    labels: [],
  },
  mintproc_identities_total: {
    type: 'counter',
    help: "Times that a source of the caller's identity was asked, by what came of it: found, absent, or refused.",
    labels: ['source', 'outcome'],
  },
  mintproc_mints_total: {
    type: 'counter',
    help: 'Policy runs by outcome: minted, refused, or passed on without a token.',
    labels: ['policy', 'outcome'],
  },
  mintproc_mint_seconds: {
    type: 'histogram',
    help: 'Seconds that a policy run took, by its outcome; from the first such run on.',
    labels: ['policy', 'outcome'],
    buckets: mintSeconds,
  },
  mintproc_token_bytes: {
    type: 'histogram',
    help: 'Bytes of the header values that a policy wrote, prefix and token; from the first one on.',
    labels: ['policy'],
    buckets: tokenBytes,
  },
  mintproc_mint_errors_total: {
    type: 'counter',
    help: 'Policy runs that made no token, by error code.',
    labels: ['policy', 'code'],
  },
  mintproc_faults_total: {
    type: 'counter',
    help: "Policy runs that made no token, by the gateway vendor's name for the fault, where it has one.",
    labels: ['policy', 'fault'],
  },
  mintproc_sign_seconds: {
    type: 'histogram',
    help: 'Seconds that a signature took, by algorithm.',
    labels: ['algorithm'],
    buckets: signSeconds,
  },
  mintproc_connections_refused_total: {
    type: 'counter',
    help: 'Connections that were closed because there were as many as `limits.connections` allows.',
    labels: [],
  },
  mintproc_memory_refused_total: {
    type: 'counter',
    help: 'Streams that were ended because messages and answers that cannot go on yet hold as much memory as they may.',
    labels: [],
  },
  mintproc_defects_total: {
    type: 'counter',
    help: 'Errors that mintproc did not foresee; each is worth a report.',
    labels: [],
  },
  mintproc_log_lines_dropped_total: {
    type: 'counter',
    help: 'Lines of the log and of the audit that are lost: standard output was full, closed, or not read.',
    labels: ['stream'],
  },
  mintproc_event_loop_stall_seconds: {
    type: 'histogram',
    help: 'Times that the event loop could do nothing else, those of 5 ms and more.',
    labels: [],
    buckets: stallSeconds,
  },
  mintproc_config_generation: {
    type: 'gauge',
    help: 'The configuration in force, counted from 1; 0 before the first.',
    labels: [],
    primaryOnly: true,
  },
  mintproc_config_reload_total: {
    type: 'counter',
    help: 'Attempts to load the configuration, by result; after a failure the last good one stays in force.',
    labels: ['result'],
    primaryOnly: true,
  },
  mintproc_config_last_success_timestamp_seconds: {
    type: 'gauge',
    help: 'When the configuration in force was loaded, in seconds since the epoch.',
    labels: [],
    primaryOnly: true,
  },
  mintproc_token_reuse_total: {
    type: 'counter',
    help: 'Tokens asked for under a policy whose tokens may be reused, by result: hit (given out again) or miss (minted).',
    labels: ['policy', 'result'],
  },
  mintproc_reuse_entries: {
    type: 'gauge',
    help: 'Tokens that are kept to be given out again, some of which may have expired.',
    labels: ['policy'],
  },
  mintproc_reuse_bytes: {
    type: 'gauge',
    help: 'Bytes of the tokens that are kept to be given out again.',
    labels: ['policy'],
  },
  mintproc_reuse_evictions_total: {
    type: 'counter',
    help: 'Tokens that could still have been given out again and made room for others.',
    labels: ['policy'],
  },
  mintproc_signing_keys: {
    type: 'gauge',
    help: 'Keys of a policy that sign, will sign, or are published because tokens of theirs are still valid.',
    labels: ['policy'],
    primaryOnly: true,
  },
  mintproc_signing_key_switch_timestamp_seconds: {
    type: 'gauge',
    help: 'When the next key of a policy begins to sign, in seconds since the epoch; 0 where none is waiting.',
    labels: ['policy'],
    primaryOnly: true,
  },
  mintproc_signing_key_info: {
    type: 'gauge',
    help: 'Always 1; the label kid has the name of the key that signs for a policy now. It is the thumbprint where the name is longer than 64 characters, and empty for a secret without a name. No series where no key signs.',
    labels: ['policy', 'kid'],
    primaryOnly: true,
  },
  mintproc_signing_key_end_timestamp_seconds: {
    type: 'gauge',
    help: 'From when on a policy has no key that signs, in seconds since the epoch: in the past where it has none, and +Inf where its keys do not retire.',
    labels: ['policy'],
    primaryOnly: true,
  },
  mintproc_certificate_end_timestamp_seconds: {
    type: 'gauge',
    help: 'When a certificate ends, in seconds since the epoch, the first of its chain. use is listener (name is certificate or clientAuthorities, of tls), signing (x5c of the key that signs for the policy name) or recipient (of the policy name).',
    labels: ['use', 'name'],
    primaryOnly: true,
  },
  mintproc_workers: {
    type: 'gauge',
    help: 'Worker processes that serve at this moment; 0 where `workers` is 1 and the one process serves itself.',
    labels: [],
    primaryOnly: true,
  },
  mintproc_worker_restarts_total: {
    type: 'counter',
    help: 'Worker processes that ended without being told to, and were replaced.',
    labels: [],
    primaryOnly: true,
  },
  mintproc_worker_connections: {
    type: 'gauge',
    help: 'Connections that a worker process has at this moment, by its number.',
    labels: ['worker'],
    primaryOnly: true,
  },
  mintproc_worker_requests_total: {
    type: 'counter',
    help: 'Requests by the number of the worker process that had them.',
    labels: ['worker'],
    primaryOnly: true,
  },
  mintproc_build_info: {
    type: 'gauge',
    help: 'Always 1; the labels say which version runs on which Node.',
    labels: ['version', 'node'],
    primaryOnly: true,
  },
} as const satisfies Record<`mintproc_${string}`, MetricRow>;

export type MetricName = keyof typeof metricTable;

interface SeriesOfType {
  readonly counter: Counter;
  readonly gauge: Gauge;
  readonly histogram: Histogram;
}

/** The family of each row. */
export type Families = {
  readonly [N in MetricName]: Family<SeriesOfType[(typeof metricTable)[N]['type']]>;
};

/** Fresh families; a metric without labels has its one series from the start. */
export function createFamilies(): Families {
  const family = (name: MetricName): Family<Series> => {
    const row: MetricRow = metricTable[name];
    const created = new Family<Series>(() => createSeries(row));
    if (row.labels.length === 0) created.with();
    return created;
  };
  const names = Object.keys(metricTable) as MetricName[];
  // Object.fromEntries forgets which key has which value; `createSeries` gives each row the series of its type.
  return Object.fromEntries(names.map((name) => [name, family(name)])) as unknown as Families;
}

function createSeries(row: MetricRow): Series {
  switch (row.type) {
    case 'counter':
      return new Counter();
    case 'gauge':
      return new Gauge();
    case 'histogram':
      return new Histogram(row.buckets);
  }
}
