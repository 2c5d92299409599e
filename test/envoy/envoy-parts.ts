/**
 * @module
 * Random parts that a configuration may ask of Envoy, and the values of a platform's options.
 */
import fc from 'fast-check';
import { problemAt } from '../../src/diagnostics/problem.ts';
import { SourceText } from '../../src/diagnostics/source-text.ts';
import type { EnvoyPart, InjectedToken } from '../../src/envoy/envoy-part.ts';
import type { Platform, PlatformValues } from '../../src/envoy/platform.ts';
import type { Address } from '../../src/net/address.ts';

/** Names that YAML or a comment may take for something else; the configuration accepts any string here. */
const anyName = fc.oneof(
  fc.stringMatching(/^[a-z][a-z_.]{0,20}$/),
  fc.string({ minLength: 1 }),
  fc.constantFrom('no', 'a: b', 'x\r\ny: 1', '# x', '{a}', '0x1', 'urn:issuer'),
);
const reads = (names: fc.Arbitrary<string>): fc.Arbitrary<ReadonlyMap<string, readonly string[]>> =>
  fc.array(fc.tuple(names, fc.array(anyName, { maxLength: 2 }))).map((entries) => new Map(entries));

/** Those that Envoy Gateway accepts too. */
const attribute = fc.constantFrom(
  'source.address',
  'destination.address',
  'request.protocol',
  'request.id',
  'connection.mtls',
  'connection.uri_san_peer_certificate',
  'xds.route_name',
);
const namespace = fc.oneof(
  fc.constantFrom('envoy.filters.http.jwt_authn', 'envoy.filters.http.ext_authz', 'my.filter'),
  anyName,
);
const header = fc.stringMatching(/^[a-z][a-z0-9_.~-]{0,40}$/);
const headers = fc.uniqueArray(header, { maxLength: 5 });

const address: fc.Arbitrary<Address> = fc.oneof(
  fc.constantFrom<Address[]>(
    { kind: 'unix', path: '/run/mintproc/m.sock' },
    { kind: 'unix', path: '/m.sock' },
    { kind: 'tcp', host: '10.0.0.7', port: 50051 },
    { kind: 'tcp', host: 'fd00::7', port: 1 },
    { kind: 'tcp', host: 'mintproc.default.svc', port: 65_535 },
  ),
);

export const envoyPart: fc.Arbitrary<EnvoyPart> = fc.record({
  filter: fc.constant('ext_proc' as const),
  readsPeer: fc.boolean(),
  namesCertificate: fc.boolean(),
  address,
  tls: fc.option(
    fc.record({
      name: fc.constantFrom('mintproc.example.com', 'localhost'),
      folder: fc.constantFrom('/etc/envoy/mintproc', '/a b'),
      needsClientCertificate: fc.boolean(),
    }),
    { nil: undefined },
  ),
  reads: fc.record({ attributes: reads(attribute), namespaces: reads(namespace) }),
  copies: fc.record({ removed: headers, kept: headers, uncertain: headers }),
  payloads: fc.uniqueArray(anyName, { maxLength: 3 }),
  signingTime: fc.constantFrom(0, 1, 500, 501, 60_000),
  readsCallerToken: fc.boolean(),
  trustsForwardedCertificate: fc.boolean(),
  publishesVariables: fc.boolean(),
  routeNames: fc.uniqueArray(anyName, { maxLength: 3 }),
  injected: fc.constant([]),
  injectionProblems: fc.constant([]),
  routePolicy: fc.option(fc.stringMatching(/^[A-Za-z0-9._-]{1,20}$/), { nil: undefined }),
  reuse: fc.constant(undefined),
});

const source = SourceText.ofFile('mintproc.yaml', '');

/** Tokens in files for such a part. */
export const injectedTokens: fc.Arbitrary<EnvoyPart['injected']> = fc.array(
  fc.record({
    routeName: fc.option(anyName, { nil: undefined }),
    policy: fc.stringMatching(/^[A-Za-z0-9._-]{1,20}$/),
    header,
    path: fc.constantFrom('/run/tokens/a.json', '/a b/{c}.json'),
    secret: anyName,
    problem: fc.constant<InjectedToken['problem']>((_, code, details) => problemAt(source, 0, code, details)),
  }),
  { minLength: 1, maxLength: 3 },
);

export function defaultsOf({ options }: Platform): PlatformValues {
  return Object.fromEntries(Object.entries(options).map(([name, { byDefault }]) => [name, byDefault]));
}

/** The part without what kgateway refuses. */
export function withinKgateway(part: EnvoyPart): EnvoyPart {
  return {
    ...part,
    address: part.address.kind === 'tcp' ? part.address : { kind: 'tcp', host: '127.0.0.1', port: 50_051 },
    reads: { ...part.reads, attributes: new Map() },
    publishesVariables: false,
  };
}
