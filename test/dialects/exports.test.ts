import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isExportFile } from '../../src/dialects/exports.ts';

test('a file is a part of an export by its name', () => {
  const names = [
    ...['apiproxy/policies/a.xml', 'apiproxy/proxies/default.xml', 'apiproxy/resources/jsc/a.js', 'orders.yaml'],
    ...['a/b.YML', 'policies.json'],
  ];
  const others = ['README.md', 'a.txt', 'yaml', 'a.yaml.bak', 'key.pem', 'docs/a.js'];
  assert.deepEqual([...names, ...others].filter(isExportFile), names);
});
