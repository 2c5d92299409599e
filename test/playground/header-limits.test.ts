import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tokenSize } from '../../src/playground/header-limits.ts';

const output = { header: 'authorization', prefix: 'Bearer ' };
/** `authorization: Bearer ` */
const before = 22;

const sizes: [name: string, headerBytes: number, exceeded: number][] = [
  ['as much as Apache httpd takes', 8_190, 0],
  ['one byte more', 8_191, 1],
  ['as much as nginx takes', 8_192, 1],
  ['one byte more than nginx, Tomcat and Jetty take', 8_193, 4],
];

for (const [name, headerBytes, exceeded] of sizes) {
  test(`the size of a token: ${name}`, () => {
    const size = tokenSize('x'.repeat(headerBytes - before), output);
    assert.deepEqual([size.tokenBytes, size.headerBytes], [headerBytes - before, headerBytes]);
    assert.equal(size.limits.filter(({ isExceeded }) => isExceeded).length, exceeded);
  });
}

test('servers are listed from the smallest limit up', () => {
  const bytes = tokenSize('', output).limits.map((limit) => limit.bytes);
  assert.deepEqual(
    bytes,
    bytes.toSorted((one, other) => one - other),
  );
});
