import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { messageFindings } from './messages.ts';

const root = join(import.meta.dirname, '..', '..');

test('messages repeat only what is known to be harmless', () => {
  const files = globSync('src/**/*.ts', { cwd: root });
  assert.ok(files.length > 0);
  const findings = files.flatMap((path) => messageFindings({ path, text: readFileSync(join(root, path), 'utf8') }));
  assert.deepEqual(findings, []);
});

/** « and » stand for the marks of an expression in a template literal. */
const sentences: [name: string, text: string, found: number][] = [
  ['a raw name', 'const message = `Nothing sets the variable «name».`;', 1],
  ['a raw name inside another template', '`It is «isNew(a, `called «name» here`)» now.`', 2],
  ['a judged name', "const message = `Nothing sets «called('the variable', name)».`;", 0],
  ['a limit and a known name', '`It has more than «maxEntries» entries. Did you mean «guess»?`', 0],
  ['one of two words', "`The file «isLarge ? 'is large' : 'is small'» here.`", 0],
  ['what is no sentence', '`«file»:«line»`', 0],
  ['a comment', '/**\n * `a name «name» here`\n */', 0],
];
for (const [name, text, found] of sentences) {
  test(`a message with ${name}`, () => {
    const code = text.replaceAll('«', '$\u007b').replaceAll('»', '}');
    assert.equal(messageFindings({ path: 'src/configuration/one.ts', text: code }).length, found);
  });
}

test('a row that no message needs is reported', () => {
  assert.match(messageFindings({ path: 'src/routing/router.ts', text: '' }).join(), /no sentence repeats what/);
});
