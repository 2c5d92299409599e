/**
 * An expression alone: values, errors at their place, and expressions that hit a bound.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EvaluateAnswer, EvaluateBody } from '../../src/playground/interface.ts';
import { longestTogether, longestValue, ShownValues } from '../../src/playground/shown-values.ts';
import { yamlText } from '../../src/playground/written-yaml.ts';
import { exampleNamed, playgroundOf, runExample } from './client.ts';

const playground = playgroundOf();

async function evaluate(expression: string, more: Partial<EvaluateBody> = {}): Promise<EvaluateAnswer> {
  return playground.evaluate({ profile: 'dataweave', context: '', ...more, expression });
}

const values: [name: string, expression: string, more: Partial<EvaluateBody>, json: string, type: string][] = [
  ['text', "upper('a')", {}, '"A"', 'string'],
  [
    'all digits',
    'payload.n',
    { context: 'payload: { n: 12345678901234567890.10 }' },
    '12345678901234567890.1',
    'number',
  ],
  ['null', 'null', {}, 'null', 'null'],
  ['a list', '[1]', {}, '[\n  1\n]', 'list'],
  [
    'the caller',
    'authentication.principal',
    { context: 'authentication: { principal: a }', profile: 'flex' },
    '"a"',
    'string',
  ],
  ['a variable', 'vars.a', { context: 'vars: { a: true }' }, 'true', 'boolean'],
];

for (const [name, expression, more, json, type] of values) {
  test(`a value: ${name}`, async () => {
    assert.deepEqual(await evaluate(expression, more), { problems: [], json, type });
  });
}

const mistakes: [name: string, expression: string, context: string, code: string, at: string][] = [
  ['in the expression', "uper('a')", '', 'dataweave.unknown-name', 'expression:1:1-1:5'],
  ['in the YAML of the context', '1', 'a: [', 'trial.syntax', 'context:'],
  ['a key that nothing reads', '1', 'atributes: {}', 'trial.invalid-value', 'context:1:1'],
  ['a context that is a list', '1', '- a', 'trial.invalid-value', 'context:1:1'],
  ['a header that is a number', '1', 'attributes: { headers: { a: 1 } }', 'trial.invalid-value', 'context:1:1'],
];

for (const [name, expression, context, code, at] of mistakes) {
  test(`an error is at its place: ${name}`, async () => {
    const { problems, json } = await evaluate(expression, { context });
    const [error] = problems;
    assert.ok(error);
    const { file, from, to } = error.range;
    assert.deepEqual([error.code, json], [code, undefined]);
    assert.ok(
      `${file}:${from.line}:${from.column}-${to.line}:${to.column}`.startsWith(at),
      JSON.stringify(error.range),
    );
  });
}

test('an error of a request has the page of its code', async () => {
  const { error, json } = await evaluate('payload as Number', { context: 'payload: a' });
  assert.deepEqual([error?.code, json], ['dataweave.conversion', undefined]);
  assert.match(error?.help ?? '', /^dataweave\.conversion\n/);
});

/** Each exceeds a bound of the language. */
const hostile: [name: string, expression: string][] = [
  ['a list that grows without end', '(1 to 100000000) map (n) -> n'],
  ['text that doubles', "(1 to 60) reduce ((n, text = 'a') -> text ++ text)"],
  ['a function that calls itself', '{ f: fun(n) -> f(n) }'],
  ['deep nesting', `${'('.repeat(10_000)}1${')'.repeat(10_000)}`],
  ['a regular expression that backtracks', `('a' ++ ('a' * 1) ++ '${'a'.repeat(5_000)}!') matches /(a+)+$/`],
  ['nested lists of lists', '(1 to 10000) map (a) -> (1 to 10000) map (b) -> (1 to 10000) map (c) -> c'],
];

for (const [name, expression] of hostile) {
  test(`a hostile expression is answered, and so is the next: ${name}`, async () => {
    const before = performance.now();
    const { error, problems, json } = await evaluate(expression);
    assert.ok(error !== undefined || problems.length > 0 || json !== undefined);
    // Bounds take milliseconds; without one, these would not return at all.
    assert.ok(performance.now() - before < 10_000);
    assert.equal((await evaluate('1 + 1')).json, '2');
  });
}

test('a hostile expression in a policy: the request is refused, and the next run works', async () => {
  const example = exampleNamed('flex');
  const { outcome } = await runExample(playground, example, (text) =>
    text
      .replace('"#[uuid()]"', `"#[(1 to 100000000 + sizeOf(attributes.headers['x-channel'])) map (n) -> n]"`)
      .replace('file: orders.flex.yaml', 'file: orders.flex.yaml\n    expressions: dataweave'),
  );
  assert.equal(outcome?.kind, 'refuse');
  assert.equal((await runExample(playground, example)).outcome?.kind, 'forward');
});

const lengths: [name: string, length: number, isShown: boolean][] = [
  ['the longest', longestValue, true],
  ['one character more', longestValue + 1, false],
];

for (const [name, length, isShown] of lengths) {
  test(`a value that is shown: ${name}`, () => {
    const value = 'a'.repeat(length - 2);
    const json = new ShownValues().jsonOf(value);
    assert.equal(json, isShown ? JSON.stringify(value) : `"(${length} characters of JSON, too many to be shown)"`);
  });
}

test('values of one answer are bounded together', () => {
  const values = new ShownValues();
  const value = ['a'.repeat(longestValue - 4)];
  const shown = Array.from({ length: longestTogether / longestValue + 1 }, () => values.jsonOf(value).length);
  assert.deepEqual(new Set(shown.slice(0, -1)), new Set([longestValue]));
  assert.ok((shown.at(-1) ?? 0) < 100);
});

test('YAML that is written has two spaces for each level', () => {
  const value = { a: [{ b: 1, c: ['x', []] }, {}], 'd e': { present: true }, '': null };
  assert.equal(
    yamlText(value),
    ['', 'a:', '  - b: 1', '    c:', '      - x', '      - []', '  - {}', 'd e: { present: true }', '"": null'].join(
      '\n',
    ),
  );
});
