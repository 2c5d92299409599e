import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dataweaveLimits, Meter } from '../../../src/expressions/dataweave/bounds.ts';
import { limits } from '../../../src/expressions/limits.ts';

const leaf = { height: 1, size: 1 };

const counted: [name: string, count: (meter: Meter, extra: number) => void, code: string][] = [
  ['steps', (meter, extra) => meter.charge(limits.steps + extra), 'too-many-steps'],
  ['visited items', (meter, extra) => visit(meter, limits.steps + extra), 'too-many-steps'],
  ['characters of new strings', (meter, extra) => make(meter, limits.steps / 2 + extra), 'too-many-steps'],
  ['nested calls', (meter, extra) => enter(meter, leaf, dataweaveLimits.calls + extra), 'too-many-calls'],
  [
    'heights of called functions',
    (meter, extra) => enter(meter, { height: dataweaveLimits.stack / 10, size: 1 }, 10 + extra),
    'too-many-calls',
  ],
  [
    'nodes of called functions',
    (meter, extra) => enter(meter, { height: 0, size: 4 * (limits.steps / 2 - 1) }, 2 + extra),
    'too-many-steps',
  ],
];

function visit(meter: Meter, items: number): void {
  const part = 1024;
  for (let left = items; left > 0; left -= part) meter.items({ length: Math.min(left, part) });
}

/** 128 characters cost one step in addition to the step of each string. */
function make(meter: Meter, texts: number): void {
  for (let i = 0; i < texts; i++) meter.text('a'.repeat(128));
}

function enter(meter: Meter, body: typeof leaf, times: number): void {
  for (let i = 0; i < times; i++) meter.enter(body);
}

for (const [name, count, code] of counted) {
  test(`the meter counts ${name}`, () => {
    count(new Meter(), 0);
    assert.throws(() => count(new Meter(), 1), { code: `dataweave.${code}` });
  });
}

test('the meter restarts for each evaluation', () => {
  const meter = new Meter();
  enter(meter, leaf, dataweaveLimits.calls);
  meter.restart();
  enter(meter, leaf, dataweaveLimits.calls);
});
