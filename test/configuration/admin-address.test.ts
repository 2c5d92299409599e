import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adminAddressOf, defaultAdmin } from '../../src/configuration/admin-address.ts';
import { parseAddress } from '../../src/net/address.ts';

const many = Array.from({ length: 5_000 }, (_, number) => `  - { name: p${number}, file: policies/${number}.yaml }`);

const read: [name: string, text: string, admin: string][] = [
  ['plain', 'listen: a:1\nadmin: 0.0.0.0:9464 # for all\npolicies:\n- name: p\n', '0.0.0.0:9464'],
  ['absent', 'listen: a:1\nlog: { level: info }\n', defaultAdmin],
  ['an empty document', '', defaultAdmin],
  ['the key of something else', 'jwks:\n  admin: a:1\n', defaultAdmin],
  ['a line of a text', 'x: |\n  admin: a:1\n', defaultAdmin],
  ['quoted', '"admin": \'unix:/run/a.sock\'\r\n', 'unix:/run/a.sock'],
  ['an alias', 'variables: { a: &here "[::1]:9" }\nadmin: *here\n', '[::1]:9'],
  ['an anchor', 'admin: &here a:9\n', 'a:9'],
  ['folded', 'admin: >-\n  a:9\nlisten: b:1\n', 'a:9'],
  ['on the next line', 'admin:\n  a:9\n', 'a:9'],
  ['after a marker of the document', '---\nadmin: a:9\n', 'a:9'],
  ['after a directive', '%YAML 1.2\n---\nadmin: a:9\n', 'a:9'],
  ['indented as a whole', '  listen: a:1\n  admin: a:9\n', 'a:9'],
  ['in braces', '{ listen: "a:1",\nadmin: "a:9" }', 'a:9'],
  ['JSON', '{"policies":[{"admin":"b:1"}],"admin":"a:9"}', 'a:9'],
  ['a tag before the key', '!!str admin: a:9\n', 'a:9'],
  ['an explicit key', '? admin\n: a:9\n', 'a:9'],
  ['a long configuration', `admin: a:9\npolicies:\n${many.join('\n')}\n`, 'a:9'],
  ['a long one in which something else cannot be read', `admin: a:9\nx:\n  ${'a: ['.repeat(100_000)}\n`, 'a:9'],
];

for (const [name, text, admin] of read) {
  test(`the admin address: ${name}`, () => assert.deepEqual(adminAddressOf(text), parseAddress(admin)));
}

const refused: [name: string, text: string, message: RegExp][] = [
  ['no address', 'admin: here\n', /^`admin` is not an address to listen at\. \[config\.invalid-value\]$/],
  ['a number', 'admin: 9464\n', /^`admin` is not an address/],
  ['nothing', 'admin:\n', /^`admin` is not an address/],
  ['twice', 'admin: a:1\nadmin: a:2\n', /^It is not well-formed YAML\. \[config\.syntax\]$/],
  ['not well formed', 'admin: "a:1\n', /^It is not well-formed YAML/],
  ['an unknown alias', 'admin: *secret\n', /^It is not well-formed YAML/],
  ['a list', '- admin: a:1\n', /^It is not well-formed YAML/],
];

for (const [name, text, message] of refused) {
  test(`no admin address: ${name}`, () =>
    assert.throws(() => adminAddressOf(text), { name: 'NoAdminAddress', message }));
}
