/**
 * @module
 * The benchmark of the whole cost runs: each caller gets its token in every way, and every way has figures. The figures
 * depend on the machine and are not checked.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { WholeCost } from '../../../bench/whole-cost/results.ts';
import { ways } from '../../../bench/whole-cost/ways.ts';
import { findEnvoy } from '../../e2e/harness/find-envoy.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'mintproc-whole-test-'));
after(() => rmSync(folder, { recursive: true }));
const { skip } = await findEnvoy();

let results: WholeCost & { readonly goals: readonly { readonly goal: string; readonly verdict: string }[] };
let page: string;
before(() => {
  if (skip !== false) return;
  const [json, markdown] = [join(folder, 'results.json'), join(folder, 'results.md')];
  writeFileSync(markdown, '# Results\n');
  const args = ['bench/whole-cost.ts', '--quick', '--json', json, '--write', markdown];
  execFileSync(process.execPath, args, { cwd: root, stdio: 'pipe' });
  results = JSON.parse(readFileSync(json, 'utf8'));
  page = readFileSync(markdown, 'utf8');
});

test('each way of mintproc was measured', { skip }, () => {
  const names = ways.filter(({ by }) => by.kind !== 'heimdall').map(({ name }) => name);
  assert.deepEqual(
    results.saturated.map(({ way }) => way.name),
    names,
  );
  assert.deepEqual(
    results.halfLoad.map(({ way }) => way.name),
    names.filter((name) => name !== 'envoy-missed'),
  );
});

test('each goal is judged but the one that needs a million requests', { skip }, () => {
  const open = results.goals.filter(({ verdict }) => verdict === 'not measured').map(({ goal }) => goal);
  assert.deepEqual(open, ['wrong tokens for a caller in a million interleaved requests with reloads and rotations']);
});

test('the tables are written below the rest of the page', { skip }, () => {
  assert.match(page, /^# Results\n\n## Whole cost\n\nA run with `--quick`/);
  for (const { way } of results.saturated) assert.ok(page.includes(`| ${way.name} | ${way.title} |`), way.name);
});
