/**
 * @module
 * Checks in a real process: the results, and checks that take too long, need too much memory, or exit.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { type Checked, Checker } from '../../src/configuration/reload/checker.ts';
import { startChecker } from '../cli/reload-world.ts';
import { flexPolicy, withoutNotes } from './memory-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'mintproc-checker-'));
after(() => rmSync(folder, { recursive: true }));

const policies = 'policies: [{ name: a, file: policy.yaml }]\nroutes: [{ match: {}, policies: [a] }]\n';
const file = join(folder, 'mintproc.yaml');
const question = { file, now: Date.now() };

function write(configuration: string, policy = flexPolicy({ iss: 'one' })): void {
  writeFileSync(file, configuration);
  writeFileSync(join(folder, 'policy.yaml'), policy);
}

function reasons({ problems }: Checked): string[] {
  return withoutNotes(problems).map(({ code, message }) => `${code}: ${message.replaceAll(folder, '')}`);
}

test('the files that were read and parsed are returned', async () => {
  write(policies);
  const { end, read, problems, fileDigests } = await new Checker({ start: startChecker }).check(question);
  assert.deepEqual([end, withoutNotes(problems)], ['loaded', []]);
  assert.deepEqual([...read.files.keys()], [file, join(folder, 'policy.yaml')]);
  assert.deepEqual([...read.parsed.keys()], [...read.files.keys()]);
  assert.deepEqual([...fileDigests.folders], [folder]);
});

test('problems are returned without excerpts, and nothing is parsed', async () => {
  write(`${policies}unknown: 1\n`);
  const checked = await new Checker({ start: startChecker }).check(question);
  assert.equal(checked.end, 'refused');
  assert.deepEqual(reasons(checked), ['config.unknown-key: Unknown key.']);
  assert.equal(checked.problems[0]?.excerpt, undefined);
  assert.equal(checked.read.parsed.size, 0);
});

test('a key that is generated comes back, so that it signs', async () => {
  const key = 'keys: { k: { generate: ES256 } }\n';
  write(policies.replace('policy.yaml', 'policy.yaml, key: k') + key, flexPolicy({}, '').replace('HS256', 'ES256'));
  const checked = await new Checker({ start: startChecker }).check(question);
  assert.deepEqual([...checked.generated.keys()], ['keys k ES256']);
});

test('H6: a pipe instead of a key is refused, and nothing waits for it', async () => {
  execFileSync('mkfifo', [join(folder, 'pipe')]);
  write(policies.replace('policy.yaml', 'policy.yaml, key: { file: pipe }'), flexPolicy({}, ''));
  const checked = await new Checker({ start: startChecker }).check(question);
  assert.deepEqual(reasons(checked), ['config.unreadable-file: The key file is a pipe; only regular files are read.']);
});

/** A process that runs this code instead of a check. */
function faulty(script: string): () => ChildProcess {
  const path = join(folder, `${script.length}.mjs`);
  writeFileSync(path, script);
  return () => fork(path, { serialization: 'advanced', stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
}

const reading = `process.send({ kind: 'reading', path: '/slow/key.pem' });`;
const faults: readonly [name: string, script: string, reason: string][] = [
  ['takes too long', 'setInterval(() => {}, 1000);', 'It took longer than 3 s.'],
  [
    'hangs in a file',
    `process.on('message', () => { ${reading} for (;;); });`,
    'It took longer than 3 s. The last file that it started to read is /slow/key.pem.',
  ],
  ['ends', `process.on('message', () => process.exit(7));`, 'Its process exited with code 7.'],
  [
    'is killed',
    `process.on('message', () => process.kill(process.pid, 'SIGKILL'));`,
    'Its process was killed by SIGKILL, as memory limits do.',
  ],
  ['aborts', `process.on('message', () => process.abort());`, 'It exceeded its memory limit.'],
];

for (const [name, script, reason] of faults) {
  test(`a check that ${name} is broken, and the next one is not kept waiting`, async () => {
    write(policies);
    let start = faulty(script);
    const checker = new Checker({ start: () => start(), limit: 3_000 });
    const broken = await checker.check(question);
    assert.equal(broken.end, 'broken');
    assert.deepEqual(reasons(broken), [`config.check-broken: The new configuration could not be checked. ${reason}`]);
    start = startChecker;
    assert.equal((await new Checker({ start: startChecker }).check(question)).end, 'loaded');
  });
}

test('a check that needs more memory than it may have is broken', async () => {
  write(`a: ${'['.repeat(20)}${'{ a: &a 1, b: *a },'.repeat(100_000)}`);
  const main = join(import.meta.dirname, '..', '..', 'src', 'main.ts');
  const start = (): ChildProcess =>
    fork(main, ['check'], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      execArgv: ['--max-old-space-size=30'],
    });
  const checked = await new Checker({ start }).check(question);
  assert.match(reasons(checked)[0] ?? '', /^config.check-broken: .* It exceeded its memory limit\./);
});

test('a check whose process cannot be started is unstarted, not broken', async () => {
  const start = (): ChildProcess => fork('x', { execPath: '/nowhere', stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  const checked = await new Checker({ start }).check(question);
  assert.equal(checked.end, 'unstarted');
  assert.match(reasons(checked)[0] ?? '', /cannot be started \(ENOENT\)/);
});

test('a check that is under way ends with its server', async () => {
  const checker = new Checker({ start: faulty('setInterval(() => {}, 999);') });
  const checked = checker.check(question);
  await new Promise((next) => setImmediate(next));
  checker.close();
  assert.match(reasons(await checked)[0] ?? '', /mintproc is stopping/);
});
