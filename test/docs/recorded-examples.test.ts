/**
 * The playground's examples in the pages that embed them, below their pictures.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { recordedExample } from './recorded-examples.ts';
import { blocksRunBy } from './run-pages/blocks-run-by.ts';

const root = join(import.meta.dirname, '..', '..');

const embedded: [page: string, example: string][] = [
  ['docs/playground.md', 'flex'],
  ['docs/playground.md', 'apigee'],
  ['docs/playground.md', 'datapower'],
  ['docs/tutorials/flex.md', 'flex'],
  ['docs/tutorials/apigee.md', 'apigee'],
  ['docs/tutorials/api-connect.md', 'datapower'],
];

for (const [page, example] of embedded) {
  test(`${page} has what the playground says of its example ${example}, below its picture`, async () => {
    const text = readFileSync(join(root, page), 'utf8');
    const picture = text.indexOf(`pictures/playground-${example}.png)`);
    assert.ok(picture !== -1 && existsSync(join(root, `docs/pictures/playground-${example}.png`)));
    const recorded = await recordedExample(example);
    const [first = ''] = recorded.split('\n');
    const at = text.indexOf(first, picture);
    assert.equal(text.slice(at, at + recorded.length), recorded);
  });
}

const marked = {
  'docs/playground.md': blocksRunBy('docs/playground.md', import.meta.filename),
  'docs/tutorials/flex.md': blocksRunBy('docs/tutorials/flex.md', import.meta.filename),
  'docs/tutorials/apigee.md': blocksRunBy('docs/tutorials/apigee.md', import.meta.filename),
  'docs/tutorials/api-connect.md': blocksRunBy('docs/tutorials/api-connect.md', import.meta.filename),
};

for (const [page, blocks] of Object.entries(marked)) {
  test(`${page}: each block that names this test is one of its recorded examples`, async () => {
    const examples = embedded.filter(([of]) => of === page).map(([, example]) => recordedExample(example));
    const recorded = (await Promise.all(examples)).join('\n');
    assert.deepEqual(
      blocks.filter(({ text }) => !recorded.includes(text)),
      [],
    );
  });
}
