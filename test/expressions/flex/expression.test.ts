import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { JsonValue } from '../../../src/diagnostics/json.ts';
import { LocatedError } from '../../../src/diagnostics/problem.ts';
import { SourceText } from '../../../src/diagnostics/source-text.ts';
import type { Bindings, RequestAttributes } from '../../../src/expressions/bindings.ts';
import { type CompiledExpression, compileExpression } from '../../../src/expressions/expression.ts';
import { bindingsOf } from '../context-bindings.ts';

function compiled(text: string): CompiledExpression {
  return compileExpression(SourceText.ofFile('test', text), { profile: 'flex' });
}

const constants: [name: string, text: string, constant: JsonValue | undefined][] = [
  ['literal', "'a'", 'a'],
  ['folded', "'a' ++ 1.0", 'a1.0'],
  ['a number loses its text', '[1.0]', [1]],
  ['null', 'null', null],
  ['short-circuited', 'false and attributes.x', false],
  ['from the request', 'attributes.method', undefined],
  ['from the request, after a known condition', "true and (attributes.method == 'GET')", undefined],
  ['from the request, on the right of a comparison', "'GET' == attributes.method", undefined],
  ['random', 'uuid()', undefined],
  ['size of a random id', 'sizeOf(uuid())', undefined],
  ['bytes, which are an error at every request', "dw::core::Binaries::fromBase64('YQ==')", undefined],
];

suite('constants are known when the policy loads', () => {
  for (const [name, text, constant] of constants) {
    test(name, () => assert.deepEqual(compiled(text).constant, constant));
  }
});

function countingIds(): Bindings {
  let drawn = 0;
  const bindings = bindingsOf({ attributes: { headers: [[':method', 'GET']] } });
  return { ...bindings, randomId: () => `id-${++drawn}` };
}

const random: [name: string, text: string, first: JsonValue, second: JsonValue][] = [
  ['alone', 'uuid()', 'id-1', 'id-2'],
  ['joined', "'x-' ++ uuid()", 'x-id-1', 'x-id-2'],
  ['twice', "uuid() ++ ' ' ++ uuid()", 'id-1 id-2', 'id-3 id-4'],
  ['joined to a value of the request', 'attributes.method ++ uuid()', 'GETid-1', 'GETid-2'],
  ['in a staged evaluation', '[attributes, (uuid())][1]', 'id-1', 'id-2'],
  ['after a null', 'attributes.nope default uuid()', 'id-1', 'id-2'],
  ['in a branch', "if (attributes.method == 'GET') uuid() else 'none'", 'id-1', 'id-2'],
];

suite('each request gets a new random id', () => {
  for (const [name, text, first, second] of random) {
    test(name, () => {
      const expression = compiled(text);
      const bindings = countingIds();
      assert.deepEqual([expression.evaluate(bindings), expression.evaluate(bindings)], [first, second]);
    });
  }

  test('an unbound input is valid where the vendor does not evaluate it', () => {
    assert.equal(compiled("if (uuid() == 'x') payload else 'y'").evaluate(countingIds()), 'y');
  });
});

/** Attributes that record every access. */
function recording(asked: string[]): RequestAttributes {
  const { attributes } = bindingsOf({ attributes: { headers: [['x-id', 'first']] } });
  return new Proxy(attributes, {
    get: (target, property) => {
      const value: unknown = Reflect.get(target, property, target);
      if (typeof value !== 'function') {
        asked.push(String(property));
        return value;
      }
      return (...values: unknown[]): unknown => {
        asked.push(`${String(property)}(${values.join()})`);
        return value.apply(target, values);
      };
    },
  });
}

const reads: [name: string, text: string, asked: string[]][] = [
  ['a header by its name', "attributes.headers['X-Id']", ['header(x-id)']],
  ['a header after the caller', "authentication.clientId default attributes.headers.'x-id'", ['lastHeader(x-id)']],
  ['a field', 'attributes.method', ['method']],
  ['no header, but all members of a name', 'attributes.*headers.host', []],
  ['a query parameter', 'attributes.queryParams.a', ['queryParams()']],
  ['an unknown field', 'attributes.nope', []],
  ['the branch that is not taken', "if (true) 'a' else attributes.method", []],
  ['the right side of `and`', "attributes.method == 'x' and attributes.version == 'y'", ['method']],
];

suite('an evaluation reads only what it needs from a request', () => {
  for (const [name, text, asked] of reads) {
    test(name, () => {
      const found: string[] = [];
      const bindings = { ...bindingsOf({}), attributes: recording(found) };
      compiled(text).evaluate(bindings);
      assert.deepEqual(found, asked);
    });
  }
});

test('a function that takes several arguments refuses fewer at the request', () => {
  for (const text of ['contains(attributes.method)', 'dw::core::Strings::substringBefore(attributes.method)']) {
    assert.throws(() => compiled(text).evaluate(countingIds()), { code: 'dataweave.argument-count' });
  }
});

test('a list is no number, whatever it contains', () => {
  for (const text of ["['5'] > 1", '[5] > 1', "1 < ['5']"]) assert.throws(() => compiled(text), LocatedError, text);
});

test('each evaluation has the full number of steps', () => {
  const expression = compileExpression(SourceText.ofFile('test', 'payload contains 1'), {
    profile: 'flex',
    inputs: ['payload'],
  });
  const items = (count: number): Bindings => bindingsOf({ payload: Array(count).fill(0) });
  assert.throws(() => expression.evaluate(items(200_000)));
  assert.equal(expression.evaluate(items(100_000)), false);
});
