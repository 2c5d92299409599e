/**
 * @module
 * The benchmark runs: every row mints tokens, and every part has figures. The figures depend on the machine and are not
 * checked.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Results } from '../../bench/results.ts';
import { ownRows } from '../../bench/rows.ts';

const root = join(import.meta.dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'mintproc-bench-test-'));
after(() => rmSync(folder, { recursive: true }));

/** Our own server under the name of a compared server. */
const compared = `go=${process.execPath} ${join(root, 'bench', 'servers', 'constant-server.ts')} native 127.0.0.1:{port}`;

let results: Results & { readonly goals: readonly { readonly goal: string; readonly verdict: string }[] };
let printed: string;
let page: string;
before(() => {
  const [json, markdown] = [join(folder, 'results.json'), join(folder, 'results.md')];
  const args = ['bench/bench.ts', '--quick', '--server', compared, '--json', json, '--write', markdown];
  printed = execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8', stdio: 'pipe' });
  results = JSON.parse(readFileSync(json, 'utf8'));
  page = readFileSync(markdown, 'utf8');
});

test('each row was measured, and the compared server', () => {
  assert.deepEqual(
    results.saturated.map(({ name }) => name),
    [...ownRows.map(({ name }) => name), 'go'],
  );
  assert.ok(results.saturated.every(({ requests }) => requests >= 200));
});

test('each row that mints has the cost of its bare operation', () => {
  const withBare = results.saturated.filter(({ bare }) => bare !== undefined).map(({ name }) => name);
  const minting = ownRows.filter(({ serving }) => serving.kind === 'sidecar').map(({ name }) => name);
  assert.deepEqual(withBare, minting);
});

test('every part has been measured', () => {
  const { fixedRate, latency, policies, streams, startUp } = results;
  assert.deepEqual(
    fixedRate?.rows.map(({ name }) => name),
    ['constant', 'constant-tcp', 'RS256-reused', 'RS256-reused-tcp', 'go'],
  );
  assert.deepEqual(
    latency?.map(({ load, rows }) => [load, rows.map(({ name }) => name)]),
    ['half', 'a quarter'].map((load) => [load, ['constant', 'RS256-reused', 'go']]),
  );
  assert.deepEqual(
    policies?.map((row) => row.policies),
    [1, 100, 1000],
  );
  assert.equal(streams?.filter((row) => row.streams === 1000).length, 4);
  assert.equal(startUp?.times.length, 1);
});

test('every figure is a number', () => {
  const wrong: string[] = [];
  let figures = 0;
  // JSON has no NaN and no infinity: both are written as null.
  JSON.parse(JSON.stringify(results), (key, value) => {
    if (typeof value === 'number') figures++;
    if (value === null) wrong.push(key);
    return value;
  });
  assert.deepEqual(wrong, []);
  assert.ok(figures > 200);
});

test('every goal is judged except the one that needs a server that was not compared', () => {
  assert.deepEqual(
    results.goals.filter(({ verdict }) => verdict === 'not measured').map(({ goal }) => goal),
    ['RS256 reused compared with a minimal Rust server'],
  );
});

test('the tables are printed and written, with the machine', () => {
  for (const { title } of results.saturated) {
    assert.ok(printed.includes(title), title);
    assert.ok(page.includes(`| ${title} |`), title);
  }
  assert.match(page, /\d × .+, Node v\d+\.\d+\.\d+, Envoy \d+\.\d+\.\d+\.\n\nLoad average before the run: \d/);
  assert.match(page, /A run with `--quick`/);
});
