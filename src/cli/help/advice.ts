/**
 * @module
 * What to do about each code: a paragraph for its group, and more for the codes that an operator meets.
 * `mintproc help CODE` prints it, and `docs/errors.md` is generated from it. Links are relative to `docs/`.
 */
import type { Code } from '../../diagnostics/codes.ts';

/** What to do about the codes of a group: the first part of their names. */
export const groupAdvice: Readonly<Record<string, string>> = {
  flex: 'The policy of Flex Gateway is read, but its resource or a member of it is hardly meant, or cannot be honoured. [The dialect](dialects/flex.md) says what each part means here.',
  config:
    'Correct `mintproc.yaml` at the place that the error names. `mintproc validate` reports all problems together. A reload with such an error changes nothing: the last good configuration stays in force.',
  sds: 'Correct the entry or its policy, or remove `sds`: then mintproc is asked for each request. While mintproc runs, a file that cannot be written keeps its last token, so act at once. [Tokens in Envoy](guides/tokens-in-envoy.md) says what a file needs.',
  reuse:
    'Only `mintproc gen --reuse-in-envoy` says so: without the option, the configuration is good. Correct the place that the error names, or leave `for` out of the `reuse` of its policy. [Tokens in Envoy](guides/tokens-in-envoy.md#which-policies-1) says what Envoy can keep.',
  policy:
    'Correct the policy file at the place that the error names, or its entry in `mintproc.yaml`. The page of each dialect lists what the vendor accepts and mintproc does not.',
  dataweave:
    'Correct the expression. An error at load has a line, a column and usually a suggestion. An error at a request means that the request contained something that the expression cannot handle: use `default`, or test for it. `mintproc eval` evaluates an expression.',
  apigee:
    "The codes of GenerateJWT are the vendor's names in kebab case, so the vendor's troubleshooting page applies. What Apigee rejects at deployment, mintproc rejects when the policy loads. Correct the policy, or the variables that its entry declares.",
  datapower:
    'Correct the policy, or declare in `mintproc.yaml` what only the gateway knew: variables that a script set, crypto objects, JWKs. [The DataPower page](dialects/datapower.md) says what is supported.',
  import:
    'The report of `mintproc import` says what to do. Where a value is open, `mintproc.yaml` has a string that begins with `FILL IN`: replace it.',
  variables:
    'Check the variables that the configuration declares for the policy: their names, and the source of each value.',
  jose: 'Give the policy a key that fits its algorithm, or change the algorithm. A warning does not disable the policy.',
  keys: 'Check the key that the policy or its entry names: the file, its permissions and its format. The content of a key is never shown.',
  signer:
    'The service that holds the key did not sign, so the request was refused: with 503 if it may work soon, or else 500. At load, mintproc does not start, or the last good configuration stays in force. [Keys](keys.md#keys-that-a-service-holds) says what each service needs.',
  mint: 'The request was refused, or continued without a token (`onError: pass`). The log line names the policy and the reason. `mintproc mint` repeats the request on your machine.',
  extproc:
    'At startup, check the address. At a request, check how Envoy is configured to call mintproc, and the limits. `extproc.internal` is a defect: please report it with the place from the log.',
  route:
    'An ambiguous path is refused because two servers could match it to different routes. Let Envoy normalise paths (`normalize_path`, `merge_slashes`). A policy that an Envoy route names must be in `mintproc.yaml`, and `allowRoutePolicy` must be set.',
  identity:
    "The caller's identity is missing, malformed or ambiguous, so the request was refused. Check `authentication` in `mintproc.yaml`, and the filters before mintproc in Envoy.",
  serving:
    'The log says how the worker ended, or what to do about one that does not answer. mintproc replaces it. If workers keep ending, check their memory, and report what looks like a defect.',
  observe: 'Check the address under `admin`, and whether another process listens there.',
  trial:
    'Correct the file with the request or the tests at the place that the error names. [mint](commands.md) and [Tests](testing.md) show their forms.',
  cli: 'Check the arguments. `mintproc help` shows what each command takes.',
};

