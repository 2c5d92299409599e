/**
 * A playground with a folder: what it shows of it, whose keys sign, and what it writes.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { maxCases } from '../../src/playground/folder-cases.ts';
import type { Calls, Opened, RunAnswer } from '../../src/playground/interface.ts';
import { MadeKeys } from '../../src/playground/made-keys.ts';
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

test('a case that an import left open is shown without its open values', async () => {
  const made = folder({
    'a.test.yaml': `config: mintproc.yaml
cases:
  - name: as the old gateway made it
    # An example that takes the route.
    request: { method: GET, path: /orders/1, headers: { x-a: "FILL IN: Write it." } }
    caller: { claims: { sub: "FILL IN: Write it.", tenant: t1 } }
    expect: { policy: orders, sameAs: recorded/orders.jwt }
`,
  });
  const { cases } = await opened(made, { testFiles: () => [join(made, 'a.test.yaml')] });
  assert.deepEqual(
    cases.map(({ text }) => parse(text)),
    [
      {
        name: 'as the old gateway made it',
        request: { method: 'GET', path: '/orders/1', headers: {} },
        caller: { claims: { tenant: 't1' } },
      },
    ],
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
  - { name: four, at: 1, expect: { policy: orders } }
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
    { name: 'four', text: '{ name: four, at: 1 }\n' },
  ]);
});

const numbers: [name: string, counts: readonly number[]][] = [
  ['as many as are shown', [maxCases]],
  ['one more', [maxCases + 1]],
  ['one more, in two files', [maxCases - 1, 2]],
];

for (const [name, counts] of numbers) {
  test(`cases: ${name}`, async () => {
    const texts = counts.map((count, file) => {
      const cases = Array.from({ length: count }, (_, at) => ({ name: `${at}`, expect: { policy: 'orders' } }));
      return [`${file}.test.yaml`, JSON.stringify({ config: 'mintproc.yaml', cases })] as const;
    });
    const made = folder(Object.fromEntries(texts));
    const { cases: shown } = await opened(made, { testFiles: () => texts.map(([file]) => join(made, file)) });
    assert.equal(shown.length, maxCases);
  });
}

const matches: [name: string, route: string, text: string][] = [
  ['a path', '{ path: /orders }', 'request:\n  method: GET\n  path: /orders\n'],
  ['a beginning of the path', '{ pathPrefix: /orders/ }', 'request:\n  method: GET\n  path: /orders/\n'],
  ['any segments', '{ path: /a/*/b/** }', 'request:\n  method: GET\n  path: /a/1/b/1\n'],
  ['everything', '{}', 'request:\n  method: GET\n  path: /\n'],
  [
    'all that a route can ask for',
    "{ path: /a, method: [POST, PUT], host: '*.example.com', headers: { x-a: [b, c], x-d: true }, query: { 'e f': '&' } }",
    'request:\n  method: POST\n  path: "/a?e%20f=%26"\n  host: www.example.com\n  headers:\n    x-a: b\n    x-d: "1"\n',
  ],
  ["the name of Envoy's route", '{ routeName: api/* }', 'request:\n  method: GET\n  path: /\n  routeName: api/1\n'],
];

/** So that one key is made for all. */
const sharedKeys = new MadeKeys();

for (const [name, match, text] of matches) {
  test(`without cases, the first request has what the first route with policies asks for: ${name}`, async () => {
    const made = folder();
    const routes = [
      '{ name: no, match: { path: /no }, deny: true }',
      `{ name: yes, match: ${match}, policies: [orders] }`,
    ];
    const config = example.files.find((file) => file.name === 'mintproc.yaml')?.text.replace(/routes:.*/s, '') ?? '';
    writeFileSync(join(made, 'mintproc.yaml'), `${config}routes: [${routes.join(', ')}]\n`);
    const playground = playgroundOf({ config: join(made, 'mintproc.yaml') }, { keys: sharedKeys });
    const { firstRequest = '' } = (await playground.open({})).folder ?? {};
    assert.equal(firstRequest, text);
    const { outcome } = await playground.run({ files: [], isFolder: true, case: firstRequest });
    assert.deepEqual(outcome?.routes.find(({ isTaken }) => isTaken)?.name, 'yes');
  });
}

test('without a route that has policies, the first request is an ordinary one', async () => {
  const made = folder({ 'mintproc.yaml': 'policies: []\n' });
  assert.equal((await opened(made)).firstRequest, 'request:\n  method: GET\n  path: /\n');
});

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
  assert.match(answer.message, /This is not a file of the opened configuration/);
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

/** What a folder of somebody else may name in place of a policy, and what the page must not have. */
const notShown: [name: string, make: (made: string) => string][] = [
  [
    'a link that leads out of the folder',
    (made) => {
      symlinkSync('/proc/self/environ', join(made, 'linked.yaml'));
      return 'linked.yaml';
    },
  ],
  [
    'a folder that is a link',
    (made) => {
      symlinkSync('/proc/self', join(made, 'linked'));
      return 'linked/environ';
    },
  ],
  ['a private key as PEM', () => 'keys/orders.pem'],
  [
    'a key as JWK',
    (made) => {
      writeFileSync(join(made, 'key.json'), JSON.stringify(privateKey.export({ format: 'jwk' })));
      return 'key.json';
    },
  ],
  [
    'a pipe',
    (made) => {
      execFileSync('mkfifo', [join(made, 'pipe.yaml')]);
      return 'pipe.yaml';
    },
  ],
  [
    'an endless file',
    (made) => {
      symlinkSync('/dev/zero', join(made, 'zero.yaml'));
      return 'zero.yaml';
    },
  ],
  [
    'a link that leads to itself',
    (made) => {
      symlinkSync('self.yaml', join(made, 'self.yaml'));
      return 'self.yaml';
    },
  ],
];

for (const [name, make] of notShown) {
  test(`not shown and not written, as a policy or as a part: ${name}`, async () => {
    const made = folder();
    const file = make(made);
    const entry = JSON.stringify({ name: 'a', file, key: { file: 'keys/orders.pem' } });
    const text = `include: [${JSON.stringify(file)}]\npolicies: [${entry}]\n`;
    writeFileSync(join(made, 'mintproc.yaml'), text);
    const { files } = await opened(made, { withKeys: true });
    assert.deepEqual(
      files.map((one) => one.name),
      ['mintproc.yaml'],
    );
    const answer = await saved(made, file, 'a', 'v');
    assert.equal(answer.ok, false);
    const { problems } = await runIn(made, { withKeys: true });
    const said = JSON.stringify(problems);
    assert.deepEqual([said.includes('PATH='), said.includes(pem.toString().slice(60, 90))], [false, false]);
  });
}

test('a configuration that the user has named is shown wherever it leads, and one that a folder has is not', async () => {
  const outside = folderWith({ 'elsewhere.yaml': 'policies: []\n' });
  const made = folderWith({});
  symlinkSync(join(outside, 'elsewhere.yaml'), join(made, 'mintproc.yaml'));
  const named = await opened(made);
  const found = await opened(made, { shown: made });
  assert.deepEqual([named.files.map(({ name }) => name), found.files], [['mintproc.yaml'], []]);
});
