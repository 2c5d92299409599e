/**
 * @module
 * The failure table, in the order of the documentation.
 */
import { both, type Failure, served, unanswered } from './failure.ts';
import { tokenFiles } from './token-file-table.ts';

const connectFails = 'cluster.mintproc.upstream_cx_connect_fail';

const processes = {
  'not-started': {
    fault: 'mintproc is not started',
    client: unanswered,
    operator: { ready: 'no answer', envoy: [connectFails] },
    toDo: 'Start mintproc before Envoy, and let the readiness of the pod include `/readyz`. Prometheus has `up == 0`.',
  },
  killed: {
    fault: 'mintproc is killed',
    client: unanswered,
    operator: { ready: 'no answer', exit: 'SIGKILL', envoy: [connectFails] },
    toDo: 'The platform restarts it; requests get tokens again as soon as it is ready. Being killed for memory is the usual cause: compare the limit with [sizing](sizing.md).',
  },
  hangs: {
    fault: 'mintproc hangs (SIGSTOP, a frozen machine)',
    client: { ext_proc: { status: 504, body: 'empty' }, ext_authz: { status: 403, body: 'empty' } },
    operator: { ready: 'no answer', envoy: ['http.callers.ext_proc.message_timeouts', 'http.callers.ext_authz.error'] },
    toDo: 'A liveness probe on `/healthz` restarts it. After a pause of the machine, nothing needs to be done.',
  },
  'worker-killed': {
    fault: 'a worker process is killed',
    client: served,
    operator: {
      grows: ['mintproc_worker_restarts_total'],
      log: ['A worker ended and is replaced.', 'serving.worker-ended'],
      ready: [200, 'workers'],
    },
    toDo: 'Requests in flight on its connections fail, all others are served. If it happens again, look at the memory limit.',
  },
  'port-taken': {
    fault: 'the address of `listen` is taken',
    client: unanswered,
    operator: { exit: 1, log: ['mintproc does not start.', 'extproc.listen-failed'], ready: 'no answer' },
    toDo: 'Find the other process, often a second mintproc. A socket file that a killed mintproc left is replaced.',
  },
  'socket-file-taken': {
    fault: 'a file that is not a socket lies at the path of `listen`',
    client: unanswered,
    operator: { exit: 1, log: ['mintproc does not start.', 'extproc.listen-failed'], ready: 'no answer' },
    toDo: 'mintproc replaces only a socket that nobody serves. Look what wrote the file, and remove it.',
  },
  'socket-file-left': {
    fault: 'a killed mintproc left its socket file behind',
    client: served,
    operator: { log: ['mintproc is serving.'], ready: [200, 'status', 'ready'] },
    toDo: 'Nothing: mintproc replaces a socket that nobody serves.',
  },
  'metrics-port-taken': {
    fault: 'the address of `admin` is taken',
    client: unanswered,
    operator: { exit: 1, log: ['mintproc does not start.', 'observe.listen-failed'] },
    toDo: 'Give each mintproc its own port for metrics.',
  },
  'envoy-restarts': {
    fault: 'Envoy is restarted',
    client: served,
    operator: { grows: ['mintproc_requests_total{outcome="forwarded"}'], ready: [200, 'status', 'ready'] },
    toDo: 'Nothing: mintproc keeps no state of a connection.',
  },
  'clock-stepped': {
    fault: 'the clock of the machine is set',
    client: served,
    operator: {
      grows: ['mintproc_clock_jumps_total'],
      log: ['The clock of this machine was set; the times of tokens follow it.'],
    },
    toDo: 'Tokens take their times from the clock: verifiers refuse those of a wrong one. Correct the time service.',
  },
} as const satisfies Record<string, Failure>;

const load = {
  overloaded: {
    fault: 'more requests are in flight than `limits.inFlight`',
    client: both({ status: 503, body: 'extproc.overloaded', header: ['retry-after', '1'] }),
    operator: {
      grows: ['mintproc_requests_total{outcome="overloaded"}'],
      log: ['Requests were refused because as many are in flight as the limit allows.', 'extproc.overloaded'],
    },
    toDo: 'Give mintproc more CPU or more workers: see [overload](../operations.md#overload).',
  },
  'deadline-passed': {
    fault: 'requests wait behind others for longer than Envoy waits',
    client: { ext_proc: { status: 504, body: 'empty' }, ext_authz: { status: 403, body: 'empty' } },
    operator: { grows: ['mintproc_deadlines_passed_total'], envoy: ['http.callers.ext_authz.error'] },
    toDo: 'Only ext_authz sends its deadline, so only its requests are counted. The stall warning in the log names the policy that takes long.',
  },
  'log-disk-full': {
    fault: 'the disk under the log is full',
    client: served,
    operator: { grows: ['mintproc_log_lines_dropped_total{stream="audit"}'], ready: [200, 'status', 'ready'] },
    toDo: 'Lines are lost and counted, requests are not. Free the disk; lines are written again within a second.',
  },
  'log-pipe-blocked': {
    fault: 'nobody reads the log',
    client: served,
    operator: { grows: ['mintproc_log_lines_dropped_total{stream="audit"}'], ready: [200, 'status', 'ready'] },
    toDo: 'Restart the collector of the log. Lines are lost and counted, requests are not.',
  },
} as const satisfies Record<string, Failure>;

