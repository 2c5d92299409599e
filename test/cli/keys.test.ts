import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { ec, one, policy, two } from '../configuration/key-world.ts';
import { type Captured, runCommand, writeFiles } from './captured-terminal.ts';

/** The terminal's time is 2023-11-14T22:13:20Z; files are looked at every 5 s, and settle for 200 ms. */
const announced = '2023-11-14T22:19:26Z';

interface World {
  /** What `mintproc.yaml` has besides policies and routes. */
  readonly part: string;
  readonly policy?: string;
  readonly entry?: string;
  readonly files?: Readonly<Record<string, string>>;
}

/** @returns the path of `mintproc.yaml` */
function world({ part, policy: text = policy(), entry = '', files = {} }: World): string {
  const head = `policies: [{ name: p, file: p.yaml, key: k${entry} }]\nroutes: [{ match: {}, policies: [p] }]\n`;
  const paths = writeFiles({ 'mintproc.yaml': `${head}${part}`, 'p.yaml': text, 'a.pem': one });
  const folder = dirname(paths['mintproc.yaml']);
  for (const [name, contents] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), contents, { mode: 0o600 });
  }
  chmodSync(paths['a.pem'], 0o600);
  return paths['mintproc.yaml'];
}

const jwks = 'jwks: { listen: 127.0.0.1:0 }\n';
const versions = `${jwks}keys:\n  k:\n    # the first\n    versions:\n      - { file: a.pem } # ours\n`;
const folder = `${jwks}keys: { k: { directory: keys } }\n`;

const rotate = (file: string, ...more: string[]): Promise<Captured> =>
  runCommand(['keys', 'rotate', '--config', file, 'k', ...more]);

interface Listed {
  readonly keys: readonly Readonly<Record<string, unknown>>[];
  readonly unused: readonly string[];
}

async function listed(file: string, at = announced): Promise<Listed> {
  const { out, errors, code } = await runCommand(['keys', 'list', '--config', file, '--format', 'json', '--at', at]);
  assert.deepEqual({ errors, code }, { errors: '', code: 0 });
  return JSON.parse(out);
}

test('a version is added with the time at which every verifier knows it, and the file is else the same', async () => {
  const file = world({ part: versions });
  const before = readFileSync(file, 'utf8').split('\n');
  const { code, errors, out } = await rotate(file);
  assert.deepEqual({ code, errors }, { code: 0, errors: '' });
  const text = readFileSync(file, 'utf8');
  const [first, second] = parse(text).keys.k.versions;
  assert.deepEqual(first, { file: 'a.pem', retireAfter: '2023-11-15T22:19:26Z' });
  assert.equal(second.activeFrom, announced);
  assert.equal(statSync(join(dirname(file), second.file)).mode & 0o777, 0o600);
  assert.deepEqual(
    before.filter((line) => !text.split('\n').includes(line)),
    ['      - { file: a.pem } # ours'],
  );
  assert.match(out, /signs from\s+2023-11-14T22:19:26Z/);
  assert.match(out, /ends by 2023-11-14T22:25:26Z/);
});

test('a file is added to a folder, and the one before stays', async () => {
  const file = world({ part: folder, files: { 'keys/a.pem': one } });
  assert.equal((await rotate(file)).code, 0);
  const names = readdirSync(join(dirname(file), 'keys')).toSorted();
  assert.equal(names.length, 2);
  assert.match(names[0] ?? '', /^20231114T221926Z--[\w-]{43}\.pem$/);
});

for (const [name, part, files] of [
  ['versions', versions, {}],
  ['folder', folder, { 'keys/a.pem': one }],
] as const) {
  test(`keys of a ${name} follow each other: each signs, is kept and is removed in its time`, async () => {
    const file = world({ part, files });
    const [old] = (await listed(file)).keys;
    assert.equal((await rotate(file)).code, 0);
    const coming = await listed(file, '2023-11-14T22:18:25Z');
    assert.deepEqual(coming.keys.map(({ state }) => state).toSorted(), ['active', 'coming']);
    const states = async (at: string) =>
      (await listed(file, at)).keys.map(({ kid, state }) => [kid === old?.['kid'], state]);
    assert.deepEqual((await states(announced)).toSorted(), [
      [false, 'active'],
      [true, 'retired'],
    ]);
    // The last token of the old key has ended, and its time of grace has not.
    assert.equal((await rotate(file, '--at', '2023-11-14T23:00:00Z', '--prune')).code, 0);
    assert.equal((await listed(file, '2023-11-14T23:00:00Z')).keys.length, 3);
    const pruned = await rotate(file, '--at', '2023-11-17T00:00:00Z', '--prune');
    assert.match(pruned.out, /deleted\s+\S*a\.pem/);
    const { keys } = await listed(file, '2023-11-17T00:00:00Z');
    assert.ok(keys.every(({ kid }) => kid !== old?.['kid']));
    assert.deepEqual(keys.map(({ state }) => state).toSorted(), ['active', 'coming']);
  });
}

