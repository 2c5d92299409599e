/**
 * @module
 * A run's figures as tables, for the terminal and for Markdown.
 */
import { judge, type Verdict } from './goals.ts';
import { ratioOf } from './paired.ts';
import { costsOf, type Figures, type Latency, type Results } from './results.ts';

export interface Table {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const fixed =
  (digits: number) =>
  (value: number | undefined): string =>
    value === undefined ? '' : value.toFixed(digits);
const [whole, tenths, hundredths, thousandths] = [fixed(0), fixed(1), fixed(2), fixed(3)];

export function tablesOf(results: Results, compared: readonly string[]): Table[] {
  const { stolen, saturated, fixedRate, latency, policies, streams, startUp, against } = results;
  const tables: (Table | false)[] = [
    saturated.length > 0 && figuresTable('Through Envoy, at the maximum rate', saturated, compared),
    fixedRate !== undefined &&
      figuresTable(`Through Envoy, at ${fixedRate.perSecond} requests per second`, fixedRate.rows, compared),
    ...(latency ?? []).map(latencyTable),
    policies !== undefined && {
      title: 'Policies and routes: requests match the last one, 16 streams in flight, without Envoy',
      head: ['policies', 'CPU µs', 'min', 'resident MB', 'ready ms'],
      rows: policies.map((row) => [
        String(row.policies),
        tenths(row.cpu),
        tenths(Math.min(...row.rounds)),
        whole(row.resident),
        whole(row.ready),
      ]),
    },
    streams !== undefined && {
      title: 'Streams in flight on one connection, without Envoy',
      head: ['server', 'streams', 'CPU µs', 'spread', 'p50 ms', 'p99 ms'],
      rows: streams.map((row) => [
        row.name,
        String(row.streams),
        tenths(row.cpu),
        hundredths(row.spread),
        hundredths(row.p50),
        hundredths(row.p99),
      ]),
    },
    startUp !== undefined && {
      title: 'Start-up: from the start of the process to the first 200 of /readyz',
      head: ['median ms', 'all ms'],
      rows: [[whole(startUp.median), startUp.times.map(whole).join(', ')]],
    },
    against !== undefined && againstTable(against),
    {
      title: 'CPU time that the host of this machine took away during the run',
      head: ['part of the run', '% of all cores'],
      rows: Object.entries(stolen).map(([part, share]) => [part, tenths(100 * share)]),
    },
    goalTable('Goals', judge(results)),
  ];
  return tables.filter((table) => table !== false);
}

function againstTable({ commit, rows }: NonNullable<Results['against']>): Table {
  return {
    title: `Compared with ${commit.slice(0, 12)}: CPU time per request and idle resident memory`,
    head: ['row', 'ours µs', 'theirs µs', 'ratio', 'low', 'high', 'confidence %', 'turns', 'idle MB', 'theirs MB'],
    rows: rows.map(({ name, ours, theirs, ratio, idle }) => [
      name,
      ...[ours, theirs].map(tenths),
      ...[ratio.median, ratio.low, ratio.high].map(thousandths),
      whole(100 * ratio.confidence),
      String(ratio.count),
      ...[idle.ours, idle.theirs].map(tenths),
    ]),
  };
}

function latencyTable({ load, rate, plain, rows }: Latency): Table {
  return {
    title: `Latency through Envoy at ${load} of saturation: ${whole(rate)} requests per second`,
    head: ['row', 'p50 ms', 'p99 ms', 'worst p99 ms', 'added p50 ms', 'added p99 ms', 'Envoy busy %'],
    rows: [plain, ...rows].map(({ name, p50, p99, worstP99, added, envoyBusy }) => [
      name,
      ...[p50, p99, worstP99, added.p50, added.p99].map(hundredths),
      whole(100 * envoyBusy),
    ]),
  };
}

function figuresTable(title: string, rows: readonly Figures[], compared: readonly string[]): Table {
  const others = compared.map((server) => rows.find(({ name }) => name === server));
  return {
    title,
    head: [
      'row',
      '',
      'CPU µs',
      'min',
      'bare µs',
      '× bare',
      ...compared.map((name) => `× ${name}`),
      'requests/s',
      'p50 ms',
      'p99 ms',
      'resident MB',
    ],
    rows: rows.map(({ name, title: description, over, cpu, min, bare, overBare, rate, p50, p99, resident, rounds }) => [
      name,
      description,
      tenths(cpu),
      tenths(min),
      tenths(bare),
      hundredths(overBare),
      ...others.map((other) =>
        // Only servers that are reached in the same way are compared.
        hundredths(other?.over === over ? ratioOf(costsOf(rounds), costsOf(other.rounds)) : undefined),
      ),
      whole(rate),
      hundredths(p50),
      hundredths(p99),
      whole(resident.max),
    ]),
  };
}

export function goalTable(title: string, verdicts: readonly Verdict[]): Table {
  return { title, head: ['goal', 'maximum', 'measured', ''], rows: verdicts.map(goalRow) };
}

function goalRow({ goal, limit, unit, measured, verdict }: Verdict): string[] {
  const value = measured === undefined ? '' : `${hundredths(measured)} ${unit}`.trim();
  return [goal, `${limit} ${unit}`.trim(), value, verdict];
}

/** With padded columns: text is left-aligned, figures are right-aligned. */
export function asText({ title, head, rows }: Table): string {
  const widths = head.map((name, column) => Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) =>
        isText(rows, column) ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  return `${title}\n\n${[head, ...rows].map((cells) => `  ${line(cells)}\n`).join('')}`;
}

export function asMarkdown({ title, head, rows }: Table): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;
  const rule = head.map((_, column) => (isText(rows, column) ? '---' : '--:'));
  return `## ${title}\n\n${[head, rule, ...rows].map(line).join('')}`;
}

function isText(rows: readonly (readonly string[])[], column: number): boolean {
  return rows.some((row) => /^(?!-\d)[^\d.\s]/.test(row[column] ?? ''));
}
