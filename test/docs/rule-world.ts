/**
 * @module
 * The files around the examples of rules: whole policies, keys and the configuration that an example is a part of.
 */
import { generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto';
import type { RuleExample } from '../../src/cli/help/rule-examples/example.ts';
import type { FileReader } from '../../src/configuration/files.ts';
import { loadConfiguration } from '../../src/configuration/load.ts';
import { checkPolicyFile } from '../../src/configuration/single-policy.ts';
import type { Snapshot } from '../../src/configuration/snapshot.ts';
import { type Problem, Problems } from '../../src/diagnostics/problem.ts';
import { SourceText } from '../../src/diagnostics/source-text.ts';
import { finish } from '../../src/diagnostics/steps.ts';
import { readPolicyFile } from '../../src/dialects/index.ts';
import { DocumentFile } from '../../src/documents/document-file.ts';
import { memoryFiles } from '../configuration/memory-files.ts';
import { makeTlsFiles } from '../e2e/harness/tls-files.ts';
import { legacyArchive } from '../keys/legacy-archive.ts';

const tls = await makeTlsFiles();
/** A certificate of the examples expires then. */
const now = new X509Certificate(tls['server.crt']).validToDate.getTime();

const pem = (key: KeyObject): string => String(key.export({ type: 'pkcs8', format: 'pem' }));
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const { privateKey: third } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const ec = pem(privateKey);
const passphrase = 'a secret of thirty bytes length';
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });

const flexDefaults = { signingMethod: 'ES256', exp: '300' };

/** A Flex policy whose `config` has the lines of an example, and else the defaults. */
function flexPolicy(lines: string): string {
  const missing = Object.entries(flexDefaults).filter(([name]) => !new RegExp(`^${name}:`, 'm').test(lines));
  const config = [...missing.map(([name, value]) => `${name}: ${value}`), ...lines.split('\n')];
  return `- policyRef: { name: jwt-generation-flex }\n  config:\n${config.map((line) => `    ${line}\n`).join('')}`;
}

/** The key of the policy in each of these files, as its entry names it. */
const entryKeys: Readonly<Record<string, string>> = {
  'flex.yaml': 'key: { file: key.pem }',
  'api-connect.yaml': 'key: { file: secret.txt }',
};

const variables = `variables:
  private.secret: { file: secret.txt }
  private.password: { file: secret.txt }
  private.key: { file: hex.txt }
  recipient.key: { file: rsa-public.pem }
  iss: issuer
`;

/** The whole `mintproc.yaml` of which an example is a part. */
function configurationWith(part: string, entry: string): string {
  const has = (key: string): boolean => new RegExp(`^${key}:`, 'm').test(part);
  return [
    part,
    has('policies') ? '' : `policies: [{ name: partner, ${entry} }]\n`,
    has('routes') ? '' : 'routes: [{ match: {}, policies: [partner] }]\n',
  ].join('\n');
}

function entryOf({ file, entry = entryKeys[file] }: RuleExample): string {
  if (file === 'mintproc.yaml') return 'file: partner.yaml';
  return entry === undefined ? `file: ${file}` : `file: ${file}, ${entry}`;
}

