import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parse, parseAllDocuments } from 'yaml';
import { commentedYaml, Flow, Noted, notedFlow, Proposed, type Written } from '../../src/documents/commented-yaml.ts';

test('comments stand above what they explain, and proposals are comments', () => {
  const data: Written = {
    a: new Noted('Why a is one.', 1),
    list: [new Noted('The first.', { name: 'x', more: ['y'] }), new Proposed('Or:', { name: 'z', deep: { b: true } })],
    flow: notedFlow('On one line.', { p: [1, 'two'] }),
    left: undefined,
    none: [],
  };
  const expected = [
    '# What it is.',
    '# And how.',
    '',
    '# Why a is one.',
    'a: 1',
    'list:',
    '  # The first.',
    '  - name: x',
    '    more:',
    '      - y',
    '  # Or:',
    '  # - name: z',
    '  #   deep:',
    '  #     b: true',
    '# On one line.',
    'flow: { p: [ 1, two ] }',
    'none: []',
    '',
  ];
  assert.equal(commentedYaml('What it is.\nAnd how.', [data]), expected.join('\n'));
});

test('a comment is wrapped at 120 columns, at each depth', () => {
  const long = Array.from({ length: 60 }, () => 'word').join(' ');
  const text = commentedYaml(long, [{ a: { b: { c: new Noted(long, 1) } } }]);
  const lengths = text.split('\n').map((line) => line.length);
  assert.ok(Math.max(...lengths) <= 120 && lengths.filter((length) => length > 110).length >= 4, String(lengths));
});

test('several documents', () => {
  const documents = parseAllDocuments(commentedYaml('Two.', [{ a: 1 }, { b: 2 }])).map((one) => one.toJS() as unknown);
  assert.deepEqual(documents, [{ a: 1 }, { b: 2 }]);
});

/** What YAML may take for something else, and what may end a comment. */
const word = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '~',
    'yes',
    '1',
    '0x1f',
    'a: b',
    '# c',
    '- d',
    '\r\ninjected: true',
    '\u2028x',
    '\u0085y',
    '\u001b[2J',
    '\u009bx',
    '\u202ey',
    '\u{e0041}',
    '{',
    '"',
    '',
  ),
);
const scalar = fc.oneof(word, fc.integer(), fc.boolean());
const comment = fc.oneof(fc.constant('Why.'), word);

interface Sample {
  readonly written: Written;
  /** What it is in force; undefined for a proposal. */
  readonly value: unknown;
}

const { sample } = fc.letrec<{ sample: Sample; entry: Sample }>((tie) => ({
  sample: fc.oneof(
    { maxDepth: 4 },
    scalar.map((value): Sample => ({ written: value, value })),
    fc.jsonValue({ maxDepth: 2 }).map((value): Sample => ({ written: new Flow(value), value })),
    fc.array(tie('entry'), { maxLength: 4 }).map((items): Sample => {
      const inForce = items.flatMap(({ value }) => (value === undefined ? [] : [value]));
      return { written: items.map(({ written }) => written), value: orNull(inForce, items) };
    }),
    fc.dictionary(word, tie('entry'), { maxKeys: 4 }).map((map): Sample => {
      const entries = Object.entries(map);
      const inForce = entries.flatMap(([key, { value }]) => (value === undefined ? [] : [[key, value]]));
      const written = Object.fromEntries(entries.map(([key, one]) => [key, one.written]));
      return { written, value: orNull(Object.fromEntries(inForce), entries) };
    }),
  ),
  entry: fc.oneof(
    { arbitrary: tie('sample'), weight: 3 },
    { arbitrary: fc.tuple(comment, tie('sample')).map(noted), weight: 2 },
    { arbitrary: fc.tuple(comment, tie('sample')).map(proposed), weight: 1 },
  ),
}));

function noted([text, { written, value }]: [string, Sample]): Sample {
  return { written: new Noted(text, written), value };
}
function proposed([text, { written }]: [string, Sample]): Sample {
  return { written: new Proposed(text, written), value: undefined };
}

test('what is written is read back and can be shown, whatever strings and comments contain', () => {
  const isProper = ({ value }: Sample): boolean => typeof value === 'object' && value !== null;
  fc.assert(
    fc.property(sample.filter(isProper), comment, ({ written, value }, heading) => {
      const text = commentedYaml(heading, [{ data: written }]);
      assert.deepEqual(parse(text), { data: value });
      assert.doesNotMatch(text, /(?!\n)[\p{C}\u2028\u2029]/u);
    }),
    { numRuns: 1000 },
  );
});

/** A list or map in which all is proposed is read as null. */
function orNull(inForce: object, written: readonly unknown[]): object | null {
  return written.length > 0 && Object.keys(inForce).length === 0 ? null : inForce;
}
