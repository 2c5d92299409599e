/**
 * @module
 * The panels of the dashboard in deploy/grafana/, one row each. `npm run docs` writes the dashboard from this table, a
 * test parses each query, and `npm run alerts` asks a real Prometheus for each and draws docs/dashboard.svg.
 */

/** Grafana's names of units. */
export type Unit = 'reqps' | 's' | 'short' | 'bytes' | 'percentunit' | 'd' | 'cps';

export interface Query {
  readonly expr: string;
  /** Grafana's template of the legend. */
  readonly legend: string;
}

export interface Panel {
  readonly title: string;
  /** What the panel is for, and what is wrong if it looks otherwise. */
  readonly description: string;
  readonly unit: Unit;
  readonly queries: readonly Query[];
}

export interface Section {
  readonly title: string;
  readonly panels: readonly Panel[];
}

const rate = '$__rate_interval';
/** The instances that are selected at the top of the dashboard. */
const here = 'instance=~"$instance"';

/** The mean of a histogram or a summary of sums. */
function mean(name: string, by: string): string {
  return `sum by (${by}) (rate(${name}_sum{${here}}[${rate}])) / (sum by (${by}) (rate(${name}_count{${here}}[${rate}])) > 0)`;
}

function quantile(q: number, name: string, by: string): string {
  return `histogram_quantile(${q}, sum by (${by}, le) (rate(${name}_bucket{${here}}[${rate}])))`;
}

function total(name: string, by: string, labels = ''): string {
  return `sum by (${by}) (rate(${name}{${[here, ...(labels === '' ? [] : [labels])].join(',')}}[${rate}]))`;
}

