/**
 * @module
 * Limits of Envoy's that no schema tells: the size of a regular expression, for the headers that are removed from a
 * client's request.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { runCommand } from '../cli/captured-terminal.ts';
import { flexPolicy } from '../configuration/memory-files.ts';
import { envoyBinary } from './harness/stack.ts';

const folder = mkdtempSync(join(tmpdir(), 'mintproc-limits-'));
after(() => rmSync(folder, { recursive: true }));

/** The name of a header, and whether its lookalikes are removed by a pattern. */
const headers: [name: string, header: string, hasPattern: boolean][] = [
  ['letters, as many as fit', `${'a'.repeat(93)}-`, true],
  ['one letter more', `${'a'.repeat(94)}-`, false],
  ['separators, as many as fit', 'a-'.repeat(24), true],
  ['one separator more', `${'a-'.repeat(24)}-`, false],
];

for (const [name, header, hasPattern] of headers) {
  test(`Envoy accepts the pattern of a header, and none larger: ${name}`, async () => {
    writeFileSync(join(folder, 'policy.yaml'), flexPolicy({ iss: 'x' }));
    const entry = { name: 'p', file: 'policy.yaml', output: { header, prefix: '' } };
    const configuration = { policies: [entry], routes: [{ match: {}, policies: ['p'] }] };
    writeFileSync(join(folder, 'mintproc.yaml'), JSON.stringify(configuration));
    const { code, out, errors } = await runCommand(['gen', 'envoy', '--config', join(folder, 'mintproc.yaml')]);
    assert.equal(code, 0, errors);
    const removal = `{ remove: ${header} }`;
    assert.equal(out.includes(removal), !hasPattern);
    assert.equal(await accepts(out), true);
    if (hasPattern) return;
    const regex = header.replace(/-/g, '[^a-z0-9:]');
    const larger = `{ remove_on_match: { key_matcher: { safe_regex: { regex: "${regex}" } } } }`;
    assert.equal(await accepts(out.replace(removal, larger)), false);
  });
}

async function accepts(text: string): Promise<boolean> {
  writeFileSync(join(folder, 'envoy.yaml'), text);
  const args = ['--mode', 'validate', '-c', join(folder, 'envoy.yaml'), '--log-level', 'error'];
  return spawnSync(await envoyBinary(), args, { encoding: 'utf8' }).status === 0;
}
