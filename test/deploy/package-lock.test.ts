/**
 * @module
 * `npm ci` refuses a lock file that leaves out the optional packages of other platforms, which npm does when the
 * registry at hand does not have them.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

interface Package {
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

for (const lock of ['package-lock.json', 'site/package-lock.json']) {
  test(`${lock} lists every optional package that another one names`, () => {
    const file = join(import.meta.dirname, '..', '..', lock);
    const { packages }: { packages: Record<string, Package> } = JSON.parse(readFileSync(file, 'utf8'));
    const named = Object.values(packages).flatMap(({ optionalDependencies = {} }) => Object.keys(optionalDependencies));
    const listed = Object.keys(packages).map((path) => path.slice(path.lastIndexOf('node_modules/') + 13));
    assert.ok(named.length > 0);
    assert.deepEqual(
      named.filter((name) => !listed.includes(name)),
      [],
    );
  });
}
