/**
 * Periods of many units: nanoseconds beyond 2^53 lose digits as doubles, and a period needs integers.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SourceText } from '../../../src/diagnostics/source-text.ts';
import { compileExpression } from '../../../src/expressions/expression.ts';
import { bindingsOf } from '../context-bindings.ts';

const unitSeconds = { hours: 3600n, minutes: 60n, seconds: 1n } as const;

function evaluated(expression: string): unknown {
  const compiled = compileExpression(SourceText.ofFile('expression', expression), { profile: 'dataweave' });
  return compiled.evaluate(bindingsOf({}));
}

test('a period has the whole seconds of its number of units, of 500 numbers up to 1e12 seconds', () => {
  const count = fc.record({
    unit: fc.constantFrom(...(Object.keys(unitSeconds) as (keyof typeof unitSeconds)[])),
    whole: fc.bigInt({ min: 0n, max: 277_777_777n }),
    fraction: fc.nat({ max: 999_999_999 }),
  });
  fc.assert(
    fc.property(count, ({ unit, whole, fraction }) => {
      const digits = `${whole}.${String(fraction).padStart(9, '0')}`;
      const nanoseconds = (whole * 1_000_000_000n + BigInt(fraction)) * unitSeconds[unit];
      const found = String(evaluated(`dw::core::Periods::${unit}(${digits}) as Number {unit: "seconds"}`));
      assert.equal(found.split('.')[0], String(nanoseconds / 1_000_000_000n), `${unit} ${digits}`);
    }),
    { numRuns: 500, seed: 205689181 },
  );
});

test('a fraction of hours that the search broke at is a period', () => {
  assert.match(String(evaluated('dw::core::Periods::hours(1794044.9436748857)')), /^PT1794044H56M37\./);
});
