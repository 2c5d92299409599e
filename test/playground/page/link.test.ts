import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateSync } from 'node:zlib';
import { keyInSubject, lineWithKey } from '../../../src/playground/page/key-in-text.ts';
import { fromFragment, isLink, linkLimits, toFragment } from '../../../src/playground/page/link.ts';
import { type Subject, subjectOfFolder, withText } from '../../../src/playground/page/subject.ts';

const workspace: Subject = {
  kind: 'workspace',
  origin: { kind: 'example', name: 'a' },
  title: 'Größe',
  files: [{ name: 'a.yaml', kind: 'flex', text: 'é\u{1f600}', saved: '' }],
  case: 'request: {}',
  savedCase: '',
};
const expression: Subject = {
  kind: 'expression',
  origin: { kind: 'example', name: 'b' },
  title: 'b',
  profile: 'dataweave',
  expression: '1 + 1',
  context: '',
  saved: { expression: '', context: '' },
};

for (const subject of [workspace, expression]) {
  test(`a link restores the ${subject.kind}, as files in memory`, async () => {
    const fragment = await toFragment({ subject, theme: 'dark' });
    assert.match(fragment ?? '', /^state=[\w-]+$/);
    const linked = await fromFragment(`#${fragment}`);
    assert.equal(linked?.theme, 'dark');
    assert.deepEqual(linked?.subject.origin, { kind: 'link', fragment });
    const again = await toFragment({ subject: linked?.subject ?? expression, theme: 'dark' });
    assert.equal(again, fragment);
  });
}

test('the path of a folder is in no link', async () => {
  const folder = subjectOfFolder({ path: '/home/me/p', files: [], policies: [], cases: [], hasKeys: false });
  const file = { name: 'mintproc.yaml', kind: 'configuration', text: '', saved: '', version: '1' } as const;
  const fragment = await toFragment({ subject: { ...folder, files: [file] }, theme: 'system' });
  const linked = await fromFragment(fragment ?? '');
  assert.equal(linked?.subject.title, 'Shared files');
});

function linkTo(content: unknown): string {
  return `state=${deflateSync(JSON.stringify(content)).toString('base64url')}`;
}

const file = { name: 'a', kind: 'flex', text: '' };
const good = { v: 1, theme: 'light', kind: 'workspace', title: 't', files: [file], case: '' };
const many = Array.from({ length: linkLimits.files }, (_, i) => ({ ...file, name: `f${i}` }));

test('a theme that is not known is that of the system', async () => {
  assert.equal((await fromFragment(linkTo({ ...good, theme: '<b>' })))?.theme, 'system');
});

const links: [name: string, content: unknown, isTaken: boolean][] = [
  ['a good one', good, true],
  ['another version', { ...good, v: 2 }, false],
  ['a list', [], false],
  ['no file', { ...good, files: [] }, false],
  ['as many files as a link may have', { ...good, files: many }, true],
  ['one file too many', { ...good, files: [...many, file] }, false],
  ['two files of one name', { ...good, files: [file, file] }, false],
  ['an unknown kind of file', { ...good, files: [{ ...file, kind: 'key' }] }, false],
  ['a file without text', { ...good, files: [{ name: 'a', kind: 'flex' }] }, false],
  ['a name at the limit', { ...good, files: [{ ...file, name: 'x'.repeat(linkLimits.name) }] }, true],
  ['a name too long', { ...good, files: [{ ...file, name: 'x'.repeat(linkLimits.name + 1) }] }, false],
  ['a file that is not an object', { ...good, files: ['a'] }, false],
  ['an empty title', { ...good, title: '' }, false],
  ['a case that is not a text', { ...good, case: {} }, false],
  ['an unknown profile', { v: 1, kind: 'expression', title: 't', profile: 'x', expression: '', context: '' }, false],
  ['an expression without context', { v: 1, kind: 'expression', title: 't', profile: 'flex', expression: '' }, false],
];
for (const [name, content, isTaken] of links) {
  test(`a link with ${name} is ${isTaken ? 'opened' : 'refused'}`, async () => {
    assert.equal((await fromFragment(linkTo(content))) !== undefined, isTaken);
  });
}

