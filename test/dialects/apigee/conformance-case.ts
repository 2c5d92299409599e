/**
 * @module
 * The setup of a conformance case: keys, files, the configuration of the policy, and the decision on a request.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { Decision } from '../../../src/decision/decision.ts';
import type { JsonObject, JsonValue } from '../../../src/diagnostics/json.ts';
import type { Problem } from '../../../src/diagnostics/problem.ts';
import { HeaderList } from '../../../src/request/header-fields.ts';
import { viewOf } from '../../../src/request/object-view.ts';
import type { WrittenRequest } from '../../../src/trial/incoming.ts';
import { decideAtOnce } from '../../at-once.ts';
import { loadConfiguration } from '../../configuration/loading.ts';
import { memoryFiles, withoutNotes } from '../../configuration/memory-files.ts';

export interface Case {
  readonly name: string;
  readonly policy?: string;
  readonly inside?: string;
  readonly edition?: 'edge' | 'x' | 'none';
  readonly variables?: JsonObject;
  readonly entry?: JsonObject;
  readonly authentication?: JsonObject;
  readonly request?: {
    readonly headers?: Readonly<Record<string, string>> | readonly (readonly [string, string])[];
    readonly attributes?: JsonObject;
    readonly metadata?: Readonly<Record<string, JsonObject>>;
  };
  readonly at?: number;
  readonly header?: string;
  readonly payload?: string;
  readonly output?: string;
  readonly refused?: { readonly status: number; readonly body: JsonObject };
  readonly fault?: string;
  readonly passed?: string;
  readonly removed?: readonly string[];
  readonly problems?: readonly string[];
  readonly secret?: string;
  readonly verified?: false;
}

export const identifier = '89b22098-cfc2-45ee-8f0b-b4f83c77c5f9';
const secret = 'an HMAC secret that is long enough for the largest hash, HS512 ..';
const password = 'a password';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const curves = { ec256: 'P-256', ec384: 'P-384', ec521: 'P-521' } as const;
const ec = Object.fromEntries(
  Object.entries(curves).map(([name, namedCurve]) => [name, generateKeyPairSync('ec', { namedCurve }).privateKey]),
);

/** The private keys by NAME; their variables are `private.NAME`. */
export const keys: Readonly<Record<string, KeyObject>> = { rsa, ...ec };

const pkcs8 = (key: KeyObject): string => key.export({ format: 'pem', type: 'pkcs8' }).toString();
const lock = { cipher: 'aes-256-cbc', passphrase: password } as const;

const files: Readonly<Record<string, string>> = {
  'hmac.key': `${secret}\n`,
  'short.key': 'a short secret',
  'hex.key': `${Buffer.from(secret)
    .toString('hex')
    .replace(/(.{32})/g, '$1 ')}\n`,
  'base64.key': Buffer.from(secret).toString('base64'),
  'base64url.key': Buffer.from(secret).toString('base64url'),
  'key-id.txt': 'the-id\n',
  'issuer.txt': 'urn:issuer\n',
  'rsa.pem': pkcs8(rsa),
  'encrypted.pem': rsa.export({ format: 'pem', type: 'pkcs8', ...lock }).toString(),
  'encrypted-pkcs1.pem': rsa.export({ format: 'pem', type: 'pkcs1', ...lock }).toString(),
  'pkcs1.pem': rsa.export({ format: 'pem', type: 'pkcs1' }).toString(),
  'one-line.pem': pkcs8(rsa).replaceAll('\n', '\\n'),
  ...Object.fromEntries(Object.entries(ec).map(([name, key]) => [`${name}.pem`, pkcs8(key)])),
};

const declared: JsonObject = {
  'private.key': { file: 'hmac.key' },
  ...Object.fromEntries(Object.keys(keys).map((name) => [`private.${name}`, { file: `${name}.pem` }])),
};

function policyText({ policy, inside }: Case): string {
  return (
    policy ??
    `<GenerateJWT name="P">\n<Algorithm>HS256</Algorithm>\n<SecretKey><Value ref="private.key"/></SecretKey>\n${inside ?? ''}</GenerateJWT>`
  );
}

export interface Outcome {
  /** As `severity code line:column`. */
  readonly problems: readonly string[];
  readonly all: readonly Problem[];
  readonly decision: Decision | undefined;
}

const defaultTime = 1_700_000_000_999;

export const environment = { PASSWORD: password, ISSUER: 'urn:issuer', EMPTY: '' };

/** The files of the case's configuration, `mintproc.yaml` and `policy.xml` among them. */
export function filesOf(example: Case): Record<string, string> {
  const { edition = 'x', variables = {}, entry = {}, authentication } = example;
  const configuration = {
    ...(edition === 'none' ? {} : { edition }),
    ...(authentication === undefined ? {} : { authentication }),
    variables: { ...declared, ...variables },
    policies: [{ name: 'policy', file: 'policy.xml', ...entry }],
    routes: [{ match: {}, policies: ['policy'] }],
  };
  return { ...files, 'mintproc.yaml': JSON.stringify(configuration), 'policy.xml': policyText(example) };
}

export function requestOf({ request = {} }: Case): WrittenRequest {
  const { headers = {}, attributes = {}, metadata = {} } = request;
  const pairs = Array.isArray(headers) ? headers : Object.entries(headers);
  return {
    headers: new HeaderList(pairs),
    attributes: new Map(Object.entries(attributes)),
    metadata: viewOf(metadata),
    routePolicy: undefined,
  };
}

/** Loads the case's configuration and decides on its request. */
export function outcomeOf(example: Case, more: Readonly<Record<string, string>> = {}): Outcome {
  const { at = defaultTime } = example;
  const { snapshot, problems } = loadConfiguration('mintproc.yaml', {
    files: memoryFiles({ ...more, ...filesOf(example) }),
    environment,
  });
  const decide = snapshot && decideAtOnce(snapshot, { clock: () => at, randomId: () => identifier });
  return {
    problems: withoutNotes(problems).map(
      ({ severity, code, place }) => `${severity} ${code} ${place.line}:${place.column}`,
    ),
    all: problems,
    decision: decide?.(requestOf(example)),
  };
}

export function textOf(part: string | undefined): string {
  return Buffer.from(part ?? '', 'base64url').toString('utf8');
}

/** The key that verifies a token with this algorithm: one of `keys`, or the secret. */
export function verifier(algorithm: JsonValue | undefined): KeyObject | Uint8Array {
  const name = String(algorithm);
  if (name.startsWith('HS')) return Buffer.from(secret);
  const key = name.startsWith('ES') ? keys[`ec${name === 'ES512' ? '521' : name.slice(2)}`] : rsa;
  return createPublicKey(key ?? createPrivateKey(''));
}