test('a dry run says the same and writes nothing', async () => {
  const file = world({ part: versions });
  const [before, names] = [readFileSync(file, 'utf8'), readdirSync(dirname(file))];
  const { code, out } = await rotate(file, '--dry-run');
  assert.equal(code, 0);
  assert.match(out, /would write/);
  assert.deepEqual([readFileSync(file, 'utf8'), readdirSync(dirname(file))], [before, names]);
});

test('an included file is edited where it declares the key', async () => {
  const file = world({
    part: `${jwks}include: [team.yaml]\n`,
    files: { 'team.yaml': 'keys: { k: { versions: [{ file: a.pem }] } }\n' },
  });
  const before = readFileSync(file, 'utf8');
  assert.equal((await rotate(file)).code, 0);
  assert.equal(readFileSync(file, 'utf8'), before);
  assert.equal(parse(readFileSync(join(dirname(file), 'team.yaml'), 'utf8')).keys.k.versions.length, 2);
});

test('a key is as large as the one before', async () => {
  const { generateKeyPairSync } = await import('node:crypto');
  const rsa = generateKeyPairSync('rsa', { modulusLength: 3072 }).privateKey;
  const file = world({
    part: folder,
    policy: policy({ signingMethod: 'RS256' }),
    files: { 'keys/a.pem': String(rsa.export({ type: 'pkcs8', format: 'pem' })) },
  });
  assert.equal((await rotate(file)).code, 0);
  const { createPrivateKey } = await import('node:crypto');
  const names = readdirSync(join(dirname(file), 'keys'));
  const sizes = names.map(
    (name) => createPrivateKey(readFileSync(join(dirname(file), 'keys', name))).asymmetricKeyDetails,
  );
  assert.deepEqual(
    sizes.map((details) => details?.modulusLength),
    [3072, 3072],
  );
});

test('a secret follows a secret, at the time that is given', async () => {
  const file = world({
    part: `${jwks}keys: { k: { versions: [{ file: s.secret }] } }\n`,
    policy: policy({ signingMethod: 'HS256' }),
    files: { 's.secret': 'an example of a secret of at least thirty-two bytes' },
  });
  assert.match((await rotate(file)).errors, /--active-from/);
  const { code, out } = await rotate(file, '--active-from', '24h');
  assert.equal(code, 0);
  assert.match(out, /signs from\s+2023-11-15T22:13:20Z/);
  const [, added] = parse(readFileSync(file, 'utf8')).keys.k.versions;
  assert.equal(added.encoding, 'base64url');
});

const retired = `${jwks}keys: { k: { versions: [{ file: a.pem, retireAfter: 2023-11-14T22:15:00Z }] } }\n`;

const refusals: [name: string, made: World, more: string[], told: RegExp][] = [
  ['one file', { part: `${jwks}keys: { k: { file: a.pem } }\n` }, [], /versions:\n {6}- \{ file: a\.pem \}/],
  ['one file with a kid', { part: `${jwks}keys: { k: { file: a.pem, kid: k-1 } }\n` }, [], /file: a\.pem, kid: k-1 \}/],
  ['a configuration that does not load', { part: `${versions}nonsense: 1\n` }, [], /does not load[\s\S]*Unknown key/],
  ['no JWKS', { part: 'keys: { k: { versions: [{ file: a.pem }] } }\n' }, [], /no `jwks`.*--active-from/],
  ['a time that is too early', { part: versions }, ['--active-from', '1m'], /too early.*2023-11-14T22:19:26Z/],
  ['an end that is too early', { part: retired }, [], /retires at 2023-11-14T22:15:00Z/],
  ['another algorithm', { part: versions }, ['--alg', 'RS256'], /sign with ES256/],
  ['a kid that the policy writes', { part: versions, policy: policy({ kid: 'mine' }) }, [], /kid: key/],
  [
    'a version without a date',
    { part: `${jwks}keys: { k: { versions: [{ file: a.pem }, { file: b.pem }] } }\n`, files: { 'b.pem': two } },
    [],
    /Version 2 .*activeFrom/,
  ],
  [
    'an alias',
    { part: `${jwks}keys: { j: &v { file: a.pem }, k: { versions: [*v] } }\n` },
    [],
    /does not edit[\s\S]*activeFrom/,
  ],
  [
    'a folder with a kid',
    { part: `${jwks}keys: { k: { directory: keys, kid: k-1 } }\n`, files: { 'keys/a.pem': one } },
    [],
    /19700101T000000Z--KID\.pem/,
  ],
  [
    'a passphrase',
    {
      part: `${jwks}keys: { k: { versions: [{ file: a.pem, passphrase: { file: word } }] } }\n`,
      files: { word: 'x' },
    },
    [],
    /passphrase/,
  ],
];

