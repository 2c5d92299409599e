import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { exactNumber } from '../../src/diagnostics/exact-json.ts';
import type { JsonValue } from '../../src/diagnostics/json.ts';
import { MintError } from '../../src/diagnostics/mint-error.ts';
import { finish } from '../../src/diagnostics/steps.ts';
import { compileMembers, encodeWith, fixedMembers } from '../../src/mint/members.ts';
import { Evaluation } from '../../src/mint/values.ts';
import { needsNothing } from '../../src/plan/needs.ts';
import type { Layout, Scope, Step } from '../../src/plan/token-plan.ts';
import { scopeWith, somewhere } from './scope.ts';

const fixed = (name: string, value: JsonValue): Step => ({ kind: 'fixed', name, value });
/** The value of a variable; the member is omitted if there is none. */
const computed = (name: string, variable = name): Step => ({
  kind: 'computed',
  place: somewhere,
  name,
  value: { needs: needsNothing, evaluate: ({ variables }) => variables.get(variable) },
});
const named = (variable: string, value: JsonValue): Step => ({
  kind: 'computed',
  place: somewhere,
  name: { needs: needsNothing, evaluate: ({ variables }) => variables.get(variable) as string | undefined },
  value: { needs: needsNothing, evaluate: () => value },
});
const members = (value: Readonly<Record<string, JsonValue>> | undefined): Step => ({
  kind: 'members',
  place: somewhere,
  value: { needs: needsNothing, evaluate: () => value },
});
const time = (name: string, offset: number): Step => ({ kind: 'time', name, offset });

const placed = (...steps: readonly Step[]) => finish(new Evaluation().place(steps, 'claim'));

function encoderOf(steps: readonly Step[], layout?: Layout): (scope: Scope) => string {
  const evaluation = new Evaluation();
  const encode = finish(compileMembers(finish(evaluation.place(steps, 'claim')), layout));
  return (scope) => encode(evaluation.evaluate(scope), scope.now);
}

type Variables = Readonly<Record<string, JsonValue>>;

const inOrder: [name: string, steps: readonly Step[], variables: Variables, expected: string][] = [
  ['no members', [], {}, '{}'],
  ['fixed members', [fixed('b', 1), fixed('a', 'x"')], {}, '{"b":1,"a":"x\\""}'],
  [
    'a later fixed member replaces an earlier one in place',
    [fixed('a', 1), fixed('b', 2), fixed('a', 3)],
    {},
    '{"a":3,"b":2}',
  ],
  ['times are whole seconds', [time('iat', 0), time('exp', 60)], {}, '{"iat":1700000000,"exp":1700000060}'],
  ['a value', [fixed('a', 1), computed('b')], { b: [true] }, '{"a":1,"b":[true]}'],
  ['a number with its original digits', [computed('a')], { a: [exactNumber('1E+40')] }, '{"a":[1E+40]}'],
  ['a missing value, first', [computed('b'), fixed('a', 1)], {}, '{"a":1}'],
  ['only a missing value', [computed('b')], {}, '{}'],
  ['a computed member replaces a fixed one', [fixed('a', 1), computed('a', 'x')], { x: 2 }, '{"a":2}'],
  ['a missing value replaces nothing', [fixed('a', 1), computed('a', 'x')], {}, '{"a":1}'],
  ['a computed name', [named('n', 1), fixed('z', 2)], { n: 'q' }, '{"q":1,"z":2}'],
  ['members of an object', [members({ b: 1, a: 2 }), fixed('b', 3)], {}, '{"b":3,"a":2}'],
  ['members of a missing object', [members(undefined), time('iat', 0)], {}, '{"iat":1700000000}'],
  ['the name `__proto__`', [members(JSON.parse('{"__proto__":1}')), fixed('a', 1)], {}, '{"__proto__":1,"a":1}'],
];

for (const [name, steps, variables, expected] of inOrder) {
  test(`members: ${name}`, () => assert.equal(encoderOf(steps)(scopeWith(variables)), expected));
}

test('a computed name without a value is an error', () => {
  const encode = encoderOf([named('n', 1), fixed('a', 1), fixed('a', 2)]);
  assert.throws(
    () => encode(scopeWith()),
    (error) => error instanceof MintError && error.code === 'mint.name',
  );
});

