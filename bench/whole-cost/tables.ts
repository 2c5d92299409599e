/**
 * @module
 * The figures of the ways as tables, and the part of `bench/RESULTS.md` that they are.
 */
import { judgeWholeCost } from '../goals.ts';
import { machineLine } from '../page.ts';
import { median } from '../paired.ts';
import { asMarkdown, goalTable, type Table } from '../tables.ts';
import {
  addedBy,
  comparedAdded,
  type Figure,
  type Interleaved,
  type MeasuredWay,
  medianOf,
  p50,
  p99,
  together,
  type WholeCost,
} from './results.ts';

const fixed =
  (digits: number) =>
  (value: number | undefined): string =>
    value === undefined || Number.isNaN(value) ? '' : value.toFixed(digits);
const [whole, tenths, hundredths] = [fixed(0), fixed(1), fixed(2)];

export function wholeCostTables(results: WholeCost): Table[] {
  const { saturated, halfLoad, halfRate, interleaved, stolen } = results;
  return [
    saturatedTable(saturated),
    halfLoadTable(halfLoad, halfRate),
    ...(interleaved === undefined ? [] : [interleavedTable(interleaved)]),
    {
      title: 'Whole cost: CPU time that the host of this machine took away',
      head: ['part of the run', '% of all cores'],
      rows: Object.entries(stolen).map(([part, share]) => [part, tenths(100 * share)]),
    },
    goalTable('Whole cost: goals', judgeWholeCost(results)),
  ];
}

function saturatedTable(all: readonly MeasuredWay[]): Table {
  return {
    title: 'Whole cost: Envoy and mintproc together, at the maximum rate',
    head: [
      ...['way', '', 'Envoy µs', 'beside it µs', 'together µs', 'beyond no filter µs', 'ratio', 'low', 'high', 'to'],
      ...['asked %', 'requests/s', 'turns'],
    ],
    rows: all.map((measured) => [
      measured.way.name,
      measured.way.title,
      ...[medianOf(measured, ({ envoy }) => envoy), medianOf(measured, ({ server }) => server)].map(tenths),
      tenths(medianOf(measured, together)),
      ...beyond(measured, all, together, tenths),
      measured.way.comparedWith ?? '',
      askedOf(measured),
      whole(medianOf(measured, ({ rate }) => rate)),
      String(measured.rounds.length),
    ]),
  };
}

function halfLoadTable(all: readonly MeasuredWay[], rate: number): Table {
  return {
    title: `Whole cost: latency at half of ext_proc's saturation, ${whole(rate)} requests per second`,
    head: [
      ...['way', 'p50 ms', 'p99 ms', 'added p50 ms', 'added p99 ms', 'p99 ratio', 'p99 low', 'p99 high'],
      ...['together µs', 'beyond no filter µs', 'ratio', 'low', 'high', 'asked %', 'Envoy busy %', 'turns'],
    ],
    rows: all.map((measured) => [
      measured.way.name,
      ...[medianOf(measured, p50), medianOf(measured, p99)].map(hundredths),
      hundredths(median(addedBy(measured, all, p50))),
      ...beyond(measured, all, p99, hundredths),
      tenths(medianOf(measured, together)),
      ...beyond(measured, all, together, tenths),
      askedOf(measured),
      whole(100 * medianOf(measured, ({ envoyBusy }) => envoyBusy)),
      String(measured.rounds.length),
    ]),
  };
}

function interleavedTable({ requests, wrong, asked, replaced, seen }: Interleaved): Table {
  return {
    title: 'Whole cost: 1,000 callers interleaved, tokens kept in two threads of Envoy',
    head: ['requests', 'wrong tokens', 'asked %', 'different tokens', 'policy or key replaced'],
    rows: [[String(requests), String(wrong), hundredths(100 * asked), String(seen), String(replaced)]],
  };
}

/** What the way adds, and the ratio of it with its interval. */
function beyond(
  measured: MeasuredWay,
  all: readonly MeasuredWay[],
  figure: Figure,
  digits: (value: number | undefined) => string,
): string[] {
  const ratio = comparedAdded(measured, all, figure);
  return [digits(median(addedBy(measured, all, figure))), ...[ratio?.median, ratio?.low, ratio?.high].map(hundredths)];
}

function askedOf({ rounds }: MeasuredWay): string {
  const shares = rounds.flatMap(({ asked }) => asked ?? []);
  return shares.length === 0 ? '' : hundredths(100 * median(shares));
}

const heading = '## Whole cost';

const reading = `Written by \`npm run whole-cost -- --write bench/RESULTS.md\`. The CPU time is that of the processes of Envoy and of
mintproc (or heimdall) together, divided by the requests; *beyond no filter* is the difference to the same requests in
the same turn without the filter, and *ratio* that difference compared with the difference of the way in the column
*to*. \`low\` and \`high\` contain the true median ratio with a probability of 95 % if there are six turns or more.
*asked* is the share of the requests for which mintproc gave the token.

Envoy has the configuration that \`mintproc gen envoy\` writes, verifies the token of each of 50 callers and remembers
that it did, and answers by itself. All tokens have the claims of the vendor's example (ES256); those of a constant
token are the ones that read nothing. Each caller's token was verified before and after the run.`;

/** The part of the page: it begins with its heading and ends with the page. */
export function wholeCostPart(results: WholeCost): string {
  const warning = results.quick ? 'A run with `--quick`: these figures mean nothing.\n\n' : '';
  const [last, ...others] = wholeCostTables(results).toReversed();
  const tables = last === undefined ? others : [last, ...others.toReversed()];
  const said = [heading, `${warning}${machineLine(results.machine)}`, reading, ...results.skipped];
  return `${said.join('\n\n')}\n\n${tables.map(asMarkdown).join('\n')}`;
}

/** The part of a page, to be kept when the rest is written again; empty without one. */
export function wholeCostPartOf(page: string): string {
  const begin = page.indexOf(`\n${heading}\n`);
  return begin === -1 ? '' : page.slice(begin + 1);
}

/** The page with another part. */
export function withWholeCostPart(page: string, part: string): string {
  const begin = page.indexOf(`\n${heading}\n`);
  return `${begin === -1 ? page : page.slice(0, begin)}\n${part}`;
}
