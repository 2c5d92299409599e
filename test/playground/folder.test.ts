/**
 * A playground with a folder: what it shows of it, whose keys sign, and what it writes.
 */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { maxCases } from '../../src/playground/folder-cases.ts';
import type { Calls, Opened, RunAnswer } from '../../src/playground/interface.ts';
import { runCommand } from '../cli/captured-terminal.ts';
import { exampleNamed, folderWith, type Opening, playgroundOf } from './client.ts';

const example = exampleNamed('flex');

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });

/** The folder of the example, with a key. */
function folder(more: Readonly<Record<string, string>> = {}): string {
  const made = folderWith({ ...Object.fromEntries(example.files.map(({ name, text }) => [name, text])), ...more });
  mkdirSync(join(made, 'keys'));
  writeFileSync(join(made, 'keys/orders.pem'), pem, { mode: 0o600 });
  return made;
}

function playgroundIn(made: string, opening: Partial<Opening> = {}) {
  return playgroundOf({ config: join(made, 'mintproc.yaml'), ...opening });
}

async function opened(made: string, opening: Partial<Opening> = {}): Promise<NonNullable<Opened['folder']>> {
  const { folder: read } = await playgroundIn(made, opening).open({});
  assert.ok(read);
  return read;
}

test('the files of the configuration, with what each is, and the policies by name', async () => {
  const { files, policies, hasKeys } = await opened(folder());
  assert.deepEqual(
    files.map(({ name, kind, text }) => [name, kind, text === example.files.find((one) => one.name === name)?.text]),
    [
      ['mintproc.yaml', 'configuration', true],
      ['orders.flex.yaml', 'flex', true],
    ],
  );
  assert.deepEqual([policies, hasKeys], [[{ name: 'orders', dialect: 'flex', file: 'orders.flex.yaml' }], false]);
});

test('included files are shown, and one with a mistake as well', async () => {
  const made = folder({ 'more.yaml': 'policies: [', 'keys.yaml': 'keys: {}\n' });
  writeFileSync(join(made, 'mintproc.yaml'), 'include: [more.yaml, keys.yaml]\n');
  const { files } = await opened(made);
  assert.deepEqual(
    files.map(({ name, kind }) => [name, kind]),
    ['mintproc.yaml', 'more.yaml', 'keys.yaml'].map((name) => [name, 'configuration']),
  );
});

test('a policy outside of the folder is read, and not shown as a file', async () => {
  const made = folder();
  const outside = folderWith({ 'other.xml': exampleNamed('apigee').files[0]?.text ?? '' });
  writeFileSync(join(made, 'mintproc.yaml'), `policies: [{ name: a, file: ${join(outside, 'other.xml')} }]\n`);
  const { files, policies } = await opened(made);
  assert.deepEqual(
    [files.map(({ name }) => name), policies.map(({ dialect }) => dialect)],
    [['mintproc.yaml'], ['apigee']],
  );
});

test('the cases of the tests of this configuration, without what they expect', async () => {
  const made = folder({
    'a.test.yaml': `config: mintproc.yaml
at: 2026-01-01T00:00:00Z
cases:
  - name: one
    request: &r { path: /orders } # a comment
    expect: { policy: orders }
  - { name: two, request: *r, expect: { policy: orders } }
`,
    'b.test.yaml': 'config: other.yaml\ncases: [{ name: three, expect: { policy: a } }]\n',
    'c.test.yaml': 'cases: [',
  });
  const testFiles = () => ['a', 'b', 'c'].map((name) => join(made, `${name}.test.yaml`));
  const { cases } = await opened(made, { testFiles });
  assert.deepEqual(cases, [
    {
      name: 'one',
      text: 'name: one\nrequest: &r { path: /orders } # a comment\nat: 2026-01-01T00:00:00Z\n',
    },
    { name: 'two', text: 'name: two\nrequest:\n  path: /orders\nat: 2026-01-01T00:00:00Z\n' },
  ]);
});

for (const [name, count] of [
  ['as many as are shown', maxCases],
  ['one more', maxCases + 1],
] as const) {
  test(`cases: ${name}`, async () => {
    const cases = Array.from({ length: count }, (_, at) => ({ name: `${at}`, expect: { policy: 'orders' } }));
    const made = folder({ 'a.test.yaml': JSON.stringify({ config: 'mintproc.yaml', cases }) });
    const { cases: shown } = await opened(made, { testFiles: () => [join(made, 'a.test.yaml')] });
    assert.equal(shown.length, maxCases);
  });
}

async function runIn(
  made: string,
  opening: Partial<Opening> = {},
  files: Calls['run']['body']['files'] = [],
): Promise<RunAnswer> {
  return playgroundIn(made, opening).run({ files, isFolder: true, case: example.case });
}

test('a file of the page is run in place of the one on the disk', async () => {
  const made = folder();
  const text = (example.files[0]?.text ?? '').replace("'orders'\"", "'billing'\"");
  const { outcome } = await runIn(made, {}, [{ name: 'orders.flex.yaml', text }]);
  const claims = outcome?.policies[0]?.token?.claims ?? [];
  assert.equal(claims.find(({ name }) => name === 'aud')?.json, '"billing"');
});

test('places of problems have the names of the files', async () => {
  const { problems } = await runIn(folder(), {}, [{ name: 'mintproc.yaml', text: 'policies: [' }]);
  assert.deepEqual(problems.map(({ range }) => range.file)[0], 'mintproc.yaml');
});

