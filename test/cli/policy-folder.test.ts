import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { filesBelow, maxFiles } from '../../src/cli/folder-files.ts';
import { CommandError } from '../../src/cli/terminal.ts';
import { runCommand } from './captured-terminal.ts';

const folder = mkdtempSync(join(tmpdir(), 'mintproc-folder-'));
after(() => rmSync(folder, { recursive: true }));

const flex = (method: string): string =>
  `- policyRef: { name: jwt-generation-flex }\n  config: { signingMethod: ${method}, exp: 60 }\n`;

function write(files: Readonly<Record<string, string>>): void {
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
});
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
];

for (const [name, code, expected] of folders) {
  test(`validate checks every policy file below a folder: ${name}`, async () => {
    const ran = await runCommand(['validate', join(folder, name), '--format', 'json']);
    const { files } = JSON.parse(ran.out) as { files: readonly { file: string; ok: boolean }[] };
    assert.deepEqual(
      files.map(({ file, ok }) => [file.slice(folder.length + 1), ok]),
      expected,
    );
    assert.equal(ran.code, code);
  });
}

test('a folder with as many files as allowed, and one more', () => {
  const many = join(folder, 'many');
  mkdirSync(many);
  for (let index = 0; index < maxFiles; index++) writeFileSync(join(many, `${index}.txt`), '');
  assert.equal(filesBelow(many, () => true).names.length, maxFiles);
  writeFileSync(join(many, 'one-more.txt'), '');
  assert.throws(() => filesBelow(many, () => true), CommandError);
});
