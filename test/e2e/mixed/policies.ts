/**
 * @module
 * A policy of each dialect, and what is exchanged while they serve: their text and the key that two of them share.
 */
import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { stringify } from 'yaml';

/** The header that tells requests apart. Each policy writes it into its token. */
export const numberHeader = 'x-number';

const number = `#[attributes.headers["${numberHeader}"]]`;

/** A claim that tells which of the exchanged texts made a token. DataPower's policy has none of its own. */
function flex(generation: number, more: readonly object[]): string {
  const customClaims = [{ name: 'sub', value: number }, { name: 'generation', value: `#[${generation}]` }, ...more];
  const config = { signingMethod: 'ES256', iat: true, exp: 120, nbf: 0, customClaims, customHeaders: [] };
  return stringify([{ policyRef: { name: 'jwt-generation-flex' }, config }]);
}

/** Runs when asked to by the query `?fail=yes`, which makes it join an object to a text. */
const failing = "#[if (attributes.queryParams.fail == 'yes') attributes.headers ++ 'x' else 'fine']";

function apigee(generation: number): string {
  return `<GenerateJWT name="Backend"><Algorithm>RS256</Algorithm>
  <PrivateKey><Value ref="private.key"/></PrivateKey>
  <Subject ref="request.header.${numberHeader}"/><ExpiresIn>120s</ExpiresIn>
  <AdditionalClaims><Claim name="generation" type="number">${generation}</Claim></AdditionalClaims>
  <OutputVariable>request.header.authorization</OutputVariable></GenerateJWT>
`;
}

const connect = stringify([
  {
    'jwt-generate': {
      ...{ title: 'connect', version: '2.1.0', jwt: 'message.headers.authorization', 'iss-claim': 'iss.claim' },
      ...{ 'sub-claim': `request.headers.${numberHeader}`, 'jws-alg': 'ES256', 'jws-crypto': 'signer' },
      ...{ 'exp-claim': 120 },
    },
  },
]);

/** The files of a volume, by name. */
export function mixedFiles(generation: number, keyPem: string): Readonly<Record<string, string>> {
  return {
    'flex.yaml': flex(generation, [{ name: 'caller', value: '#[authentication.principal]' }]),
    'failing.yaml': flex(generation, [{ name: 'failing', value: failing }]),
    'apigee.xml': apigee(generation),
    'connect.yaml': connect,
    'signer.pem': keyPem,
  };
}

/** @param volume the folder of the files @param rsa the file of the Apigee policy's key */
export function mixedConfiguration(volume: string, rsa: string) {
  const at = (name: string): string => `${volume}/${name}`;
  return {
    edition: 'x',
    limits: { inFlight: 2000 },
    reload: { settle: '50ms' },
    unmatched: 'deny',
    variables: { 'private.key': { file: rsa }, 'iss.claim': 'connect' },
    keys: { signer: { file: at('signer.pem') } },
    policies: [
      { name: 'flex', file: at('flex.yaml'), key: 'signer', reuse: { for: '60s', leeway: '10s', entries: 500 } },
      { name: 'failing', file: at('failing.yaml'), key: 'signer' },
      { name: 'apigee', file: at('apigee.xml'), output: { prefix: 'Bearer ' }, reuse: { for: '30s', leeway: '10s' } },
      { name: 'connect', file: at('connect.yaml') },
    ],
    routes: [
      { match: { pathPrefix: '/caller' }, policies: ['flex'], requireCaller: true },
      { match: { pathPrefix: '/required' }, policies: ['flex'], requireCaller: true },
      { match: { pathPrefix: '/apigee' }, policies: ['apigee'] },
      { match: { pathPrefix: '/connect' }, policies: ['connect'] },
      { match: { pathPrefix: '/fails' }, policies: ['failing'] },
    ],
  };
}

const keptKeys = 8;

export function pemOf(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** Keys that follow each other. Only the last few are kept: tokens of the last few are still on their way, or reused. */
export class SignerKeys {
  readonly #public: KeyObject[] = [];

  /** The newest first. */
  get recent(): readonly KeyObject[] {
    return this.#public;
  }

  next(): KeyObject {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.#public.unshift(createPublicKey(privateKey));
    this.#public.length = Math.min(this.#public.length, keptKeys);
    return privateKey;
  }
}
