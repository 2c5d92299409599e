/**
 * @module
 * The paths of the copies of vendors' files.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PolicyFiles } from '../../src/migration/policy-files.ts';

test('no copy is where the folder of another one is, in any case of letters', () => {
  const files = new PolicyFiles();
  const bytes = new Uint8Array();
  const copies = [
    ['a/P.xml', 'orders'],
    ['b/p.xml', 'ORDERS'],
    ['c/Orders', 'x'],
    ['d/orders.d', 'y'],
    ['e/P.xml', 'orders.d'],
    ['f/P.xml', 'Orders'],
  ].map(([name = '', api = '']) => files.pathOf({ path: name, name, text: '', bytes }, api));
  assert.deepEqual(copies, [
    'policies/P.xml',
    'policies/ORDERS/p.xml',
    'policies/x/Orders',
    'policies/orders.d',
    'policies/orders.d-2/P.xml',
    'policies/Orders-2/P.xml',
  ]);
});
