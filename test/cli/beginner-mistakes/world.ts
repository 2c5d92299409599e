/**
 * @module
 * The files that beginners change: a policy of each vendor, a configuration, keys and a request, all without a mistake.
 */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { legacyArchive } from '../../keys/legacy-archive.ts';

const ec = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const p384 = generateKeyPairSync('ec', { namedCurve: 'secp384r1' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });

const pem = String(ec.privateKey.export({ type: 'pkcs8', format: 'pem' }));
const publicPem = String(ec.publicKey.export({ type: 'spki', format: 'pem' }));

export const world = {
  'flex.yaml': `- policyRef:
    name: jwt-generation-flex
  config:
    signingMethod: HS256
    privateKey: a-secret-of-at-least-thirty-two-bytes
    iat: true
    exp: 300
    customClaims:
      - name: sub
        value: "#[authentication.principal]"
      - name: iss
        value: me
`,
  'apigee.xml': `<?xml version="1.0" encoding="UTF-8"?>
<GenerateJWT name="Mint">
  <Algorithm>HS256</Algorithm>
  <SecretKey><Value ref="private.secret"/></SecretKey>
  <Issuer>me</Issuer>
  <ExpiresIn>1h</ExpiresIn>
  <AdditionalClaims>
    <Claim name="scope">read</Claim>
  </AdditionalClaims>
  <OutputVariable>request.header.x-token</OutputVariable>
</GenerateJWT>
`,
  'api.yaml': `assembly:
  execute:
    - set-variable:
        actions:
          - set: iss
            value: issuer
            type: string
    - jwt-generate:
        version: 2.0.0
        title: jwt-generate
        jwt: request.headers.x-token
        iss-claim: iss
        exp-claim: 3600
        jws-alg: HS256
        jws-crypto: hmac
`,
  'mintproc.yaml': `listen: 127.0.0.1:50051
admin: 127.0.0.1:9464
policies:
  - name: partner
    file: flex.yaml
  - name: apigee
    file: apigee.xml
    output: { header: x-token }
  - name: ibm
    file: api.yaml
    output: { header: x-ibm }
variables:
  private.secret: { file: secret.txt }
keys:
  hmac: { file: secret.txt }
routes:
  - match: { pathPrefix: /orders }
    policies: [partner]
  - match: { host: api.example.com, method: [GET] }
    policies: [apigee, ibm]
`,
  'keys.yaml': `policies:
  - name: partner
    file: es256.yaml
    key: { file: key.pem }
routes:
  - match: {}
    policies: [partner]
`,
  'es256.yaml': `- policyRef: { name: jwt-generation-flex }
  config: { signingMethod: ES256, exp: 300 }
`,
  'request.json': `{
  "attributes": { "method": "GET", "headers": { "x-user": "ann" } },
  "authentication": { "principal": "ann" }
}
`,
  'secret.txt': 'a secret of at least thirty-two bytes',
  'key.pem': pem,
  'public.pem': publicPem,
  'p384.pem': String(p384.privateKey.export({ type: 'pkcs8', format: 'pem' })),
  'rsa.pem': String(rsa.privateKey.export({ type: 'pkcs8', format: 'pem' })),
  'encrypted.pem': String(
    ec.privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-128-cbc', passphrase: 'opens it' }),
  ),
  'key.der': ec.privateKey.export({ type: 'pkcs8', format: 'der' }),
  'public.der': ec.publicKey.export({ type: 'spki', format: 'der' }),
  'key.b64': Buffer.from(pem).toString('base64'),
  'flat.pem': pem.trim().replaceAll('\n', ' '),
  'two.pem': `${pem}${String(p384.privateKey.export({ type: 'pkcs8', format: 'pem' }))}`,
  'utf16.pem': Buffer.from(`\uFEFF${pem}`, 'utf16le'),
  'key.p12': legacyArchive(ec.privateKey, 'opens it'),
  'key.jks': Buffer.from('feedfeed0000000200000000', 'hex'),
  'empty.pem': '',
  'request.csr': '-----BEGIN CERTIFICATE REQUEST-----\nMIIB\n-----END CERTIFICATE REQUEST-----\n',
  id_rsa: '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1r\n-----END OPENSSH PRIVATE KEY-----\n',
  'id_rsa.pub': 'ssh-rsa AAAAB3NzaC1yc2E= ann@example.com\n',
  'set.json': JSON.stringify({ keys: [{ ...ec.publicKey.export({ format: 'jwk' }), kid: 'a' }] }),
  'passphrase.txt': 'does not',
} as const satisfies Readonly<Record<string, string | Uint8Array>>;

export type WorldFile = keyof typeof world;

/** In the file, `replace` becomes `by`; without a text to replace, `by` is the whole file. */
export interface Edit {
  readonly file: WorldFile;
  readonly replace?: string;
  readonly by: string;
}

/** The text of the changed file. */
export function edited({ file, replace, by }: Edit): string {
  const text = world[file];
  assert.ok(typeof text === 'string');
  if (replace === undefined) return by;
  assert.ok(text.includes(replace), replace);
  return text.replace(replace, () => by);
}

export interface Mistake {
  readonly name: string;
  readonly edit?: Edit;
  /** The command line, in the folder of the files. */
  readonly command: string;
  /** The code of the message; none for a wrong command line. */
  readonly code?: string;
  /** The line of the file that the message names. */
  readonly line?: number;
  /** Words that must be there. */
  readonly words: RegExp;
  /** How many problems are reported; 1 by default. */
  readonly problems?: number;
}

/** A row of a table: what becomes what in a file. */
export type Row = readonly [
  name: string,
  replace: string,
  by: string,
  code: string,
  line: number,
  words: RegExp,
  problems?: number,
];

/** The mistakes of one file, which `validate` of `checked` finds. */
export function mistakesIn(file: WorldFile, checked: WorldFile, rows: readonly Row[]): Mistake[] {
  return rows.map(([name, replace, by, code, line, words, problems = 1]) => ({
    name: `${file}: ${name}`,
    edit: replace === '' ? { file, by } : { file, replace, by },
    command: `validate ${checked}`,
    code,
    line,
    words,
    problems,
  }));
}
