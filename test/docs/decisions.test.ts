/**
 * The records of decisions: each says whether it still holds, and since when.
 */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';

const folder = join(import.meta.dirname, '..', '..', 'docs', 'decisions');
const records = globSync('*.md', { cwd: folder }).sort();
const form = /^# (\d{4}) \S.*\n\nStatus: (accepted|superseded by (\d{4})), \d{4}-\d{2}-\d{2}\b/;

/** What is wrong with a record; undefined if nothing is. */
function fault(name: string, text: string, numbers: ReadonlySet<string>): string | undefined {
  const found = form.exec(text);
  if (found === null) return `${name}: begins with "# NUMBER Title" and "Status: accepted, YYYY-MM-DD"`;
  const [, number = '', , successor] = found;
  if (!name.startsWith(`${number}-`)) return `${name}: its title has the number ${number}`;
  return successor === undefined || numbers.has(successor) ? undefined : `${name}: there is no record ${successor}`;
}

const numbers = new Set(records.map((name) => basename(name).slice(0, 4)));

test('each record of a decision has a number of its own, a status and a date', () => {
  assert.equal(numbers.size, records.length);
  const faults = records.flatMap((name) => fault(name, readFileSync(join(folder, name), 'utf8'), numbers) ?? []);
  assert.deepEqual(faults, []);
});

test('a record without a status, with a wrong number or a successor that is not there is found', () => {
  const texts: [name: string, text: string][] = [
    ['0001-a.md', '# 0001 A title\n\n**What.** …'],
    ['0002-b.md', '# 0003 A title\n\nStatus: accepted, 2026-11-29\n'],
    ['0003-c.md', '# 0003 A title\n\nStatus: superseded by 9999, 2026-11-29\n'],
    ['0004-d.md', '# 0004 A title\n\nStatus: superseded by 0001, 2026-11-29\n'],
  ];
  const found = texts.map(([name, text]) => fault(name, text, new Set(['0001']))?.slice(0, 9));
  assert.deepEqual(found, ['0001-a.md', '0002-b.md', '0003-c.md', undefined]);
});
