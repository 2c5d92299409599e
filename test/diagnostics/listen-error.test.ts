import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listenError } from '../../src/net/listen-error.ts';

const failures: [name: string, error: unknown, message: string][] = [
  ['taken', { code: 'EADDRINUSE' }, 'Cannot listen at here: the address is already in use.'],
  [
    'another file',
    { code: 'EEXIST' },
    'Cannot listen at here: a file or folder that is not a socket has this path; remove it or write another path.',
  ],
  ['not permitted', { code: 'EACCES' }, 'Cannot listen at here: this process is not allowed to listen there.'],
  ['of a kind that has no sentence', { code: 'EMFILE' }, 'Cannot listen at here: EMFILE.'],
  ['without a code', {}, 'Cannot listen at here: unknown error.'],
];

for (const [name, members, message] of failures) {
  test(`an address that is ${name}`, () => {
    const cause = Object.assign(new Error('low level'), members);
    const error = listenError('observe.listen-failed', 'here', cause);
    assert.deepEqual([error.code, error.message, error.cause], ['observe.listen-failed', message, cause]);
  });
}
