/**
 * @module
 * `npm ci` refuses a lock file that leaves out the optional packages of other platforms, which npm does when the
 * registry at hand does not have them.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '..', '..');

interface Package {
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly hasInstallScript?: boolean;
  readonly integrity?: string;
}

function packagesOf(lock: string): Readonly<Record<string, Package>> {
  const { packages }: { packages: Record<string, Package> } = JSON.parse(readFileSync(join(root, lock), 'utf8'));
  return packages;
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('node_modules/') + 13);
}

for (const lock of ['package-lock.json', 'site/package-lock.json']) {
  test(`${lock} lists every optional package that another one names`, () => {
    const packages = packagesOf(lock);
    const named = Object.values(packages).flatMap(({ optionalDependencies = {} }) => Object.keys(optionalDependencies));
    const listed = Object.keys(packages).map(nameOf);
    assert.ok(named.length > 0);
    assert.deepEqual(
      named.filter((name) => !listed.includes(name)),
      [],
    );
  });
}

for (const lock of ['package-lock.json', 'site/package-lock.json', 'test/fuzz/tool/package-lock.json']) {
  test(`${lock} has a hash for every package`, () => {
    const others = Object.entries(packagesOf(lock)).filter(([path]) => path.includes('node_modules/'));
    assert.ok(others.length > 10);
    assert.deepEqual(
      others.filter(([, { integrity }]) => integrity?.startsWith('sha512-') !== true).map(([path]) => path),
      [],
    );
  });
}

test('only Node runs an install script, and every other one was looked at', () => {
  const { allowScripts }: { allowScripts: Readonly<Record<string, boolean>> } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  );
  const packages = Object.entries(packagesOf('package-lock.json'));
  const scripts = packages.flatMap(([path, { hasInstallScript }]) => (hasInstallScript === true ? [nameOf(path)] : []));
  assert.deepEqual(Object.keys(allowScripts).sort(), scripts.sort());
  assert.deepEqual(
    Object.keys(allowScripts).filter((name) => allowScripts[name]),
    ['node'],
  );
});
