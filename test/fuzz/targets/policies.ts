/**
 * @module
 * Whole files: the policies of each dialect, exports of each vendor, the configuration, and files of tests.
 */
import { loadConfiguration } from '../../../src/configuration/load.ts';
import { formatProblem, LocatedError, Problems } from '../../../src/diagnostics/problem.ts';
import { SourceText } from '../../../src/diagnostics/source-text.ts';
import { finish } from '../../../src/diagnostics/steps.ts';
import type { ExportFile } from '../../../src/dialects/exported.ts';
import { readExports } from '../../../src/dialects/exports.ts';
import { readPolicyFile } from '../../../src/dialects/index.ts';
import { DocumentFile } from '../../../src/documents/document-file.ts';
import { migrationOf } from '../../../src/migration/migration.ts';
import { isImported } from '../../../src/migration/write-configuration.ts';
import { readTestFile } from '../../../src/trial/cases/read-test-file.ts';
import { readTrial } from '../../../src/trial/read-trial.ts';
import { flexPolicy, memoryFiles } from '../../configuration/memory-files.ts';
import { type FuzzTarget, require } from '../target.ts';
import { sample, samples } from './samples.ts';

/** A message for each problem, of which a file has at most some hundred; each quotes at most a line. */
const maxShown = (bytes: number): number => 1_000_000 + 1_000 * bytes;

function policyOf(file: string, seeds: () => readonly string[], words: readonly string[]): FuzzTarget {
  return {
    property: 'A policy file of the dialect has a plan for each policy, or a problem that says why not.',
    form: 'text',
    seeds,
    refusals: [LocatedError],
    words,
    maxBytes: 2_048,
    run({ text }) {
      const problems = new Problems();
      const document = new DocumentFile(SourceText.ofFile(file, text));
      const read = finish(readPolicyFile(document, { catalog: 'sandbox' }, problems));
      const unplanned = read === undefined || read.policies.some(({ plan }) => plan === undefined);
      require(problems.hasErrors || !unplanned, 'a policy has neither a plan nor a problem');
      return problems.all.map(formatProblem).join('\n').length;
    },
    maxOutput: maxShown,
  };
}

const flexBeginning = '- policyRef:\n    name: jwt-generation-flex\n  config:\n';

export const flexPolicies = policyOf(
  'policy.yaml',
  () => [
    ...samples('test/examples/{flex,forms}/*.flex.yaml', 4_000),
    flexPolicy({ sub: "#[attributes.headers['x']]", n: "#['a' ++ 'b']" }),
    `${flexBeginning}    signingMethod: RS256\n    customClaims:\n      - { name: a, value: "#[1]" }\n`,
  ],
  [
    'customClaims: ',
    'customHeaders: ',
    'signingMethod: ',
    'privateKey: ',
    'rules:',
    'pathRegex: ',
    '#[',
    '${',
    'exp: ',
  ],
);

export const apigeePolicies = policyOf(
  'policy.xml',
  () => samples('test/{examples/apigee,migration/exports/apigee/apiproxy/policies}/*.xml', 4_000),
  [
    ...['<GenerateJWT name="a">', '<AdditionalClaims>', '<Claim name="a" ref="b" type="map" array="true">', '{a.b:c}'],
    ...['<PrivateKey>', '<SecretKey encoding="hex">', '<Value ref="private.a"/>', '<ExpiresIn>', '<Algorithms>'],
    ...['<AdditionalHeaders>', '<CriticalHeaders>', '<NotBefore>', '{substring(', '{createUuid()}'],
  ],
);

export const datapowerPolicies = policyOf(
  'policy.yaml',
  () => samples('test/{examples/datapower,migration/exports/datapower}/*.yaml', 6_000),
  [
    ...['jwt-generate:', 'assembly:', 'execute:', 'set-variable:', 'actions:', 'x-ibm-configuration:', 'properties:'],
    ...['additional-claims: ', 'private-claims: ', 'jws-jwk: ', '$(request.headers.a)', 'catalogs:', 'version: 2.0.0'],
  ],
);

/** Before each file of an export stands a line with its name. */
const fileLine = /^=== ([\w./-]{1,80})\n/m;

function filesOf(text: string): readonly ExportFile[] {
  const parts = text.split(fileLine);
  return Array.from({ length: Math.floor(parts.length / 2) }, (_, index) => {
    const [name = '', content = ''] = parts.slice(1 + 2 * index);
    return { path: name, name, text: content, bytes: Buffer.from(content) };
  });
}

function joined(files: readonly (readonly [name: string, path: string])[]): string {
  return files.map(([name, path]) => `=== ${name}\n${sample(path)}`).join('');
}

