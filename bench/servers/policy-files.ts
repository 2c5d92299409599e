/**
 * @module
 * The files of a measured sidecar: the policy, its key, and the configuration.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import type { Algorithm, Keys } from '../algorithms.ts';
import { typicalClaims } from '../typical-claims.ts';

export interface Minting {
  readonly algorithm: Algorithm;
  /** The number of expressions in addition to those of the vendor's example. */
  readonly claims: number;
  /** Whether a token is reused within its second. Otherwise every request gets a new token. */
  readonly reuse: boolean;
  /** `sample` of `tracing`; default: no tracing. Envoy adds no `traceparent` to that of the caller. */
  readonly traced?: 'parent' | number;
}

/** Files by name, and the content of `mintproc.yaml` without its addresses. */
export interface SidecarFiles {
  readonly files: Readonly<Record<string, string>>;
  readonly configuration: Readonly<Record<string, unknown>>;
}

interface FlexPolicy {
  readonly config: { readonly customClaims: readonly unknown[] };
}

const example = join(import.meta.dirname, '..', '..', 'config', 'policies', 'partner.flex.yaml');
const output = { header: 'authorization', prefix: 'Bearer ' };

/** One policy, for every request. */
export function onePolicy(minting: Minting, keys: Keys): SidecarFiles {
  return withRoutes(minting, keys, [{ name: 'partner', match: {} }]);
}

/** The path prefix of a policy, by its number. */
export const pathOfPolicy = (number: number): string => `/partner-${number}`;

/** Many policies, each for a different path prefix. */
export function manyPolicies(minting: Minting, keys: Keys, count: number): SidecarFiles {
  const routes = Array.from({ length: count }, (_, index) => ({
    name: `partner-${index + 1}`,
    match: { pathPrefix: pathOfPolicy(index + 1) },
  }));
  return withRoutes(minting, keys, routes);
}

function withRoutes(
  minting: Minting,
  keys: Keys,
  routes: readonly { readonly name: string; readonly match: object }[],
): SidecarFiles {
  const { entry, files } = minting.algorithm === 'RSA-OAEP-256' ? encrypting(keys) : signing(minting, keys);
  return {
    files,
    configuration: {
      variables: { 'caller.sub': verified('sub'), 'caller.client_id': verified('client_id') },
      policies: routes.map(({ name }) => ({ name, ...entry, output, ...(minting.reuse ? {} : { reuse: false }) })),
      routes: routes.map(({ name, match }) => ({ match, policies: [name] })),
    },
  };
}

const verified = (claim: string): unknown => ({
  metadata: 'envoy.filters.http.jwt_authn',
  path: `payload.${claim}`,
});

interface PolicyEntry {
  readonly entry: Readonly<Record<string, unknown>>;
  readonly files: Readonly<Record<string, string>>;
}

/** The vendor's example with another algorithm and additional claims. */
function signing({ algorithm, claims }: Minting, { own }: Keys): PolicyEntry {
  const [policy] = parse(readFileSync(example, 'utf8')) as [FlexPolicy];
  const customClaims = [...policy.config.customClaims, ...typicalClaims(claims)];
  const config = { ...policy.config, signingMethod: algorithm, customClaims };
  const secret = own.type === 'secret';
  const key = secret ? own.export().toString('hex') : own.export({ type: 'pkcs8', format: 'pem' }).toString();
  return {
    entry: { file: 'partner.flex.yaml', key: secret ? { file: 'key', encoding: 'hex' } : { file: 'key' } },
    files: { 'partner.flex.yaml': stringify([{ ...policy, config }]), key },
  };
}

/** The same claims in an encrypted token. Flex does not encrypt, so this is an Apigee policy. */
function encrypting({ own }: Keys): PolicyEntry {
  return {
    entry: { file: 'partner.xml', recipient: { file: 'recipient.pem' } },
    files: {
      'partner.xml': `<GenerateJWT name="partner">
  <Algorithms><Key>RSA-OAEP-256</Key><Content>A256GCM</Content></Algorithms>
  <PublicKey><Value ref="recipient"/></PublicKey>
  <Subject ref="caller.sub"/>
  <Audience>https://upstream.example.com</Audience>
  <ExpiresIn>2h</ExpiresIn>
  <AdditionalClaims>
    <Claim name="client_id" ref="caller.client_id"/>
    <Claim name="request" ref="request.path"/>
  </AdditionalClaims>
  <OutputVariable>request.header.authorization</OutputVariable>
</GenerateJWT>`,
      'recipient.pem': own.export({ type: 'spki', format: 'pem' }).toString(),
    },
  };
}
