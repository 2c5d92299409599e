/**
 * @module
 * The setup of a conformance case: keys, files, the configuration of the policy, and the decision on a request.
 */
import { createSecretKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { stringify } from 'yaml';
import type { Decision } from '../../../src/decision/decision.ts';
import type { JsonObject, JsonValue } from '../../../src/diagnostics/json.ts';
import { HeaderList } from '../../../src/request/header-fields.ts';
import { viewOf } from '../../../src/request/object-view.ts';
import type { WrittenRequest } from '../../../src/trial/incoming.ts';
import { decideAtOnce } from '../../at-once.ts';
import { loadConfiguration } from '../../configuration/loading.ts';
import { memoryFiles, withoutNotes } from '../../configuration/memory-files.ts';

export interface Case {
  readonly name: string;
  /** The whole policy file. Without it, the properties below make one. */
  readonly policy?: string;
  /** Added to those of `base`; null removes one. */
  readonly properties?: JsonObject;
  /** Actions before the policy. */
  readonly before?: readonly JsonValue[];
  readonly variables?: JsonObject;
  readonly keys?: JsonObject;
  readonly entry?: JsonObject;
  readonly authentication?: JsonObject;
  readonly request?: {
    readonly headers?: Readonly<Record<string, string>> | readonly (readonly [string, string])[];
    readonly metadata?: Readonly<Record<string, JsonObject>>;
  };
  readonly at?: number;
  /** The outermost header, and the content that was encrypted or signed, byte for byte. */
  readonly header?: string;
  readonly payload?: string;
  /** The header of a nested token. */
  readonly inner?: string;
  readonly token?: string;
  readonly output?: string;
  readonly refused?: string;
  readonly problems?: readonly string[];
}

const identifier = '0681a6df-4246-410e-a1ce-e0fee7b19270';
export const secret = 'an HMAC secret that is long enough for the largest hash, HS512 ..';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const small = generateKeyPairSync('rsa', { modulusLength: 1024 });
const curves = { p256: 'P-256', p384: 'P-384', p521: 'P-521' } as const;
const pairs: Readonly<Record<string, { readonly publicKey: KeyObject; readonly privateKey: KeyObject }>> = {
  rsa,
  ...Object.fromEntries(
    Object.entries(curves).map(([name, namedCurve]) => [name, generateKeyPairSync('ec', { namedCurve })]),
  ),
};

const jwk = (key: KeyObject, rest: JsonObject = {}): string =>
  JSON.stringify({ ...key.export({ format: 'jwk' }), ...rest });
const pem = (key: KeyObject): string =>
  key.export({ format: 'pem', type: key.type === 'private' ? 'pkcs8' : 'spki' }).toString();

/** Secrets of 16 to 64 bytes, by name. */
const secrets: Readonly<Record<string, KeyObject>> = Object.fromEntries(
  [16, 24, 32, 48, 64].map((size) => [`bytes${size}`, createSecretKey(Buffer.alloc(size, size))]),
);

const files: Readonly<Record<string, string>> = {
  'hmac.key': `${secret}\n`,
  'hmac.jwk': jwk(createSecretKey(secret, 'utf8'), { kid: 'hmac-key', use: 'sig', alg: 'HS256' }),
  'hmac.hex': Buffer.from(secret).toString('hex'),
  'empty.key': '\n',
  'small.pem': pem(small.privateKey),
  'small.pub.pem': pem(small.publicKey),
  ...Object.fromEntries(Object.entries(secrets).map(([name, key]) => [`${name}.jwk`, jwk(key, { kid: name })])),
  ...Object.fromEntries(
    Object.entries(pairs).flatMap(([name, { publicKey, privateKey }]) => [
      [`${name}.pem`, pem(privateKey)],
      [`${name}.pub.pem`, pem(publicKey)],
      [`${name}.jwk`, jwk(privateKey, { kid: `${name}-key`, use: 'sig' })],
      [`${name}.pub.jwk`, jwk(publicKey, { kid: `${name}-recipient`, use: 'enc' })],
    ]),
  ),
};

const declaredKeys: JsonObject = {
  hmac: { file: 'hmac.key' },
  ...Object.fromEntries(Object.keys(pairs).map((name) => [name, { file: `${name}.pem` }])),
  ...Object.fromEntries(Object.keys(pairs).map((name) => [`${name}.public`, { file: `${name}.pub.pem` }])),
  ...Object.fromEntries(Object.keys(pairs).map((name) => [`${name}.jwk`, { file: `${name}.jwk` }])),
  ...Object.fromEntries(Object.keys(pairs).map((name) => [`${name}.recipient`, { file: `${name}.pub.jwk` }])),
  ...Object.fromEntries(Object.keys(secrets).map((name) => [name, { file: `${name}.jwk` }])),
};

const base: JsonObject = { version: '2.0.0', 'iss-claim': 'iss.claim', 'jws-alg': 'HS256', 'jws-crypto': 'hmac' };
const declaredVariables: JsonObject = { 'iss.claim': 'issuer' };

function policyText({ policy, properties = {}, before = [] }: Case): string {
  const given = Object.entries({ ...base, ...properties }).filter(([, value]) => value !== null);
  return policy ?? stringify([...before, { 'jwt-generate': Object.fromEntries(given) }], { lineWidth: 0 });
}

export interface Outcome {
  /** As `severity code`. */
  readonly problems: readonly string[];
  readonly decision: Decision | undefined;
}

/** The files of the case's configuration, `mintproc.yaml` and `policy.yaml` among them; unused keys are left out. */
export function filesOf(example: Case): Record<string, string> {
  const { variables = {}, keys = {}, entry = {}, authentication } = example;
  const policy = policyText(example);
  const mentioned = Object.entries(declaredKeys).filter(([name]) => new RegExp(`: ${name}(?:\\s|$)`, 'm').test(policy));
  const configuration = {
    ...(authentication === undefined ? {} : { authentication }),
    variables: { ...declaredVariables, ...variables },
    keys: { ...Object.fromEntries(mentioned), ...keys },
    policies: [{ name: 'policy', file: 'policy.yaml', ...entry }],
    routes: [{ match: {}, policies: ['policy'] }],
  };
  return { ...files, 'mintproc.yaml': JSON.stringify(configuration), 'policy.yaml': policy };
}

export function requestOf({ request = {} }: Case): WrittenRequest {
  const { headers = {}, metadata = {} } = request;
  const list = Array.isArray(headers) ? headers : Object.entries(headers);
  return {
    headers: new HeaderList(list),
    attributes: new Map(),
    metadata: viewOf(metadata),
    routePolicy: undefined,
  };
}

/** Loads the case's configuration and decides on its request. */
export function outcomeOf(example: Case): Outcome {
  const { at = 1_700_000_000_999 } = example;
  const { snapshot, problems } = loadConfiguration('mintproc.yaml', {
    files: memoryFiles(filesOf(example)),
    environment: {},
  });
  const decide = snapshot && decideAtOnce(snapshot, { clock: () => at, randomId: () => identifier });
  return {
    problems: withoutNotes(problems).map(({ severity, code }) => `${severity} ${code}`),
    decision: decide?.(requestOf(example)),
  };
}

/** The key that verifies or decrypts a token with this algorithm. */
export function ownKey(alg: string, enc?: string): KeyObject {
  const wanted = keyNames.find(([pattern]) => pattern.test(enc !== undefined && alg === 'dir' ? enc : alg))?.[1] ?? '';
  const found = secrets[wanted] ?? (enc === undefined ? pairs[wanted]?.publicKey : pairs[wanted]?.privateKey);
  return found ?? createSecretKey(secret, 'utf8');
}

const keyNames: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/^(?:RS|PS|RSA)/, 'rsa'],
  [/^ES256$|^ECDH/, 'p256'],
  [/^ES384$/, 'p384'],
  [/^ES512$/, 'p521'],
  [/^A128(?:GCM|KW)$|^A128GCMKW$/, 'bytes16'],
  [/^A192(?:GCM|KW)$/, 'bytes24'],
  [/^A256(?:GCM|KW)$|^A128CBC/, 'bytes32'],
  [/^A192CBC/, 'bytes48'],
  [/^A256CBC/, 'bytes64'],
];
