/**
 * @module
 * The rooms of src/ in one table: what each is for, and what it may import. The rules are checked by it, and
 * docs/architecture.md is written from it (`npm run docs`).
 */

export interface Room {
  /** For the reader of docs/architecture.md. */
  readonly job: string;
  readonly imports: readonly string[];
  /** The packages that it may use. */
  readonly packages?: readonly string[];
  /** A pure room gets the clock, random ids, files and keys as arguments. */
  readonly isPure?: true;
}

/** From the ones that import nothing upwards. `main.ts`, the composition root, may import all; nothing imports it. */
export const rooms: Readonly<Record<string, Room>> = {
  diagnostics: {
    job: 'what every room needs: errors with their codes and places, JSON with exact numbers, work in steps, values that arrive later',
    imports: [],
    isPure: true,
  },
  net: {
    job: 'addresses and listening sockets: TCP, unix, TLS',
    imports: ['diagnostics'],
  },
  observe: {
    job: 'metrics, log, traces, readiness, the small HTTP server for these and for the JWKS, what occupies the thread, work in slices',
    imports: ['diagnostics', 'net'],
    packages: [
      ...['pino', 'prom-client', '@opentelemetry/api', '@opentelemetry/exporter-trace-otlp-proto'],
      ...['@opentelemetry/resources', '@opentelemetry/sdk-trace'],
    ],
  },
  documents: {
    job: 'YAML and XML with the place of each value, and what of a document an error may show',
    imports: ['diagnostics'],
    packages: ['yaml', 'saxes', 'zod'],
    isPure: true,
  },
  expressions: {
    job: 'expressions to closures, by two engines: `flex/` and `dataweave/`; their inputs and limits are next to them',
    imports: ['diagnostics'],
    packages: ['decimal.js', 're2js'],
    isPure: true,
  },
  jose: {
    job: 'algorithms, a descriptor for each family; signing, encrypting, JWKs; `jose` as the verifier of every key',
    imports: ['diagnostics'],
    packages: ['jose'],
  },
  keys: {
    job: 'key sources, one file for each; which key signs at which time; JWK sets; in `outside/`, services that hold keys',
    imports: ['diagnostics', 'net', 'jose'],
    packages: ['aws4'],
  },
  request: {
    job: 'the model of a request: header fields, attributes, target, lookalike headers',
    imports: ['diagnostics', 'expressions'],
    isPure: true,
  },
  plan: {
    job: "the token plan: what a token is made of, without any vendor's words",
    imports: ['diagnostics', 'expressions', 'jose', 'request'],
    isPure: true,
  },
  dialects: {
    job: "a vendor's file to plans; a folder for each vendor, and none imports another",
    imports: ['diagnostics', 'documents', 'expressions', 'jose', 'plan'],
    packages: ['zod'],
    isPure: true,
  },
  migration: {
    job: "a vendor's export to a folder that runs: configuration, keys to provide, report",
    imports: ['diagnostics', 'documents', 'plan', 'dialects'],
    isPure: true,
  },
  verification: {
    job: 'what the recipient of a token checks, one check after another',
    imports: ['diagnostics', 'jose'],
    isPure: true,
  },
  mint: {
    job: 'plan and request to token, and the reuse of tokens',
    imports: ['diagnostics', 'expressions', 'jose', 'request', 'plan'],
    isPure: true,
  },
  identity: {
    job: "the caller's identity: from metadata, headers, certificate or peer",
    imports: ['diagnostics', 'expressions', 'request'],
    packages: ['zod'],
    isPure: true,
  },
  routing: {
    job: 'the route of a request: hosts, paths, headers, queries and their interpretations',
    imports: ['diagnostics', 'net', 'request'],
    isPure: true,
  },
  decision: {
    job: 'what happens to a request: which policies run, and what they set, remove or refuse',
    imports: ['diagnostics', 'expressions', 'request', 'plan', 'mint', 'identity', 'routing'],
  },
  envoy: {
    job: 'the Envoy part of a configuration, for each platform: a table of platforms',
    imports: ['diagnostics', 'net', 'documents', 'request'],
    isPure: true,
  },
  configuration: {
    job: '`mintproc.yaml` to a snapshot: `policy/` and `keys/` of its entries; `reload/` when files change',
    imports: [
      ...['diagnostics', 'net', 'observe', 'documents', 'expressions', 'jose', 'keys', 'request', 'plan', 'dialects'],
      ...['mint', 'identity', 'routing', 'decision'],
    ],
    packages: ['yaml', 'zod'],
  },
  publishing: {
    job: 'what verifiers get: the server of the public keys, the file that remembers them, and the publisher of many',
    imports: ['diagnostics', 'net', 'observe', 'jose', 'keys', 'configuration'],
  },
  sds: {
    job: 'tokens in files that Envoy reads (SDS): when they are made anew, and when they are taken away',
    imports: ['diagnostics', 'observe', 'keys', 'mint', 'configuration', 'publishing'],
  },
  trial: {
    job: 'requests that an author has written, on their whole way through a configuration: tests in `cases/`; tokens compared',
    imports: [
      ...['diagnostics', 'documents', 'expressions', 'jose', 'keys', 'verification', 'request', 'plan', 'mint'],
      ...['identity', 'routing', 'decision', 'configuration'],
    ],
    packages: ['zod'],
  },
  extproc: {
    job: "Envoy's protocols: ext_proc and, in `authz/`, ext_authz; exchange, messages, answers, transports",
    imports: ['diagnostics', 'net', 'request', 'mint', 'decision'],
    packages: ['@grpc/grpc-js', '@grpc/proto-loader'],
  },
  serving: {
    job: 'what answers Envoy: this process, or worker processes that get its connections',
    imports: ['diagnostics', 'net', 'observe', 'keys', 'decision', 'configuration', 'extproc'],
  },
  library: {
    job: 'what a program imports: the functions of the commands, with types that need no others',
    imports: ['diagnostics', 'expressions', 'identity', 'configuration', 'trial'],
  },
  playground: {
    job: 'the page to try policies: the process behind it, and in `page/` what runs in the browser',
    imports: [
      ...['diagnostics', 'documents', 'expressions', 'dialects', 'mint', 'verification', 'configuration', 'trial'],
    ],
    packages: [
      ...['zod', 'yaml', 'preact', '@codemirror/autocomplete', '@codemirror/commands', '@codemirror/lang-xml'],
      ...['@codemirror/lang-yaml', '@codemirror/language', '@codemirror/lint', '@codemirror/search'],
      ...['@codemirror/state', '@codemirror/view', '@lezer/common', '@lezer/highlight'],
    ],
  },
  cli: {
    job: 'the commands, one file for each',
    imports: [
      ...['diagnostics', 'net', 'observe', 'documents', 'expressions', 'jose', 'keys', 'request', 'plan', 'dialects'],
      ...[
        'mint',
        'migration',
        'verification',
        'identity',
        'envoy',
        'configuration',
        'publishing',
        'sds',
        'trial',
        'serving',
      ],
      'playground',
    ],
  },
};

/** The packages that a room of src/ may use, and the rooms that may. */
export function ownersOf(packageName: string): readonly string[] {
  return Object.keys(rooms).filter((name) => rooms[name]?.packages?.includes(packageName) === true);
}