const refusedReload = {
  grows: ['mintproc_config_reload_total{result="failure"}'],
  ready: [200, 'lastReload', 'failure'],
} as const;
const refusedLine = 'The new configuration is refused; the last good one stays in force.';

const configuration = {
  'invalid-at-start': {
    fault: 'the configuration has an error at the start',
    client: unanswered,
    operator: { exit: 1, log: ['mintproc does not start.', 'config.unknown-key'], ready: 'no answer' },
    toDo: 'Run `mintproc validate` in CI: it shows all errors with what to write instead.',
  },
  'body-read': {
    fault: 'a policy reads the body, which Envoy does not send',
    client: unanswered,
    operator: { exit: 1, log: ['mintproc does not start.', 'dataweave.unbound-input'] },
    toDo: 'mintproc never reads bodies, so such a policy does not load. Read a header or a claim instead.',
  },
  'key-missing-at-start': {
    fault: 'the file of a key is missing at the start',
    client: unanswered,
    operator: { exit: 1, log: ['mintproc does not start.', 'config.unreadable-file'], ready: 'no answer' },
    toDo: 'Mount the Secret, or correct the path. The platform starts mintproc again until the file is there.',
  },
  'key-damaged-at-start': {
    fault: 'a key cannot be read at the start',
    client: unanswered,
    operator: { exit: 1, log: ['mintproc does not start.', 'keys.unreadable'], ready: 'no answer' },
    toDo: 'Compare the file with the original. The content of a key is never shown.',
  },
  'slow-reload': {
    fault: 'a large configuration is reloaded',
    client: served,
    operator: { grows: ['mintproc_config_reload_total{result="success"}'], log: ['A new configuration is in force.'] },
    toDo: 'Nothing: another process checks it, and requests are served meanwhile.',
  },
  'invalid-at-reload': {
    fault: 'a changed configuration has an error',
    client: served,
    operator: { ...refusedReload, log: [refusedLine, 'config.unknown-key'] },
    toDo: 'The last good configuration stays in force. Correct the file; alert on the metric.',
  },
  'half-swapped': {
    fault: 'a ConfigMap is swapped half way: a new mintproc.yaml without its new policy',
    client: served,
    operator: { ...refusedReload, log: [refusedLine, 'config.unreadable-file'] },
    toDo: 'Nothing, if the rest follows: mintproc then loads the whole. The kubelet swaps fully mounted volumes in one step.',
  },
  'key-missing-at-reload': {
    fault: 'the file of a key is missing at a reload',
    client: served,
    operator: { ...refusedReload, log: [refusedLine, 'config.unreadable-file'] },
    toDo: 'The last good key signs. Before the next restart, put the file back: a start needs it.',
  },
  'key-damaged-at-reload': {
    fault: 'a key cannot be read at a reload',
    client: served,
    operator: { ...refusedReload, log: [refusedLine, 'keys.unreadable'] },
    toDo: 'The last good key signs. Before the next restart, put a good file there: a start needs it.',
  },
  'key-retired': {
    fault: 'the last key of a policy has retired',
    client: both({ status: 500, body: 'keys.none-active' }),
    operator: {
      grows: ['mintproc_mint_errors_total{policy="retired",code="keys.none-active"}'],
      log: ['No key of the policy is active; its requests are refused.', 'keys.none-active'],
      ready: [200, 'keysEnded'],
    },
    toDo: 'Add a key and reload. Alert on `mintproc_signing_key_end_timestamp_seconds` a week before.',
  },
  'all-keys-retired': {
    fault: 'the last keys of all policies have retired',
    client: both({ status: 500, body: 'keys.none-active' }),
    operator: {
      figures: { mintproc_ready: 0 },
      log: ['No key of the policy is active; its requests are refused.', 'keys.none-active'],
      ready: [503, 'status', 'no-key'],
    },
    toDo: 'As above, and before the next restart: without any key, mintproc does not start.',
  },
  'state-unusable': {
    fault: 'the file of `jwks.state` is damaged, or cannot be read',
    client: served,
    operator: {
      figures: { mintproc_jwks_state_trouble: 1 },
      log: ['Published keys are not remembered.', 'keys.state-unusable'],
      ready: [200, 'jwksState'],
    },
    toDo: 'Repair its rights or its volume, or remove the file: mintproc writes a new one with what it still knows. Do not restart it before that, since then it no longer publishes replaced keys.',
  },
} as const satisfies Record<string, Failure>;

