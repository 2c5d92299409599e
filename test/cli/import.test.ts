/**
 * @module
 * `mintproc import`: the exit code, what it writes and what it leaves alone, and its JSON.
 */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { printedReport } from '../migration/printed-report.ts';
import { runCommand } from './captured-terminal.ts';
import { zip } from './zip-writer.ts';

const root = mkdtempSync(join(tmpdir(), 'mintproc-import-'));
after(() => rmSync(root, { recursive: true }));
const made = join(root, 'exports');
cpSync(join(import.meta.dirname, '../migration/exports'), made, { recursive: true });

let count = 0;
const newFolder = (): string => join(root, `out-${++count}`);

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();

const exits: readonly [name: string, code: number, others: string[]][] = [
  ['apigee', 1, ['policies/Generate-Backend-JWT.xml', 'tests/Generate-Backend-JWT.test.yaml']],
  ['flex', 0, ['policies/policies.yaml', 'tests/backend-token.test.yaml']],
  ['datapower', 0, ['policies/invoices_1.0.0.yaml', 'tests/invoices-jwt.test.yaml']],
];

for (const [name, code, others] of exits) {
  test(`an export of ${name} becomes a folder that loads strictly once its key is there`, async () => {
    const out = newFolder();
    const result = await runCommand(['import', join(made, name), '--out', out, '--format', 'json']);
    assert.equal(result.code, code, result.errors);
    const { files, keys } = printedReport.parse(JSON.parse(result.out));
    assert.deepEqual(files, filesIn(out));
    const own = ['REPORT.md', 'envoy.yaml', 'keys/.gitignore', 'keys/README.md', 'mintproc.yaml'];
    assert.deepEqual(files, [...own, ...others]);
    assert.equal(keys.length, 1);
    for (const { file } of keys) writeFileSync(join(out, file), rsa, { mode: 0o600 });
    const checked = await runCommand(['validate', join(out, 'mintproc.yaml'), '--strict']);
    assert.equal(checked.code, 0, checked.out);
  });
}

test('the files of the vendor are copied byte for byte, for their owner only', async () => {
  const out = newFolder();
  await runCommand(['import', join(made, 'flex'), '--out', out]);
  const copy = join(out, 'policies/policies.yaml');
  assert.deepEqual(readFileSync(copy), readFileSync(join(made, 'flex/policies.yaml')));
  assert.equal(statSync(copy).mode & 0o077, 0);
});

test('exports of all dialects become one configuration, whatever they are packed in', async () => {
  const [apart, together] = [newFolder(), newFolder()];
  const proxy = join(root, 'orders.zip');
  const bundle = join(made, 'apigee');
  writeFileSync(proxy, zip(filesIn(bundle).map((name) => ({ name, text: readFileSync(join(bundle, name), 'utf8') }))));
  const flex = ['api.yaml', 'policies.yaml'].map((name) => join(made, 'flex', name));
  await runCommand(['import', proxy, ...flex, join(made, 'datapower'), '--out', apart]);
  await runCommand(['import', made, '--out', together]);
  assert.deepEqual(filesIn(apart), filesIn(together));
  const policiesOf = (folder: string) =>
    readFileSync(join(folder, 'mintproc.yaml'), 'utf8')
      .match(/- name: .*\n +file: .*/g)
      ?.sort();
  assert.deepEqual(policiesOf(apart), policiesOf(together));
  assert.equal(policiesOf(apart)?.length, 3);
});

test('a file and a folder around it count once', async () => {
  const [once, twice] = [newFolder(), newFolder()];
  await runCommand(['import', join(made, 'flex'), '--out', once]);
  await runCommand(['import', join(made, 'flex'), join(made, 'flex/policies.yaml'), made, '--out', twice]);
  assert.equal(readFileSync(join(twice, 'mintproc.yaml'), 'utf8').match(/file: policies\/policies/g)?.length, 1);
});

for (const proxy of ['envoy', 'istio', 'envoy-gateway']) {
  test(`the Envoy part for ${proxy} is what gen writes`, async () => {
    const [out, generated] = [newFolder(), newFolder()];
    await runCommand(['import', join(made, 'flex'), '--out', out, '--proxy', proxy]);
    const { errors } = await runCommand(['gen', proxy, '--config', join(out, 'mintproc.yaml'), '--out', generated]);
    const names = filesIn(generated);
    assert.ok(names.length > 0, errors);
    for (const name of names)
      assert.equal(readFileSync(join(out, name), 'utf8'), readFileSync(join(generated, name), 'utf8'));
  });
}