test('without --with-keys a made key signs, and a broken key that is there is not read', async () => {
  const made = folder();
  writeFileSync(join(made, 'keys/orders.pem'), 'no key');
  const answer = await runIn(made);
  assert.deepEqual(
    answer.problems.filter(({ severity }) => severity === 'error'),
    [],
  );
  assert.equal(answer.madeKeys.length, 1);
  assert.equal(answer.outcome?.policies[0]?.token?.verification.isValid, true);
});

test('with --with-keys the key that is there signs: mintproc verify takes the token', async () => {
  const made = folder();
  const answer = await runIn(made, { withKeys: true });
  assert.deepEqual(answer.madeKeys, []);
  const token = answer.outcome?.policies[0]?.token?.text ?? '';
  const at = `${(answer.outcome?.at ?? 0) / 1000}`;
  const { code, out } = await runCommand(['verify', token, '--config', join(made, 'mintproc.yaml'), '--at', at]);
  assert.equal(code, 0, out);
});

test('with --with-keys a key that is not there is an error at its place', async () => {
  const made = folder();
  writeFileSync(
    join(made, 'mintproc.yaml'),
    (example.files[1]?.text ?? '').replace('keys/orders.pem', 'keys/none.pem'),
  );
  const { problems, outcome } = await runIn(made, { withKeys: true });
  const [error] = problems;
  assert.deepEqual([error?.code, error?.range.file, outcome], ['config.unreadable-file', 'mintproc.yaml', undefined]);
});

test('with --with-keys the examples have made keys nevertheless', async () => {
  const { run } = playgroundIn(folder(), { withKeys: true });
  const { madeKeys } = await run({ files: example.files, isFolder: false, case: example.case });
  assert.equal(madeKeys.length, 1);
});

async function saved(made: string, name: string, text: string, version?: string): Promise<Calls['save']['answer']> {
  const { files } = await opened(made);
  const known = files.find((file) => file.name === name)?.version;
  return playgroundIn(made).save({ name, text, version: version ?? known ?? '' });
}

test('a file is saved with its permissions, and its new version is known', async () => {
  const made = folder();
  const path = join(made, 'orders.flex.yaml');
  chmodSync(path, 0o640);
  const answer = await saved(made, 'orders.flex.yaml', '# changed\n');
  assert.deepEqual([readFileSync(path, 'utf8'), statSync(path).mode & 0o777], ['# changed\n', 0o640]);
  assert.ok(answer.ok);
  assert.equal((await saved(made, 'mintproc.yaml', 'policies: []\n')).ok, true);
});

test('the version of a saved file is that of the next read', async () => {
  const made = folder();
  const answer = await saved(made, 'mintproc.yaml', 'policies: []\n');
  assert.ok(answer.ok);
  assert.equal((await opened(made)).files[0]?.version, answer.version);
});

test('a file that somebody else has changed is not overwritten', async () => {
  const made = folder();
  const { files } = await opened(made);
  writeFileSync(join(made, 'mintproc.yaml'), '# by somebody else\n');
  const answer = await playgroundIn(made).save({ name: 'mintproc.yaml', text: 'a', version: files[0]?.version ?? '' });
  assert.ok(!answer.ok);
  assert.equal(answer.reason, 'conflict');
  assert.equal(readFileSync(join(made, 'mintproc.yaml'), 'utf8'), '# by somebody else\n');
});

const notWritten: [name: string, file: string][] = [
  ['a file that is not of the configuration', 'keys/orders.pem'],
  ['a new file', 'new.yaml'],
  ['a way out of the folder', '../mintproc.yaml'],
  ['an absolute path', '/etc/hosts'],
];

for (const [name, file] of notWritten) {
  test(`not written: ${name}`, async () => {
    const answer = await saved(folder(), file, 'a', 'v');
    assert.deepEqual(answer, {
      ok: false,
      reason: 'failed',
      message: 'This is not a file of the opened configuration, so it is not written.',
    });
  });
}

test('not written: a link that leads out of the folder', async () => {
  const made = folder();
  const outside = join(folderWith({ 'outside.yaml': example.files[0]?.text ?? '' }), 'outside.yaml');
  symlinkSync(outside, join(made, 'linked.yaml'));
  writeFileSync(join(made, 'mintproc.yaml'), (example.files[1]?.text ?? '').replace('orders.flex.yaml', 'linked.yaml'));
  const answer = await saved(made, 'linked.yaml', 'a');
  assert.ok(!answer.ok);
  assert.match(answer.message, /is a link that leads out of the folder/);
  assert.equal(readFileSync(outside, 'utf8'), example.files[0]?.text);
});

test('a link inside of the folder stays a link: its target is written', async () => {
  const made = folder();
  symlinkSync('orders.flex.yaml', join(made, 'linked.yaml'));
  writeFileSync(join(made, 'mintproc.yaml'), (example.files[1]?.text ?? '').replace('orders.flex.yaml', 'linked.yaml'));
  assert.equal((await saved(made, 'linked.yaml', '# changed\n')).ok, true);
  assert.equal(readFileSync(join(made, 'orders.flex.yaml'), 'utf8'), '# changed\n');
});

test('the folder of an import is opened and runs, although its keys are not there', async () => {
  const made = join(folderWith({}), 'out');
  await runCommand(['import', join(import.meta.dirname, '../migration/exports/apigee'), '--out', made]);
  const { policies } = await opened(made);
  assert.ok(policies.length > 0);
  const { outcome } = await playgroundIn(made).run({ files: [], isFolder: true, case: '{}' });
  assert.deepEqual(outcome?.refusal?.code, 'route.none');
});
