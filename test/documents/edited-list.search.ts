/**
 * @module
 * Lists in random layouts of YAML, edited: the result says what it must, and every line outside of the edited items is as
 * it was.
 */
import assert from 'node:assert/strict';
import { parse } from 'yaml';
import { editList, type ListItem } from '../../src/documents/edited-list.ts';
import { Dice } from '../search/dice.ts';
import { type Effort, Finding, type Search } from '../search/search.ts';

export const search: Search = {
  name: 'edited-list',
  property:
    'A list of maps in any layout is edited as asked or refused, and what is around the edited items stays as it was.',
  inputs: 20_000,
  share: 300,
  run,
};

async function run(effort: Effort): Promise<string> {
  let refused = 0;
  for await (const number of effort.inputs()) {
    const dice = new Dice(Math.imul(effort.seed + number, 0x9e3779b1));
    if (!edited(dice)) refused += 1;
  }
  return `${refused} layouts refused`;
}

const comments = ['', ' # note', '   # a: b, { c }', " # it's [x"];

/** @returns whether it was edited */
function edited(dice: Dice): boolean {
  const items = Array.from(
    { length: 1 + dice.roll(4) },
    (_, index): ListItem => ({
      file: dice.pick([`${index}.pem`, `a b/${index}.pem`, `k: ${index}`, `#${index}`]),
      ...(dice.chance(40) ? { activeFrom: `2026-0${index + 1}-01T00:00:00Z` } : {}),
      ...(dice.chance(20) ? { retireAfter: `2026-1${index % 3}-01T00:00:00Z` } : {}),
    }),
  );
  const removed = new Set(items.slice(0, -1).flatMap((_, index) => (dice.chance(30) ? [index] : [])));
  const set = new Map(dice.chance(70) ? [[items.length - 1, { retireAfter: '2027-01-01T00:00:00Z' }]] : []);
  const added = dice.chance(80) ? [{ file: 'new.pem', activeFrom: '2026-12-01T00:00:00Z' }] : [];
  const end = dice.pick(['\n', '\n', '\r\n']);
  const text = layout(items, dice).join(end) + (dice.chance(85) ? end : '');
  const result = editList(text, { path: ['keys', 'k', 'versions'], set, removed, added });
  if (result === undefined) return false;
  const told = `${JSON.stringify(text)}\n became \n${JSON.stringify(result)}`;
  const wanted = [
    ...items.map((item, index) => ({ ...item, ...set.get(index) })).filter((_, index) => !removed.has(index)),
    ...added,
  ];
  try {
    const { keys, ...others } = parse(result);
    assert.deepEqual(keys.k.versions, wanted);
    assert.deepEqual(others, { before: 1, after: [2] });
    const lines = new Set(result.split(/\r?\n/));
    for (const line of text.split(/\r?\n/)) if (/^\s*#|before|after/.test(line)) assert.ok(lines.has(line), line);
  } catch (error) {
    throw new Finding(`${String(error)}\n${told}`);
  }
  return true;
}

function layout(items: readonly ListItem[], dice: Dice): readonly string[] {
  const note = (): string => dice.pick(comments);
  const around = (lines: readonly string[]): readonly string[] => [
    '# the file',
    `before: 1${note()}`,
    `keys:${note()}`,
    ...lines,
    '# the end',
    'after: [2]',
  ];
  if (dice.chance(25))
    return around([`  k: { versions: [${items.map((item) => flow(item, dice)).join(', ')}] }${note()}`]);
  const indent = dice.pick(['    ', '      ', '          ']);
  const lines = items.flatMap((item) => [
    ...(dice.chance(30) ? [`${indent}# about`] : []),
    ...(dice.chance(10) ? [''] : []),
    ...(dice.chance(50) ? [`${indent}- ${flow(item, dice)}${note()}`] : block(item, indent, note)),
  ]);
  return around(['  k:', `    versions:${note()}`, ...lines]);
}

function flow(item: ListItem, dice: Dice): string {
  const space = dice.pick(['', ' ']);
  const members = Object.entries(item).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  return `{${space}${members.join(', ')}${dice.pick(['', ','])}${space}}`;
}

function block(item: ListItem, indent: string, note: () => string): readonly string[] {
  return Object.entries(item).map(
    ([name, value], index) => `${indent}${index === 0 ? '- ' : '  '}${name}: ${JSON.stringify(value)}${note()}`,
  );
}