const standing: Readonly<Record<string, string | Uint8Array>> = {
  'partner.yaml': flexPolicy('privateKey: |\n  '.concat(ec.trimEnd().replaceAll('\n', '\n  '))),
  'rsa.yaml': flexPolicy('signingMethod: RS256'),
  'hmac.yaml': flexPolicy('signingMethod: HS256'),
  'kid.yaml': flexPolicy('customHeaders: [{ name: kid, value: policy-key }]'),
  'unique.yaml': flexPolicy('customClaims: [{ name: jti, value: "#[uuid()]" }]').replace(
    'config:\n',
    `config:\n    privateKey: |\n${ec.replace(/^(?=.)/gm, '      ')}`,
  ),
  'teams/orders.yaml': 'routes: [{ match: { pathPrefix: /orders }, policies: [partner] }]',
  'key.pem': ec,
  'open.pem': ec,
  'keys/2026-01.pem': ec,
  'unclear/2026-07-01--orders.pem': ec,
  'mixed/2025.pem': ec,
  'mixed/2026.pem': tls['server.key'],
  'mixed/20260701T000000Z--orders-2.pem': pem(third),
  'dated/2026.pem': tls['server.key'],
  'dated/20260701T000000Z--orders-2.pem': pem(third),
  'pss.pem': pem(generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).privateKey),
  'pss.xml': `<GenerateJWT name="Mint"><Algorithm>PS256</Algorithm><PrivateKey><Value ref="private.x"/></PrivateKey>
    <ExpiresIn>1h</ExpiresIn><OutputVariable>request.header.x-token</OutputVariable></GenerateJWT>`,
  'assertion.yaml': flexPolicy(
    `customClaims: [${['iss', 'sub', 'aud'].map((name) => `{ name: ${name}, value: a }`).join(', ')}]`,
  ),
  'access.yaml': flexPolicy(
    `customClaims: [${Object.entries({ iss: 'i', aud: 'a', sub: 's', client_id: 'c', jti: '#[uuid()]' })
      .map(([name, value]) => `{ name: ${name}, value: "${value}" }`)
      .join(', ')}]`,
  ),
  'two-keys.pem': `${ec}${tls['server.key']}`,
  'old.p12': legacyArchive(privateKey, passphrase),
  'passphrase.txt': passphrase,
  'old.key': tls['server.key'],
  'old.crt': tls['server.crt'],
  'rsa.pem': pem(rsa.privateKey),
  'rsa-public.pem': String(rsa.publicKey.export({ type: 'spki', format: 'pem' })),
  'hex.txt': '000102030405060708090a0b0c0d0e0f',
  'secret.txt': 'a secret of at least thirty-two bytes',
};

function largeKey(): string {
  return pem(generateKeyPairSync('rsa', { modulusLength: 4608 }).privateKey);
}

/** The problems of one side of an example. */
export function problemsOf(example: RuleExample, text: string): readonly Problem[] {
  const { file, alone } = example;
  const isResource = /^(?:kind|policies):/.test(text);
  const policy = file === 'flex.yaml' && !isResource ? flexPolicy(text) : text;
  if (alone === true) return problemsAlone(file, policy);
  const part = file === 'mintproc.yaml' ? text : variables;
  const files = withModes({
    ...standing,
    ...(text.includes('large.pem') ? { 'large.pem': largeKey() } : {}),
    ...(file === 'mintproc.yaml' ? {} : { [file]: policy }),
    'mintproc.yaml': configurationWith(part, entryOf(example)),
  });
  const before = example.before === undefined ? undefined : snapshotOf(example.before);
  const options = { files, now: () => now, withoutKeys: 'some', outside: 'unasked' } as const;
  return loadConfiguration('mintproc.yaml', { ...options, ...(before && { before: before.keys }) }).problems;
}

function snapshotOf(part: string): Snapshot {
  const files = withModes({ ...standing, 'mintproc.yaml': configurationWith(part, 'file: partner.yaml') });
  const { snapshot, problems } = loadConfiguration('mintproc.yaml', { files, now: () => now });
  if (snapshot === undefined) throw new Error(problems.map(({ message }) => message).join('\n'));
  return snapshot;
}

/** Every user can read `open.pem`. */
function withModes(files: Readonly<Record<string, string | Uint8Array>>): FileReader {
  const reader = memoryFiles(files);
  return {
    list: (path) => reader.list(path),
    read(path) {
      const contents = reader.read(path);
      return contents.kind === 'bytes' && path === 'open.pem' ? { ...contents, mode: 0o644 } : contents;
    },
  };
}

function problemsAlone(file: string, text: string): readonly Problem[] {
  const problems = new Problems();
  const source = SourceText.ofFile(file, text);
  const policy = finish(readPolicyFile(new DocumentFile(source), {}, problems));
  if (policy !== undefined) checkPolicyFile(policy, source, problems);
  return problems.all;
}