const soon = ['retry-after', '1'] as const;

const signerFails = (code: string) => ({
  grows: [
    `mintproc_signer_errors_total{key="held",code="${code}"}`,
    `mintproc_mint_errors_total{policy="held",code="${code}"}`,
  ],
  log: ['A policy minted no token.', code] as const,
});

const services = {
  'signer-slow': {
    fault: 'the service does not sign within the `deadline` of its key',
    client: both({ status: 503, body: 'signer.timeout', header: soon }),
    operator: signerFails('signer.timeout'),
    toDo: 'Look after the service and the way to it: `mintproc_signer_seconds` shows how long it takes. With `reuse`, only new tokens need it.',
  },
  'signer-unreachable': {
    fault: 'the service cannot be reached, or closes its connections',
    client: both({ status: 503, body: 'signer.unreachable', header: soon }),
    operator: signerFails('signer.unreachable'),
    toDo: 'mintproc calls it up to four times within the deadline, and then refuses. Look after the service, its name and its certificate.',
  },
  'signer-throttles': {
    fault: 'the service answers that it gets too many calls',
    client: both({ status: 503, body: 'signer.throttled', header: soon }),
    operator: signerFails('signer.throttled'),
    toDo: 'Reuse tokens, for longer. Raise the quota of the service.',
  },
  'signer-queue-full': {
    fault: 'as many signatures wait for the service as the `queue` of its key allows',
    client: both({ status: 503, body: 'signer.busy', header: soon }),
    operator: { ...signerFails('signer.busy'), figures: { 'mintproc_signer_queue{key="held"}': 1 } },
    toDo: 'The service is slower than its requests come. Reuse tokens; a longer queue only helps against short bursts.',
  },
  'signer-paused': {
    fault: 'the service failed five times in a row, and is not called for some seconds',
    client: both({ status: 503, body: 'signer.paused', header: soon }),
    operator: {
      grows: signerFails('signer.paused').grows,
      figures: { 'mintproc_signer_circuit_open{key="held"}': 1 },
      ready: [200, 'signersPaused'],
      log: ['The service that holds a key failed repeatedly. No new token is signed meanwhile.', 'signer.denied'],
    },
    toDo: 'The code of the log line is the reason: mend that. mintproc finds out by itself when the service works again.',
  },
  'signer-denied': {
    fault: 'mintproc loses the permission to sign',
    client: both({ status: 500, body: 'signer.denied' }),
    operator: signerFails('signer.denied'),
    toDo: 'Renew the token of Vault, or the rights of its policy or role. A new token in its file needs no reload.',
  },
  'signer-key-disabled': {
    fault: 'the key is disabled or deleted in its service',
    client: both({ status: 500, body: 'signer.key-unusable' }),
    operator: signerFails('signer.key-unusable'),
    toDo: 'Enable it, or give the policy another key.',
  },
  'signer-other-key': {
    fault: 'the service signs with another key than it said',
    client: both({ status: 500, body: 'signer.wrong-signature' }),
    operator: signerFails('signer.wrong-signature'),
    toDo: 'No such token leaves mintproc. If the key was replaced on purpose (an alias, a restored token), reload: the new public key is then fetched and published.',
  },
  'signer-away-at-start': {
    fault: 'the service is away at the start',
    client: unanswered,
    operator: { exit: 1, log: ['mintproc does not start.', 'signer.unreachable'], ready: 'no answer' },
    toDo: 'mintproc needs the public half of the key. The platform starts it again until the service is there.',
  },
  'signer-away-at-reload': {
    fault: 'the service was away at a reload, and is there again',
    client: served,
    operator: { ...refusedReload, log: [refusedLine, 'signer.unreachable'] },
    toDo: 'Nothing: the last good configuration stays in force, and mintproc tries again after half a minute. SIGHUP loads it at once.',
  },
  'state-lost': {
    fault: 'the file of `jwks.state` cannot be written',
    client: served,
    operator: {
      figures: { mintproc_jwks_state_trouble: 1 },
      log: ['Published keys are not remembered.', 'keys.state-unwritten'],
      ready: [200, 'jwksState'],
    },
    toDo: 'Make room, or correct the rights of the folder: no restart is needed. After a restart before that, tokens of replaced keys are refused.',
  },
} as const satisfies Record<string, Failure>;

