import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CallerWatch, watchCallers } from '../../src/observe/caller-watch.ts';

/** The flags between two checks, and the number of warnings after the second. */
const looks: [name: string, noted: Partial<CallerWatch>[], warnings: number][] = [
  ['no requests', [{}, {}], 0],
  ['callers', [{ found: true }], 0],
  ['no caller, and a policy reads it', [{ missed: true }], 1],
  ['some callers', [{ found: true, missed: true }], 0],
  ['warned once', [{ missed: true }, { missed: true }, {}, { missed: true }], 1],
  ['warned again after a caller was found', [{ missed: true }, { found: true, missed: true }, { missed: true }], 2],
];
for (const [name, noted, warnings] of looks) {
  test(`a minute without a caller: ${name}`, (context) => {
    context.mock.timers.enable({ apis: ['setInterval'] });
    const lines: [message: string, reason: string | undefined][] = [];
    const watch = new CallerWatch();
    const watching = watchCallers(watch, { warn: (message, fields) => void lines.push([message, fields?.reason]) });
    for (const one of noted) {
      Object.assign(watch, one);
      context.mock.timers.tick(59_999);
      context.mock.timers.tick(1);
    }
    watching.close();
    watch.missed = true;
    context.mock.timers.tick(120_000);
    assert.equal(lines.length, warnings);
    for (const [message, reason] of lines) {
      assert.match(message, /read the caller/);
      assert.match(reason ?? '', /forwarding_namespaces.*payload_in_metadata/);
    }
  });
}
