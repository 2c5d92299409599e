import assert from 'node:assert/strict';
import { test } from 'node:test';
import { watchReads } from '../../src/observe/missing-reads.ts';
import { requestsLookedAt, WatchedRead } from '../../src/request/watched-reads.ts';
import { seenRequest } from '../configuration/memory-files.ts';

const sent = seenRequest({ attributes: { 'source.address': '192.0.2.1:1' }, metadata: { tenants: {} } });
const missing = seenRequest({ attributes: { 'source.address': null } });

/** Requests with and without what is read, and after how many seconds there are how many warnings and counts. */
interface Step {
  readonly without?: number;
  readonly having?: number;
  readonly seconds: number;
  readonly warnings: number;
  readonly counts: number;
}

const enough = requestsLookedAt;

const courses: [name: string, steps: readonly Step[]][] = [
  ['no requests', [{ seconds: 120, warnings: 0, counts: 0 }]],
  ['every request has it', [{ having: 500, seconds: 120, warnings: 0, counts: 0 }]],
  ['enough requests without it', [{ without: enough, seconds: 5, warnings: 1, counts: 1 }]],
  [
    'one request fewer is enough only at the end of the minute',
    [
      { without: enough - 1, seconds: 55, warnings: 0, counts: 0 },
      { seconds: 5, warnings: 1, counts: 1 },
    ],
  ],
  ['one of many has it', [{ without: enough - 1, having: 1, seconds: 120, warnings: 0, counts: 0 }]],
  ['one has it after enough others', [{ without: enough, having: 1, seconds: 5, warnings: 1, counts: 1 }]],
  [
    'warned once, counted each minute',
    [
      { without: enough, seconds: 60, warnings: 1, counts: 1 },
      { without: 1, seconds: 60, warnings: 1, counts: 2 },
      { seconds: 60, warnings: 1, counts: 2 },
      { without: enough + 1, seconds: 5, warnings: 1, counts: 3 },
    ],
  ],
  [
    'warned again after it came',
    [
      { without: enough, seconds: 60, warnings: 1, counts: 1 },
      { having: 1, seconds: 60, warnings: 1, counts: 1 },
      { without: enough, seconds: 60, warnings: 2, counts: 2 },
    ],
  ],
];

const kinds = [
  ['attribute', 'source.address', /`source\.address` is missing in `request_attributes`/],
  ['namespace', 'tenants', /`tenants` is missing in `forwarding_namespaces`/],
] as const;

for (const [kind, name, text] of kinds) {
  for (const [course, steps] of courses) {
    test(`an ${kind} that is read: ${course}`, (context) => {
      context.mock.timers.enable({ apis: ['setInterval'] });
      const reasons: string[] = [];
      const counted: string[] = [];
      const read = new WatchedRead(kind, name);
      const watching = watchReads({
        current: () => [read],
        log: { warn: (_, fields) => void reasons.push(fields?.reason ?? '') },
        count: (one) => void counted.push(one),
      });
      for (const { without = 0, having = 0, seconds, warnings, counts } of steps) {
        for (let request = 0; request < without; request++) read.look(missing);
        for (let request = 0; request < having; request++) read.look(sent);
        context.mock.timers.tick(seconds * 1000);
        assert.deepEqual([reasons.length, counted.length], [warnings, counts]);
      }
      watching.close();
      for (let request = 0; request < enough; request++) read.look(missing);
      context.mock.timers.tick(120_000);
      assert.equal(reasons.length, steps.at(-1)?.warnings);
      for (const reason of reasons) assert.match(reason, text);
    });
  }
}

test('a configuration that replaces another is warned about only for what it reads anew', (context) => {
  context.mock.timers.enable({ apis: ['setInterval'] });
  const reasons: string[] = [];
  let current = [new WatchedRead('attribute', 'source.address')];
  const watching = watchReads({
    current: () => current,
    log: { warn: (_, fields) => void reasons.push(fields?.reason ?? '') },
    count: () => undefined,
  });
  const ask = (): void => {
    for (const read of current) read.look(missing);
    context.mock.timers.tick(60_000);
  };
  ask();
  current = [new WatchedRead('attribute', 'source.address'), new WatchedRead('attribute', 'a name with spaces')];
  ask();
  watching.close();
  assert.equal(reasons.length, 2);
  // A name that is not plain is not repeated.
  assert.match(reasons[1] ?? '', /^Probably the one that mintproc\.yaml names is missing/);
});