const connections = {
  'certificate-expired': {
    fault: 'the certificate of mintproc has expired',
    client: unanswered,
    operator: {
      log: ['Configuration warning.', 'keys.certificate-ends'],
      envoy: ['cluster.mintproc-tls.ssl.fail_verify_error'],
      ready: [200, 'status', 'ready'],
    },
    toDo: 'Renew the files of `tls`; no restart is needed. Alert on `mintproc_certificate_end_timestamp_seconds` a week before.',
  },
  'client-refused': {
    fault: 'the certificate of Envoy is not one of `tls.clients`',
    client: unanswered,
    operator: {
      grows: ['mintproc_clients_refused_total'],
      log: [
        'A client was refused because `tls.clients` has none of the names in its certificate.',
        'extproc.unknown-client',
      ],
    },
    toDo: 'If it is your Envoy, add its name to `tls.clients`; else somebody tried to get tokens.',
  },
  'failure-mode-allow': {
    fault: 'mintproc is away, and Envoy has `failure_mode_allow: true`',
    client: both({ status: 200, body: "the client's header" }),
    operator: {
      ready: 'no answer',
      envoy: ['http.callers.ext_proc.failure_mode_allowed', 'http.callers.ext_authz.failure_mode_allowed'],
    },
    toDo: 'Set it to false, as `mintproc gen` always does: otherwise requests continue without a token, or with one that the client wrote. `validate` does not see the configuration of Envoy.',
  },
  'receiver-away': {
    fault: 'nobody takes the traces',
    client: served,
    operator: {
      grows: ['mintproc_traced_requests_total{result="failed"}'],
      log: ['Spans could not be exported.'],
      ready: [200, 'status', 'ready'],
    },
    toDo: 'Look at the receiver. No request waits for it.',
  },
  'upstream-away': {
    fault: 'the upstream is away',
    client: both({ status: 503, body: 'Envoy' }),
    operator: {
      grows: ['mintproc_requests_total{outcome="forwarded"}'],
      envoy: ['cluster.nobody.upstream_cx_connect_fail'],
    },
    toDo: 'Not mintproc: it counted the request as forwarded, and `%RESPONSE_CODE_DETAILS%` has no code of mintproc.',
  },
  'issuer-away': {
    fault: "jwt_authn cannot fetch the keys of the caller's issuer",
    client: both({ status: 401, body: 'Envoy' }),
    operator: { envoy: ['http.callers.jwt_authn.jwks_fetch_failed', 'http.callers.jwt_authn.denied'] },
    toDo: 'Not mintproc: the request does not reach it. Check the cluster of `remote_jwks`.',
  },
} as const satisfies Record<string, Failure>;

