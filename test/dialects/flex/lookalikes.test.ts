import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lookalike } from '../../../src/dialects/flex/lookalikes.ts';

/** What people write for an expression, and the expression to write, if the text says which one. */
const looksLikeOne: readonly (readonly [text: string, expression: string | undefined, at?: number])[] = [
  ['#[authentication.principal', 'authentication.principal'],
  [`\${authentication.principal}`, 'authentication.principal'],
  [`user-\${authentication.principal}`, undefined, 5],
  ['#{authentication.principal}', 'authentication.principal'],
  ['{{authentication.principal}}', 'authentication.principal'],
  ['{{ .Values.issuer }}', '.Values.issuer'],
  ['$(authentication.principal)', 'authentication.principal'],
  ['<%= attributes.method %>', 'attributes.method'],
  ['authentication.principal', 'authentication.principal'],
  ['authentication.principle', 'authentication.principle'],
  ["authentication.properties.clientId default 'anonymous'", "authentication.properties.clientId default 'anonymous'"],
  ["attributes.headers['x-tenant']", "attributes.headers['x-tenant']"],
  ["attributes['method']", "attributes['method']"],
  ['vars.tenant', 'vars.tenant'],
  ["payload default ''", "payload default ''"],
  ["'a' ++ 'b'", "'a' ++ 'b'"],
  ["'user-' ++ authentication.principal", "'user-' ++ authentication.principal"],
  ['uuid()', 'uuid()'],
  ['dw::Core::uuid()', 'dw::Core::uuid()'],
  ["upper('a')", "upper('a')"],
  ["p('issuer')", "p('issuer')"],
  // With more than the brackets, the expression is not known.
  ['#{a} b', undefined, 0],
  ['b #{a}', undefined, 2],
  [`\${a} b`, undefined, 0],
  ['{{a}} b', undefined, 0],
  ['b {{a}}', undefined, 2],
  ['$(a) b', undefined, 0],
  ['b $(a)', undefined, 2],
  ['<%= a %> b', undefined, 0],
  ['b <%= a %>', undefined, 2],
  ["'it's'", undefined],
  ["'costs $5'", undefined],
];

/** Texts that are plainly meant as they are. */
const plain = [
  ...['admin', 'https://x/y', 'key-1', '$5', '', 'a b', 'read write', "it's", 'urn:example:a:1', 'a@example.com'],
  ...['authentication', 'attributes', 'payload', 'authentication.example.com', 'attributes.example.com', 'C++', 'a++b'],
  ...['Acme (UK)', 'orders(1)', 'now', 'uuid', '#1', '[a]', '{"a":1}', '{a}', '100%', '<a>', '"', "'", 'US$', '$', '#'],
  ...['5a1b8c9e-3f5d-4b1e-9c55-0d5a3f6f8f10', 'at+jwt', 'vars', 'default', 'payload.example.com', 'Grüße', '1 + 1'],
];

test('a text that looks like an expression is one that its author hardly meant', () => {
  for (const [text, expression, at = 0] of looksLikeOne) {
    const found = lookalike(text);
    assert.deepEqual([text, found?.expression, found?.at], [text, expression, at]);
  }
});

test('a plain text is quiet', () => {
  assert.deepEqual(
    plain.filter((text) => lookalike(text) !== undefined),
    [],
  );
});

test('a long expression is not repeated', () => {
  const of = (length: number): string => `\${${'a'.repeat(length)}}`;
  assert.equal(lookalike(of(200))?.expression?.length, 200);
  assert.equal(lookalike(of(201))?.expression, undefined);
  assert.ok(lookalike(of(201)));
});

test('a long text is read in linear time', () => {
  // With a quadratic expression, each of these would take minutes.
  const parts = ['#{', '{{', '$(', '<%', "' ++", 'a ', 'dw::', '\u0024{'];
  const found = parts.map((part) => lookalike(part.repeat(500_000)));
  assert.deepEqual(
    found,
    parts.map(() => undefined),
  );
});
