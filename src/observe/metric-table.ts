/**
 * @module
 * Every metric that mintproc defines, one row each. `docs/metrics.md` is generated from this table. Label values come
 * from closed sets and from the configuration, never from a request.
 */
import { Counter, Family, Gauge, Histogram, type Series } from './series.ts';

/** From 10 µs, the time of a request without a signature, to one second, in about equal ratios. */
const requestSeconds = [0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1];

/** From an HMAC (2 µs) to RSA of 4096 bits under load. */
const signSeconds = [
  0.0000025, 0.000005, 0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.01, 0.1,
];

/** From a token in hardware to the longest deadline of a service. */
const signerSeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5];

/** Few, because each policy has them: from the time of an HMAC to beyond Envoy's timeout. */
const mintSeconds = [0.0001, 0.001, 0.01, 0.1];

/** From a typical token to the limit of many servers for all headers. */
const tokenBytes = [2048, 4096, 8192];

/** From a token that expires while a slow request runs to one of a long session. */
const lifetimeSeconds = [10, 30, 60, 300, 3600];

/** From a delay that a request notices to one beyond the timeouts of Envoy and probes. */
const stallSeconds = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

interface Row {
  readonly help: string;
  readonly labels: readonly string[];
  /** With workers: reported by the primary process only, not summed. */
  readonly primaryOnly?: true;
  /** With workers: the largest value is reported instead of the sum. */
  readonly largestOfWorkers?: true;
}

export type MetricRow = Row &
  (
    | { readonly type: 'counter' | 'gauge' }
    | {
        readonly type: 'histogram';
        readonly buckets: readonly number[];
        /** OpenMetrics: each bucket shows the trace of a request that it counted. */
        readonly hasExemplars?: true;
      }
  );