const requests = {
  'expression-fails': {
    fault: 'an expression fails for a request',
    client: both({ status: 500, body: 'dataweave.type-mismatch' }),
    operator: {
      grows: ['mintproc_mint_errors_total{policy="failing",code="dataweave.type-mismatch"}'],
      log: ['A policy minted no token.', 'dataweave.type-mismatch'],
    },
    toDo: 'The log line has the claim and its place in the policy. Repeat the request with `mintproc mint` or `mintproc explain`.',
  },
  'no-route': {
    fault: 'no route matches, with `unmatched: deny`',
    client: both({ status: 404, body: 'route.none' }),
    operator: {
      grows: ['mintproc_request_errors_total{code="route.none"}'],
      log: ['A request was refused.', 'route.none'],
    },
    toDo: 'Add a route, or accept that such requests are refused. `mintproc explain --request` says why routes do not match.',
  },
  'no-route-passes': {
    fault: 'no route matches, with `unmatched: pass`',
    client: both({ status: 200, body: "the client's header" }),
    operator: { grows: ['mintproc_unmatched_requests_total'] },
    toDo: 'Such requests continue unchanged, without a token. Set `unmatched: deny` if every request needs one.',
  },
  'wrong-policy-name': {
    fault: 'a route of Envoy names a policy that does not exist',
    client: both({ status: 500, body: 'route.unknown-policy' }),
    operator: {
      grows: ['mintproc_request_errors_total{code="route.unknown-policy"}'],
      log: ['A request was refused.', 'route.unknown-policy'],
    },
    toDo: 'Correct the name in Envoy, or add the policy. Rename in mintproc first.',
  },
  'no-identity': {
    fault: 'a route requires a caller, and the request has none',
    client: both({ status: 401, body: 'identity.missing', header: ['www-authenticate', 'Bearer realm="mintproc"'] }),
    operator: {
      grows: ['mintproc_request_errors_total{code="identity.missing"}'],
      log: ['A request was refused.', 'identity.missing'],
    },
    toDo: 'Nothing, if the caller sent no token. Otherwise see the next row.',
  },
  'identity-lost': {
    fault: 'Envoy does not send the identity: no `forwarding_namespaces`, no `metadata_context_namespaces`',
    client: both({ status: 401, body: 'identity.missing', header: ['www-authenticate', 'Bearer realm="mintproc"'] }),
    operator: {
      grows: ['mintproc_identities_total{source="jwt_authn",outcome="absent"}'],
      log: ['A request was refused.', 'identity.missing'],
    },
    toDo: 'Compare the filter with `envoyReads` in `/readyz`, or write it with `mintproc gen`. After a minute without any caller the log warns.',
  },
  'attribute-lost': {
    fault: 'Envoy does not send an attribute that a policy reads',
    client: { ext_proc: { status: 200, body: 'token' }, ext_authz: null },
    operator: { log: ['The configuration reads an attribute of Envoy that no request had.'] },
    toDo: 'The claim is null. Add the attribute to `request_attributes`; the log line names it.',
  },
  'headers-not-sent': {
    fault: 'the filter has `request_header_mode: SKIP` and sends bodies',
    client: { ext_proc: { status: 500, body: 'extproc.no-request-headers' }, ext_authz: null },
    reaches: true,
    operator: {
      grows: ['mintproc_requests_total{outcome="malformed"}'],
      log: ['A request was refused.', 'extproc.no-request-headers'],
    },
    toDo: 'Set `request_header_mode: SEND`. Envoy sends the headers on while mintproc looks at the body, so the upstream may get them, with the header that the client sent. Without a body, mintproc is not asked at all.',
  },
  'headers-too-large': {
    fault: 'the headers of a request exceed `limits.headerBytes`',
    client: both({ status: 431, body: 'extproc.headers-too-large' }),
    operator: {
      grows: ['mintproc_request_errors_total{code="extproc.headers-too-large"}'],
      log: ['A request was refused.', 'extproc.headers-too-large'],
    },
    toDo: 'Raise the limit if such requests are legitimate.',
  },
  'headers-too-large-for-envoy': {
    fault: "the headers of a request exceed Envoy's `max_request_headers_kb`",
    client: both({ status: 431, body: 'Envoy' }),
    operator: { envoy: ['http.callers.downstream_cx_protocol_error'] },
    toDo: 'Not mintproc: the request does not reach it.',
  },
  'token-too-large': {
    fault: 'a token exceeds `limits.tokenBytes`',
    client: both({ status: 500, body: 'mint.token-too-large' }),
    operator: {
      grows: ['mintproc_mint_errors_total{policy="large",code="mint.token-too-large"}'],
      log: ['A policy minted no token.', 'mint.token-too-large'],
    },
    toDo: 'Leave out claims. Raise the limit only if Envoy and the upstream accept such headers.',
  },
  'token-too-large-for-envoy': {
    fault: "with its token, a request exceeds Envoy's limit for headers",
    client: both({ status: 500, body: 'empty' }),
    operator: {
      grows: ['mintproc_requests_total{outcome="forwarded"}'],
      envoy: [
        'http.callers.ext_proc.rejected_header_mutations',
        'http.callers.ext_authz.request_header_limits_reached',
      ],
    },
    toDo: 'mintproc counts it as forwarded. Raise `max_request_headers_kb`, or leave out claims.',
  },
} as const satisfies Record<string, Failure>;

/** The sections of the page, in order. */
export const sections = {
  'Processes and the machine': processes,
  Load: load,
  'Configuration and keys': configuration,
  'Keys that a service holds': services,
  'Tokens in files': tokenFiles,
  'Connections and neighbours': connections,
  Requests: requests,
} as const satisfies Record<string, Readonly<Record<string, Failure>>>;

export const failures = {
  ...processes,
  ...load,
  ...configuration,
  ...services,
  ...tokenFiles,
  ...connections,
  ...requests,
} as const;

export type FailureName = keyof typeof failures;
