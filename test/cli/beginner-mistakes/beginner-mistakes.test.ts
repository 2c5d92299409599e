/**
 * @module
 * What the commands say of the mistakes of beginners: the code, the line, and the words that help.
 */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { runCommand } from '../captured-terminal.ts';
import { commandMistakes } from './commands.ts';
import { configurationMistakes } from './configurations.ts';
import { policyMistakes } from './policies.ts';
import { edited, type Mistake, world } from './world.ts';

const folder = mkdtempSync(join(tmpdir(), 'mintproc-beginner-'));
after(() => rmSync(folder, { recursive: true }));

const sound = join(folder, 'sound');
mkdirSync(sound);
for (const [name, content] of Object.entries(world)) {
  writeFileSync(join(sound, name), content, { mode: 0o600 });
}

const mistakes: readonly Mistake[] = [...policyMistakes, ...configurationMistakes, ...commandMistakes];

/** What the command prints, with file names as the beginner wrote them. */
async function said(
  { edit, command }: Mistake,
  directory: string,
): Promise<{ readonly code: number; readonly text: string }> {
  cpSync(sound, directory, { recursive: true });
  if (edit !== undefined) writeFileSync(join(directory, edit.file), edited(edit));
  const words = command
    .split(' ')
    .map((word) => (/\.(?:yaml|yml|json|xml)$/.test(word) ? join(directory, word) : word));
  const { code, out, errors } = await runCommand(words);
  return { code, text: `${out}${errors}`.replaceAll(`${directory}/`, '') };
}

for (const [index, mistake] of mistakes.entries()) {
  test(`a beginner's mistake: ${mistake.name}`, async () => {
    const { code, text } = await said(mistake, join(folder, String(index)));
    assert.match(text.replaceAll('\n', ' '), mistake.words);
    if (mistake.code !== undefined) {
      const at = new RegExp(`^\\S+:${mistake.line}:\\d+: (\\w+): .*\\[${mistake.code}\\]$`, 'm').exec(text);
      assert.ok(at, text);
      assert.equal(text.match(/: (?:error|warning): /g)?.length, mistake.problems ?? 1, text);
      assert.equal(code, at[1] === 'error' || text.includes(': error: ') ? 1 : 0);
    } else assert.notEqual(code, 0);
    assert.doesNotMatch(text, /hunter2|MII|at least thirty-two|ERR_/);
  });
}

test('there are eighty mistakes', () => assert.ok(mistakes.length >= 80, String(mistakes.length)));

for (const checked of ['mintproc.yaml', 'keys.yaml', 'flex.yaml', 'api.yaml']) {
  test(`${checked} without a mistake has no error`, async () => {
    const { code, text } = await said({ name: '', command: `validate ${checked}`, words: /./ }, join(folder, checked));
    assert.equal(code, 0, text);
  });
}
