/**
 * @module
 * Configurations of any size. Each grows in one of the things that a configuration can have many of.
 */
import { generateKeyPairSync } from 'node:crypto';
import { flexPolicy } from './memory-files.ts';

export type Files = Readonly<Record<string, string>>;

/** A configuration with `count` of something; `small` is the count that takes some tens of milliseconds. */
export interface Growing {
  readonly what: string;
  readonly small: number;
  files(count: number): Files;
}

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
const jwk = privateKey.export({ format: 'jwk' });

const route = 'routes:\n  - match: { pathPrefix: / }\n    policies: [p]\n';
const one = `policies:\n  - name: p\n    file: p.yaml\n${route}`;

function many(count: number, make: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => make(index)).join('');
}

function claims(count: number, value: (index: number) => string): Files {
  const all = Object.fromEntries(Array.from({ length: count }, (_, index) => [`claim${index}`, value(index)]));
  return { 'mintproc.yaml': one, 'p.yaml': flexPolicy(all).replaceAll('},{', '},\n{') };
}

function policyEntries(count: number): string {
  return `policies:\n${many(count, (i) => `  - name: p${i}\n    file: p.yaml\n    key: k\n`)}`;
}

function routesTo(count: number, match: (index: number) => string): string {
  return `routes:\n${many(count, (i) => `  - match: ${match(i)}\n    policies: [p${i}]\n`)}`;
}

const keys = 'keys:\n  k: { file: k.pem }\n';
const flexES256 = flexPolicy({ a: 'b' }, '').replace('HS256', 'ES256');

function policies(count: number, match: (index: number) => string): Files {
  return {
    'mintproc.yaml': `${keys}${policyEntries(count)}${routesTo(count, match)}`,
    'p.yaml': flexES256,
    'k.pem': String(pem),
  };
}

function signedBy(form: string, files: Files): Files {
  const entry = `policies:\n  - name: p\n    file: p.yaml\n    key: k\n`;
  return {
    'mintproc.yaml': `keys:\n  k: ${form}\n${entry}${route}`,
    'p.yaml': flexES256,
    'k.pem': String(pem),
    ...files,
  };
}

function set(count: number): string {
  return JSON.stringify({ keys: Array.from({ length: count }, (_, i) => ({ ...jwk, kid: `k${i}`, use: 'sig' })) });
}

function apigee(claimsText: string): Files {
  const text = `<GenerateJWT name="p"><Algorithm>HS256</Algorithm><SecretKey><Value ref="private.k"/></SecretKey>\n<AdditionalClaims>\n${claimsText}</AdditionalClaims></GenerateJWT>`;
  return {
    'mintproc.yaml': `variables:\n  private.k: { file: k }\n${one}`,
    'p.yaml': text,
    k: 'a secret of at least thirty-two bytes',
  };
}

export const growing: readonly Growing[] = [
  { what: 'policies with one key', small: 200, files: (n) => policies(n, (i) => `{ pathPrefix: /p${i} }`) },
  { what: 'routes by host', small: 200, files: (n) => policies(n, (i) => `{ host: h${i}.example.com }`) },
  {
    what: 'routes by whole path',
    small: 200,
    files: (n) => policies(n, (i) => `{ path: /v1/${i % 2 === 0 ? '*' : i}/p${i}/* }`),
  },
  { what: 'claims', small: 400, files: (n) => claims(n, (i) => `#[attributes.headers['x-${i}'] default 'none']`) },
  { what: 'claims with warnings', small: 400, files: (n) => claims(n, (i) => `text #[${i}] text`) },
  { what: 'claims with errors', small: 400, files: (n) => claims(n, (i) => `#[atributes.x${i}]`) },
  { what: 'keys of a set', small: 200, files: (n) => signedBy('{ jwks: s.json }', { 's.json': set(n) }) },
  {
    what: 'keys of a folder',
    small: 200,
    files: (n) =>
      signedBy(
        '{ directory: d }',
        Object.fromEntries(Array.from({ length: n }, (_, i) => [`d/${i}.pem`, String(pem)])),
      ),
  },
  {
    what: 'variables with templates',
    small: 500,
    files: (n) => ({
      'mintproc.yaml': `variables:\n${many(n, (i) => `  v${i}: { template: 'a {request.header.x${i}}' }\n`)}${one}`,
      'p.yaml': flexPolicy({ a: 'b' }),
    }),
  },
  {
    what: 'repeated keys',
    small: 1000,
    files: (n) => ({ 'mintproc.yaml': one + many(n, (i) => `x${i}: 1\n`), 'p.yaml': flexPolicy({ a: 'b' }) }),
  },
  {
    what: 'documents of a policy file',
    small: 100,
    files: (n) => ({
      'mintproc.yaml': one.replace('file: p.yaml', 'file: p.yaml\n    select: 1'),
      'p.yaml': many(n, () => `---\n${flexPolicy({ a: 'b' })}\n`),
    }),
  },
  {
    what: 'elements with attributes and texts',
    small: 500,
    files: (n) => apigee(many(n, (i) => `<Claim name="c${i}" type="string">a &amp; <![CDATA[b]]> {x${i}}</Claim>\n`)),
  },
  {
    what: 'insertions of a JSON template',
    small: 4000,
    files: (n) => apigee(`<Claim name="c" type="map">{ "a": [${many(n, () => '{x},')}0] }</Claim>\n`),
  },
  {
    what: 'assignments of an assembly',
    small: 200,
    files: (n) => ({
      'mintproc.yaml': `keys:\n  k: { file: k }\n${one}`,
      k: 'a secret of at least thirty-two bytes',
      'p.yaml': `assembly:\n  execute:\n    - set-variable:\n        actions:\n${many(n, (i) => `          - set: v${i}\n            value: $(v${i - 1})\n`)}    - jwt-generate:\n        version: 2.0.0\n        iss-claim: v3\n        jws-alg: HS256\n        jws-crypto: k\n`,
    }),
  },
];