test('a name is computed only if there is a value', () => {
  const failing: Step = {
    kind: 'computed',
    place: somewhere,
    name: {
      needs: needsNothing,
      evaluate() {
        throw new TypeError('it was asked for');
      },
    },
    value: { needs: needsNothing, evaluate: ({ variables }) => variables.get('v') },
  };
  const encode = encoderOf([failing]);
  assert.equal(encode(scopeWith()), '{}');
  assert.throws(() => encode(scopeWith({ v: 1 })), TypeError);
});

const layout: Layout = {
  arrange: (names) => names.toSorted(),
  escape: (json) => json.replaceAll('/', '\\/'),
};

const arranged: [name: string, steps: readonly Step[], variables: Variables, expected: string][] = [
  ['no members', [], {}, '{}'],
  ['fixed members', [fixed('b', '/'), fixed('/a', 1)], {}, '{"\\/a":1,"b":"\\/"}'],
  ['times and values', [time('t', 0), computed('b'), fixed('a', 1)], { b: '/' }, '{"a":1,"b":"\\/","t":1700000000}'],
  ['with a missing value', [time('t', 0), computed('b'), fixed('a', 1)], {}, '{"a":1,"t":1700000000}'],
  ['replaced members', [fixed('b', 1), computed('b', 'x'), fixed('a', 1)], { x: 2 }, '{"a":1,"b":2}'],
  ['members of an object', [members({ c: '/', b: 1 }), fixed('a', 1)], {}, '{"a":1,"b":1,"c":"\\/"}'],
];

for (const [name, steps, variables, expected] of arranged) {
  test(`arranged members: ${name}`, () => assert.equal(encoderOf(steps, layout)(scopeWith(variables)), expected));
}

test('members are arranged once for each set of them, up to 256 sets', () => {
  let asked = 0;
  const counting: Layout = {
    escape: (json) => json,
    arrange(names) {
      asked += 1;
      return names;
    },
  };
  const names = Array.from({ length: 9 }, (_, index) => `v${index}`);
  const encode = encoderOf(
    names.map((name) => computed(name)),
    counting,
  );
  const encodeSets = (): void => {
    for (let set = 0; set < 257; set++) {
      encode(scopeWith(Object.fromEntries(names.filter((_, bit) => (set >> bit) & 1).map((name) => [name, 1]))));
    }
  };
  encodeSets();
  assert.equal(asked, 257);
  encodeSets();
  // The 257th set is not kept.
  assert.equal(asked, 258);
});

test('an object that is the same for every request is encoded once', () => {
  assert.equal(fixedMembers(placed(fixed('b', 1), fixed('a', 2)), layout), '{"a":2,"b":1}');
  assert.equal(fixedMembers(placed(fixed('b', 1), time('iat', 0))), undefined);
  assert.equal(fixedMembers(placed(members({}))), undefined);
});

test('encodeWith adds members', () => {
  assert.equal(encodeWith(placed(fixed('b', 1)), undefined, [], 0, [['epk', {}]]), '{"b":1,"epk":{}}');
  assert.equal(encodeWith(placed(fixed('b', 1)), layout, [], 0, [['a', '/']]), '{"a":"\\/","b":1}');
});

/** A computed value, as it is written in a JSON object. */
function written(value: JsonValue): string {
  return encodeValue(scopeWith({ a: value })).slice('{"a":'.length, -1);
}
const encodeValue = encoderOf([computed('a')]);

test('every UTF-16 code unit, alone and between others, is written as JSON.stringify does', () => {
  for (let unit = 0; unit <= 0xffff; unit++) {
    const string = String.fromCharCode(unit);
    assert.equal(written(string), JSON.stringify(string));
    assert.equal(written(`a${string}b`), JSON.stringify(`a${string}b`));
  }
});

const strings = ['', 'x'.repeat(64), 'x'.repeat(65), `${'x'.repeat(64)}"`, '\u{1f600}', '\ud800', '\udc00\ud800'];

for (const string of strings) {
  test(`a string of ${string.length} code units is written as JSON.stringify does`, () =>
    assert.equal(written(string), JSON.stringify(string)));
}

test('property: any value is written as JSON.stringify does', () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => assert.equal(written(value as JsonValue), JSON.stringify(value))));
});
