/**
 * The examples and sentences that documentation and playground show: each function has an example, each example its
 * value, each member and keyword a sentence.
 */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { SourceText } from '../../src/diagnostics/source-text.ts';
import { attributeReaders, callerReaders } from '../../src/expressions/bindings.ts';
import { functionExamples as dataweaveExamples } from '../../src/expressions/dataweave/functions/examples.ts';
import { functionsByModule } from '../../src/expressions/dataweave/functions/index.ts';
import { reservedWords } from '../../src/expressions/dataweave/reader.ts';
import {
  attributeDocumentation,
  callerDocumentation,
  dataweaveKeywordDocumentation,
  type FunctionExample,
  flexKeywordDocumentation,
} from '../../src/expressions/documentation.ts';
import { compileExpression, type ProfileName } from '../../src/expressions/expression.ts';
import { functionExamples as flexExamples } from '../../src/expressions/flex/functions/examples.ts';
import { functionRows } from '../../src/expressions/flex/functions/index.ts';
import { flexKeywords } from '../../src/expressions/flex/scanner.ts';
import { bindingsOf } from './context-bindings.ts';

const flexTable = new Map(Object.entries(flexExamples));
const dataweaveTable = new Map(
  Object.entries(dataweaveExamples).flatMap(([module, examples]) =>
    Object.entries(examples).map(([name, example]) => [`${module}::${name}`, example] as const),
  ),
);

const engines: [profile: ProfileName, examples: ReadonlyMap<string, FunctionExample>, functions: string[]][] = [
  ['flex', flexTable, functionRows.map(({ name }) => name)],
  [
    'dataweave',
    dataweaveTable,
    Array.from(functionsByModule, ([m, rows]) => [...rows.keys()].map((n) => `${m}::${n}`)).flat(),
  ],
];

for (const [profile, examples, functions] of engines) {
  suite(`examples of ${profile}`, () => {
    test('are of every function, and of no other', () => {
      assert.deepEqual([...examples.keys()].sort(), [...functions].sort());
    });

    for (const [name, [expression, value]] of examples) {
      // Named without the example: `npm run mutation` changes examples, and knows a test by its name.
      test(`the example of ${name}`, () => {
        const short = name.split('::').at(-1) ?? '';
        assert.ok(expression.includes(short), 'the example does not call the function');
        const compiled = compileExpression(SourceText.ofFile('example', expression), { profile });
        assert.equal(JSON.stringify(compiled.evaluate(bindingsOf({}))), value);
      });
    }
  });
}

const described: [name: string, sentences: Readonly<Record<string, string>>, names: readonly string[]][] = [
  ['attributes', attributeDocumentation, ['headers', 'queryParams', ...attributeReaders.keys()]],
  ['authentication', callerDocumentation, [...callerReaders.keys()]],
];

for (const [name, sentences, names] of described) {
  test(`each member of ${name} has a sentence`, () => {
    assert.deepEqual(Object.keys(sentences).sort(), [...names].sort());
    for (const sentence of Object.values(sentences)) assert.match(sentence, /\w.*\.$/);
  });
}

const keywords: [
  profile: string,
  sentences: Readonly<Record<string, string>>,
  reserved: ReadonlySet<string>,
  without: string[],
][] = [
  [
    'flex',
    flexKeywordDocumentation,
    flexKeywords,
    [
      'as',
      'async',
      'case',
      'do',
      'enum',
      'for',
      'fun',
      'input',
      'is',
      'ns',
      'output',
      'private',
      'throw',
      'type',
      'unless',
      'using',
      'var',
      'yield',
    ],
  ],
  [
    'dataweave',
    dataweaveKeywordDocumentation,
    reservedWords,
    ['async', 'enum', 'for', 'input', 'ns', 'private', 'throw', 'yield'],
  ],
];

for (const [profile, sentences, reserved, without] of keywords) {
  test(`each reserved word of ${profile} has a sentence, unless no expression needs it`, () => {
    assert.deepEqual([...reserved].filter((word) => !Object.hasOwn(sentences, word)).sort(), without);
    for (const sentence of Object.values(sentences)) assert.match(sentence, /\w.*\.$/);
  });
}
