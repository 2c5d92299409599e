/**
 * @module
 * Tables of `bench/RESULTS.md` for readers who have not run the benchmark: few rows, in words. The figures are those of
 * the committed results, so that a page cannot have others.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Row, tableBelow } from './pictures/results.ts';
import { tableWithNotes } from './table.ts';

const results = readFileSync(join(import.meta.dirname, '..', '..', 'bench/RESULTS.md'), 'utf8');

function figure(rows: readonly Row[], name: string, column: string): string {
  const value = rows.find(({ row, server }) => (row ?? server) === name)?.[column];
  if (value === undefined || value === '') throw new Error(`bench/RESULTS.md has no ${column} of ${name}`);
  return value;
}

const atMaximumRate = 'Through Envoy, at the maximum rate';

/** What one request costs mintproc, and the compared servers. */
export function requestCosts(): string {
  const rows = tableBelow(results, atMaximumRate);
  const costs: readonly (readonly [what: string, row: string])[] = [
    ['RS256, a token that is reused within its second', 'RS256-reused'],
    ['the same, 50 different tokens in turn', 'RS256-reused-50'],
    ['HS256, each signed', 'HS256'],
    ['HS256 with 10 more expressions, each signed', 'claims-10'],
    ['HS256 with 50 more expressions, each signed', 'claims-50'],
    ['ES256, each signed', 'ES256'],
    ['EdDSA, each signed', 'EdDSA'],
    ['encrypted: RSA-OAEP-256 and A256GCM', 'JWE'],
    ['RS256, each signed', 'RS256'],
    ['PS256, each signed', 'PS256'],
    ['for comparison: a bare server in Rust that sets a constant header', 'rust'],
    ['for comparison: the same in Go', 'go'],
  ];
  return tableWithNotes(
    ['Token', 'CPU of mintproc a request', 'Requests a second'],
    costs.map(([what, row]) => [what, `${figure(rows, row, 'CPU µs')} µs`, figure(rows, row, 'requests/s')]),
  );
}

/** What a request waits longer for than without the filter. */
export function addedLatency(): string {
  const rows = tableBelow(results, 'Latency through Envoy at a quarter of saturation');
  const servers: readonly (readonly [what: string, row: string])[] = [
    ['mintproc, RS256 reused', 'RS256-reused'],
    ['mintproc, a constant token', 'constant'],
    ['a bare server in Rust', 'rust'],
    ['a bare server in Go', 'go'],
  ];
  return tableWithNotes(
    ['Server', 'Added, half of the requests', 'Added, 99 % of the requests'],
    servers.map(([what, row]) => [
      what,
      `${figure(rows, row, 'added p50 ms')} ms`,
      `${figure(rows, row, 'added p99 ms')} ms`,
    ]),
  );
}

/** What reuse saves. */
export function reuseSavings(): string {
  const rows = tableBelow(results, atMaximumRate);
  const algorithms = ['RS256', 'PS256', 'ES256', 'EdDSA', 'HS256'];
  const reused = `${figure(rows, 'RS256-reused', 'CPU µs')} µs`;
  return tableWithNotes(
    ['Algorithm', 'Each signed', 'Reused'],
    algorithms.map((row) => [row, `${figure(rows, row, 'CPU µs')} µs`, row === 'RS256' ? reused : 'as RS256']),
  );
}
