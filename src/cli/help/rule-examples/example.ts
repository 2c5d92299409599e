/**
 * @module
 * The form of an example, and the policies that several examples share.
 */

/**
 * A part of `mintproc.yaml`, which the test completes with the policy `partner` and a route to it; or a policy file: a
 * part of a Flex policy's `config` or a whole resource, a whole Apigee policy, or the properties of a `jwt-generate`
 * with its assembly.
 */
type ExampleFile = 'mintproc.yaml' | 'flex.yaml' | 'apigee.xml' | 'api-connect.yaml';

export interface RuleExample {
  readonly file: ExampleFile;
  readonly wrong: string;
  readonly right: string;
  /** Whether the file is checked alone, without a `mintproc.yaml`. */
  readonly alone?: true;
  /** What the policy's entry has besides its file. */
  readonly entry?: string;
  /** The part of `mintproc.yaml` that was in force before; undefined if mintproc starts with the example. */
  readonly before?: string;
  /** What the example takes for granted, for readers. */
  readonly given?: string;
}

export const apigee = (inner: string, attributes = ''): string =>
  `<GenerateJWT name="Mint"${attributes}>
  <Algorithm>HS256</Algorithm>
  <SecretKey><Value ref="private.secret"/></SecretKey>
  <ExpiresIn>1h</ExpiresIn>
${inner}
</GenerateJWT>`;

export const toHeader = '  <OutputVariable>request.header.x-token</OutputVariable>';

export const assembly = (properties: string, before = '', after = ''): string =>
  `assembly:
  execute:
${before}    - jwt-generate:
        version: 2.0.0
        iss-claim: iss
        jws-alg: HS256
        jws-crypto: hmac
${properties}${after}`;

export const binding = (lines: string): string =>
  `kind: PolicyBinding
metadata: { name: partner-token }
spec:
  policyRef: { name: jwt-generation-flex }
  config: { signingMethod: ES256, exp: 300 }
${lines}`;
