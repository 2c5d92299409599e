import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { Problems } from '../../src/diagnostics/problem.ts';
import { SourceText } from '../../src/diagnostics/source-text.ts';
import { DocumentFile } from '../../src/documents/document-file.ts';
import { readYaml } from '../../src/documents/located-yaml.ts';
import { readShape } from '../../src/documents/shape.ts';

const codes = {
  unknownKey: 'policy.unknown-key',
  missingKey: 'policy.missing-key',
  wrongType: 'policy.wrong-type',
  invalidValue: 'policy.invalid-value',
} as const;

const schema = z.strictObject({
  name: z.string().min(1).max(5),
  count: z.int().min(1).optional(),
  share: z.number().gt(0).optional(),
  counts: z.int().optional().meta({ deprecated: true }),
  kind: z.enum(['one', 'two']).default('one'),
  items: z
    .array(z.strictObject({ size: z.number() }))
    .min(1)
    .max(2)
    .optional(),
  map: z.strictObject({ delay: z.string(), timeout: z.string(), other: z.string() }).optional(),
  names: z.record(z.string().max(7), z.string()).optional(),
  lists: z.record(z.string(), z.array(z.number())).optional(),
  port: z
    .string()
    .refine((text) => text.includes(':'), 'must be host:port')
    .optional(),
  since: z.iso.datetime({ offset: true }).optional(),
  forms: z
    .union([
      z.boolean(),
      z.union([z.strictObject({ a: z.string(), b: z.string() }), z.strictObject({ c: z.string() })]),
    ])
    .optional(),
  either: z.union([z.string(), z.strictObject({ inner: z.boolean() })]).optional(),
  empty: z.strictObject({}).optional(),
  switched: z.union([z.literal(['on', 'off']), z.number()]).optional(),
});

const words = new Set([
  'name',
  'count',
  'kind',
  'share',
  'items',
  'size',
  'either',
  'inner',
  'map',
  'names',
  'port',
  'since',
  'forms',
]);

function read(text: string) {
  const problems = new Problems();
  const source = SourceText.ofFile('f', text).describe({ words: () => words, ranges: () => [] });
  const [document] = readYaml(new DocumentFile(source), problems, 'policy.syntax');
  assert.ok(document);
  const value = readShape(schema, document, [], problems, codes);
  return { value, problems: problems.all };
}

test('a valid value is returned with its defaults', () => {
  assert.deepEqual(read('name: a').value, { name: 'a', kind: 'one' });
});

