/**
 * The benchmark with `--against` runs and reports each row. The figures are not meaningful.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Results } from '../../bench/results.ts';

const root = join(import.meta.dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'mintproc-against-test-'));
after(() => rmSync(folder, { recursive: true }));

const head = spawnSync('git', ['rev-parse', '--verify', 'HEAD'], { cwd: root, encoding: 'utf8' });
const skip = head.status === 0 ? false : 'this is no clone of the repository';

function bench(...args: string[]) {
  const line = [join(root, 'bench', 'bench.ts'), '--quick', ...args];
  // The folder of the other commit is created in this one.
  return spawnSync(process.execPath, line, { cwd: root, encoding: 'utf8', env: { ...process.env, TMPDIR: folder } });
}

test('each row has its ratio, an interval and the memory of both; nothing is left behind', { skip }, () => {
  const file = join(folder, 'results.json');
  const { status, stdout, stderr } = bench('--against', 'HEAD', '--only', 'constant,RS256-reused', '--json', file);
  assert.equal(status, 0, stderr);
  const { against, saturated } = JSON.parse(readFileSync(file, 'utf8')) as Results;
  assert.equal(against?.commit, head.stdout.trim());
  const label = head.stdout.slice(0, 7);
  assert.deepEqual(
    saturated.map(({ name }) => name),
    ['constant', `constant@${label}`, 'RS256-reused', `RS256-reused@${label}`],
  );
  for (const { name, ours, theirs, ratio, idle } of against?.rows ?? []) {
    assert.ok(ratio.low <= ratio.median && ratio.median <= ratio.high, name);
    assert.ok(ours > 0 && theirs > 0 && idle.ours > 20 && idle.theirs > 20, name);
  }
  assert.match(stdout, new RegExp(`^Compared with ${label}`, 'm'));
  assert.match(stdout, /^ {2}RS256-reused( +[\d.]+){9}$/m);
  const left = readdirSync(folder).filter((name) => name.startsWith('mintproc-'));
  assert.deepEqual(left, []);
});

test('an unknown commit is reported in one sentence', { skip }, () => {
  const { status, stderr } = bench('--against', 'no-such-commit', '--only', 'constant');
  assert.equal(status, 1);
  assert.match(stderr, /^This clone has no commit no-such-commit\.$/m);
});
