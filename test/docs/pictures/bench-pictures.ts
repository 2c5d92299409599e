/**
 * @module
 * The figures of bench/RESULTS.md as pictures: which rows and columns each shows. `npm run docs` draws them. A row that
 * a run does not have, such as a compared server, is omitted.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BarPicture, type BarRow, barsAsSvg, type Tone } from './bars.ts';
import { numberIn, type Row, tableBelow } from './results.ts';

/** What the pictures call the benchmark's rows. */
const names: Readonly<Record<string, string>> = {
  constant: 'transport alone',
  'RS256-reused': 'RS256 reused',
  'RS256-reused-50': 'RS256 reused, 50 tokens',
  HS256: 'HS256 signed',
  'claims-10': 'HS256, 10 expressions',
  'claims-50': 'HS256, 50 expressions',
  ES256: 'ES256 signed',
  EdDSA: 'EdDSA signed',
  RS256: 'RS256 signed',
  PS256: 'PS256 signed',
  JWE: 'JWE encrypted',
  go: 'bare server in Go',
  rust: 'bare server in Rust',
};

const compared = ['rust', 'go'];
const cpu = 'µs of CPU a request';
const signed = ['HS256', 'ES256', 'EdDSA', 'RS256', 'PS256', 'JWE'];
/** Without the rows whose signature alone is ten times as long as the others' bars. */
const cheap = [
  'constant',
  'RS256-reused',
  'HS256',
  'RS256-reused-50',
  'claims-10',
  'claims-50',
  'ES256',
  'EdDSA',
  'JWE',
];

const pictures: Readonly<Record<string, (page: string) => BarPicture>> = {
  goals: (page) => ({
    title: 'Measured, in per cent of the maximum that each goal allows',
    unit: '% of the maximum',
    series: [{ name: 'measured', tone: 'own' }],
    rows: tableBelow(page, 'Goals').map(goalRow),
    limit: { at: 100, label: 'maximum' },
  }),
  rate: (page) => ({
    title: 'CPU time of a request at the maximum rate, through Envoy',
    unit: cpu,
    series: [
      { name: 'mintproc', tone: 'own' },
      { name: 'without policies and expressions', tone: 'other' },
    ],
    rows: sorted(
      rowsOf(tableBelow(page, 'Through Envoy, at the maximum rate'), [...cheap, ...compared], (row) =>
        besides(row, numberIn(row['CPU µs'])),
      ),
    ),
  }),
  signatures: (page) => ({
    title: 'A fresh token beside its bare signature or encryption',
    unit: cpu,
    series: [
      { name: 'the whole request', tone: 'own' },
      { name: 'the signature or encryption alone', tone: 'other-light' },
    ],
    rows: rowsOf(tableBelow(page, 'Through Envoy, at the maximum rate'), signed, (row) => [
      numberIn(row['CPU µs']),
      numberIn(row['bare µs']),
    ]),
  }),
  'fixed-rate': (page) => ({
    title: 'CPU time of a request at 2000 requests a second, through Envoy',
    unit: cpu,
    series: [
      { name: 'mintproc', tone: 'own' },
      { name: 'without policies and expressions', tone: 'other' },
    ],
    rows: rowsOf(
      tableBelow(page, 'Through Envoy, at 2000 requests'),
      ['constant', 'RS256-reused', ...compared],
      (row) => besides(row, numberIn(row['CPU µs'])),
    ),
  }),
  latency: (page) => ({
    title: 'Latency that the filter adds',
    unit: 'ms',
    series: [
      { name: 'median', tone: 'own' },
      { name: '99th percentile', tone: 'own-light' },
    ],
    rows: ['quarter', 'half'].flatMap((load) =>
      rowsOf(
        tableBelow(page, `Latency through Envoy at ${load === 'half' ? load : `a ${load}`} of saturation`),
        ['RS256-reused', 'constant', ...compared],
        (row) => [numberIn(row['added p50 ms']), numberIn(row['added p99 ms'])],
      ).map((row) => ({ ...row, label: `${load} of saturation: ${row.label}` })),
    ),
  }),
  streams: (page) => ({
    title: 'CPU time by streams in flight on one connection, without Envoy',
    unit: cpu,
    series: [
      { name: 'RS256 reused', tone: 'own' },
      { name: 'transport alone', tone: 'own-light' },
      { name: 'bare server in Rust', tone: 'other' },
      { name: 'bare server in Go', tone: 'other-light' },
    ],
    rows: streamRows(tableBelow(page, 'Streams in flight')),
  }),
  'whole-cost': (page) => ({
    title: 'CPU time of Envoy and of what it calls, beyond the same request without the filter',
    unit: cpu,
    series: [
      { name: 'mintproc', tone: 'own' },
      { name: 'heimdall', tone: 'other' },
    ],
    rows: tableBelow(page, 'Whole cost: Envoy and mintproc together').flatMap(wholeCostRow),
  }),
  policies: (page) => ({
    title: 'CPU time by the number of policies and routes, without Envoy',
    unit: cpu,
    series: [{ name: 'mintproc', tone: 'own' }],
    rows: tableBelow(page, 'Policies and routes').map((row) => ({
      label: `${row['policies']} ${row['policies'] === '1' ? 'policy' : 'policies'}`,
      values: [numberIn(row['CPU µs'])],
    })),
  }),
};

