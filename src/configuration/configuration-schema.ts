/**
 * @module
 * `mintproc.yaml` as a schema: each key with its type, its default and a sentence for the author's editor.
 *
 * `config/mintproc.schema.json` is generated from this file. What one key means for another (a route's policies, two
 * policies that write one header) is checked in `configuration-checks.ts`.
 */
import * as z from 'zod';
import { authenticationSchema } from '../identity/authentication-schema.ts';
import { addressSchema } from './address-schema.ts';
import { defaultAdmin } from './admin-address.ts';
import { auditSchema } from './audit.ts';
import { drainSchema, drainSecondsSchema } from './drain-schema.ts';
import { durationSchema } from './duration.ts';
import { jwksSchema } from './jwks-schema.ts';
import { namedKeysSchema, policyKeySchema } from './keys-schema.ts';
import { reuseBytesSchema, reuseSchema } from './policy/reuse-settings.ts';
import { variablesSchema } from './variables-schema.ts';

/** A policy's name becomes a metric label and a gRPC metadata value: short, and of characters that need no quoting. */
const policyName = z
  .string()
  .regex(/^[A-Za-z0-9._-]{1,64}$/, 'must be 1 to 64 letters, digits, dots, dashes or underscores');

const fileName = z.string().min(1, 'must name a file').describe('Path of a file, relative to this file.');

const outputSchema = z.strictObject({
  header: z.string().optional().describe("Header that carries the token. Default: the policy's own."),
  prefix: z.string().optional().describe('Text before the token, such as "Bearer ". Default: the policy\'s own.'),
});

const edition = z
  .enum(['edge', 'x'])
  .describe('For Apigee policies: edge reads them as Apigee Edge and SAP API Management do, x as Apigee X.');

const requireCaller = z.boolean().optional();

const policySettingsSchema = z.strictObject({
  select: z
    .union([z.string(), z.int().min(1)])
    .optional()
    .describe('Which policy of a file that holds several: its name, or its number counted from 1.'),
  expressions: z
    .enum(['flex', 'dataweave'])
    .optional()
    .describe('The expression language. Default: what the gateway of this policy runs.'),
  edition: edition.optional(),
  output: outputSchema.optional().describe('Where the token goes. Default: where the policy says.'),
  key: policyKeySchema.optional().describe("The signing key, instead of the policy's own."),
  recipient: policyKeySchema.optional().describe("The key that tokens are encrypted to, instead of the policy's own."),
  reuse: reuseSchema
    .optional()
    .describe('Whether a token is given out again to requests with the same claims. Default: within its second.'),
  requireCaller: requireCaller.describe(
    'Whether a request whose caller is unknown is refused with 401, also with onError: pass. Default: false.',
  ),
  onError: z
    .enum(['deny', 'pass'])
    .optional()
    .describe(
      'When no token can be made: deny refuses the request; pass lets it go on with the header removed. ' +
        'Default: what the policy itself says, else deny.',
    ),
});

export const policySchema = z.strictObject({
  name: policyName.describe('The name by which routes, metrics and logs call this policy.'),
  file: fileName.describe('Policy file, relative to this file; its dialect is recognised from its content.'),
  ...policySettingsSchema.shape,
});

/** An entry beside its file, as `mint --jsonl` takes it. */
export const loneEntrySchema = policySchema.partial({ name: true, file: true });

const matchSchema = z.strictObject({
  host: z
    .string()
    .optional()
    .describe('Host without port, any case: api.example.com, or *.example.com for all hosts below example.com.'),
  pathPrefix: z
    .string()
    .optional()
    .describe(
      'Beginning of the path in whole segments, any case: /orders matches /orders and /orders/1, not /ordersX.',
    ),
  method: z.array(z.string()).min(1).optional().describe('Methods in upper case.'),
  routeName: z.string().min(1).optional().describe("Name of Envoy's route (attribute xds.route_name)."),
});

export const routeSchema = z.strictObject({
  match: matchSchema.describe('All that is given must match; {} matches every request.'),
  policies: z
    .array(z.string())
    .min(1)
    .optional()
    .describe('Names of the policies that run, in this order. Each must write a header of its own.'),
  deny: z.literal(true).optional().describe('Instead of policies: every request of the route is refused with 403.'),
  requireCaller: requireCaller.describe(
    'Whether a request of the route whose caller is unknown is refused with 401, whatever its policies say. Default: false.',
  ),
});

const limit = (byDefault: number, most: number, meaning: string) =>
  z.int().min(1).max(most).default(byDefault).describe(meaning);

/**
 * Envoy's own defaults are 100 headers and 60 KiB, so these bind only where an operator raised Envoy's. 4 MiB is gRPC's
 * own maximum of a message; Envoy's default buffer, the largest body in one message, is 1 MiB. Envoy opens a connection
 * for each of its workers, and a few while it replaces itself.
 */
