import assert from 'node:assert/strict';
import { test } from 'node:test';
import { called, calledFile, isPlainName, nameOr, plainNames } from '../../src/diagnostics/harmless.ts';

const longest = 'a'.repeat(64);
const names: [name: string, plain: boolean][] = [
  ['tenant', true],
  ['request.headers.x-tenant', true],
  [longest, true],
  [`${longest}a`, false],
  ['', false],
  ['two words', false],
  ['{"kty":"oct"}', false],
  ['a\nb', false],
  ['tenant\n', false],
  ['q83vEjRWeJA=', false],
];

for (const [name, plain] of names) {
  test(`${JSON.stringify(name)} is ${plain ? 'a plain name' : 'not repeated'}`, () => {
    assert.equal(isPlainName(name), plain);
    assert.equal(called('The variable', name), plain ? `The variable \`${name}\`` : 'The variable that is named here');
    assert.equal(nameOr(name, 'NAME'), plain ? name : 'NAME');
    assert.equal(plainNames(['a', name, 'b']), plain ? `a, ${name}, b` : 'a, b');
  });
}

const paths: [path: string, shown: string][] = [
  ['/etc/mintproc/p.yaml', 'The file /etc/mintproc/p.yaml'],
  ['p.yaml', 'The file p.yaml'],
  ['../p.yaml', 'The file ../p.yaml'],
  ['/etc/a b', 'The file that is named here'],
  [`/etc/${longest}a`, 'The file that is named here'],
  ['-----BEGIN KEY', 'The file that is named here'],
];
for (const [path, shown] of paths) test(`the file ${path}`, () => assert.equal(calledFile('The file', path), shown));