/** The files that `npm run docs` writes, and that a test compares. */
export const benchPictures = Object.entries(pictures).map(([name, picture]) => ({
  file: `docs/pictures/bench-${name}.svg`,
  text: () => barsAsSvg(picture(readFileSync(join(import.meta.dirname, '../../../bench/RESULTS.md'), 'utf8'))),
}));

function goalRow(row: Row): BarRow {
  const measured = numberIn(row['measured']);
  const maximum = numberIn(row['maximum']);
  const share = measured === undefined || maximum === undefined ? undefined : Math.round((measured / maximum) * 100);
  const tone: Tone = row[''] === 'missed' ? 'missed' : 'own';
  return { label: row['goal'] ?? '', values: [share], tone };
}

/** Of a way that has a filter. */
function wholeCostRow(row: Row): readonly BarRow[] {
  const name = row['way'] ?? '';
  if (name.startsWith('none')) return [];
  const value = numberIn(row['beyond no filter µs']);
  const values = name === 'heimdall' ? [undefined, value] : [value, undefined];
  return [{ label: row[''] ?? name, values }];
}

function rowsOf(
  table: readonly Row[],
  wanted: readonly string[],
  values: (row: Row) => readonly (number | undefined)[],
): readonly BarRow[] {
  return wanted.flatMap((name) => {
    const row = table.find((each) => each['row'] === name);
    return row === undefined ? [] : [{ label: names[name] ?? name, values: values(row) }];
  });
}

/** One bar, in the first series for mintproc and in the second for another server. */
function besides(row: Row, value: number | undefined): readonly (number | undefined)[] {
  return compared.includes(row['row'] ?? '') ? [undefined, value] : [value, undefined];
}

function sorted(rows: readonly BarRow[]): readonly BarRow[] {
  const value = ({ values }: BarRow): number => values.find((each) => each !== undefined) ?? 0;
  return rows.toSorted((a, b) => value(a) - value(b));
}

function streamRows(table: readonly Row[]): readonly BarRow[] {
  const servers = ['RS256-reused', 'constant', 'rust', 'go'];
  return Array.from(
    Map.groupBy(table, (row) => row['streams'] ?? ''),
    ([streams, rows]) => ({
      label: `${streams} ${streams === '1' ? 'stream' : 'streams'}`,
      values: servers.map((server) => numberIn(rows.find((row) => row['server'] === server)?.['CPU µs'])),
    }),
  );
}
