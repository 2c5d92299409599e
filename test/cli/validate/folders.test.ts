import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { filesBelow, maxFiles } from '../../../src/cli/folder-files.ts';
import { CommandError } from '../../../src/cli/terminal.ts';
import { largestFile } from '../../../src/configuration/files.ts';
import { runCommand } from '../captured-terminal.ts';
import { zip } from '../zip-writer.ts';

const folder = mkdtempSync(join(tmpdir(), 'mintproc-folder-'));
chmodSync(folder, 0o755);
after(() => {
  chmodSync(join(folder, 'unread', 'locked'), 0o755);
  rmSync(folder, { recursive: true });
});

const flex = (method: string): string =>
  `- policyRef: { name: jwt-generation-flex }\n  config: { signingMethod: ${method}, exp: 60 }\n`;

function jwt(issuer: string): string {
  return `<GenerateJWT name="A"><Algorithm>RS256</Algorithm><Issuer ref="${issuer}"/><ExpiresIn>60</ExpiresIn>
    <PrivateKey><Value ref="private.key"/></PrivateKey><Subject>x</Subject></GenerateJWT>`;
}

function write(files: Readonly<Record<string, string | Buffer>>): void {
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}

write({
  'all/flex/good.yaml': flex('RS256'),
  'all/flex/wrong.yml': flex('RS265'),
  'all/flex/broken.json': '{ "policyRef": { "name": "jwt-generation-flex" ',
  'all/connect/api.yaml': 'assembly:\n  execute:\n    - jwt-generate: { jws-alg: XS256, iss-claim: iss }\n',
  'all/apigee/policies/Mint.xml': '<GenerateJWT name="Mint"><Algorithm>HS265</Algorithm></GenerateJWT>',
  'all/mintproc.yaml': 'policies: [{ name: a, file: flex/none.yaml }]\nroutes: [{ match: {}, policies: [a] }]\n',
  'all/other/rate-limiting.yaml': '- policyRef: { name: rate-limiting-flex }\n  config: {}\n',
  'all/other/package.json': '{ "name": "x" }',
  'all/.git/copy.yaml': flex('RS265'),
  'all/node_modules/a/copy.yaml': flex('RS265'),
  'mounted/..data/policy.yaml': flex('RS265'),
  'good/policy.yaml': flex('RS256'),
  'none/readme.yaml': 'hello: world\n',
  'teams/mintproc.yaml': "include: ['*.team.yaml']\nunmatched: deny\n",
  'teams/a.team.yaml': 'policies: [{ name: a, file: policy.yaml, key: shared }]\n',
  'teams/b.team.yaml': 'routes: [{ match: {}, policies: [a] }]\nkeys: { shared: { generate: RS256 } }\n',
  'teams/policy.yaml': flex('RS256'),
  // Alone, the policies of a configuration lack what it gives them.
  'nested/b/mintproc.json': JSON.stringify({
    variables: { tenant: 'one' },
    policies: [{ name: 'a', file: '../a/apiproxy/policies/A.xml', key: { generate: 'RS256' } }],
    routes: [{ match: {}, policies: ['a'] }],
  }),
  'nested/a/apiproxy/policies/A.xml': jwt('tenant'),
  'nested/c/envoy.yaml': 'admin: {}\nstatic_resources: {}\n',
  'nested/c/request.json': '{"attributes": {}, "variables": {}}',
  'nested/c/tab.yaml': '- policyRef: { name: jwt-generation-flex }\n  config:\n\texp: 60\n',
  'nested/c/broken.xml': '<GenerateJWT name="B"><Algorithm>',
  'nested/c/flow.xml': '<ProxyEndpoint name="',
  'imported/mintproc.yaml':
    "policies: [{ name: a, file: policies/A.xml, output: { header: 'FILL IN: Write it.' } }]\nroutes: [{ match: {}, policies: [a] }]\n",
  'imported/policies/A.xml': jwt('tenant'),
  'circle/mintproc.yaml': `include: [mintproc.b.yaml]\nunmatched: deny\n`,
  'circle/mintproc.b.yaml': `include: [mintproc.yaml]\nunmatched: deny\n`,
  'unread/good.yaml': flex('RS256'),
  'unread/locked.yaml': flex('RS256'),
  'unread/locked/good.yaml': flex('RS256'),
  'unread/bytes.yaml': Buffer.from(`${flex('RS256')}# caf\xe9\n`, 'latin1'),
  'unread/wide.yaml': Buffer.from(`\uFEFF${flex('RS256')}`, 'utf16le'),
  'unread/wide.xml': Buffer.from(`\uFEFF${jwt('tenant')}`, 'utf16le'),
  'unread/bytes.xml': Buffer.from(jwt('caf\xe9'), 'latin1'),
  'unread/large.yaml': `${flex('RS256')}${'#'.repeat(largestFile)}`,
  'unread/large.json': JSON.stringify('x'.repeat(largestFile)),
  'unread/none.zip': 'a text',
  'unread/damaged.zip': 'PK\x03\x04',
  'archives/two.zip': zip([
    { name: 'one/apiproxy/policies/A.xml', text: jwt('tenant') },
    { name: 'two/flex.yaml', text: flex('RS265') },
    { name: 'two/readme.yaml', text: 'hello: world\n' },
    { name: 'mintproc.yaml', text: 'policies: []\n' },
  ]),
  'archives/odd.ZIP': zip([
    { name: '../two.zip/two/flex.yaml', text: flex('RS256') },
    { name: 'inner.zip', text: 'PK' },
    { name: 'good.yaml', text: flex('RS256') },
  ]),
});
symlinkSync('nowhere.yaml', join(folder, 'unread', 'dangling.yaml'));
symlinkSync('nowhere.txt', join(folder, 'unread', 'dangling.txt'));
execFileSync('mkfifo', [join(folder, 'unread', 'pipe.yaml')]);
for (const name of ['locked.yaml', 'locked']) chmodSync(join(folder, 'unread', name), 0);
symlinkSync(join('..data', 'policy.yaml'), join(folder, 'mounted', 'policy.yaml'));
// With several loops, the number of paths doubles at each step.
for (const name of ['loop', 'again', 'more']) symlinkSync('.', join(folder, 'mounted', name));

