import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as cases from '../../../src/playground/page/case-text.ts';

const written = `# a case
name: x
request: { method: GET, path: /orders/7, headers: { x-tenant: 't1', y: [ a, b ] } } # flow
caller:
  # who
  claims:
    client_id: alice # me
    n: 12345678901234567890.10
    roles:
      - a # first
      - b
variables: { a: 0x10 }
`;

test('the form shows what the YAML has, with all digits', () => {
  assert.deepEqual(cases.readFields(written), {
    method: 'GET',
    path: '/orders/7',
    host: '',
    at: '',
    from: '',
    headers: [
      ['x-tenant', 't1'],
      ['y', 'a'],
      ['y', 'b'],
    ],
    claims: [
      ['client_id', 'alice'],
      ['n', '12345678901234567890.10'],
      ['roles', '[ a, b ]'],
    ],
    certificate: { subject: '', uri: '', dns: '', hash: '' },
    hasCertificate: false,
  });
});

test('an alias is shown as what it stands for', () => {
  assert.deepEqual(cases.readFields('attributes: &a { sub: x }\ncaller: { claims: *a }\n')?.claims, [['sub', 'x']]);
});

const unreadable: [name: string, text: string][] = [
  ['an error', 'a: ['],
  ['a list', '- a'],
  ['a string', 'text'],
];
for (const [name, text] of unreadable) {
  test(`no form for ${name}, and no edit`, () => {
    assert.equal(cases.readFields(text), undefined);
    assert.equal(cases.setField(text, 'path', '/x'), text);
  });
}

const empty = ['', '# nothing\n', '{}'];
for (const text of empty) {
  test(`a form for ${JSON.stringify(text)}`, () => {
    assert.equal(cases.readFields(text)?.method, '');
    assert.match(cases.setField(text, 'method', 'POST'), /request:\s+(?:\{ )?method: POST/);
  });
}

/** What differs from `written`, by its old and new lines. */
type Edit = [name: string, text: string | undefined, old: string, now: string];

const edits: readonly Edit[] = [
  ['a path', cases.setField(written, 'path', '/x?y=1'), 'path: /orders/7', 'path: /x?y=1'],
  ['the same path', cases.setField(written, 'path', '/orders/7'), '', ''],
  ['a text that looks like a number', cases.setField(written, 'method', '42'), 'method: GET', 'method: "42"'],
  [
    'headers that are the same',
    cases.setHeaders(written, [
      ['x-tenant', 't1'],
      ['y', 'a'],
      ['y', 'b'],
    ]),
    '',
    '',
  ],
  [
    'a header more, and one of two values less',
    cases.setHeaders(written, [
      ['x-tenant', 't1'],
      ['z', 'true'],
      ['y', 'b'],
    ]),
    'y: [ a, b ] }',
    'y: b, z: "true" }',
  ],
  ['no header', cases.setHeaders(written, []), ", headers: { x-tenant: 't1', y: [ a, b ] }", ''],
  [
    'a renamed claim keeps its comment',
    cases.setClaims(written, [
      ['client', 'alice'],
      ['n', '12345678901234567890.10'],
      ['roles', '[ a, b ]'],
    ]),
    'client_id: alice',
    'client: alice',
  ],
  [
    'a changed claim keeps its comment',
    cases.setClaims(written, [
      ['client_id', 'bob'],
      ['n', '12345678901234567890.10'],
      ['roles', '[ a, b ]'],
    ]),
    'alice # me',
    'bob # me',
  ],
];
for (const [name, text, old, now] of edits) {
  test(`the form edits ${name}`, () => assert.equal(text, written.replace(old, now)));
}

test('a field without a value is removed, and the map that is empty then', () => {
  assert.equal(cases.setField('name: x\nrequest: { path: /a }\n', 'path', ''), 'name: x\n');
  assert.equal(cases.setField('request: { path: /a }\n', 'path', ''), '');
});

test('a caller without claims is still a caller', () => {
  assert.deepEqual(cases.readFields(cases.setClaims('', []) ?? '')?.claims, []);
});

const values: [value: string, isValue: boolean][] = [
  ['alice', true],
  ['two words', true],
  ['42', true],
  ['"42"', true],
  ['[ a, b ]', true],
  ['{ a: 1 }', true],
  ['', false],
  ['[a', false],
  ['"x', false],
  ['a, b: c', false],
  ['a # comment', false],
  ['a\nb', false],
];
for (const [value, isValue] of values) {
  test(`${JSON.stringify(value)} is ${isValue ? 'a' : 'no'} value of a claim`, () => {
    assert.equal(cases.isValue(value), isValue);
    const text = cases.setClaims('', [['a', value]]);
    assert.deepEqual(text && cases.readFields(text)?.claims, isValue ? [['a', value]] : undefined);
  });
}

const employee = { caller: { claims: { sub: '42', roles: ['a', 'true'] }, from: 'x' }, certificate: null };
const certificate = { caller: null, certificate: { subject: 'CN=a' } };

test('a preset replaces the caller and the certificate, and nothing else', () => {
  const text = cases.applyPreset(cases.applyPreset(written, certificate), employee);
  assert.ok(text.includes('# a case') && text.includes('a: 0x10') && text.includes('sub: "42"'));
  assert.ok(!text.includes('certificate') && !text.includes('alice'));
  assert.equal(cases.hasPreset(text, employee), true);
  assert.equal(cases.hasPreset(text, certificate), false);
});

test('a text that is not YAML has no preset', () => assert.equal(cases.hasPreset('a: [', employee), false));
