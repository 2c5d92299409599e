/**
 * @module
 * A request and its caller as an author writes them, for tests, comparisons and explanations. An omitted part is what
 * an ordinary request has.
 */
import * as z from 'zod';

const headerName = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'must be the name of a header');

const address = z.string().min(1).describe('An address with its port, such as 192.0.2.7:41000.');

const httpSchema = z.strictObject({
  method: z.string().min(1).default('GET').describe('Default: GET.'),
  path: z
    .string()
    .regex(/^[/*]/, 'must begin with /')
    .default('/')
    .describe('The path with its query, as the client sends it. Default: /.'),
  host: z.string().default('localhost').describe('The host, with a port if the client sends one. Default: localhost.'),
  headers: z
    .record(headerName, z.union([z.string(), z.array(z.string())], { error: 'must be a string in quotes, or a list' }))
    .default({})
    .describe('Headers by name, in any case; a list for a header that is repeated.'),
  scheme: z.enum(['http', 'https']).default('https').describe('Default: https.'),
  protocol: z.string().default('HTTP/1.1').describe('HTTP/1.0, HTTP/1.1, HTTP/2 or HTTP/3. Default: HTTP/1.1.'),
  sourceAddress: address.default('192.0.2.1:40000').describe("The client's address. Default: 192.0.2.1:40000."),
  destinationAddress: address.default('192.0.2.2:443').describe("Envoy's address. Default: 192.0.2.2:443."),
  id: z.string().optional().describe("The request's ID in Envoy. Default: none."),
  routeName: z.string().optional().describe("Name of Envoy's route. Default: none."),
  routePolicy: z
    .string()
    .optional()
    .describe("The policy that Envoy's route names in its gRPC metadata (`allowRoutePolicy`). Default: none."),
});

const json = z.record(z.string(), z.json());

const callerSchema = z.strictObject({
  claims: json.describe('The claims that the source has verified. For a source of headers, the keys of that source.'),
  from: z
    .string()
    .optional()
    .describe('The source that knows the caller: `from` of one of `authentication.sources`. Default: the first.'),
});

const certificateSchema = z.strictObject({
  subject: z.string().optional().describe('The distinguished name, as Envoy writes it.'),
  uri: z.string().optional().describe('The first URI SAN, such as a SPIFFE ID.'),
  dns: z.string().optional().describe('The first DNS SAN.'),
  hash: z.string().optional().describe('The SHA-256 digest in hexadecimal digits.'),
});

/** The whole truth about a request. `caller` and `certificate` are short forms of `metadata` and `attributes`. */
export const trialRequestShape = {
  request: httpSchema.prefault({}).describe('The request as the client sends it.'),
  caller: callerSchema.optional().describe('Who sends it, as Envoy has verified. Default: nobody.'),
  certificate: certificateSchema.optional().describe('The client certificate that Envoy has verified. Default: none.'),
  metadata: z.record(z.string(), json).default({}).describe("Envoy's dynamic metadata, by namespace."),
  attributes: json.default({}).describe("Envoy's attributes by name, such as `source.address`. They win."),
  variables: json.default({}).describe('Values of variables by name, instead of those of the configuration.'),
} as const;

export const trialRequestSchema = z.strictObject(trialRequestShape);

export type TrialRequest = z.output<typeof trialRequestSchema>;
