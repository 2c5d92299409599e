/**
 * docs/commands.md has a section for each command, and names each of its options.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runCommand } from '../cli/captured-terminal.ts';

const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs/commands.md'), 'utf8');

/** What the page says of a command: a section for each form of it. */
function sectionsOf(name: string): string {
  const sections = page.split(/^(?=## )/m).filter((section) => new RegExp(`^## \`${name}\\b`).test(section));
  return sections.join('');
}

/** The options of every command but those that all have. */
async function optionsOf(name: string): Promise<readonly string[]> {
  const { out } = await runCommand([name, '--help']);
  return [...new Set(out.match(/--[a-z][a-z-]*/g) ?? [])].filter((option) => option !== '--help');
}

const listed = JSON.parse((await runCommand(['help', '--format', 'json'])).out);
const commands: readonly string[] = listed.commands.map(({ name }: { readonly name: string }) => name);

test('the list of commands is read', () => assert.ok(commands.includes('serve') && commands.includes('keys')));

for (const name of commands) {
  test(`docs/commands.md has each option of ${name}`, async () => {
    const text = sectionsOf(name);
    assert.notEqual(text, '', 'no section');
    const missing = (await optionsOf(name)).filter((option) => !text.includes(option));
    assert.deepEqual(missing, []);
  });
}
