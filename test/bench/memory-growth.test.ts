import assert from 'node:assert/strict';
import { test } from 'node:test';
import { growthPerMillion } from '../../bench/memory-growth.ts';

const cases: [
  name: string,
  samples: [millions: number, resident: number, heap: number][],
  resident: number,
  heap: number,
][] = [
  [
    'what is level grows by nothing',
    [
      [1, 70, 10],
      [2, 70, 10],
      [3, 70, 10],
    ],
    0,
    0,
  ],
  [
    'what leaks grows by the leak',
    [
      [1, 70, 10],
      [2, 71, 10.5],
      [4, 73, 11.5],
    ],
    1,
    0.5,
  ],
  [
    'what swings around a level grows by nothing',
    [
      [1, 70, 10],
      [2, 72, 14],
      [3, 72, 14],
      [4, 70, 10],
    ],
    0,
    0,
  ],
];

for (const [name, samples, resident, heap] of cases) {
  test(name, () => {
    const growth = growthPerMillion(
      samples.map(([millions, ...held]) => ({ requests: millions * 1e6, resident: held[0], heap: held[1] })),
    );
    assert.ok(Math.abs(growth.resident - resident) < 1e-9, `${growth.resident}`);
    assert.ok(Math.abs(growth.heap - heap) < 1e-9, `${growth.heap}`);
  });
}