const limitsSchema = z.strictObject({
  headerCount: limit(1000, 100_000, 'Most headers of one request.'),
  headerBytes: limit(262_144, 16_777_216, "Most characters of one request's header names and values together."),
  tokenBytes: limit(16_384, 1_048_576, 'Most bytes of the written header value, prefix and token together.'),
  metadataDepth: limit(32, 100, "How deep Envoy's dynamic metadata may nest."),
  messageBytes: limit(4_194_304, 67_108_864, 'Most bytes of one message from Envoy.'),
  concurrentStreams: limit(100_000, 2_147_483_647, 'Most requests in flight on one connection from Envoy.'),
  connections: limit(1000, 1_000_000, 'Most connections at once; of each worker, where there are several.'),
  threadSignatures: z
    .union([z.int().min(0).max(1024), z.literal('auto')], { error: 'must be a whole number up to 1024, or auto' })
    .optional()
    .meta({ deprecated: true, description: 'Retired, and without effect: `workers` uses more cores.' }),
});

const tlsSchema = z.strictObject({
  certificate: fileName.describe('File with the certificate and those between it and its authority, in PEM.'),
  key: fileName.describe('File with the private key of the certificate, in PEM, without a password.'),
  clientAuthorities: fileName
    .optional()
    .describe("File with the authorities of clients' certificates, in PEM. With it, Envoy has to show a certificate."),
});

const reloadSchema = z.strictObject({
  watch: z
    .boolean()
    .default(true)
    .describe('Whether changed files are loaded by themselves; SIGHUP loads them always.'),
  poll: durationSchema('50ms', '1d')
    .default('5s')
    .describe('How often the contents of all files are compared with what is in force.'),
  settle: durationSchema('0ms', '1m')
    .default('200ms')
    .describe('How long changed files must stay the same before they are read: they may be half written.'),
});

/** More than anyone gives to a sidecar. */
const mostWorkers = 256;

export const settingsSchema = z.strictObject({
  listen: addressSchema
    .default('127.0.0.1:50051')
    .describe('Where Envoy reaches mintproc: host:port, [address]:port or unix:/path.'),
  transport: z
    .enum(['native', 'grpc-js'])
    .default('native')
    .describe("What speaks gRPC with Envoy: mintproc's own HTTP/2, or the library @grpc/grpc-js."),
  tls: tlsSchema.optional().describe('TLS for `listen`. Default: plain connections.'),
  workers: z
    .union([z.int().min(1).max(mostWorkers), z.literal('auto')], { error: 'must be a whole number, or auto' })
    .default(1)
    .describe('Processes that serve behind `listen`: a number, or auto for one per CPU that mintproc may use.'),
  admin: addressSchema
    .default(defaultAdmin)
    .describe('Where /metrics, /healthz and /readyz are: host:port, [address]:port or unix:/path.'),
  allowRoutePolicy: z
    .boolean()
    .default(false)
    .describe("Whether Envoy's route may name the policy in the gRPC metadata x-mintproc-policy."),
  unmatched: z
    .enum(['pass', 'deny'])
    .default('pass')
    .describe('A request that no route matches goes on as it came (pass), or is refused with 404 (deny).'),
  authentication: authenticationSchema.prefault({}).describe("Where the caller's identity comes from."),
  limits: limitsSchema.prefault({}).describe('Bounds on what one request may ask for.'),
  edition: edition.optional(),
  variables: variablesSchema,
  keys: namedKeysSchema,
  jwks: jwksSchema.optional().describe('Where verifiers find the public keys. Default: nowhere.'),
  strictFiles: z
    .boolean()
    .default(false)
    .describe('Whether a key file that every user may read is an error, and not a warning.'),
  publishVariables: z
    .boolean()
    .default(false)
    .describe('Whether later Envoy filters see the variables that policies set, as dynamic metadata under mintproc.'),
  reuseBytes: reuseBytesSchema,
  reload: reloadSchema.prefault({}).describe('How changes of this file, and of those it names, are noticed.'),
  drain: drainSchema.prefault({}).describe('How the process ends after SIGTERM or SIGINT.'),
  drainSeconds: drainSecondsSchema,
  log: z
    .strictObject({
      level: z
        .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
        .default('info')
        .describe('The least severe line that is written.'),
      audit: auditSchema.describe('Whether minted tokens leave a line beside the log.'),
    })
    .prefault({})
    .describe('Logging.'),
});

/** More entries than this are a mistake of a generator; every check at load stays quick below it. */
const mostEntries = 10_000;

const policies = 'The policies: which file, which key, which header.';
const routes = 'Which request gets which policies. The first match wins; without one `unmatched` decides.';

export const configurationSchema = z.strictObject({
  ...settingsSchema.shape,
  policies: z.array(policySchema).min(1).max(mostEntries).describe(policies),
  routes: z.array(routeSchema).max(mostEntries).default([]).describe(routes),
});

/** The same with entries unread, so that a mistake in one entry does not keep the others from being checked. */
export const outlineSchema = z.strictObject({
  ...settingsSchema.shape,
  policies: z.array(z.unknown()).min(1).max(mostEntries),
  routes: z.array(z.unknown()).max(mostEntries).default([]),
});

export type Settings = z.output<typeof settingsSchema>;
export type PolicyEntry = z.output<typeof policySchema>;
export type PolicyEntrySettings = Omit<PolicyEntry, 'name' | 'file'>;
export type RouteEntry = z.output<typeof routeSchema>;
