/**
 * @module
 * The import of the library on a Node that is too old; `packed.test.ts` tries it on a real one if the machine has one.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';

/** A module is evaluated once for each address. */
async function importAgain(mark: string): Promise<unknown> {
  return await import(`../../src/library/node-version.ts?${mark}`);
}

test('the Node of the project may import the library', async () => {
  await import('../../src/library/node-version.ts');
});

test('an older Node may not, and the error is one sentence', async (context) => {
  const { version, versions } = process;
  context.after(() => {
    Object.defineProperty(process, 'version', { value: version });
    Object.defineProperty(process, 'versions', { value: versions });
  });
  Object.defineProperty(process, 'version', { value: 'v25.9.0', configurable: true });
  Object.defineProperty(process, 'versions', { value: { ...versions, node: '25.9.0' }, configurable: true });
  await assert.rejects(
    importAgain('older'),
    /^Error: mintproc needs Node 26 or later, and this is Node v25\.9\.0 \(.*\)/,
  );
});