test('the command in the report writes a part that verifies the callers as the gateway did', async () => {
  const [folder, out] = [join(root, 'verified'), newFolder()];
  cpSync(join(made, 'apigee'), folder, { recursive: true });
  const verifier = join(folder, 'apiproxy/policies/Verify-Caller.xml');
  const issuer = '<Issuer>https://login.example.com</Issuer><Audience>orders</Audience></VerifyJWT>';
  writeFileSync(verifier, readFileSync(verifier, 'utf8').replace('</VerifyJWT>', issuer));
  await runCommand(['import', folder, '--out', out]);
  const [, line = ''] = /^ *mintproc (gen .*)$/m.exec(readFileSync(join(out, 'REPORT.md'), 'utf8')) ?? [];
  const words = line.replace('HOST:PORT', '127.0.0.1:8080').replace('mintproc.yaml', join(out, 'mintproc.yaml'));
  const { code, errors } = await runCommand(words.replace(' . ', ` ${out} `).split(' '));
  assert.equal(code, 0, errors);
  const part = readFileSync(join(out, 'envoy.yaml'), 'utf8');
  assert.match(part, /^ +issuer: https:\/\/login\.example\.com\n +audiences: \[ orders \]\n/m);
  assert.match(part, /uri: "?https:\/\/login\.example\.com\/jwks\.json/);
});

test('a request without a caller gets no token where the gateway answered 401', async () => {
  const [folder, out] = [join(root, 'secured'), newFolder()];
  cpSync(join(made, 'datapower'), folder, { recursive: true });
  const api = join(folder, 'invoices_1.0.0.yaml');
  writeFileSync(api, `${readFileSync(api, 'utf8')}security: [{ login: [read] }]\n`);
  await runCommand(['import', folder, '--out', out]);
  writeFileSync(join(out, 'keys/invoices-jws.pem'), rsa, { mode: 0o600 });
  const mint = async (caller: string) => {
    const headers = '{ iss: https://gateway.example.com, aud: a }';
    const request = `request: { method: GET, path: /invoices/7, headers: ${headers} }\n${caller}`;
    writeFileSync(join(out, 'request.yaml'), request);
    return runCommand(['mint', '--config', join(out, 'mintproc.yaml'), '--request', join(out, 'request.yaml')]);
  };
  assert.match((await mint('')).errors, /The request is refused with 401\. .*`requireCaller`/);
  assert.match((await mint('caller: { claims: { sub: ann } }')).out, /^authorization: Bearer /);
});

test('nothing is overwritten without --force, and with it only what the import writes', async () => {
  const out = newFolder();
  mkdirSync(out);
  writeFileSync(join(out, 'own.txt'), 'own');
  writeFileSync(join(out, 'REPORT.md'), 'own');
  const refused = await runCommand(['import', join(made, 'flex'), '--out', out]);
  assert.equal(refused.code, 2);
  assert.match(refused.errors, /REPORT\.md exists already/);
  assert.deepEqual(filesIn(out), ['REPORT.md', 'own.txt']);
  const forced = await runCommand(['import', join(made, 'flex'), '--out', out, '--force']);
  assert.equal(forced.code, 0, forced.errors);
  assert.equal(readFileSync(join(out, 'own.txt'), 'utf8'), 'own');
  assert.match(readFileSync(join(out, 'REPORT.md'), 'utf8'), /^# Import report/);
});

test('an import into the folder of the export, and again, does not read what it wrote', async () => {
  const folder = join(root, 'inside');
  cpSync(join(made, 'flex'), folder, { recursive: true });
  const out = join(folder, 'mintproc');
  await runCommand(['import', folder, '--out', out]);
  const first = filesIn(out).map((name) => readFileSync(join(out, name), 'utf8'));
  const { code } = await runCommand(['import', folder, '--out', out, '--force']);
  assert.equal(code, 0);
  assert.deepEqual(
    filesIn(out).map((name) => readFileSync(join(out, name), 'utf8')),
    first,
  );
});

test('what another import wrote is no export', async () => {
  const folder = join(root, 'again');
  cpSync(join(made, 'flex'), folder, { recursive: true });
  const [earlier, first, second] = [join(folder, 'earlier'), newFolder(), newFolder()];
  await runCommand(['import', folder, '--out', first]);
  await runCommand(['import', folder, '--out', earlier]);
  await runCommand(['import', folder, '--out', second]);
  assert.equal(readFileSync(join(second, 'mintproc.yaml'), 'utf8'), readFileSync(join(first, 'mintproc.yaml'), 'utf8'));
  const { code, errors } = await runCommand(['import', earlier, '--out', newFolder()]);
  assert.equal(code, 2);
  assert.match(errors, /earlier was written by `mintproc import` and is left out/);
});

test('the names of files do not depend on where the export is', async () => {
  const [here, there] = [newFolder(), newFolder()];
  const moved = join(root, 'deep/below/exports');
  cpSync(made, moved, { recursive: true });
  await runCommand(['import', made, '--out', here]);
  await runCommand(['import', moved, '--out', there]);
  const report = readFileSync(join(here, 'REPORT.md'), 'utf8');
  assert.equal(readFileSync(join(there, 'REPORT.md'), 'utf8'), report);
  assert.match(report, /`flex\/policies\.yaml:\d+:\d+`/);
});

test('two paths of one name differ in the reports by what is before it', async () => {
  for (const name of ['a', 'b']) cpSync(join(made, 'apigee'), join(root, 'two', name, 'export'), { recursive: true });
  const { out } = await runCommand([
    'import',
    join(root, 'two/a/export'),
    join(root, 'two/b/export'),
    '--out',
    newFolder(),
    '--format',
    'json',
  ]);
  const files = new Set(
    printedReport.parse(JSON.parse(out)).policies.map(({ file }) => file.replace(/\/apiproxy\/.*/, '')),
  );
  assert.deepEqual([...files], ['a/export', 'b/export']);
});

test('an archive and the folder that it is in count once', async () => {
  const folder = join(root, 'packed');
  mkdirSync(folder);
  const bundle = join(made, 'apigee');
  const entries = filesIn(bundle).map((name) => ({ name, text: readFileSync(join(bundle, name), 'utf8') }));
  writeFileSync(join(folder, 'orders.zip'), zip(entries));
  const [once, twice] = [newFolder(), newFolder()];
  await runCommand(['import', folder, '--out', once]);
  await runCommand(['import', folder, join(folder, 'orders.zip'), '--out', twice]);
  assert.equal(filesIn(join(twice, 'policies')).length, filesIn(join(once, 'policies')).length);
});

test('a link in the way of a file is not followed', async () => {
  const out = newFolder();
  mkdirSync(out);
  const elsewhere = newFolder();
  mkdirSync(elsewhere);
  symlinkSync(elsewhere, join(out, 'policies'));
  const { code, errors } = await runCommand(['import', join(made, 'flex'), '--out', out, '--force']);
  assert.equal(code, 2);
  assert.match(errors, /policies is not a folder/);
  assert.deepEqual(filesIn(elsewhere), []);
});

test('names in an archive lead nowhere else', async () => {
  const bundle = join(made, 'apigee');
  const entries = filesIn(bundle).map((name) => ({
    name: `../../${name}`,
    text: readFileSync(join(bundle, name), 'utf8'),
  }));
  const archive = join(root, 'hostile.zip');
  writeFileSync(archive, zip(entries));
  const out = newFolder();
  await runCommand(['import', archive, '--out', out]);
  for (const name of existsSync(out) ? filesIn(out) : []) assert.doesNotMatch(name, /\.\./);
  assert.equal(existsSync(join(root, 'apiproxy')), false);
});

test('nothing that a terminal obeys is printed or written, except in the copies', async () => {
  const folder = join(root, 'shown');
  const controls = '\u009b2J\u202e\u2066\u200b';
  for (const name of filesIn(join(made, 'apigee'))) {
    const text = readFileSync(join(made, 'apigee', name), 'utf8');
    const hostile = text.replace(/(?<=<(?:Name|Value|Key|Parameter|Description|Condition)>)(?=[\w"])/g, controls);
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), hostile.replace(/(?<=name=")(?=Set-)/g, controls));
  }
  for (const format of ['text', 'json']) {
    const out = newFolder();
    const result = await runCommand(['import', folder, '--out', out, '--format', format]);
    const written = filesIn(out).filter((name) => !name.startsWith('policies/'));
    for (const text of [result.out, result.errors, ...written.map((name) => readFileSync(join(out, name), 'utf8'))]) {
      assert.doesNotMatch(text, /(?!\n)[\p{C}\u2028\u2029]/u);
    }
  }
});

test('an archive with two files of the same name is refused: which of them the gateway had is not known', async () => {
  const archive = join(root, 'twice.zip');
  const name = 'apiproxy/policies/J.xml';
  writeFileSync(
    archive,
    zip(
      ['HS256', 'RS256'].map((text) => ({
        name,
        text: `<GenerateJWT name="J"><Algorithm>${text}</Algorithm></GenerateJWT>`,
      })),
    ),
  );
  const { code, errors } = await runCommand(['import', archive, '--out', newFolder()]);
  assert.equal(code, 2);
  assert.match(errors, /holds two files of the same name/);
});

const wrong: readonly [name: string, line: string[], message: RegExp][] = [
  ['no path', ['--out', 'x'], /At least one PATH/],
  ['no folder', ['a'], /--out is required/],
  [
    'an unknown proxy',
    ['a', '--out', 'x', '--proxy', 'nginx'],
    /--proxy takes envoy, istio, envoy-gateway, kgateway\.\n/,
  ],
  ['a misspelt proxy', ['a', '--out', 'x', '--proxy', 'isto'], /Did you mean istio\?/],
  ['an export in the folder of --out', [join(made, 'flex'), '--out', made], /flex is in the folder of --out/],
  ['an unknown format', ['a', '--out', 'x', '--format', 'xml'], /--format takes/],
  ['a path that does not exist', [join(root, 'none'), '--out', join(root, 'x')], /There is no file or folder/],
  [
    'nothing to import',
    [join(made, 'apigee/apiproxy/targets'), '--out', join(root, 'x')],
    /No policy that mints a token.*\n.*looks for GenerateJWT/,
  ],
];

for (const [name, args, message] of wrong) {
  test(`${name}: exit 2, and nothing is written`, async () => {
    const { code, errors, out } = await runCommand(['import', ...args]);
    assert.equal(code, 2);
    assert.equal(out, '');
    assert.match(errors, message);
    assert.equal(existsSync(join(root, 'x')), false);
  });
}
