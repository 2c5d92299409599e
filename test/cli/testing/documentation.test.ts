/**
 * The example of docs/testing.md, which runs as it is written.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { test } from 'node:test';
import { blocksRunBy } from '../../docs/run-pages/blocks-run-by.ts';
import { runCommand, writeFiles } from '../captured-terminal.ts';

const page = readFileSync(new URL('../../../docs/testing.md', import.meta.url), 'utf8');
const marked = blocksRunBy('docs/testing.md', import.meta.filename);

/** Without the comment that names the file. */
const files = Object.fromEntries(
  marked
    .filter(({ language }) => language === 'yaml')
    .map(({ text }) => {
      const [, name = '', rest = ''] = /^# (\S+)\n([\s\S]*)$/.exec(text) ?? [];
      return [name, rest];
    }),
);
/** What the page says that the command prints. */
const outputs = [...page.matchAll(/^```text\n(?:\$ .*\n)?([\s\S]*?)^```$/gm)].map(([, text]) => text);

async function printed(written: Readonly<Record<string, string>>): Promise<string> {
  const paths = writeFiles(written);
  const path = paths['orders.test.yaml'] ?? assert.fail('the page has no test file');
  const { out } = await runCommand(['test', path]);
  return out.replaceAll(`${dirname(path)}/`, '');
}

test('the example passes, with the output that the page shows', async () => {
  assert.equal(await printed(files), outputs[0]);
});

test('its failure is the one that the page shows', async () => {
  const policy = files['partner.yaml'] ?? assert.fail('the page has no policy');
  const out = await printed({ ...files, 'partner.yaml': policy.replace('x-tenant', 'x-team') });
  assert.equal(out.replace(/^note:.*\n/, ''), outputs[1]);
});
