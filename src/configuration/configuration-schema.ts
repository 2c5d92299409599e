/**
 * @module
 * The schema of `mintproc.yaml`: each key with its type, its default and a description for editors.
 *
 * `config/mintproc.schema.json` is generated from this file. Relations between keys (the policies of a route, two
 * policies that write the same header) are checked in files of their own.
 */
import * as z from 'zod';
import { asSchema, authenticationSchema } from '../identity/authentication-schema.ts';
import { ClientName } from '../net/client-names.ts';
import { tokenForms } from '../plan/token-forms.ts';
import { addressSchema } from './address-schema.ts';
import { defaultAdmin } from './admin-address.ts';
import { apigeeSchema } from './apigee-schema.ts';
import { auditSchema } from './audit.ts';
import { drainSchema, drainSecondsSchema } from './drain-schema.ts';
import { durationSchema } from './duration.ts';
import { withoutHome } from './files.ts';
import { flexSchema } from './flex-schema.ts';
import { jwksSchema } from './jwks-schema.ts';
import { namedKeysSchema, policyKeySchema } from './keys-schema.ts';
import { reuseBytesSchema, reuseSchema } from './policy/reuse-settings.ts';
import { sdsSchema } from './sds-schema.ts';
import { tracingSchema } from './tracing-schema.ts';
import { innerVariablesSchema, variablesSchema } from './variables-schema.ts';

/** A policy's name is a metric label and a gRPC metadata value, so it is short and needs no quoting. */
const entryName = z
  .string()
  .regex(/^[A-Za-z0-9._-]{1,64}$/, 'must be 1 to 64 letters, digits, dots, dashes or underscores');

const fileName = z.string().min(1, 'must be the path of a file').describe('Path of a file, relative to this file.');

const outputSchema = z.strictObject({
  header: z.string().optional().describe("Header for the token. Default: the policy's own."),
  prefix: z.string().optional().describe('String before the token, such as "Bearer ". Default: the policy\'s own.'),
});

const edition = z
  .enum(['edge', 'x'])
  .describe(
    'Product whose rules apply to Apigee policies: edge for Apigee Edge and SAP API Management, x for Apigee X.',
  );

const requireCaller = z.boolean().optional();

/** More codes than there are. */
const maxAllowed = 256;

const allow = z.array(z.string()).max(maxAllowed).optional();

