/**
 * @module
 * The test files of the repository pass with the real command: those of the demo's configuration, of the vendors'
 * examples, and of an import.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { runCommand } from '../cli/captured-terminal.ts';

const root = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'mintproc-test-files-'));
after(() => rmSync(folder, { recursive: true }));

/** What git has, or would take. */
const listed = String(
  execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root }),
)
  .split('\0')
  .filter((name) => name.endsWith('.test.yaml'));

/** The results of imports, which wait for recorded tokens. */
const waiting = listed.filter((name) => name.startsWith('test/migration/results/'));

/** What the README imports before its test can run. */
const imported: ReadonlyMap<string, readonly [path: string, out: string]> = new Map([
  ['demo/orders.test.yaml', ['demo/orders', 'try/orders']],
]);

interface Result {
  readonly passed: number;
  readonly failed: number;
  readonly unusable: number;
}

async function resultOf(file: string): Promise<Result> {
  const { code, out, errors } = await runCommand(['test', file, '--format', 'json']);
  const { passed, failed, unusable } = JSON.parse(out);
  assert.equal(code, failed + unusable === 0 ? 0 : 1, errors);
  return { passed, failed, unusable };
}

/** The file itself, or a copy beside what is imported. */
async function prepared(name: string): Promise<string> {
  const paths = imported.get(name);
  if (paths === undefined) return join(root, name);
  const [path, out] = paths;
  const { code, errors } = await runCommand(['import', join(root, path), '--out', join(folder, out)]);
  assert.equal(code, 0, errors);
  mkdirSync(join(folder, dirname(name)), { recursive: true });
  cpSync(join(root, name), join(folder, name));
  return join(folder, name);
}

const passing: Readonly<Record<string, number>> = {
  'config/partner.test.yaml': 3,
  'demo/orders.test.yaml': 3,
  'test/examples/apigee/samples.test.yaml': 2,
  'test/examples/datapower/examples.test.yaml': 4,
  'test/examples/flex/examples.test.yaml': 5,
  'test/examples/forms/forms.test.yaml': 6,
};

test('every test file of the repository is run here', () => {
  assert.deepEqual(listed.toSorted(), [...Object.keys(passing), ...waiting].toSorted());
});

for (const [name, passed] of Object.entries(passing)) {
  test(`${name}: all cases pass`, async () => {
    assert.deepEqual(await resultOf(await prepared(name)), { passed, failed: 0, unusable: 0 });
  });
}

for (const name of waiting) {
  test(`${name}: no case passes before its values are filled in`, async () => {
    assert.deepEqual(await resultOf(join(root, name)), { passed: 0, failed: 0, unusable: 1 });
  });
}
