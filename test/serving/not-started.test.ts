/**
 * @module
 * A `serve` that does not start says why in the log, too, for those who read only the log.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plain, startSidecar } from './sidecar.ts';

const unknown = Array.from({ length: 21 }, (_, index) => [`unknown${index}`, 1]);

const failures: [name: string, settings: object, code: string, lines: number, suppressed: number[]][] = [
  ['an address that this machine does not have', { admin: '192.0.2.1:9464' }, 'observe.listen-failed', 1, []],
  ['twenty errors', Object.fromEntries(unknown.slice(1)), 'config.unknown-key', 20, []],
  ['one error more than are logged', Object.fromEntries(unknown), 'config.unknown-key', 20, [1]],
];

for (const [name, settings, code, lines, suppressed] of failures) {
  test(`it does not start: ${name}`, async () => {
    await using sidecar = await startSidecar({ ...plain, workers: 1, ...settings });
    assert.equal(await sidecar.process.ended, 1);
    const errors = sidecar.log().filter(({ level }) => level === 'error');
    const named = errors.filter(({ message }) => message === 'mintproc does not start.');
    assert.deepEqual(
      named.map((line) => [line['code'], typeof line['reason']]),
      Array.from({ length: lines }, () => [code, 'string']),
    );
    // The same words are used for a reload, which has a new configuration.
    for (const { message } of errors.slice(lines)) assert.match(String(message), /^More errors of the configuration/);
    assert.deepEqual(
      errors.slice(lines).map((line) => line['suppressed']),
      suppressed,
    );
  });
}