const policySettingsSchema = z.strictObject({
  select: z
    .union([z.string(), z.int().min(1)])
    .optional()
    .describe('Which policy of a file with several: its name, or its number from 1.'),
  expressions: z
    .enum(['flex', 'dataweave'])
    .optional()
    .describe("The expression language. Default: that of the policy's gateway."),
  edition: edition.optional(),
  variables: innerVariablesSchema('the global ones for this policy'),
  apigee: apigeeSchema.describe(
    "What Apigee's runtime knew of this policy's proxy. Each member wins over the global one.",
  ),
  flex: flexSchema.describe("What Flex Gateway knew of this policy's API."),
  output: outputSchema.optional().describe('Where the token is written. Default: where the policy writes it.'),
  key: policyKeySchema.optional().describe("The signing key. Default: the policy's own."),
  recipient: policyKeySchema.optional().describe("The key that tokens are encrypted to. Default: the policy's own."),
  kid: z
    .literal('key')
    .optional()
    .describe(
      "key: tokens have the kid of the key that signs, in place of what the policy writes. Default: the policy's own.",
    ),
  header: z
    .strictObject({
      typ: z
        .string()
        .regex(/^[A-Za-z0-9!#$&^_.+/-]{1,127}$/, 'must be a media type without parameters, such as at+jwt')
        .optional()
        .describe('The typ of tokens, in place of what the policy writes.'),
      jwk: z.literal(true).optional().describe('Tokens have the public half of the key that signs, as DPoP wants it.'),
    })
    .optional()
    .describe("Parameters of the signed token's header in place of the policy's. Default: none."),
  form: z
    .enum(tokenForms)
    .optional()
    .describe(
      'The form that the tokens must have: at+jwt (RFC 9068), client-assertion (RFC 7523) or dpop (RFC 9449). What is missing is an error. Default: any.',
    ),
  allowShortSecret: z
    .boolean()
    .optional()
    .describe(
      "Whether an HMAC secret that the policy's gateway refuses as too short is used, with a warning. Default: false.",
    ),
  verifiedBy: z
    .string()
    .min(1)
    .optional()
    .describe(
      "Apigee: name of the VerifyJWT or DecodeJWT policy whose claims are the caller's. API Connect: the variable that has them. Default: the only one that the policy reads.",
    ),
  catalog: z
    .string()
    .min(1)
    .optional()
    .describe("API Connect: name of the catalog whose values of the API's properties count. Default: none."),
  reuse: reuseSchema
    .optional()
    .describe(
      'Whether a token is reused for requests with the same claims. Default: within the second it was issued in, for RSA, ECDSA and EdDSA signatures.',
    ),
  sds: sdsSchema
    .optional()
    .describe(
      'A file in which Envoy finds the token, without a call for each request. Only for a token that is the same for every request. Default: no file.',
    ),
  authentication: z
    .strictObject({ as: asSchema.optional() })
    .optional()
    .describe('How this policy sees the caller. Default: as the source says that knows the caller.'),
  requireCaller: requireCaller.describe(
    'Whether a request whose caller is unknown is refused with 401, even with onError: pass. Default: false.',
  ),
  onError: z
    .enum(['deny', 'pass'])
    .optional()
    .describe(
      'If no token can be minted: deny refuses the request; pass forwards it with the header removed. ' +
        "Default: the policy's own setting, else deny.",
    ),
  allow: allow.describe('Codes of warnings about this entry and its policy file that are meant.'),
});

export const policySchema = z.strictObject({
  name: entryName.describe('Name of the policy in routes, metrics and logs.'),
  file: fileName.describe('Policy file, relative to this file. Its dialect is detected from its content.'),
  ...policySettingsSchema.shape,
});

/** The entry of a policy whose file the command line names, as for `mint --jsonl`. */
export const singleEntrySchema = policySchema.partial({ name: true, file: true });

/** More conditions or values than these are a generator's mistake. */
const [maxConditions, maxValues] = [32, 1000];

const conditionsSchema = z
  .record(
    z.string().min(1).max(256),
    z.union([z.string(), z.array(z.string()).min(1), z.literal(true)], {
      error: 'must be a string in quotes, a list of strings, or true for any value',
    }),
  )
  .refine((conditions) => Object.keys(conditions).length > 0, 'must have at least one name')
  .refine((conditions) => Object.keys(conditions).length <= maxConditions, `must have at most ${maxConditions} names`)
  .refine(
    (conditions) => Object.values(conditions).every((form) => !Array.isArray(form) || form.length <= maxValues),
    `must have at most ${maxValues} values for a name`,
  );

/** In characters. Envoy's default limit for all headers of a request is 60 KiB. */
const longestPath = 2048;

const matchSchema = z.strictObject({
  host: z
    .string()
    .optional()
    .describe('Host without port, in any case: api.example.com, or *.example.com for all hosts below example.com.'),
  pathPrefix: z
    .string()
    .max(longestPath)
    .optional()
    .describe(
      'Beginning of the path in whole segments, in any case: /orders matches /orders and /orders/1, not /ordersX. It has no wildcards.',
    ),
  path: z
    .string()
    .max(longestPath)
    .optional()
    .describe(
      'Whole path, in any case. A segment * is any one segment, and /** at the end is one or more: /orders/*/items. Not together with pathPrefix.',
    ),
  method: z.array(z.string()).min(1).optional().describe('Methods, in upper case.'),
  routeName: z
    .string()
    .min(1)
    .optional()
    .describe("Name of Envoy's route (attribute xds.route_name), or its beginning with `/*` at the end."),
  headers: conditionsSchema
    .optional()
    .describe(
      'Headers by name, in any case: the exact value, a list of which it is one, or true if it must be present.',
    ),
  query: conditionsSchema
    .optional()
    .describe(
      'Query parameters by their exact name: the exact decoded value, a list of which it is one, or true if it must be present.',
    ),
});

export const routeSchema = z.strictObject({
  name: entryName
    .refine((name) => name !== 'none', 'must not be `none`, by which tests say that no route matches')
    .optional()
    .describe('Name of the route in tests and explanations, but not `none`. Default: its number from 1.'),
  match: matchSchema.describe('Conditions that must all match; {} matches every request.'),
  policies: z
    .array(z.string())
    .min(1, 'must name at least one policy; to refuse the requests, write `deny: true` instead')
    .optional()
    .describe(
      'Names of the policies that run, in this order. Each must write a different header, or have rules that exclude the others.',
    ),
  variables: innerVariablesSchema("those of the policies' entries on this route. Secrets are not allowed"),
  deny: z.literal(true).optional().describe('Instead of policies: refuses every request of the route with 403.'),
  requireCaller: requireCaller.describe(
    'Whether a request of the route whose caller is unknown is refused with 401, whatever its policies say. Default: false.',
  ),
  allow: allow.describe('Codes of warnings about this route that are meant.'),
});

const limit = (byDefault: number, max: number, meaning: string) =>
  z.int().min(1).max(max).default(byDefault).describe(meaning);

/**
 * Envoy's own defaults are 100 headers and 60 KiB, so these limits matter only if an operator raised Envoy's. 4 MiB is
 * gRPC's own maximum for a message; Envoy's default buffer, the largest body in one message, is 1 MiB. Envoy opens a
 * connection for each of its workers, and a few more during a hot restart.
 */
export const limitsSchema = z.strictObject({
  headerCount: limit(1000, 100_000, 'Maximum number of headers of a request.'),
  headerBytes: limit(262_144, 16_777_216, 'Maximum total size of the header names and values of a request, in bytes.'),
  tokenBytes: limit(16_384, 1_048_576, 'Maximum size of the header value with prefix and token, in bytes.'),
  metadataDepth: limit(32, 100, "Maximum nesting depth of Envoy's dynamic metadata."),
  messageBytes: limit(4_194_304, 67_108_864, 'Maximum size of a message from Envoy, in bytes.'),
  concurrentStreams: limit(
    100_000,
    2_147_483_647,
    'Maximum number of requests in flight on one connection from Envoy.',
  ),
  inFlight: limit(
    10_000,
    2_147_483_647,
    'Maximum number of requests in flight on all connections, for each worker. More are refused with 503.',
  ),
  connections: limit(1000, 1_000_000, 'Maximum number of open connections, for each worker.'),
  threadSignatures: z
    .union([z.int().min(0).max(1024), z.literal('auto')], { error: 'must be a whole number up to 1024, or auto' })
    .optional()
    .meta({ deprecated: true, description: 'Retired; has no effect. Use `workers` to use more cores.' }),
});

const clientName = z
  .string()
  .max(2048)
  .refine(
    (text) => ClientName.parse(text) !== undefined,
    'must be `spiffe://TRUST-DOMAIN/PATH` or `dns:HOST`. A `*` is any characters within one segment of the path, or one label of the host; letters outside ASCII are written as `xn--…`',
  );

/** More than there are Envoys with names of their own. */
const maxClients = 100;

const tlsSchema = z
  .strictObject({
    certificate: fileName.describe('File with the certificate and its intermediate certificates, in PEM.'),
    key: fileName.describe('File with the private key of the certificate, in PEM, without a password.'),
    clientAuthorities: fileName
      .optional()
      .describe(
        'File with the CA certificates for client certificates, in PEM. If given, Envoy must present a certificate.',
      ),
    clients: z
      .array(clientName)
      .min(1)
      .max(maxClients)
      .optional()
      .describe(
        'Names of the clients that may connect: spiffe://TRUST-DOMAIN/PATH or dns:HOST, with * within one segment or label. Default: every client with a certificate of clientAuthorities.',
      ),
    minVersion: z
      .enum(['1.2', '1.3'], { error: "must be '1.2' or '1.3', in quotes" })
      .default('1.2')
      .describe(
        'Lowest version of TLS. Envoy as a client offers 1.3 only if its tls_maximum_protocol_version says so.',
      ),
  })
  .refine(({ clients, clientAuthorities }) => clients === undefined || clientAuthorities !== undefined, {
    path: ['clients'],
    error: 'needs `clientAuthorities`, since without them clients present no certificate',
  });

const reloadSchema = z.strictObject({
  watch: z
    .boolean()
    .default(true)
    .describe('Whether changed files are loaded automatically. SIGHUP always loads them.'),
  poll: durationSchema('50ms', '1d').default('5s').describe('How often all files are checked for changes.'),
  settle: durationSchema('0ms', '1m')
    .default('200ms')
    .describe('How long changed files must stay unchanged before they are loaded, since they may be half written.'),
});

/** More than any sidecar has. */
const maxWorkers = 256;

export const settingsSchema = z.strictObject({
  include: z
    .array(
      z
        .string()
        .min(1, 'must be the path of a file')
        .max(1024)
        .regex(...withoutHome),
    )
    .max(100)
    .optional()
    .describe(
      'Files with more policies, routes, variables and keys, relative to this file. * is any part of a name, ? one character.',
    ),
  listen: addressSchema
    .default('127.0.0.1:50051')
    .describe('Address for Envoy: host:port, [address]:port or unix:/path.'),
  transport: z
    .enum(['native', 'grpc-js'])
    .default('native')
    .describe("gRPC implementation: mintproc's own HTTP/2, or the library @grpc/grpc-js."),
  tls: tlsSchema.optional().describe('TLS for `listen`. Default: plaintext connections.'),
  workers: z
    .union([z.int().min(1).max(maxWorkers), z.literal('auto')], {
      error: `must be a whole number from 1 to ${maxWorkers}, or auto`,
    })
    .default(1)
    .describe('Number of processes that serve `listen`, or auto for one per CPU that mintproc may use.'),
  admin: addressSchema
    .default(defaultAdmin)
    .describe('Address for /metrics, /healthz and /readyz: host:port, [address]:port or unix:/path.'),
  allowRoutePolicy: z
    .boolean()
    .default(false)
    .describe("Whether Envoy's route may name the policy in the gRPC metadata x-mintproc-policy."),
  unmatched: z
    .enum(['pass', 'deny'])
    .default('pass')
    .describe('A request that no route matches is forwarded unchanged (pass) or refused with 404 (deny).'),
  authentication: authenticationSchema.prefault({}).describe("Sources of the caller's identity."),
  limits: limitsSchema.prefault({}).describe('Limits on requests and connections.'),
  edition: edition.optional(),
  variables: variablesSchema,
  apigee: apigeeSchema.describe("What Apigee's runtime knew of the proxies: values of flow variables."),
  keys: namedKeysSchema,
  jwks: jwksSchema.optional().describe('Where verifiers find the public keys. Default: they are not published.'),
  strictFiles: z
    .boolean()
    .default(false)
    .describe('Whether a key file that every user can read is an error instead of a warning.'),
  strict: z
    .boolean()
    .default(false)
    .describe('Whether every warning that `allow` does not name is an error. Includes strictFiles.'),
  allow: allow.describe('Codes of warnings that are meant, wherever they appear. docs/rules.md lists them.'),
  publishVariables: z
    .boolean()
    .default(false)
    .describe(
      'Whether the variables that policies set are passed to later Envoy filters, as dynamic metadata under mintproc.',
    ),
  reuseBytes: reuseBytesSchema,
  reload: reloadSchema.prefault({}).describe('How changes of this file and the files it names are detected.'),
  drain: drainSchema.prefault({}).describe('How the process shuts down after SIGTERM or SIGINT.'),
  drainSeconds: drainSecondsSchema,
  log: z
    .strictObject({
      level: z
        .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
        .default('info')
        .describe('Lines below this level are not written.'),
      audit: auditSchema.describe('Whether a line is written for each minted token.'),
    })
    .prefault({})
    .describe('Logging.'),
  tracing: tracingSchema.describe(
    'Traces of requests. Default: as the standard variables of OpenTelemetry say (OTEL_EXPORTER_OTLP_ENDPOINT and others).',
  ),
  metrics: z
    .strictObject({
      byPolicy: z
        .boolean()
        .default(false)
        .describe(
          'Whether the duration of requests is also a metric by policy and outcome, with 16 series for each pair that occurs.',
        ),
    })
    .prefault({})
    .describe('Metrics.'),
});

/** More entries than this are a generator's mistake. Every check at load is fast up to here. */
export const maxEntries = 10_000;

const policies = 'The policies, each with its file, key and header. Only a file with include may have none.';
const routes = 'Which policies run for which requests. The first match wins; if none matches, `unmatched` applies.';

export const configurationSchema = z.strictObject({
  ...settingsSchema.shape,
  policies: z.array(policySchema).min(1).max(maxEntries).optional().describe(policies),
  routes: z.array(routeSchema).max(maxEntries).default([]).describe(routes),
});

/**
 * The same without a schema for entries, so that a mistake in one entry does not stop the others from being checked.
 */
export const outlineSchema = z.strictObject({
  ...settingsSchema.shape,
  policies: z.array(z.unknown()).min(1).max(maxEntries).optional(),
  routes: z.array(z.unknown()).max(maxEntries).default([]),
});

/** An included file, without a schema for entries. */
export const includedSchema = z.strictObject({
  policies: z.array(z.unknown()).max(maxEntries).default([]),
  routes: z.array(z.unknown()).max(maxEntries).default([]),
  variables: variablesSchema,
  keys: namedKeysSchema,
});

export type Settings = z.output<typeof settingsSchema>;
export type PolicyEntry = z.output<typeof policySchema>;
export type PolicyEntrySettings = Omit<PolicyEntry, 'name' | 'file'>;
export type RouteEntry = z.output<typeof routeSchema>;