/** JSON of just as many bytes. */
function sized(bytes: number): string {
  const rest = JSON.stringify({ ...good, case: '' }).length;
  return linkTo({ ...good, case: 'x'.repeat(bytes - rest) });
}
const sizes: [name: string, fragment: string, isTaken: boolean][] = [
  ['inflates to the limit', sized(linkLimits.json), true],
  ['inflates to one byte more', sized(linkLimits.json + 1), false],
  ['is longer than an address', `state=${'A'.repeat(linkLimits.fragment)}`, false],
  ['is not base64url', 'state=é', false],
  ['is not deflated', 'state=AAAA', false],
  ['is not JSON', `state=${deflateSync('{').toString('base64url')}`, false],
  ['is cut', linkTo(good).slice(0, -10), false],
  ['is the key of a session', 'abc', false],
];
for (const [name, fragment, isTaken] of sizes) {
  test(`a link that ${name} is ${isTaken ? 'opened' : 'refused'}`, async () => {
    assert.equal((await fromFragment(fragment)) !== undefined, isTaken);
  });
}

test('files that are too large for a link make none', async () => {
  const text = 'x'.repeat(linkLimits.json);
  assert.equal(await toFragment({ subject: withText(workspace, 'a.yaml', text), theme: 'light' }), undefined);
});

test('a link is not taken for a key', () => {
  assert.deepEqual([isLink('#state=x'), isLink('state=x'), isLink('#abc'), isLink('')], [true, true, false, false]);
});

const keys: [name: string, text: string, kind: Parameters<typeof lineWithKey>[1], line: number | undefined][] = [
  ['PEM', 'a: 1\nb: -----BEGIN RSA PRIVATE KEY-----', 'flex', 2],
  ['a public PEM', '-----BEGIN PUBLIC KEY-----', 'flex', undefined],
  ['a private JWK in JSON', '{"kty":"EC","d":"abcdefghijklmnopqrst"}', undefined, 1],
  ['a secret JWK in YAML', 'jwk:\n  kty: oct\n  k: abcdefghijklmnopqrst', 'configuration', 3],
  ['a public JWK', '{"kty":"EC","x":"abcdefghijklmnopqrst"}', 'datapower', undefined],
  ['the text of a key', 'key: { text: abc }', 'configuration', 1],
  ['a key in a file', 'key: { file: keys/a.pem }', 'configuration', undefined],
  ['a password in a file', 'password: { file: a }', 'configuration', undefined],
  ['a secret in a Flex policy', '    privateKey: abc', 'flex', 1],
  ['a placeholder in a Flex policy', '    privateKey: "{{ key }}"', 'flex', undefined],
  ['a reference in a Flex policy', '    privateKey: { secretRef: a }', 'flex', undefined],
  ['a reference below a Flex key', '    privateKey:\n      secretRef: a', 'flex', undefined],
  ['a value in an Apigee policy', '<SecretKey><Value>abc</Value></SecretKey>', 'apigee', 1],
  ['a reference in an Apigee policy', '<SecretKey><Value ref="private.a"/></SecretKey>', 'apigee', undefined],
];
for (const [name, text, kind, line] of keys) {
  test(`a key in a text: ${name}`, () => assert.equal(lineWithKey(text, kind), line));
}

test('the place of a key names its file', () => {
  const pem = '\n-----BEGIN PRIVATE KEY-----';
  assert.deepEqual(keyInSubject(withText(workspace, 'a.yaml', pem)), { file: 'a.yaml', line: 2 });
  assert.deepEqual(keyInSubject(withText(expression, 'context', pem)), { file: 'context', line: 2 });
  assert.equal(keyInSubject(workspace), undefined);
});