const wrong: [text: string, at: string, code: string, message: string, suggestion: string | undefined][] = [
  ['count: 1', '1:1', 'policy.missing-key', '`name` is missing.', 'Write `name: …`; it must be a string.'],
  ['name: 1', '1:7', 'policy.wrong-type', '`name` must be a string.', 'Put it in quotes.'],
  ['name: {}', '1:7', 'policy.wrong-type', '`name` must be a string.', undefined],
  [
    'name: #[attributes.method]',
    '1:7',
    'policy.wrong-type',
    '`name` must be a string.',
    'Write a string. One that begins with `#`, which YAML reads as a comment, or that is `~` or `null`, needs quotes.',
  ],
  ['name: secrets', '1:7', 'policy.invalid-value', '`name` must be at most 5 characters long.', undefined],
  ['name: a\ncount: 1.5', '2:8', 'policy.wrong-type', '`count` must be a whole number.', undefined],
  ['name: a\ncount: 0', '2:8', 'policy.invalid-value', '`count` must be at least 1.', undefined],
  ['name: a\nshare: 0', '2:8', 'policy.invalid-value', '`share` must be greater than 0.', undefined],
  [
    'name: a\nshare: x1_000',
    '2:8',
    'policy.wrong-type',
    '`share` must be a number.',
    'Write one number, without quotes and without a unit.',
  ],
  [
    'name: a\nshare: 1_000.5',
    '2:8',
    'policy.wrong-type',
    '`share` must be a number.',
    'Write the digits alone: with `_`, they are text here.',
  ],
  [
    'name: a\nnames: { hunter2: x }\nlists: { hunter2: [x] }',
    '3:20',
    'policy.wrong-type',
    'Item 1 must be a number.',
    'Write one number, without quotes and without a unit.',
  ],
  ['name: a\nkind: three', '2:7', 'policy.invalid-value', '`kind` must be one of one, two.', undefined],
  ['name: a\nconut: 1', '2:1', 'policy.unknown-key', 'Unknown key `conut`.', 'Did you mean `count`?'],
  [
    'name: a\nzzz: 1',
    '2:1',
    'policy.unknown-key',
    'Unknown key.',
    'The known keys are: name, count, share, kind, items, map, names, lists, port, since, forms, either, empty, switched.',
  ],
  ['name: a\nempty: { zzz: 1 }', '2:10', 'policy.unknown-key', 'Unknown key.', 'Remove it.'],
  [
    'name: a\nitems: 3',
    '2:8',
    'policy.wrong-type',
    '`items` must be a list.',
    'Put it in brackets, `[…]`, or write each item on a line that begins with `- `.',
  ],
  [
    'name: a\nitems:',
    '2:7',
    'policy.wrong-type',
    '`items` must be a list.',
    'Write each item on a line that begins with `- `.',
  ],
  [
    'name: a\nitems: [{ size: 5m }]',
    '2:17',
    'policy.wrong-type',
    '`size` must be a number.',
    'Write one number, without quotes and without a unit.',
  ],
  ['name: a\nitems: [3]', '2:9', 'policy.wrong-type', 'Item 1 of `items` must be a map.', 'Write `{ size: … }`.'],
  [
    'name: a\nitems: [{}, { size: x }]',
    '2:9',
    'policy.missing-key',
    '`size` is missing.',
    'Write `size: …`; it must be a number.',
  ],
  [
    'name: a\nitems: [{ size: 1 }, { size: 1 }, { size: 1 }]',
    '2:8',
    'policy.invalid-value',
    '`items` must have at most 2 items.',
    undefined,
  ],
  [
    'name: a\neither: 3',
    '2:9',
    'policy.wrong-type',
    '`either` must be a string, or a map such as { inner: … }.',
    undefined,
  ],
  ['name: a\nswitched: x', '2:11', 'policy.wrong-type', 'This value must be on or off, or a number.', undefined],
  ['name: ""', '1:7', 'policy.invalid-value', '`name` must not be empty.', undefined],
  ['name: a\nitems: []', '2:8', 'policy.invalid-value', '`items` must have at least one item.', undefined],
  ['name: a\nmap: 3', '2:6', 'policy.wrong-type', '`map` must be a map.', 'Write `map: { delay: …, timeout: … }`.'],
  [
    'name: a\nnames: { privately: x }',
    '2:21',
    'policy.invalid-value',
    'This value has a name that must be at most 7 characters long.',
    undefined,
  ],
  ['name: a\nnames: 3', '2:8', 'policy.wrong-type', '`names` must be a map.', 'Write `names: { NAME: … }`.'],
  ['name: a\nport: 1', '2:7', 'policy.wrong-type', '`port` must be host:port.', undefined],
  [
    'name: a\nsince: 2026-07-01',
    '2:8',
    'policy.invalid-value',
    '`since` must be a date and time with seconds and an offset, such as 2026-07-01T00:00:00Z.',
    undefined,
  ],
  [
    'name: a\nforms: 1.5',
    '2:8',
    'policy.wrong-type',
    '`forms` must be true or false, or a map with one of a, c.',
    undefined,
  ],
  ['name: a\neither: { inner: 3 }', '2:18', 'policy.wrong-type', '`inner` must be true or false.', undefined],
  ['- a', '1:1', 'policy.wrong-type', 'The document must be a map.', undefined],
];
for (const [text, at, code, message, suggestion] of wrong) {
  test(`wrong: ${JSON.stringify(text)}`, () => {
    const [first] = read(text).problems;
    assert.ok(first);
    assert.deepEqual(
      [`${first.place.line}:${first.place.column}`, first.code, first.message, first.suggestion],
      [at, code, message, suggestion],
    );
  });
}

test('all mistakes are reported', () => {
  const { value, problems } = read('nam: a\ncount: x\nitems: [{ size: no }, { siez: 1 }]');
  assert.equal(value, undefined);
  assert.deepEqual(problems.map(({ code, place }) => `${code} ${place.line}:${place.column}`).toSorted(), [
    'policy.unknown-key 1:1',
    // `siez` is `size`, which is then not missing.
    'policy.unknown-key 3:25',
    'policy.wrong-type 2:8',
    'policy.wrong-type 3:17',
  ]);
});

test('no message quotes a value', () => {
  for (const text of [
    'name: hunter2x',
    'name: a\nkind: hunter2x',
    'name: a\ncount: hunter2x',
    'name: a\neither: [hunter2x]',
  ]) {
    for (const { message, suggestion } of read(text).problems)
      assert.doesNotMatch(`${message}${suggestion}`, /hunter2x/);
  }
});

test('part of a document is read by its path', () => {
  const problems = new Problems();
  const [document] = readYaml(new DocumentFile(SourceText.ofFile('f', 'a:\n  - b: x\n')), problems, 'policy.syntax');
  assert.ok(document);
  const inner = z.strictObject({ b: z.number() });
  assert.equal(readShape(inner, document, ['a', 0], problems, codes), undefined);
  assert.deepEqual(
    problems.all.map(({ place }) => `${place.line}:${place.column}`),
    ['2:8'],
  );
  assert.deepEqual(readShape(z.unknown(), document, ['a', 5, 'c'], problems, codes), undefined);
});
