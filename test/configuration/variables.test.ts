import assert from 'node:assert/strict';
import { test } from 'node:test';
import { maxNested, maxParts } from '../../src/configuration/variables.ts';
import type { JsonObject } from '../../src/diagnostics/json.ts';
import { loadConfiguration } from './loading.ts';
import { flexPolicy, memoryFiles, withoutNotes } from './memory-files.ts';

/** What is wrong with these declarations, as `code line:column`. */
function problemsOf(variables: JsonObject | string): string[] {
  const text = typeof variables === 'string' ? variables : `variables: ${JSON.stringify(variables)}`;
  const rest = 'policies: [{ name: p, file: p.yaml }]\nroutes: [{ match: {}, policies: [p] }]\n';
  const { problems } = loadConfiguration('mintproc.yaml', {
    files: memoryFiles({ 'mintproc.yaml': `${text}\n${rest}`, 'p.yaml': flexPolicy({ a: 'b' }), file: 'text' }),
    environment: { NAME: 'text' },
  });
  return withoutNotes(problems).map(({ code, place }) => `${code} ${place.line}:${place.column}`);
}

const declarations: [name: string, variables: JsonObject | string, expected: readonly string[]][] = [
  ['none', {}, []],
  ['constants', { a: 1, b: true, c: 'x', d: [1, { e: 2 }], f: { value: { g: null } }, h: { value: null } }, []],
  ['secrets', { 'private.a': { file: 'file' }, 'private.b': { env: 'NAME', readable: true } }, []],
  ['the largest exact number', { a: 2 ** 53 - 1, b: { value: [-0.5, 1 - 2 ** 53] } }, []],
  ['a number beyond it, whose digits are kept', 'variables:\n  a: 100002348117421473', []],
  ['one inside a constant', 'variables:\n  a: { value: { id: 1000000000000000000000 } }', []],
  [
    'one that is not written as in JSON',
    'variables:\n  a: 0xffffffffffffff',
    ['config.unclear-value 2:6', 'variables.inexact-number 2:6'],
  ],
  ['a number that JSON does not have', 'variables:\n  a: { value: { id: .inf } }', ['config.wrong-type 2:21']],
  ['the digits as a string', 'variables:\n  a: "100002348117421473"', []],
  ['a secret as text', { 'private.a': 'text' }, ['variables.private 1:25']],
  ['a secret from a header', { 'private.a': { header: 'x' } }, ['variables.private 1:25']],
  ['a secret as a constant', { 'Private.a': { value: 1 } }, ['variables.private 1:25']],
  ['a file that is not there', { 'private.a': { file: 'no' } }, ['variables.unreadable 1:33']],
  ['an environment variable that is not there', { a: { env: 'NO' } }, ['variables.unreadable 1:24']],
  ['a map without value:', { a: { b: 1 } }, ['config.wrong-type 1:17']],
  ['a misspelt form', 'variables:\n  a: { tmplate: x }', ['config.unknown-key 2:8']],
  ['two forms', 'variables:\n  a: { value: 1, template: x }', ['config.unknown-key 2:18']],
  [
    'templates that need each other',
    'variables:\n  a: { template: "{b}" }\n  b: { template: "x{c}" }\n  c: { template: "{a}" }',
    ['variables.cycle 2:6'],
  ],
  ['a template that needs itself', 'variables:\n  a: { template: "{a}" }', ['variables.cycle 2:6']],
  [
    'templates that need one another in a row',
    'variables:\n  a: { template: "{b}{c}" }\n  b: { template: "{c}" }\n  c: 1',
    [],
  ],
  [
    'a template with an unknown function',
    'variables:\n  a: { template: "x{oops(b)}" }',
    ['apigee.invalid-template 2:21'],
  ],
  ...[
    '{private.s}',
    'x{y}{private.s}',
    '{private.s:none}',
    '{sha256Hex(private.s)}',
    '{substring(private.s,0,5)}',
    '{Private.s}',
  ].map((template): [string, string, readonly string[]] => [
    `a template that reads a secret: ${template}`,
    `variables:\n  private.s: { file: file }\n  a: { template: "${template}" }`,
    [`apigee.private-variable 3:${19 + template.search(/private/i)}`],
  ]),
  [
    'a template that reads a readable variable',
    'variables:\n  private.s: { file: file, readable: true }\n  a: { template: "{private.s}" }',
    [],
  ],
  [
    'an expression that would not load',
    'variables:\n  a: { expression: "attributes.method +" }',
    ['dataweave.unsupported 2:39'],
  ],
];