for (const [name, made, more, told] of refusals) {
  test(`${name} is refused, and nothing is written`, async () => {
    const file = world(made);
    const [before, names] = [readFileSync(file, 'utf8'), readdirSync(dirname(file))];
    const { code, errors } = await rotate(file, ...more);
    assert.equal(code, 1, errors);
    assert.match(errors, told);
    assert.deepEqual([readFileSync(file, 'utf8'), readdirSync(dirname(file))], [before, names]);
  });
}

test('a rotation that is under way is not begun again', async () => {
  const file = world({ part: versions });
  assert.equal((await rotate(file)).code, 0);
  const before = readFileSync(file, 'utf8');
  const again = await rotate(file);
  assert.equal(again.code, 1);
  assert.match(again.errors, /under way: \S+ signs from 2023-11-14T22:19:26Z/);
  assert.equal(readFileSync(file, 'utf8'), before);
});

test('one run at a time works, and the lock of an interrupted one is stale after ten minutes', async () => {
  const file = world({ part: versions });
  const lock = join(dirname(file), '.mintproc-keys.lock');
  writeFileSync(lock, '');
  assert.match((await rotate(file)).errors, /Another run/);
  const old = Date.now() / 1000 - 601;
  utimesSync(lock, old, old);
  assert.equal((await rotate(file)).code, 0);
  assert.equal(existsSync(lock), false);
});

test('a key that an interrupted run has left is named, and deleted by --prune', async () => {
  const left = `k--${'x'.repeat(43)}.pem`;
  const file = world({ part: versions, files: { [left]: ec() } });
  assert.match((await rotate(file, '--dry-run')).out, new RegExp(`left over\\s+\\S*${left}`));
  assert.equal((await rotate(file, '--prune')).code, 0);
  assert.equal(existsSync(join(dirname(file), left)), false);
});

test('a file that another key names is not deleted', async () => {
  const file = world({ part: `${versions}  other: { file: a.pem }\n` });
  assert.equal((await rotate(file)).code, 0);
  assert.equal((await rotate(file, '--at', '2023-11-17T00:00:00Z', '--prune')).code, 0);
  assert.equal(existsSync(join(dirname(file), 'a.pem')), true);
});

test('the list names keys of policies, and those that no policy uses', async () => {
  const file = world({ part: `${versions}  spare: { file: a.pem }\n` });
  assert.deepEqual((await listed(file)).unused, ['spare']);
  const { out } = await runCommand(['keys', 'list', '--config', file]);
  assert.match(
    out,
    /^k {2}[\w-]{43} {2}ES256 {2}active\n {2}signs at all times\n {2}published at \/\.well-known\/jwks\.json/,
  );
  assert.match(out, /spare\n {2}no policy signs with it/);
});

const misused: [line: string[], told: RegExp][] = [
  [['keys'], /keys list/],
  [['keys', 'list'], /--config is required/],
  [['keys', 'rotate', '--config', 'x'], /name of one key/],
  [['keys', 'list', '--config', 'x', '--prune'], /--prune is an option of `keys rotate`/],
  [['keys', 'list', '--config', 'x', 'k'], /takes no name/],
  [['keys', 'rotate', '--config', 'x', 'k', '--format', 'json'], /--format/],
  [['keys', 'rotate', '--config', 'x', 'k', '--alg', 'none'], /--alg takes/],
  [['keys', 'rotate', '--config', 'x', 'k', '--active-from', 'soon'], /--active-from takes/],
  [['keys', 'rotate', '--config', 'x', 'k', '--overlap', '1'], /--overlap takes/],
];

for (const [line, told] of misused) {
  test(`${line.join(' ')} is a wrong command line`, async () => {
    const { code, errors } = await runCommand(line);
    assert.equal(code, 2);
    assert.match(errors, told);
  });
}
