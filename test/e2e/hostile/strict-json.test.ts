import assert from 'node:assert/strict';
import { test } from 'node:test';
import { difference, type Json, readJson } from './strict-json.ts';

const read: [text: string, value: Json][] = [
  [
    '{"__proto__":1,"a":[true,null,"x\\u0022"]}',
    new Map<string, Json>([
      ['__proto__', 1],
      ['a', [true, null, 'x"']],
    ]),
  ],
  ['[9007199254740993,1e308,-0.5,{}]', [9007199254740993n, 1e308, -0.5, new Map()]],
  [' "\u2028\u007f" ', '\u2028\u007f'],
];

for (const [text, value] of read) {
  test(`reads ${text}`, () => assert.equal(difference(readJson(text), value), undefined));
}

for (const text of ['{"a":1,"a":1}', '{"a":1,}', '[1,]', '01', '1.', '"\n"', '"\\x"', '{a:1}', '1 2', 'nul', '']) {
  test(`refuses ${JSON.stringify(text)}`, () => assert.throws(() => readJson(text), SyntaxError));
}

const different: [one: string, other: string, at: string][] = [
  ['{"a":{"b":[1,2]}}', '{"a":{"b":[1,3]}}', '$["a"]["b"][1]: expected 3, not 2'],
  ['{"__proto__":1}', '{}', '$["__proto__"]: expected nothing, not 1'],
  ['{}', '{"__proto__":null}', '$["__proto__"]: expected null, not nothing'],
  ['[1]', '[1,2]', '$: expected [1,2], not [1]'],
  ['"1"', '1', '$: expected 1, not "1"'],
];

for (const [one, other, at] of different) {
  test(`${one} is not ${other}`, () => assert.equal(difference(readJson(one), readJson(other)), at));
}
