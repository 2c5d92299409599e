/**
 * H12: what Node says of a package that is not installed becomes one sentence, and anything else stays an error.
 */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { missingPackage } from '../../src/cli/missing-package.ts';

const require = createRequire(import.meta.url);

const cases: [name: string, load: () => unknown, missing: string | undefined][] = [
  ['required', () => require('none-such'), 'none-such'],
  ['required, of a scope', () => require('@none/such'), '@none/such'],
  ['a part of it', () => require('@none/such/part.js'), '@none/such'],
  ['imported', () => import('none-such' as string), 'none-such'],
  ['imported, of a scope', () => import('@none/such/part.js' as string), '@none/such'],
  ['a file of our own', () => require('./none-such.ts'), undefined],
  ['an imported file of our own', () => import('./none-such.ts' as string), undefined],
  ['another error', () => JSON.parse('{'), undefined],
];

for (const [name, load, missing] of cases) {
  test(`H12: a missing package: ${name}`, async () => {
    const error = await Promise.try(load).then(
      () => assert.fail('it was loaded'),
      (thrown: unknown) => thrown,
    );
    const sentence = `The package ${missing} is not installed: run \`npm install ${missing}\` where mintproc is installed. [cli.missing-package]`;
    assert.equal(missingPackage(error), missing && sentence);
  });
}
