import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { JsonValue } from '../../../src/diagnostics/json.ts';
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
  ['of the request', 'attributes.method', undefined],
  ['random', 'uuid()', undefined],
  ['random, but not its size', 'sizeOf(uuid())', undefined],
  ['bytes, which fail at every request', "dw::core::Binaries::fromBase64('YQ==')", undefined],
];

suite('what is known when the policy loads', () => {
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
  ['beside the request', 'attributes.method ++ uuid()', 'GETid-1', 'GETid-2'],
  ['in an evaluation by stages', '[attributes, (uuid())][1]', 'id-1', 'id-2'],
  ['behind a null', 'attributes.nope default uuid()', 'id-1', 'id-2'],
  ['in a branch', "if (attributes.method == 'GET') uuid() else 'none'", 'id-1', 'id-2'],
];

suite('a random id is another one for every request', () => {
  for (const [name, text, first, second] of random) {
    test(name, () => {
      const expression = compiled(text);
      const bindings = countingIds();
      assert.deepEqual([expression.evaluate(bindings), expression.evaluate(bindings)], [first, second]);
    });
  }

  test('an input that is not bound may stand where the vendor does not look', () => {
    assert.equal(compiled("if (uuid() == 'x') payload else 'y'").evaluate(countingIds()), 'y');
  });
});

/** Notes what is asked of a request. */
function noting(asked: string[]): RequestAttributes {
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

const looks: [name: string, text: string, asked: string[]][] = [
  ['a header by its name', "attributes.headers['X-Id']", ['header(x-id)']],
  ['a header behind the caller', "authentication.clientId default attributes.headers.'x-id'", ['lastHeader(x-id)']],
  ['a field', 'attributes.method', ['method']],
  ['a parameter', 'attributes.queryParams.a', ['queryParams()']],
  ['nothing of what is not there', 'attributes.nope', []],
  ['nothing of the other branch', "if (true) 'a' else attributes.method", []],
  ['the left side of and', "attributes.method == 'x' and attributes.version == 'y'", ['method']],
];

suite('a request is asked only for what counts', () => {
  for (const [name, text, asked] of looks) {
    test(name, () => {
      const found: string[] = [];
      const bindings = { ...bindingsOf({}), attributes: noting(found) };
      compiled(text).evaluate(bindings);
      assert.deepEqual(found, asked);
    });
  }
});

test('an evaluation that meets its bound leaves the whole bound to the next', () => {
  const expression = compileExpression(SourceText.ofFile('test', 'payload contains 1'), {
    profile: 'flex',
    inputs: ['payload'],
  });
  const items = (count: number): Bindings => bindingsOf({ payload: Array(count).fill(0) });
  assert.throws(() => expression.evaluate(items(200_000)));
  assert.equal(expression.evaluate(items(100_000)), false);
});
