/**
 * @module
 * Every promise of SECURITY.md names the tests that check it, and every named test exists.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '..', '..');
const page = readFileSync(join(root, 'SECURITY.md'), 'utf8');

interface Cited {
  readonly file: string;
  readonly title: string;
}

function citedIn(text: string): Cited[] {
  return Array.from(text.matchAll(/`(test\/[\w/.-]+\.ts) › ([^`]+)`/g), ([, file = '', title = '']) => ({
    file,
    title,
  }));
}

/** What is wrong with a citation; undefined if the file has the test. */
function missing({ file, title }: Cited): string | undefined {
  const path = join(root, file);
  if (!existsSync(path)) return `${file}: no such file`;
  const source = readFileSync(path, 'utf8');
  const titles = source.matchAll(/(?:\btest\(\s*|\bproperty: )(?:(['"`])(.*?)\1|name\b)/g);
  return Array.from(titles, ([, , text]) => text).some((text) => makes(text, title, source))
    ? undefined
    : `${file} has no test “${title}”`;
}

/**
 * Whether a title in the source can produce the cited one. The values that fill a template must be in the source, too.
 *
 * @param text undefined for a title that is a whole value of a table
 */
function makes(text: string | undefined, title: string, source: string): boolean {
  const parts = text?.split(/\$\{.*?\}/) ?? ['', ''];
  const escaped = parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  // A comma may belong to a filled-in value or to the title.
  return ['(.*)', '(.*?)'].some((filling) => {
    const found = new RegExp(`^${escaped.join(filling)}$`, 's').exec(title);
    return found?.slice(1).every((filled) => source.includes(filled)) ?? false;
  });
}

const cited = citedIn(page);

for (const one of cited) {
  test(`SECURITY.md names a test that exists: ${one.title}`, () => assert.equal(missing(one), undefined));
}

test('each promise in “What mintproc guards” names a test', () => {
  const [, guards = ''] = /^## What mintproc guards\n(.*?)^## /ms.exec(page) ?? [];
  const promises = guards.split(/^- /m).slice(1);
  assert.ok(promises.length >= 8);
  assert.deepEqual(
    promises.filter((promise) => citedIn(promise).length === 0),
    [],
  );
});

const promising = ['What is not trusted', 'The admin address', 'The JWKS address', 'Reused tokens', 'Limits'];
for (const heading of promising) {
  test(`the part “${heading}” names a test`, () => {
    const [, part = ''] = new RegExp(`^## ${heading}\n(.*?)(?=^## |(?![\\s\\S]))`, 'ms').exec(page) ?? [];
    assert.ok(citedIn(part).length > 0);
  });
}

const wrong: [name: string, one: Cited][] = [
  ['a file', { file: 'test/docs/none.test.ts', title: 'x' }],
  ['a title', { file: 'test/docs/security.test.ts', title: 'no such test' }],
  ['a filled-in value', { file: 'test/e2e/trailers.test.ts', title: ['no such', 'row'].join(' ') }],
];
for (const [name, one] of wrong) {
  test(`a wrong citation is found: ${name}`, () => assert.notEqual(missing(one), undefined));
}