/** The exit code, and the files below the folder, each with whether it is valid. */
const folders: readonly (readonly [name: string, code: number, files: readonly (readonly [string, boolean])[]])[] = [
  [
    'all',
    1,
    [
      ['all/apigee/policies/Mint.xml', false],
      ['all/connect/api.yaml', false],
      ['all/flex/broken.json', false],
      ['all/flex/good.yaml', true],
      ['all/flex/wrong.yml', false],
      ['all/mintproc.yaml', false],
    ],
  ],
  ['mounted', 1, [['mounted/policy.yaml', false]]],
  ['good', 0, [['good/policy.yaml', true]]],
  ['none', 1, [['none', false]]],
  // Included files, and policies that they name, are checked as parts of the configuration.
  ['teams', 0, [['teams/mintproc.yaml', true]]],
  [
    'nested',
    1,
    [
      ['nested/c/broken.xml', false],
      // A flow that cannot be read may call policies.
      ['nested/c/flow.xml', false],
      ['nested/b/mintproc.json', true],
      ['nested/c/tab.yaml', false],
    ],
  ],
  ['imported', 1, [['imported/mintproc.yaml', false]]],
  // Each names the other, and one of them is reported.
  ['circle', 1, [['circle/mintproc.yaml', false]]],
  [
    'unread',
    1,
    [
      ['unread/bytes.xml', false],
      ['unread/wide.xml', false],
      ['unread/bytes.yaml', false],
      ['unread/good.yaml', true],
      ['unread/large.yaml', false],
      ['unread/wide.yaml', false],
      ['unread/locked', false],
      ['unread/damaged.zip', false],
      ['unread/dangling.yaml', false],
      ['unread/locked.yaml', false],
      ['unread/none.zip', false],
      ['unread/pipe.yaml', false],
    ],
  ],
  [
    'archives',
    1,
    [
      ['archives/two.zip/one/apiproxy/policies/A.xml', true],
      ['archives/odd.ZIP/good.yaml', true],
      ['archives/two.zip/two/flex.yaml', false],
      ['archives/two.zip/mintproc.yaml', false],
      ['archives/odd.ZIP', false],
    ],
  ],
  [
    'archives/two.zip',
    1,
    [
      ['archives/two.zip/one/apiproxy/policies/A.xml', true],
      ['archives/two.zip/two/flex.yaml', false],
      ['archives/two.zip/mintproc.yaml', false],
    ],
  ],
];