export const sections: readonly Section[] = [
  {
    title: 'Requests',
    panels: [
      {
        title: 'Alerts that fire',
        description: 'How many fire, by severity. docs/runbook.md has an entry for each.',
        unit: 'short',
        queries: [
          {
            expr: 'count by (severity) (ALERTS{alertname=~"Mintproc.+",alertstate="firing"})',
            legend: '{{severity}}',
          },
        ],
      },
      {
        title: 'Instances',
        description: 'All should be ready. The difference refuses requests, or is about to.',
        unit: 'short',
        queries: [
          { expr: `count(mintproc_build_info{${here}})`, legend: 'answering' },
          { expr: `sum(mintproc_ready{${here}})`, legend: 'ready' },
        ],
      },
      {
        title: 'Requests by outcome',
        description: 'observed and response-only should be absent.',
        unit: 'reqps',
        queries: [{ expr: `${total('mintproc_requests_total', 'outcome')} > 0`, legend: '{{outcome}}' }],
      },
      {
        title: 'Refused by mintproc',
        description: 'Requests that were refused before a policy ran, by error code (docs/errors.md).',
        unit: 'reqps',
        queries: [{ expr: total('mintproc_request_errors_total', 'code'), legend: '{{code}}' }],
      },
      {
        title: 'Duration of a request',
        description: 'What mintproc adds to a request that it forwards. Exemplars lead to traces.',
        unit: 's',
        queries: [
          {
            expr: quantile(0.5, 'mintproc_request_seconds', 'outcome').replace(here, `${here},outcome="forwarded"`),
            legend: 'median',
          },
          {
            expr: quantile(0.99, 'mintproc_request_seconds', 'outcome').replace(here, `${here},outcome="forwarded"`),
            legend: '99 %',
          },
        ],
      },
      {
        title: 'In flight',
        description: 'Streams that Envoy holds open.',
        unit: 'short',
        queries: [{ expr: `mintproc_in_flight{${here}}`, legend: '{{instance}}' }],
      },
    ],
  },
  {
    title: 'Policies',
    panels: [
      {
        title: 'Policy runs',
        description: 'By policy and outcome. passed: without a token, because of onError: pass.',
        unit: 'reqps',
        queries: [
          { expr: `${total('mintproc_mints_total', 'policy, outcome')} > 0`, legend: '{{policy}} {{outcome}}' },
        ],
      },
      {
        title: 'Why no token was minted',
        description: 'By policy and error code (docs/errors.md).',
        unit: 'reqps',
        queries: [{ expr: total('mintproc_mint_errors_total', 'policy, code'), legend: '{{policy}} {{code}}' }],
      },
      {
        title: 'Duration of a policy, mean',
        description: 'The slow policy stands out.',
        unit: 's',
        queries: [{ expr: mean('mintproc_mint_seconds', 'policy'), legend: '{{policy}}' }],
      },
      {
        title: 'Duration of a signature, mean',
        description: 'By algorithm.',
        unit: 's',
        queries: [{ expr: mean('mintproc_sign_seconds', 'algorithm'), legend: '{{algorithm}}' }],
      },
      {
        title: 'Size of a token, mean',
        description: 'Many servers refuse a header of more than 8 kB.',
        unit: 'bytes',
        queries: [{ expr: mean('mintproc_token_bytes', 'policy'), legend: '{{policy}}' }],
      },
      {
        title: 'Tokens that are reused',
        description:
          'The part of the requests that got an earlier token; of those whose filter in Envoy asked, the part that it may keep.',
        unit: 'percentunit',
        queries: [
          {
            expr: `${total('mintproc_token_reuse_total', 'policy', 'result="hit"')} / (${total('mintproc_token_reuse_total', 'policy')} > 0)`,
            legend: '{{policy}}',
          },
          {
            expr: `${total('mintproc_envoy_reuse_total', '', 'result="permitted"')} / (${total('mintproc_envoy_reuse_total', '')} > 0)`,
            legend: 'may be kept by Envoy',
          },
        ],
      },
      {
        title: 'Lifetime left of reused tokens, mean',
        description: 'If it is close to 0, recipients refuse tokens that expire on their way.',
        unit: 's',
        queries: [{ expr: mean('mintproc_reused_lifetime_seconds', 'policy'), legend: '{{policy}}' }],
      },
      {
        title: 'Memory of reused tokens',
        description: 'By policy.',
        unit: 'bytes',
        queries: [{ expr: `sum by (policy) (mintproc_reuse_bytes{${here}})`, legend: '{{policy}}' }],
      },
      {
        title: 'Whether Envoy may keep tokens',
        description: 'By result (docs/metrics.md). other-filter should be absent: run mintproc gen again.',
        unit: 'cps',
        queries: [{ expr: `${total('mintproc_envoy_reuse_total', 'result')} > 0`, legend: '{{result}}' }],
      },
      {
        title: 'Tokens in files: lifetime left',
        description:
          'Falls by two thirds, then jumps back. Without a line, the file has no token, and Envoy answers 401.',
        unit: 's',
        queries: [
          {
            expr: `(min by (policy) (mintproc_sds_token_end_timestamp_seconds{${here}}) > 0) - time()`,
            legend: '{{policy}}',
          },
        ],
      },
      {
        title: 'Tokens in files: failures',
        description: 'Attempts that failed: mint (no token was made) or write. /readyz has the reason (tokenFiles).',
        unit: 'cps',
        queries: [{ expr: total('mintproc_sds_failures_total', 'policy, step'), legend: '{{policy}} {{step}}' }],
      },
    ],
  },
  {
    title: 'Callers, keys, configuration',
    panels: [
      {
        title: 'Lookups of the caller',
        description: 'If found falls to 0 while absent grows, Envoy no longer sends the identity.',
        unit: 'cps',
        queries: [
          { expr: `${total('mintproc_identities_total', 'source, outcome')} > 0`, legend: '{{source}} {{outcome}}' },
        ],
      },
      {
        title: 'Days until a key or certificate ends',
        description: 'Below 7, an alert fires.',
        unit: 'd',
        queries: [
          {
            expr: `(min by (policy) (mintproc_signing_key_end_timestamp_seconds{${here}}) < +Inf) / 86400 - time() / 86400`,
            legend: 'key of {{policy}}',
          },
          {
            expr: `(min by (use, name) (mintproc_certificate_end_timestamp_seconds{${here}}) - time()) / 86400`,
            legend: '{{use}} {{name}}',
          },
        ],
      },
      {
        title: 'Keys that sign',
        description: 'Instances by the name of the key. Two names of one policy: instances differ.',
        unit: 'short',
        queries: [
          { expr: `count by (policy, kid) (mintproc_signing_key_info{${here}})`, legend: '{{policy}} {{kid}}' },
        ],
      },
      {
        title: 'Services that hold keys: failed signatures',
        description: 'By key and error code. Not called: 1 while the service failed repeatedly and is left alone.',
        unit: 'cps',
        queries: [
          { expr: `${total('mintproc_signer_errors_total', 'key, code')} > 0`, legend: '{{key}} {{code}}' },
          { expr: `max by (key) (mintproc_signer_circuit_open{${here}})`, legend: '{{key}} not called' },
        ],
      },
      {
        title: 'Services that hold keys: duration of a call, 99 %',
        description: 'With or without a signature. The deadline of a key is for all calls for one signature.',
        unit: 's',
        queries: [{ expr: quantile(0.99, 'mintproc_signer_seconds', 'key'), legend: '{{key}}' }],
      },
      {
        title: 'Who fetches the public keys',
        description: 'By kind of client.',
        unit: 'reqps',
        queries: [{ expr: total('mintproc_jwks_requests_total', 'client, result'), legend: '{{client}} {{result}}' }],
      },
      {
        title: 'Loads of the configuration',
        description: 'After a failure, the last good configuration stays in force.',
        unit: 'short',
        queries: [
          { expr: `sum by (result) (mintproc_config_reload_total{${here}})`, legend: '{{result}}' },
          { expr: `sum by (code) (mintproc_config_warnings{${here}})`, legend: 'warning {{code}}' },
        ],
      },
      {
        title: 'Values that Envoy does not send',
        description: 'Should not increase.',
        unit: 'short',
        queries: [{ expr: `sum by (kind) (mintproc_missing_reads_total{${here}})`, legend: '{{kind}}' }],
      },
    ],
  },
  {
    title: 'Process',
    panels: [
      {
        title: 'CPU',
        description: 'Cores. One process uses little more than one.',
        unit: 'short',
        queries: [
          { expr: `sum by (instance) (rate(process_cpu_seconds_total{${here}}[${rate}]))`, legend: '{{instance}}' },
        ],
      },
      {
        title: 'Memory',
        description: 'Resident; with workers, the sum of all processes.',
        unit: 'bytes',
        queries: [{ expr: `process_resident_memory_bytes{${here}}`, legend: '{{instance}}' }],
      },
      {
        title: 'Time in stalls of the event loop',
        description:
          'The part of the time in which nobody is answered. A stall counts when it is over, so a long one is cut at 100 %.',
        unit: 'percentunit',
        queries: [
          {
            expr: `clamp_max(rate(mintproc_event_loop_stall_seconds_sum{${here}}[${rate}]), 1)`,
            legend: '{{instance}}',
          },
        ],
      },
      {
        title: 'Lag of the event loop, 99 %',
        description: 'Since the last scrape.',
        unit: 's',
        queries: [{ expr: `nodejs_eventloop_lag_p99_seconds{${here}}`, legend: '{{instance}}' }],
      },
      {
        title: 'Lines lost, connections refused',
        description: 'Should not increase.',
        unit: 'short',
        queries: [
          { expr: `sum by (stream) (mintproc_log_lines_dropped_total{${here}})`, legend: 'lines of the {{stream}}' },
          {
            expr: `sum(mintproc_connections_refused_total{${here}}) + sum(mintproc_clients_refused_total{${here}})`,
            legend: 'connections',
          },
          { expr: `sum(mintproc_defects_total{${here}})`, legend: 'defects' },
        ],
      },
      {
        title: 'Traced requests',
        description: 'By what became of their spans. over-limit: more are sampled than perSecond in tracing.',
        unit: 'cps',
        queries: [{ expr: `${total('mintproc_traced_requests_total', 'result')} > 0`, legend: '{{result}}' }],
      },
      {
        title: 'Seconds since the last request',
        description: 'Grows if Envoy no longer asks.',
        unit: 's',
        queries: [
          {
            expr: `time() - (mintproc_last_request_timestamp_seconds{${here}} > 0)`,
            legend: '{{instance}}',
          },
        ],
      },
      {
        title: 'Workers',
        description: 'Processes that serve, and those that do not answer.',
        unit: 'short',
        queries: [
          { expr: `sum(mintproc_workers{${here}})`, legend: 'serving' },
          { expr: `sum(mintproc_workers_silent{${here}})`, legend: 'silent' },
          { expr: `sum(mintproc_worker_restarts_total{${here}})`, legend: 'restarts' },
        ],
      },
    ],
  },
];