export const metricTable = {
  mintproc_requests_total: {
    type: 'counter',
    help: 'Requests by outcome.',
    labels: ['outcome'],
  },
  mintproc_request_errors_total: {
    type: 'counter',
    help: 'Requests that mintproc itself refused, by error code.',
    labels: ['code'],
  },
  mintproc_request_seconds: {
    type: 'histogram',
    help: 'Seconds from the arrival of the message that decided the outcome of a request to its answer.',
    labels: ['outcome'],
    buckets: requestSeconds,
    hasExemplars: true,
  },
  mintproc_policy_request_seconds: {
    type: 'histogram',
    help: 'The same by policy, only with `metrics: { byPolicy: true }`. A request counts for each policy that ran. A series appears with its first request.',
    labels: ['policy', 'outcome'],
    buckets: requestSeconds,
    hasExemplars: true,
  },
  mintproc_last_request_timestamp_seconds: {
    type: 'gauge',
    help: 'Time of the last request from Envoy, in seconds since the epoch; 0 before the first.',
    labels: [],
    largestOfWorkers: true,
  },
  mintproc_unmatched_requests_total: {
    type: 'counter',
    help: 'Requests that matched no route and were forwarded unchanged (`unmatched: pass`).',
    labels: [],
  },
  mintproc_in_flight: {
    type: 'gauge',
    help: 'Streams that Envoy currently holds open.',
    labels: [],
  },
  mintproc_identities_total: {
    type: 'counter',
    help: "Lookups of the caller's identity by source and outcome: found, absent, or refused.",
    labels: ['source', 'outcome'],
  },
  mintproc_missing_reads_total: {
    type: 'counter',
    help: 'Attributes, or namespaces of metadata, that the configuration reads and no request of a minute had, by kind. Each counts once a minute.',
    labels: ['kind'],
  },
  mintproc_mints_total: {
    type: 'counter',
    help: 'Policy runs by outcome: minted, refused, or passed (forwarded without a token).',
    labels: ['policy', 'outcome'],
  },
  mintproc_mint_seconds: {
    type: 'histogram',
    help: 'Duration of policy runs in seconds, by outcome. A series appears with its first run.',
    labels: ['policy', 'outcome'],
    buckets: mintSeconds,
  },
  mintproc_token_bytes: {
    type: 'histogram',
    help: 'Size of the header values that a policy wrote (prefix and token), in bytes. A series appears with the first value.',
    labels: ['policy'],
    buckets: tokenBytes,
  },
  mintproc_mint_errors_total: {
    type: 'counter',
    help: 'Policy runs without a token, by error code.',
    labels: ['policy', 'code'],
  },
  mintproc_faults_total: {
    type: 'counter',
    help: "Policy runs without a token, by the gateway vendor's fault name, for failures that have one.",
    labels: ['policy', 'fault'],
  },
  mintproc_sign_seconds: {
    type: 'histogram',
    help: 'Duration of signatures in seconds, by algorithm.',
    labels: ['algorithm'],
    buckets: signSeconds,
  },
  mintproc_traced_requests_total: {
    type: 'counter',
    help: 'Sampled requests by what became of their spans: exported, failed, over-limit (`tracing.perSecond`), or queue-full. Only with tracing.',
    labels: ['result'],
  },
  mintproc_signer_seconds: {
    type: 'histogram',
    help: 'Duration of calls to the service that holds a key, in seconds, with or without a signature. The label key is the name of the key, as in mintproc_signing_key_info.',
    labels: ['key'],
    buckets: signerSeconds,
  },
  mintproc_signer_errors_total: {
    type: 'counter',
    help: 'Signatures that the service that holds a key did not make, by error code: each failed call, and each refusal without a call.',
    labels: ['key', 'code'],
  },
  mintproc_signer_queue: {
    type: 'gauge',
    help: 'Signatures that wait for a call to the service that holds a key.',
    labels: ['key'],
  },
  mintproc_signer_circuit_open: {
    type: 'gauge',
    help: 'Processes that do not call the service that holds a key, because it failed repeatedly: without workers, 1 or 0.',
    labels: ['key'],
  },
  mintproc_connections_refused_total: {
    type: 'counter',
    help: 'Connections that were closed because `limits.connections` was reached.',
    labels: [],
  },
  mintproc_clients_refused_total: {
    type: 'counter',
    help: 'Connections that were closed because `tls.clients` has none of the names in the client certificate.',
    labels: [],
  },
  mintproc_deadlines_passed_total: {
    type: 'counter',
    help: 'Calls that were ended because their deadline (`grpc-timeout`) passed.',
    labels: [],
  },
  mintproc_memory_refused_total: {
    type: 'counter',
    help: 'Streams that were ended because waiting messages and answers reached the memory limit.',
    labels: [],
  },
  mintproc_defects_total: {
    type: 'counter',
    help: 'Unexpected errors (defects in mintproc). Please report each.',
    labels: [],
  },
  mintproc_log_lines_dropped_total: {
    type: 'counter',
    help: 'Lines of the log and of the audit that were lost because standard output was full, closed, or not read.',
    labels: ['stream'],
  },
  mintproc_event_loop_stall_seconds: {
    type: 'histogram',
    help: 'Duration of event loop stalls of 5 ms or longer, in seconds.',
    labels: [],
    buckets: stallSeconds,
  },
  mintproc_ready: {
    type: 'gauge',
    help: 'Whether mintproc is ready: 1 or 0. It is 0 while `/readyz` answers 503, which says why.',
    labels: [],
    primaryOnly: true,
  },
  mintproc_clock_jumps_total: {
    type: 'counter',
    help: 'Times that the clock of the machine was set by a second or more. Tokens take their times from it.',
    labels: [],
    primaryOnly: true,
  },
  mintproc_config_generation: {
    type: 'gauge',
    help: 'Number of the configuration in force, counted from 1; 0 before the first.',
    labels: [],
    primaryOnly: true,
  },
  mintproc_config_reload_total: {
    type: 'counter',
    help: 'Attempts to load the configuration, by result. After a failure the last good one stays in force.',
    labels: ['result'],
    primaryOnly: true,
  },
  mintproc_config_last_success_timestamp_seconds: {
    type: 'gauge',
    help: 'Time when the configuration in force was loaded, in seconds since the epoch.',
    labels: [],
    primaryOnly: true,
  },
  mintproc_config_warnings: {
    type: 'gauge',
    help: 'Warnings of the configuration in force, by their code. A series appears with the first warning of its code.',
    labels: ['code'],
    primaryOnly: true,
  },
  mintproc_files_trouble: {
    type: 'gauge',
    help: 'Whether files cannot be checked for changes: 1 or 0. `/readyz` says why (`filesTrouble`).',
    labels: [],
    primaryOnly: true,
  },
  mintproc_listener_lost: {
    type: 'gauge',
    help: 'Whether a unix socket was removed and cannot be created again: 1 or 0, by its key in the configuration (listen, admin, jwks). `/readyz` says why (`notListening`).',
    labels: ['listener'],
    primaryOnly: true,
  },
  mintproc_token_reuse_total: {
    type: 'counter',
    help: 'Token lookups of policies that reuse tokens, by result: hit (reused) or miss (minted).',
    labels: ['policy', 'result'],
  },
  mintproc_reuse_entries: {
    type: 'gauge',
    help: 'Tokens that are kept for reuse. Some may have expired.',
    labels: ['policy'],
  },
  mintproc_reuse_bytes: {
    type: 'gauge',
    help: 'Size of the tokens that are kept for reuse, in bytes.',
    labels: ['policy'],
  },
  mintproc_reuse_evictions_total: {
    type: 'counter',
    help: 'Tokens that were evicted while they could still be reused.',
    labels: ['policy'],
  },
  mintproc_reused_lifetime_seconds: {
    type: 'histogram',
    help: 'Seconds until the expiry of a token that is reused, for policies with `reuse: { for }`. A series appears with the first.',
    labels: ['policy'],
    buckets: lifetimeSeconds,
  },
  mintproc_envoy_reuse_total: {
    type: 'counter',
    help: 'Forwarded requests for which the filter of `gen --reuse-in-envoy` asked whether Envoy may keep the token, by result: permitted, or why not. The series appear with the first.',
    labels: ['result'],
  },
  mintproc_sds_token_timestamp_seconds: {
    type: 'gauge',
    help: 'Time when the token in the file of `sds` was made, in seconds since the epoch; 0 while the file has none.',
    labels: ['policy'],
    primaryOnly: true,
  },
  mintproc_sds_token_end_timestamp_seconds: {
    type: 'gauge',
    help: 'Time when the token in the file of `sds` expires, in seconds since the epoch; 0 while the file has none.',
    labels: ['policy'],
    primaryOnly: true,
  },
  mintproc_sds_next_timestamp_seconds: {
    type: 'gauge',
    help: 'Time when the token in the file of `sds` is made anew, in seconds since the epoch; 0 while the file has none.',
    labels: ['policy'],
    primaryOnly: true,
  },
  mintproc_sds_writes_total: {
    type: 'counter',
    help: 'Writes of the file of `sds`, by what it has since: token, or empty (Envoy refuses requests).',
    labels: ['policy', 'kind'],
    primaryOnly: true,
  },
  mintproc_sds_failures_total: {
    type: 'counter',
    help: 'Failed attempts to renew the file of `sds`, by step: mint (no token) or write.',
    labels: ['policy', 'step'],
    primaryOnly: true,
  },
  mintproc_sds_foreign_writes_total: {
    type: 'counter',
    help: 'Times that the file of `sds` did not have what mintproc wrote: something else wrote or removed it.',
    labels: ['policy'],
    primaryOnly: true,
  },
  mintproc_jwks_requests_total: {
    type: 'counter',
    help: 'Requests for the public keys by document (jwks, jwks-akp, discovery), kind of client and whether the client had the document already.',
    labels: ['document', 'client', 'result'],
    primaryOnly: true,
  },
  mintproc_jwks_last_request_timestamp_seconds: {
    type: 'gauge',
    help: 'Time of the last request for the public keys, in seconds since the epoch; 0 before the first.',
    labels: [],
    primaryOnly: true,
  },
  mintproc_signing_keys: {
    type: 'gauge',
    help: 'Keys of a policy that sign, will sign, or are published because tokens signed with them are still valid.',
    labels: ['policy'],
    primaryOnly: true,
  },
  mintproc_signing_key_switch_timestamp_seconds: {
    type: 'gauge',
    help: 'Time when the next key of a policy begins to sign, in seconds since the epoch; 0 without a next key.',
    labels: ['policy'],
    primaryOnly: true,
  },
  mintproc_signing_key_info: {
    type: 'gauge',
    help: 'Always 1. The label kid is the name of the key that currently signs for a policy: its thumbprint if the name is longer than 64 characters, empty for a secret without a name. A policy without a signing key has no series.',
    labels: ['policy', 'kid'],
    primaryOnly: true,
  },
  mintproc_signing_key_end_timestamp_seconds: {
    type: 'gauge',
    help: 'Time when the last key of a policy stops signing, in seconds since the epoch: in the past if no key signs, +Inf if its keys do not retire.',
    labels: ['policy'],
    primaryOnly: true,
  },
  mintproc_jwks_state_trouble: {
    type: 'gauge',
    help: 'Whether the file of `jwks.state` cannot be read or written: 1 or 0. `/readyz` says why (`jwksState`).',
    labels: [],
    primaryOnly: true,
  },
  mintproc_jwks_keys_left_out: {
    type: 'gauge',
    help: 'Public keys that are not published or not remembered, by reason: clash (another key has the same `kid`) or full.',
    labels: ['reason'],
    primaryOnly: true,
  },
  mintproc_certificate_end_timestamp_seconds: {
    type: 'gauge',
    help: 'Time when a certificate expires, in seconds since the epoch; for a chain, the earliest. The label use is listener (name is certificate or clientAuthorities of tls), signing (x5c of the signing key; name is the policy) or recipient (name is the policy).',
    labels: ['use', 'name'],
    primaryOnly: true,
  },
  mintproc_tls_pair_usable: {
    type: 'gauge',
    help: 'Whether the latest certificate and key of `tls` can be used: 1, or 0 while new connections use the last good pair. There is no series without TLS. The label listener is always listen.',
    labels: ['listener'],
    primaryOnly: true,
  },
  mintproc_workers: {
    type: 'gauge',
    help: 'Worker processes that currently serve; 0 if `workers` is 1, because then the one process serves.',
    labels: [],
    primaryOnly: true,
  },
  mintproc_workers_silent: {
    type: 'gauge',
    help: 'Worker processes that have not answered the main process for five seconds or more. They get no new connections, and are killed after a minute.',
    labels: [],
    primaryOnly: true,
  },
  mintproc_worker_restarts_total: {
    type: 'counter',
    help: 'Worker processes that ended unexpectedly and were replaced.',
    labels: [],
    primaryOnly: true,
  },
  mintproc_worker_connections: {
    type: 'gauge',
    help: 'Current connections of a worker process, by its number.',
    labels: ['worker'],
    primaryOnly: true,
  },
  mintproc_worker_requests_total: {
    type: 'counter',
    help: 'Requests by the number of the worker process that served them.',
    labels: ['worker'],
    primaryOnly: true,
  },
  mintproc_build_info: {
    type: 'gauge',
    help: 'Always 1. The labels are the versions of mintproc and Node.',
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

/** The family of each metric. */
export type Families = {
  readonly [N in MetricName]: Family<SeriesOfType[(typeof metricTable)[N]['type']]>;
};

/** Creates new families. A metric without labels has its series from the start. */
export function createFamilies(): Families {
  const family = (name: MetricName): Family<Series> => {
    const row: MetricRow = metricTable[name];
    const created = new Family<Series>(() => createSeries(row));
    if (row.labels.length === 0) created.with();
    return created;
  };
  const names = Object.keys(metricTable) as MetricName[];
  // `Object.fromEntries` loses the type of each key's value. `createSeries` returns the series of each row's type.
  return Object.fromEntries(names.map((name) => [name, family(name)])) as unknown as Families;
}

function createSeries(row: MetricRow): Series {
  switch (row.type) {
    case 'counter':
      return new Counter();
    case 'gauge':
      return new Gauge();
    case 'histogram':
      return new Histogram(row.buckets, row.hasExemplars);
  }
}
