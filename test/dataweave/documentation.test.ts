import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { compileExpression } from '../../src/dataweave/expression.ts';
import { MintError } from '../../src/diagnostics/mint-error.ts';
import { LocatedError } from '../../src/diagnostics/problem.ts';
import { SourceText } from '../../src/diagnostics/source-text.ts';
import { bindingsOf, type Context } from './context-bindings.ts';

const text = readFileSync(new URL('../../docs/expressions.md', import.meta.url), 'utf8');

const context: Context = JSON.parse(/```json\n(.*?)```/s.exec(text)?.[1] ?? '{}');

/** Lines of the form `expression   // → value`, `// → does not load: message` or `// → fails: message`. */
const examples = [...text.matchAll(/```dataweave\n(.*?)```/gs)].flatMap(([, block = '']) =>
  block
    .trimEnd()
    .split('\n')
    .map((line) => line.split(/\s+\/\/ → /)),
);

function shown(expression: string): string {
  try {
    const compiled = compileExpression(SourceText.ofFile('expression', expression), { profile: 'flex' });
    return JSON.stringify(compiled.evaluate(bindingsOf(context)));
  } catch (error) {
    if (error instanceof LocatedError) return `does not load: ${error.problem.message}`;
    if (error instanceof MintError) return `fails: ${error.message}`;
    throw error;
  }
}

suite('docs/expressions.md: examples', () => {
  test('there are some', () => assert.ok(examples.length > 30));
  for (const [expression = '', expected = ''] of examples) {
    test(expression, () => {
      const found = shown(expression);
      assert.equal(
        expected.startsWith('does not load') || expected.startsWith('fails')
          ? found
          : JSON.stringify(JSON.parse(found)),
        expected,
      );
    });
  }
});
