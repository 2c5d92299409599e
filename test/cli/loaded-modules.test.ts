/**
 * What `serve` loads: memory that each pod pays for, so that what a configuration does not use stays out.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { serveOnce } from './serve-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'mintproc-loaded-'));
after(() => rmSync(folder, { recursive: true }));

const secret = '0123456789abcdef0123456789abcdef';
const flex = `- policyRef: { name: jwt-generation-flex }
  config: { signingMethod: HS256, privateKey: "${secret}", customClaims: [{ name: sub, value: "#[upper('a')]" }] }`;
const apigee = `<GenerateJWT name="a"><Algorithm>HS256</Algorithm><SecretKey><Value ref="private.secret"/></SecretKey>
  <Subject>a</Subject></GenerateJWT>`;
const datapower = `- jwt-generate: { version: 2.0.0, iss-claim: iss.claim, jws-alg: HS256, jws-crypto: hmac }`;

const apiConnect = { variables: { 'iss.claim': 'https://issuer.example' }, keys: { hmac: { text: secret } } };

/** What each part of the program consists of, as the end or the middle of a module's address. */
const parts = {
  'the language DataWeave 2.x': ['/src/expressions/dataweave/', '/decimal.js/', '/re2js/'],
  'the transport grpc-js': ['/@grpc/grpc-js/', '/@grpc/proto-loader/', '/src/extproc/transports/grpc-js.ts'],
  'reading XML': ['/saxes/'],
  'reading policies of Apigee': ['/src/dialects/apigee/plan.ts'],
  'reading policies of API Connect': ['/src/dialects/datapower/plan.ts'],
  'the other commands': [
    '/src/cli/eval.ts',
    '/src/cli/explain.ts',
    '/src/cli/completion.ts',
    '/src/cli/gen.ts',
    '/src/cli/help.ts',
    '/src/cli/help/',
    '/src/cli/init.ts',
    '/src/cli/schema.ts',
    '/src/cli/import.ts',
    '/src/cli/mint.ts',
    '/src/cli/validate.ts',
    '/src/cli/zip.ts',
    '/src/envoy/',
    '/src/migration/',
    '/src/trial/',
    '/src/configuration/keys/stand-in-keys.ts',
    '/bundle/',
    '/export/',
  ],
  workers: ['/src/serving/workers/serve-by-workers.ts'],
  "Node's HTTP client": ['builtin:internal/deps/undici/undici'],
  "Node's HTTP/2": ['builtin:http2'],
} as const satisfies Record<string, readonly string[]>;

type Part = keyof typeof parts;

const cases: [name: string, policy: string, entry: object, settings: object, loaded: Part[]][] = [
  ['a policy of Flex Gateway', flex, {}, {}, []],
  ['DataWeave 2.x', flex, { expressions: 'dataweave' }, {}, ['the language DataWeave 2.x']],
  ['a policy of Apigee', apigee, { key: { text: secret } }, {}, ['reading XML', 'reading policies of Apigee']],
  ['a policy of API Connect', datapower, {}, apiConnect, ['reading policies of API Connect']],
  ['two workers', flex, {}, { workers: 2 }, ['workers']],
  // grpc-js stands on Node's own HTTP/2, and loads a client with it.
  ['the transport grpc-js', flex, {}, { transport: 'grpc-js' }, ['the transport grpc-js', "Node's HTTP/2"]],
];

const root = join(import.meta.dirname, '..', '..');
const listing = pathToFileURL(join(import.meta.dirname, 'list-modules.ts')).href;

for (const [name, policy, entry, settings, expected] of cases) {
  test(`of the parts that a configuration may need, ${name} loads ${expected.join(' and ') || 'none'}`, async () => {
    const list = join(folder, 'modules.json');
    const { code, out } = await serveOnce({
      command: [process.execPath, '--import', listing, join(root, 'src/main.ts')],
      folder,
      policies: { policy },
      entry,
      settings,
      environment: { MODULES: list },
    });
    assert.equal(code, 0, out);
    const loaded = JSON.parse(readFileSync(list, 'utf8')) as string[];
    assert.ok(
      loaded.some((address) => address.endsWith('/src/dialects/flex/plan.ts')),
      'the list of modules is empty',
    );
    const found = (Object.keys(parts) as Part[]).filter((part) =>
      parts[part].some((piece) => loaded.some((address) => address.includes(piece))),
    );
    assert.deepEqual(found.sort(), expected.sort());
  });
}

test('health loads what it asks with, and nothing that serves', () => {
  const list = join(folder, 'health.json');
  const configuration = join(folder, 'health.yaml');
  writeFileSync(configuration, 'admin: &here 127.0.0.1:1');
  const line = ['--import', listing, join(root, 'src/main.ts'), 'health', '--config', configuration];
  const { status } = spawnSync(process.execPath, line, { env: { ...process.env, MODULES: list } });
  assert.equal(status, 1);
  const loaded = JSON.parse(readFileSync(list, 'utf8')) as string[];
  const sources = loaded.flatMap((address) => address.split('/src/').slice(1)).filter((path) => path.endsWith('.ts'));
  const rooms = new Set(sources.map((path) => path.split('/')[0]));
  assert.deepEqual([...rooms].sort(), ['cli', 'configuration', 'diagnostics', 'main.ts', 'net']);
  const unwanted = [
    '/node_modules/zod/',
    '/node_modules/pino/',
    '/src/configuration/load.ts',
    'builtin:http',
    'builtin:crypto',
  ];
  assert.deepEqual(
    unwanted.filter((part) => loaded.some((address) => address.includes(part))),
    [],
  );
});
