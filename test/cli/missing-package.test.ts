/**
 * H12: what Node says of a package that is not installed becomes one sentence, and anything else stays an error.
 */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { missingPackage } from '../../src/cli/missing-package.ts';

const require = createRequire(import.meta.url);

/** What is asked for, and the package that Node misses then; undefined for a file of our own. */
const cases: [name: string, missing: string | undefined][] = [
  ['none-such', 'none-such'],
  ['@none/such', '@none/such'],
  ['@none/such/part.js', '@none/such'],
  ['./none-such.ts', undefined],
];

const ways: Readonly<Record<string, (name: string) => unknown>> = {
  required: (name) => require(name),
  imported: (name) => import(name),
};

for (const [way, load] of Object.entries(ways)) {
  for (const [name, missing] of cases) {
    test(`H12: a missing package: ${name}, ${way}`, async () => {
      const error = await Promise.try(load, name).then(
        () => assert.fail('it was loaded'),
        (thrown: unknown) => thrown,
      );
      const sentence = `The package ${missing} is not installed: run \`npm install ${missing}\` where mintproc is installed. [cli.missing-package]`;
      assert.equal(missingPackage(error), missing && sentence);
    });
  }
}

test('H12: another error is no missing package', () => {
  assert.equal(missingPackage(new SyntaxError("Cannot find module 'a'")), undefined);
});
