/**
 * @module
 * SECURITY.md and the security model: each threat names the tests that check what prevents it, or the reader's task,
 * and every named test exists.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '..', '..');
const pageOf = (path: string): string => readFileSync(join(root, path), 'utf8');
const summary = pageOf('SECURITY.md');
const model = pageOf('docs/explanation/security-model.md');

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
  const titles = source.matchAll(/(?:\btest\(\s*|\bproperty:\s*)(?:(['"`])(.*?)\1|name\b)/g);
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

/** The part of the model below a heading of the second level. */
function partOf(heading: string): string {
  const [, part = ''] = new RegExp(`^## ${heading}\n(.*?)(?=^## |(?![\\s\\S]))`, 'ms').exec(model) ?? [];
  return part;
}

const cited = new Map(citedIn(summary + model).map((one) => [`${one.file} › ${one.title}`, one]));

for (const one of cited.values()) {
  test(`the security model names a test that exists: ${one.title}`, () => assert.equal(missing(one), undefined));
}

test('each threat names a test, or the task of the reader', () => {
  const threats = partOf('Threats').split(/^- /m).slice(1);
  assert.ok(threats.length >= 38, `only ${threats.length} threats`);
  assert.deepEqual(
    threats.filter((threat) => citedIn(threat).length === 0 && !threat.includes('**Yours:**')),
    [],
  );
});

const standards: readonly [heading: string, points: number][] = [
  ['The points of RFC 8725', 12],
  ['The points of OWASP ASVS', 34],
];
for (const [heading, points] of standards) {
  test(`${heading}: each has evidence, or is a task of verifiers`, () => {
    const rows = partOf(heading)
      .split('\n')
      .filter((line) => /^\| \d/.test(line));
    assert.equal(rows.length, points);
    assert.deepEqual(
      rows.filter((row) => citedIn(row).length === 0 && !/\*\*yours:?\*\*/i.test(row)),
      [],
    );
  });
}

test('SECURITY.md leads to the model', () => assert.ok(summary.includes('(docs/explanation/security-model.md)')));

const wrong: [name: string, one: Cited][] = [
  ['a file', { file: 'test/docs/none.test.ts', title: 'x' }],
  ['a title', { file: 'test/docs/security.test.ts', title: 'no such test' }],
  ['a filled-in value', { file: 'test/e2e/trailers.test.ts', title: ['no such', 'row'].join(' ') }],
];
for (const [name, one] of wrong) {
  test(`a wrong citation is found: ${name}`, () => assert.notEqual(missing(one), undefined));
}