function exportOf(seeds: () => readonly string[], words: readonly string[]): FuzzTarget {
  return {
    property: 'An export is read and becomes one configuration, whatever is in its files.',
    form: 'text',
    seeds,
    words: ['=== ', ...words],
    maxBytes: 8_192,
    maxMilliseconds: 3_000,
    run({ text }) {
      const { policies, routes } = migrationOf(readExports(filesOf(text)));
      return JSON.stringify([policies.map(({ entry, reasons }) => [entry, reasons]), routes]).length;
    },
    maxOutput: (bytes) => 2_000_000 + 5_000 * bytes,
  };
}

const proxy = 'test/migration/exports/apigee/apiproxy';

export const apigeeExports = exportOf(
  () => [
    joined([
      ['apiproxy/orders.xml', `${proxy}/orders.xml`],
      ['apiproxy/proxies/default.xml', `${proxy}/proxies/default.xml`],
      ['apiproxy/targets/default.xml', `${proxy}/targets/default.xml`],
      ['apiproxy/policies/Generate-Backend-JWT.xml', `${proxy}/policies/Generate-Backend-JWT.xml`],
      ['apiproxy/policies/Set-Authorization.xml', `${proxy}/policies/Set-Authorization.xml`],
    ]),
    joined([
      ['apiproxy/proxies/default.xml', `${proxy}/proxies/default.xml`],
      ['apiproxy/policies/Sign-Receipt.xml', `${proxy}/policies/Sign-Receipt.xml`],
      ['apiproxy/policies/Set-Issuer.xml', `${proxy}/policies/Set-Issuer.xml`],
    ]),
  ],
  [
    '<Step><Name>',
    '<Condition>',
    'request.header.a = "b"',
    'MatchesPath',
    '<BasePath>',
    '<Flow name="',
    ' and ',
    ' or ',
  ],
);

export const flexExports = exportOf(
  () => [
    joined([
      ['api.yaml', 'test/migration/exports/flex/api.yaml'],
      ['policies.yaml', 'test/migration/exports/flex/policies.yaml'],
    ]),
  ],
  [
    'kind: ApiInstance',
    'kind: PolicyBinding',
    'targetRef:',
    'services:',
    'routes:',
    'path: /a(/.*)',
    'rules:',
    'order: ',
  ],
);

export const apiConnectExports = exportOf(
  () => [joined([['invoices_1.0.0.yaml', 'test/migration/exports/datapower/invoices_1.0.0.yaml']])],
  [
    'switch:',
    'case:',
    'condition: ',
    '$operationPath() = ',
    'if:',
    'invoke:',
    'operation-switch:',
    'catch:',
    'otherwise:',
  ],
);

export const configurations: FuzzTarget = {
  property: 'A configuration has a snapshot, or a problem that says why not.',
  form: 'text',
  seeds: () => [
    ...samples('test/examples/{flex,apigee,datapower}/mintproc.yaml', 3_000),
    sample('config/mintproc.yaml'),
    'policies: [{ name: p, file: p.yaml, key: { jwks: k.json } }]\nroutes: [{ match: { pathPrefix: /a }, policies: [p] }]\n',
    'authentication: { sources: [{ from: jwt_authn }] }\nvariables: { a: { file: k.json }, b: "{c}" }\n',
  ],
  words: [
    'policies:',
    'routes:',
    'match: ',
    'variables:',
    'keys:',
    'authentication:',
    'sources:',
    'include: ',
    'p.yaml',
  ],
  maxBytes: 2_048,
  maxMilliseconds: 3_000,
  run({ text }) {
    const files = memoryFiles({
      'mintproc.yaml': text,
      'p.yaml': flexPolicy({ sub: '#[1]' }),
      'k.json': '{"keys":[]}',
    });
    const { snapshot, problems } = loadConfiguration('mintproc.yaml', { files });
    require(snapshot !== undefined || problems.length > 0, 'there is neither a snapshot nor a problem');
    isImported(text);
    return problems.map(formatProblem).join('\n').length;
  },
  maxOutput: maxShown,
};

export const testFiles: FuzzTarget = {
  property: 'A file of tests, or of a request to try, is read or has problems.',
  form: 'text',
  seeds: () => samples('test/examples/*/*.test.yaml', 4_000),
  words: ['cases:', 'request:', 'expect:', 'claims:', 'headers:', 'at: ', 'matches: ', 'keys:', 'variables:', 'jwt:'],
  maxBytes: 2_048,
  run({ text }) {
    const readings = [readTestFile('a.test.yaml', text), readTrial('request.yaml', text)];
    const problems = readings.flatMap((reading) => (reading.ok ? [] : reading.problems));
    require(readings.every((reading) => reading.ok || reading.problems.length > 0), 'it is refused without a problem');
    return problems.map(formatProblem).join('\n').length;
  },
  maxOutput: maxShown,
};
