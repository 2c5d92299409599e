import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { addedLatency, requestCosts, reuseSavings } from './bench-figures.ts';
import { tableBelow } from './pictures/results.ts';

const results = readFileSync(join(import.meta.dirname, '..', '..', 'bench/RESULTS.md'), 'utf8');

const shown: [
  name: string,
  text: () => string,
  heading: string,
  row: string,
  columns: readonly string[],
  unit: string,
][] = [
  ['the costs', requestCosts, 'Through Envoy, at the maximum rate', 'RS256-reused', ['CPU µs'], 'µs'],
  ['what reuse saves', reuseSavings, 'Through Envoy, at the maximum rate', 'PS256', ['CPU µs'], 'µs'],
  [
    'the added latency',
    addedLatency,
    'Latency through Envoy at a quarter of saturation',
    'constant',
    ['added p50 ms', 'added p99 ms'],
    'ms',
  ],
];

for (const [name, text, heading, row, columns, unit] of shown) {
  test(`${name} are those of the committed results`, () => {
    const found = tableBelow(results, heading).find((each) => each['row'] === row);
    const cells = columns.map((column) => ` ${found?.[column] ?? assert.fail(`no ${column}`)} ${unit} |`);
    assert.ok(text().includes(cells.join('')), `${cells.join('')} is not in\n${text()}`);
  });
}