/** Files that may not be read can be read by root. */
async function asNobody<T>(run: () => Promise<T>): Promise<T> {
  if (process.getuid?.() !== 0) return run();
  process.seteuid?.(65534);
  return run().finally(() => process.seteuid?.(0));
}

for (const [name, code, expected] of folders) {
  test(`validate checks every policy file below a folder: ${name}`, async () => {
    const ran = await asNobody(() => runCommand(['validate', join(folder, name), '--format', 'json']));
    const { files } = JSON.parse(ran.out) as { files: readonly { file: string; ok: boolean }[] };
    assert.deepEqual(
      files.map(({ file, ok }) => [file.slice(folder.length + 1), ok]),
      expected,
    );
    assert.equal(ran.code, code);
  });
}

/** Paths below the folder, with the files that are reported. */
const several: readonly (readonly [what: string, paths: readonly string[], files: readonly string[]])[] = [
  ['a file twice', ['good/policy.yaml', 'good/../good/policy.yaml'], ['good/policy.yaml']],
  ['a file by a link', ['mounted/policy.yaml', 'mounted/..data/policy.yaml'], ['mounted/policy.yaml']],
  ['a folder and its file', ['good', 'good/policy.yaml'], ['good/policy.yaml']],
  ['a part of a configuration', ['teams/policy.yaml', 'teams/mintproc.yaml'], ['teams/mintproc.yaml']],
  ['a proxy twice', ['nested/a', 'nested/a/apiproxy'], ['nested/a/apiproxy/policies/A.xml']],
  ['a missing path', ['none/x.yaml', 'good', 'nowhere'], ['none/x.yaml', 'good/policy.yaml', 'nowhere']],
  ['a folder without policies', ['none', 'good'], ['none', 'good/policy.yaml']],
];

for (const [what, paths, expected] of several) {
  test(`validate of several paths: ${what}`, async () => {
    const line = paths.map((path) => `${folder}/${path}`);
    const { out } = await runCommand(['validate', ...line, '--format', 'json']);
    const { files, bundles = [] } = JSON.parse(out);
    assert.deepEqual(
      files.map(({ file }: { file: string }) => file.slice(folder.length + 1)),
      expected,
    );
    assert.ok(bundles.length <= 1);
  });
}

test('a proxy whose policies have a configuration needs no section for one', async () => {
  for (const name of ['imported', 'nested/a']) {
    const { out } = await runCommand(['validate', join(folder, name)]);
    assert.equal(out.includes('For mintproc.yaml:'), name === 'nested/a');
  }
});

test('a file in a folder that may not be searched is one sentence', async () => {
  const { code, out } = await asNobody(() => runCommand(['validate', join(folder, 'unread/locked/good.yaml')]));
  assert.equal(code, 1);
  assert.match(out, /good\.yaml may not be read by this process\./);
});

test('a folder with as many files as allowed, and one more', () => {
  const many = join(folder, 'many');
  mkdirSync(many);
  for (let index = 0; index < maxFiles; index++) writeFileSync(join(many, `${index}.txt`), '');
  assert.equal(filesBelow(many, () => true).names.length, maxFiles);
  writeFileSync(join(many, 'one-more.txt'), '');
  assert.throws(() => filesBelow(many, () => true), CommandError);
});
