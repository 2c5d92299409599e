/**
 * Headers as clients send them, and whether they meet a route's condition. Envoy joins repeated headers with commas;
 * RFC 9110 section 5.6.1 lets a recipient ignore empty items of a list.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HeaderList } from '../../src/request/header-fields.ts';
import { headerCondition, isHeaderName, isHeaderValue } from '../../src/routing/header-condition.ts';
import type { Answer, ValueForm } from '../../src/routing/value-condition.ts';
import { compileConditions } from '../../src/routing/value-condition.ts';

const answers: [form: ValueForm, headers: (readonly [name: string, value: string])[], answer: Answer][] = [
  ['acme', [], 'no'],
  ['acme', [['x-tenant', 'acme']], 'yes'],
  ['acme', [['x-tenant', 'ACME']], 'no'],
  ['acme', [['x-tenant', 'acme2']], 'no'],
  ['acme', [['x-tenant', '%61cme']], 'no'],
  ['acme', [['x-tenant', '']], 'no'],
  [['acme', 'globex'], [['x-tenant', 'globex']], 'yes'],
  [
    'acme',
    [
      ['x-tenant', 'acme'],
      ['x-tenant', 'acme'],
    ],
    'ambiguous',
  ],
  [
    'acme',
    [
      ['x-tenant', 'a'],
      ['x-tenant', 'b'],
    ],
    'ambiguous',
  ],
  ['acme', [['x-tenant', 'acme,other']], 'ambiguous'],
  ['acme', [['x-tenant', 'other, acme']], 'ambiguous'],
  ['acme', [['x-tenant', 'acme,']], 'ambiguous'],
  ['acme', [['x-tenant', ' acme']], 'ambiguous'],
  ['acme', [['x-tenant', 'acme\t']], 'ambiguous'],
  ['acme', [['x-tenant', 'other, another']], 'no'],
  ['text/html, */*', [['x-tenant', 'text/html, */*']], 'yes'],
  [true, [['x-tenant', 'acme']], 'yes'],
  [true, [['x-tenant', 'a, b']], 'yes'],
  [true, [], 'no'],
  [true, [['x-tenant', '']], 'ambiguous'],
  [true, [['x-tenant', ' , ']], 'ambiguous'],
  [
    true,
    [
      ['x-tenant', 'a'],
      ['x-tenant', 'a'],
    ],
    'ambiguous',
  ],
  ['acme', [['x_tenant', 'acme']], 'ambiguous'],
  [
    'acme',
    [
      ['x-tenant', 'acme'],
      ['x.tenant', 'other'],
    ],
    'ambiguous',
  ],
  [
    'acme',
    [
      ['x-tenants', 'acme'],
      ['x-other', 'acme'],
    ],
    'no',
  ],
];
for (const [form, headers, expected] of answers) {
  test(`${JSON.stringify(headers)} meets ${JSON.stringify(form)}: ${expected}`, () => {
    const [condition] = compileConditions({ 'X-Tenant': form }, (name) => name.toLowerCase()) ?? [];
    assert.ok(condition);
    assert.equal(headerCondition(condition).answer(new HeaderList(headers)), expected);
  });
}

test('names and values that a condition can have', () => {
  for (const name of ['x-tenant', 'x_tenant', "!#$%&'*+.^_`|~09az-"]) assert.ok(isHeaderName(name), name);
  for (const name of ['', 'host', ':path', 'x tenant', 'x:y', 'é', 'X']) assert.ok(!isHeaderName(name), name);
  for (const value of ['a', 'a b', '~', '!', 'a, b']) assert.ok(isHeaderValue(value), value);
  for (const value of ['', ' a', 'a ', 'é', 'a\tb', 'a\n']) assert.ok(!isHeaderValue(value), value);
});
