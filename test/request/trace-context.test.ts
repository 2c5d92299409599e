import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { HeaderList } from '../../src/request/header-fields.ts';
import { maxStateLength, type TraceContext, traceContextOf, traceStateOf } from '../../src/request/trace-context.ts';

const trace = '0af7651916cd43dd8448eb211c80319c';
const span = 'b7ad6b7169203331';

const contextOf = (value: string): TraceContext | undefined => traceContextOf(new HeaderList([['traceparent', value]]));

/** The examples of W3C Trace Context section 3.2, and what it says is invalid. */
const rows: readonly [name: string, value: string, expected: readonly [version: number, flags: number] | undefined][] =
  [
    ['sampled', `00-${trace}-${span}-01`, [0, 1]],
    ['not sampled', `00-${trace}-${span}-00`, [0, 0]],
    ['other flags', `00-${trace}-${span}-fe`, [0, 254]],
    ['a later version', `cc-${trace}-${span}-01`, [204, 1]],
    ['a later version with more', `cc-${trace}-${span}-01-what-the-future-will-be-like`, [204, 1]],
    ['a later version with more, as long as allowed', `cc-${trace}-${span}-01-${'a'.repeat(456)}`, [204, 1]],
    ['a later version that is too long', `cc-${trace}-${span}-01-${'a'.repeat(457)}`, undefined],
    ['a later version with more, not separated', `cc-${trace}-${span}-01.what`, undefined],
    ['version 00 with more', `00-${trace}-${span}-01-x`, undefined],
    ['version 00 with a dash', `00-${trace}-${span}-01-`, undefined],
    ['version ff', `ff-${trace}-${span}-01`, undefined],
    ['upper case', `00-${trace.toUpperCase()}-${span}-01`, undefined],
    ['a trace of zeros', `00-${'0'.repeat(32)}-${span}-01`, undefined],
    ['a parent of zeros', `00-${trace}-${'0'.repeat(16)}-01`, undefined],
    ['a short trace id', `00-${trace.slice(1)}-${span}-01`, undefined],
    ['no flags', `00-${trace}-${span}`, undefined],
    ['white space', ` 00-${trace}-${span}-01`, undefined],
    ['a line feed', `00-${trace}-${span}-01\n`, undefined],
    ['nothing', '', undefined],
  ];

for (const [name, value, expected] of rows) {
  test(`traceparent: ${name}`, () => {
    const context = expected && {
      version: expected[0],
      traceId: trace,
      parentId: span,
      flags: expected[1],
      isSampled: expected[1] % 2 === 1,
    };
    assert.deepEqual(contextOf(value), context);
  });
}

const states: readonly [name: string, values: readonly string[], state: string | undefined][] = [
  ['none', [], undefined],
  ['one', ['a=1,b=2'], 'a=1,b=2'],
  ['two', ['a=1', 'b=2'], 'a=1,b=2'],
  ['two of the length that is allowed', ['a', 'b'.repeat(maxStateLength - 2)], `a,${'b'.repeat(maxStateLength - 2)}`],
  ['two that are too long together', ['a', 'b'.repeat(maxStateLength - 1)], undefined],
];

for (const [name, values, state] of states) {
  test(`tracestate: ${name}`, () => {
    assert.equal(traceStateOf(new HeaderList(values.map((value) => ['tracestate', value]))), state);
  });
}

test('a request without the header, or with two of them, belongs to no trace', () => {
  const [first, second] = [`00-${trace}-${span}-01`, `00-${trace.replace('0', '1')}-${span}-01`];
  assert.equal(traceContextOf(new HeaderList([])), undefined);
  const twice = ['traceparent', first] as const;
  assert.equal(traceContextOf(new HeaderList([twice, ['traceparent', second]])), undefined);
  assert.equal(traceContextOf(new HeaderList([twice, ['x', 'y'], twice]))?.traceId, trace);
});

test('what is taken is written back as it came, and any single change of a character is refused or shows', () => {
  const hex = (size: number) =>
    fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: size, maxLength: size });
  fc.assert(
    fc.property(
      hex(32),
      hex(16),
      hex(2),
      fc.nat(54),
      fc.string({ minLength: 1, maxLength: 1 }),
      (id, parent, flags, at, to) => {
        const value = `00-${id}-${parent}-${flags}`;
        for (const each of [value, `${value.slice(0, at)}${to}${value.slice(at + 1)}`]) {
          const context = contextOf(each);
          if (context === undefined) continue;
          const digits = (number: number) => number.toString(16).padStart(2, '0');
          const { version, traceId, parentId } = context;
          assert.equal(`${digits(version)}-${traceId}-${parentId}-${digits(context.flags)}`, each);
        }
      },
    ),
    { seed: 25, numRuns: 500 },
  );
});
