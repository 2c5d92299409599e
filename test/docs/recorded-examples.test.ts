/**
 * The playground's examples in the pages that embed them, below their pictures.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { recordedExample } from './recorded-examples.ts';

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
