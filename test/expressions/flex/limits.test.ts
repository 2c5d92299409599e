import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { JsonValue } from '../../../src/diagnostics/json.ts';
import { limits } from '../../../src/expressions/limits.ts';
import type { Context } from '../context-bindings.ts';
import { type Outcome, outcome } from '../evaluation.ts';

const request: Context = { attributes: { headers: [[':path', '/']] } };

function kindOf(found: Outcome): string {
  return 'ok' in found ? 'ok' : 'load' in found ? found.load : found.request;
}

const atLoad: [name: string, text: (size: number) => string, limit: number, code: string][] = [
  ['length', (n) => `'${'a'.repeat(n - 2)}'`, limits.expressionLength, 'too-long'],
  ['parentheses', (n) => `${'('.repeat(n)}1${')'.repeat(n)}`, limits.nesting, 'too-deep'],
  ['unclosed calls', (n) => 'upper('.repeat(n), limits.nesting, 'too-deep'],
  ['height of a chain', (n) => Array(n).fill('1').join(' ++ '), limits.treeDepth, 'too-deep'],
  ['height of a path', (n) => `attributes${'.x'.repeat(n - 1)}`, limits.treeDepth, 'too-deep'],
  ['height of arrays', (n) => `${'['.repeat(n)}${']'.repeat(n)}`, limits.treeDepth, 'too-deep'],
  ['height of negations', (n) => `${'!'.repeat(n - 1)}true`, limits.treeDepth, 'too-deep'],
];

suite('limits when an expression loads', () => {
  for (const [name, text, limit, code] of atLoad) {
    test(name, () => {
      assert.notEqual(kindOf(outcome(text(limit), request)), `dataweave.${code}`);
      assert.equal(kindOf(outcome(text(limit + 1), request)), `dataweave.${code}`);
    });
  }
});

const half = limits.stringLength / 2;
const side = Math.sqrt(limits.steps);

function payload(value: JsonValue): Context {
  return { ...request, payload: value };
}

function numbers(count: number, first: number = 0): number[] {
  return Array.from({ length: count }, (_, i) => first + i);
}

/** `extra` is 0 for an input at the limit, and 1 for an input above it. */
const atRequest: [name: string, text: string, context: (extra: number) => Context, code: string][] = [
  [
    'joined string',
    'payload.a ++ payload.b',
    (extra) => payload({ a: 'a'.repeat(half), b: 'b'.repeat(half + extra) }),
    'string-too-long',
  ],
  [
    'upper case that is longer',
    'upper(payload)',
    (extra) => payload('ß'.repeat(half) + 'a'.repeat(extra)),
    'string-too-long',
  ],
  [
    'base64',
    'dw::core::Binaries::toBase64(payload)',
    (extra) => payload('a'.repeat((limits.stringLength / 4) * 3 + extra)),
    'string-too-long',
  ],
  [
    'bytes as a string',
    "dw::util::Coercions::toString(payload, 'UTF-8')",
    (extra) => payload('a'.repeat(limits.stringLength + extra)),
    'string-too-long',
  ],
  ['parts', "payload splitBy ','", (extra) => payload(','.repeat(limits.arrayLength - 1 + extra)), 'array-too-long'],
  ['characters', "payload splitBy ''", (extra) => payload('😀'.repeat(limits.arrayLength + extra)), 'array-too-long'],
  [
    'selection over an array',
    'payload.x',
    (extra) => payload(Array(limits.arrayLength + extra).fill({ x: 1 })),
    'array-too-long',
  ],
  ['difference of arrays', 'payload -- []', (extra) => payload(numbers(limits.arrayLength + extra)), 'array-too-long'],
  [
    'all items with all items',
    'payload.a -- payload.b',
    (extra) => payload({ a: numbers(side), b: numbers(side + extra, side) }),
    'too-many-steps',
  ],
  ['item in an array', 'payload contains 1', (extra) => payload(Array(limits.steps + extra).fill(0)), 'too-many-steps'],
  [
    'equality of arrays',
    'payload.a == payload.b',
    (extra) => payload({ a: numbers(limits.steps - 1 + extra), b: numbers(limits.steps - 1 + extra) }),
    'too-many-steps',
  ],
  [
    'string in string',
    'payload.a contains payload.b',
    (extra) => payload({ a: 'a'.repeat(25_600), b: `b${'a'.repeat(1023 + extra)}` }),
    'too-many-steps',
  ],
];

suite('limits of an evaluation', () => {
  for (const [name, text, context, code] of atRequest) {
    test(name, () => {
      assert.equal(kindOf(outcome(text, context(0))), 'ok');
      assert.equal(kindOf(outcome(text, context(1))), `dataweave.${code}`);
    });
  }
});

/** 60 KiB is Envoy's default limit for all headers. A payload or the claims of a token may be longer. */
const a60k = 'a'.repeat(60 * 1024);

const hostile: [name: string, text: string, code: string][] = [
  ['every character against every other', "(payload splitBy '') -- (payload splitBy '')", 'dataweave.array-too-long'],
  ['almost found everywhere', "payload contains ('b' ++ payload)", 'dataweave.too-many-steps'],
  [
    'almost found from the end',
    "dw::core::Strings::substringBeforeLast(payload, payload ++ 'b')",
    'dataweave.too-many-steps',
  ],
  ['split by a long string', "payload splitBy ('b' ++ payload)", 'dataweave.too-many-steps'],
  ['a string that is not a number', "payload ++ '!' > 1", 'dataweave.type-mismatch'],
];

suite('a hostile value reaches a limit', () => {
  for (const [name, text, code] of hostile) {
    test(name, () => {
      const start = performance.now();
      assert.equal(kindOf(outcome(text, payload(a60k))), code);
      assert.ok(performance.now() - start < 2000, 'must take less than two seconds');
    });
  }

  test('the names of a large object are listed once, not for each item that is compared with it', () => {
    for (const text of ['payload.many contains payload.large', 'payload.many -- payload.few']) {
      let listed = 0;
      const large = new Proxy(
        { a: 1 },
        {
          ownKeys: (target) => {
            listed += 1;
            return Reflect.ownKeys(target);
          },
        },
      );
      const many = Array.from({ length: 100 }, () => ({ b: 1 }));
      assert.equal(kindOf(outcome(text, payload({ many, large, few: [large] }))), 'ok');
      assert.ok(listed > 0 && listed < many.length, `${listed} times`);
    }
  });

  test('syntax that is ambiguous at every level is parsed once', () => {
    const start = performance.now();
    for (const piece of ['not(', 'if(true)1 elsef(']) {
      assert.equal(kindOf(outcome(piece.repeat(50), request)), 'dataweave.unexpected-token');
    }
    assert.ok(performance.now() - start < 2000, 'must take less than two seconds');
  });
});
