import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { MintError } from '../../src/diagnostics/mint-error.ts';
import { LocatedError } from '../../src/diagnostics/problem.ts';
import { SourceText } from '../../src/diagnostics/source-text.ts';
import { compileExpression, type ProfileName } from '../../src/expressions/expression.ts';
import { functionRows } from '../../src/expressions/flex/functions/index.ts';
import { bindingsOf, type Context } from './context-bindings.ts';

const text = readFileSync(new URL('../../docs/expressions.md', import.meta.url), 'utf8');

const context: Context = JSON.parse(/```json\n(.*?)```/s.exec(text)?.[1] ?? '{}');

/**
 * The examples: lines `expression   // → value`, `// → does not load: message` or `// → fails: message` in code blocks
 * fenced as `dataweave` for the profile `flex` and as `dw` for the profile `dataweave`.
 */
const examples = [...text.matchAll(/```(dataweave|dw)\n(.*?)```/gs)].flatMap(([, fence, block = '']) =>
  block
    .trimEnd()
    .split('\n')
    .map((line) => [fence === 'dw' ? 'dataweave' : 'flex', ...line.split(/\s+\/\/ → /)] as const),
);

function shown(expression: string, profile: ProfileName): string {
  try {
    const compiled = compileExpression(SourceText.ofFile('expression', expression), { profile });
    return JSON.stringify(compiled.evaluate(bindingsOf(context)));
  } catch (error) {
    if (error instanceof LocatedError) return `does not load: ${error.problem.message}`;
    if (error instanceof MintError) return `fails: ${error.message}`;
    throw error;
  }
}

suite('docs/expressions.md: examples', () => {
  test('there are more than 30', () => assert.ok(examples.length > 30));
  for (const [profile, expression = '', expected = ''] of examples) {
    test(expression, () => {
      const found = shown(expression, profile);
      assert.equal(
        expected.startsWith('does not load') || expected.startsWith('fails')
          ? found
          : JSON.stringify(JSON.parse(found)),
        expected,
      );
    });
  }
});

suite('a function of Flex Gateway that "does the same" in DataWeave', () => {
  // A name that is a function there compiles, as an argument, without being called.
  for (const { module, name, profiles } of functionRows) {
    if (profiles.dataweave !== undefined) continue;
    test(`${name} is a function there`, () => {
      assert.doesNotThrow(() =>
        compileExpression(SourceText.ofFile('expression', `((f) -> 1)(${module}::${name})`), { profile: 'dataweave' }),
      );
    });
  }
});