/** As many variables, each but the last a template with the next one in it. */
function chained(count: number, template: (next: string) => string): JsonObject {
  const names = Array.from({ length: count }, (_, index) => `v${index}`);
  return Object.fromEntries(
    names.map((name, index) => [name, index === count - 1 ? 1 : { template: template(`{v${index + 1}}`) }]),
  );
}

const sizes: readonly [name: string, variables: JsonObject, isTooDeep: boolean][] = [
  ['as deep as the limit', chained(maxNested, (next) => next), false],
  ['one level deeper', chained(maxNested + 1, (next) => next), true],
  ['a thousand levels', chained(1000, (next) => next), true],
  ['as many values as the limit', { a: { template: '{b}'.repeat(maxParts) }, b: 1 }, false],
  ['one value more', { a: { template: '{b}'.repeat(maxParts + 1) }, b: 1 }, true],
  ['twice as many values at each level', chained(30, (next) => `${next}${next}`), true],
  [
    'templates that many read',
    { a: { template: '{b}{c}{d}' }, b: { template: '{d}' }, c: { template: '{d}' }, d: 1 },
    false,
  ],
];

for (const [name, variables, isTooDeep] of sizes) {
  test(`templates: ${name}`, () => {
    assert.deepEqual(
      [...new Set(problemsOf(variables).map((one) => one.split(' ')[0]))],
      isTooDeep ? ['variables.too-deep'] : [],
    );
  });
}

for (const [name, variables, expected] of declarations) {
  test(`variables: ${name}`, () => assert.deepEqual(problemsOf(variables), expected));
}

const circles: readonly [name: string, variables: JsonObject, shown: string][] = [
  [
    'of templates',
    { a: { template: '{b}' }, b: { template: '{a}' } },
    'The variable `a` needs its own value: a → b → a.',
  ],
  [
    'with a name that may be a secret',
    { a: { template: `{${'k'.repeat(81)}}` }, ['k'.repeat(81)]: { template: '{a}' } },
    'The variable `a` needs its own value: a → … → a.',
  ],
];

for (const [name, variables, shown] of circles) {
  test(`a circle ${name} is shown`, () => assert.deepEqual(circlesOf(variables), [shown]));
}

function circlesOf(variables: JsonObject): readonly string[] {
  const { problems } = loadConfiguration('mintproc.yaml', {
    files: memoryFiles({
      'mintproc.yaml': `variables: ${JSON.stringify(variables)}\npolicies: [{ name: p, file: p.yaml }]\nroutes: [{ match: {}, policies: [p] }]\n`,
      'p.yaml': flexPolicy({ a: 'b' }),
    }),
  });
  return problems.filter(({ code }) => code === 'variables.cycle').map(({ message }) => message);
}

test("errors of a variable's expression name no profile: an entry chooses it for its policy only", () => {
  const { problems } = loadConfiguration('mintproc.yaml', {
    files: memoryFiles({
      'mintproc.yaml': `variables: { a: { expression: "{ b: 1 }" } }
policies: [{ name: p, file: p.xml, variables: { a: { expression: "{ b: 2 }" } } }]
routes: [{ match: {}, policies: [p], variables: { a: { expression: "{ b: 3 }" } } }]
`,
      'p.xml': '<GenerateJWT name="g"><Algorithm>HS256</Algorithm><Subject ref="a"/></GenerateJWT>',
    }),
    environment: {},
  });
  const found = problems.filter(({ code }) => code === 'dataweave.unsupported');
  assert.equal(found.length, 3);
  for (const { suggestion } of found) assert.doesNotMatch(suggestion ?? '', /expressions: dataweave/);
});

test('a mistyped variable of an Apigee policy is reported with the declared name', () => {
  const policy = '<GenerateJWT name="g"><Algorithm>HS256</Algorithm><Subject ref="tenant.naem"/></GenerateJWT>';
  const { problems } = loadConfiguration('mintproc.yaml', {
    files: memoryFiles({
      'mintproc.yaml':
        'variables: { tenant.name: acme }\npolicies: [{ name: p, file: p.xml }]\nroutes: [{ match: {}, policies: [p] }]\n',
      'p.xml': policy,
    }),
    environment: {},
  });
  const found = problems.find(({ code }) => code === 'apigee.undeclared-variable');
  assert.equal(found?.suggestion, 'Did you mean `tenant.name`, which mintproc.yaml declares?');
});