/** What to do about one code, in addition to what its group says. */
export const codeAdvice: Readonly<Partial<Record<Code, string>>> = {
  'cli.node-version':
    'Run mintproc with the version of Node that `engines` of `package.json` names. In a clone, `npm ci` installs it: put its folder `node_modules/.bin` first in PATH.',
  'config.check-broken':
    'The last good configuration stays in force. Look for a very large or deeply nested file, or give the container more memory: a check needs 60 to 150 MB beside the server. The check is repeated after a minute; after five seconds if its process could not be started, for want of descriptors or processes.',
  'config.unreadable-file':
    'Compare the path with the mounted volume, and the permissions with the user that runs mintproc. A reload with this error keeps the last good configuration; a start ends with exit code 1.',
  'config.unusable-tls':
    'Write the certificate and its key together, by renaming. Until the pair is usable, new connections use the last good pair. `tlsError` in `/readyz` names the wrong file.',
  'config.unprotected-listen':
    'Listen on a unix socket or on the loopback address, or set `tls` with `clientAuthorities`.',
  'dataweave.too-many-steps':
    'Run `mintproc eval` with a similar request to find the costly part. The limit protects the requests that wait behind this one.',
  'extproc.bad-address': 'Write `127.0.0.1:9002`, `[::1]:9002` or `unix:/run/mintproc/mintproc.sock`.',
  'extproc.given-up':
    'Envoy did not wait for the answer. If this happens often, mintproc is short of CPU, or the timeout of the filter is too short: see [Deadlines](operations.md#deadlines).',
  'extproc.headers-too-large':
    'Raise `limits.headerBytes` if such requests are legitimate. Envoy has a limit of its own: `max_request_headers_kb`.',
  'extproc.internal':
    'This is a defect of mintproc: report it with the place from the log. Other requests are not affected.',
  'extproc.joined-header':
    'Let the client send the header once, or use the ext_proc filter, which keeps repeated headers apart: see [ext_authz](ext-authz.md).',
  'extproc.listen-failed':
    'Another process has the address, the folder of the socket is missing, or a file that is not a socket lies at the path. The log has the reason of the system.',
  'extproc.malformed-message':
    'Check that Envoy and mintproc speak the same protocol: the cluster needs HTTP/2, and the filter must be ext_proc or ext_authz.',
  'extproc.memory-full':
    'Envoy sends messages faster than mintproc can answer them, or does not read the answers. Send fewer bodies to the filter (`request_body_mode: NONE`).',
  'extproc.metadata-too-deep':
    'Raise `limits.metadataDepth` if a filter before mintproc writes such metadata on purpose.',
  'extproc.no-request-headers':
    'Set `request_header_mode: SEND` in the `processing_mode` of the filter: without the headers of a request no token can be made for it.',
  'extproc.other-filter':
    'Run `mintproc gen envoy --reuse-in-envoy` again and give Envoy what it prints. Until then, each request calls mintproc: no token is wrong.',
  'extproc.overloaded':
    'More requests wait than can be answered in time. Give mintproc more CPU or more `workers`, and read [Overload](operations.md#overload) before you raise `limits.inFlight`.',
  'extproc.too-many-connections':
    'Something else than Envoy connects, or Envoy has more worker threads than `limits.connections`. Restrict who can reach the address.',
  'extproc.too-many-headers': 'Raise `limits.headerCount` if such requests are legitimate.',
  'extproc.unexpected-request-headers':
    'Another client than Envoy calls mintproc, or Envoy has a defect: report it with its version.',
  'extproc.unknown-client':
    'Add the SPIFFE ID or the host of the certificate to `tls.clients` if this client may ask for tokens. If it is unknown to you, somebody else tried.',
  'extproc.unknown-message': 'Envoy is newer than mintproc, and sends what mintproc does not know: update mintproc.',
  'identity.ambiguous':
    'Name the payload in the source: `{ from: jwt_authn, payload: NAME }`, where NAME is the `payload_in_metadata` of the provider.',
  'identity.missing':
    'If the caller has a valid token, the identity was lost on the way: check `payload_in_metadata` of jwt_authn, `forwarding_namespaces` of the filter, and `mintproc_identities_total`.',
  'keys.idle-policy': 'Add a key whose time has come, or change the times of the one that is there.',
  'keys.left-out':
    'Give the newer of the two keys another `kid`, or none: the log has the name and both thumbprints. If there is no place, remove keys that nobody uses.',
  'keys.none-active':
    'Give the policy [another key](keys.md#when-the-last-key-has-retired); a reload is enough. `keysEnded` in `/readyz` names the policies.',
  'keys.source':
    'The line names the source and the reason. Its keys stay published for `--keep`; new ones are not. Repair the source, or remove it from the command if it is gone for good.',
  'keys.state-unusable':
    'Repair the volume or the rights of the file, or remove a damaged one while the process runs: it writes a new one with all that it knows.',
  'keys.state-unwritten':
    'Mount a folder that mintproc may write, not the file alone, and look whether the volume is full.',
  'keys.unannounced':
    'Let verifiers read the JWKS again when they see an unknown `kid`. With [a state file](keys.md#after-a-restart), the key before stays published.',
  'keys.unreadable':
    'Check the format with `openssl pkey -in FILE -noout`, and give an encrypted key its `passphrase`. A reload with this error keeps the last good keys.',
  'mint.signing-failed':
    'The key was checked when it was loaded, so the cause is outside of the configuration. The log has it; report it if it happens again.',
  'mint.token-too-large':
    'Leave claims out of the policy, or raise `limits.tokenBytes`. The upstream and Envoy have limits of their own for the headers of a request.',
  'observe.keys-listen-failed': 'Another process has the address of `jwks.listen`.',
  'observe.listen-failed':
    'Another process has the address of `admin`, often a second mintproc. Give each its own port.',
  'route.ambiguous-path':
    'Envoy should normalise paths: `normalize_path`, `merge_slashes` and `path_with_escaped_slashes_action`. What is still ambiguous, two servers could take to different routes.',
  'route.denied': 'The route has `deny: true`. Remove that if its requests are meant to continue.',
  'route.none': 'Add a route for these requests, or set `unmatched: pass` if they need no token.',
  'route.policy-not-allowed':
    'Set `allowRoutePolicy: true`, or remove `x-mintproc-policy` from the `grpc_initial_metadata` of the route in Envoy.',
  'route.unknown-policy':
    'Correct the name in `x-mintproc-policy` of the route in Envoy, or add a policy with this name. After a rename, change mintproc first.',
  'route.untold':
    'Add the attribute to `request_attributes` of the filter. `mintproc gen` lists all that the configuration needs, and so does `envoyReads` in `/readyz`.',
  'sds.changed-file':
    'Find out who else writes the file, which the entry at the place of the line names: a second mintproc with the same file, a job that cleans the folder, or somebody who wants requests to have another token. Until it was made anew, Envoy had what that put there.',
  'serving.worker-ended':
    'Compare the memory limit of the container with the number of workers: being killed for memory is the usual cause.',
  'serving.worker-silent':
    'It is stopped, stuck or gets no CPU. After a minute it is killed and replaced, without you.',
  'signer.busy':
    'Signatures are asked for faster than the service makes them. Let tokens be reused (`reuse`), and raise `queue` only if the wait stays below `deadline`.',
  'signer.denied':
    'Vault: the token needs `read` of `transit/keys/NAME` and `update` of `transit/sign/NAME`. AWS: `kms:GetPublicKey` and `kms:Sign`, for the identity that the environment gives. PKCS#11: try the PIN with `pkcs11-tool --login --list-objects`, and not often, since a token locks itself.',
  'signer.key-unusable':
    'Compare the name, the region or the version of the key, and whether it is enabled and for signatures. In a PKCS#11 token, `pkcs11-tool --list-token-slots` shows the labels of tokens, and `--login --list-objects` those of keys.',
  'signer.paused':
    'Look for the code of the failures before it, in the log and in `mintproc_signer_errors_total`: it says what to do. Signing begins again by itself.',
  'signer.refused':
    'Something else may answer at this address, such as a proxy. Call it with `curl` from the same place.',
  'signer.throttled':
    'Let tokens be reused (`reuse`) so that fewer are signed, or let the quota of the service be raised.',
  'signer.timeout':
    'Compare `mintproc_signer_seconds` with `deadline` of the key, and raise it, and with it `message_timeout` of the filter, if the service is slow but works.',
  'signer.unreachable':
    'The reason in brackets is that of Node: ENOTFOUND is the name, ECONNREFUSED the port, and a name with CERT an authority that is not known (`ca` of Vault, or NODE_EXTRA_CA_CERTS).',
  'signer.wrong-signature':
    'The key was replaced under the same name: load the configuration again. If no one replaced it, find out who answers in place of the service.',
};

/** What to do about a rule: its group says what to do about errors. */
export const ruleAdvice = {
  warning:
    'Write it as in the mended example. If it is meant, allow the code where it is reported: the warning is then a note.',
  note: 'Nothing, if it is meant. The mended example does not have the note.',
} as const;

/** The group of a code: the first part of its name. */
export function groupOf(code: string): string {
  return code.split('.')[0] ?? code;
}
