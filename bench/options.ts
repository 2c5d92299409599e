/**
 * @module
 * The command line of `npm run bench`.
 */
import { parseArgs } from 'node:util';
import { type Effort, quick, whole } from './effort.ts';
import { fixedRateRows } from './fixed-rate.ts';
import { ownRows, type Row, serverRow } from './rows.ts';
import { streamsRows } from './streams.ts';

/** What is measured beside the rows, each with the rows that it needs. */
const parts = {
  'fixed-rate': fixedRateRows,
  latency: ['RS256-reused'],
  policies: [],
  streams: streamsRows,
  'start-up': [],
} as const;

export type Part = keyof typeof parts;
const partNames = Object.keys(parts) as Part[];

export const help = `Usage: npm run bench -- [--only NAME,NAME] [--server NAME=COMMAND]… [--against COMMIT] [--rounds N]
                        [--json FILE] [--write FILE] [--quick]

Measures what a request costs behind a real Envoy, on this machine, now: CPU time of the server's process alone,
latency, memory, start-up. Takes some minutes; stay off the machine meanwhile.

  --only NAME,NAME      measures only these rows and parts (--list shows them), the rows that these parts need, and the
                        compared servers
  --server NAME=COMMAND compares with another server: a command, split at spaces, that serves ExternalProcessor on the
                        unix socket {socket} or on 127.0.0.1:{port}. The goals are about servers named go and rust. A
                        server with a port is compared with the rows over TCP.
  --against COMMIT      builds that commit in a separate folder, alternates its servers with ours, and prints our cost
                        as a ratio to it, with the 95 % confidence interval; only for rows, not for other parts
  --rounds N            how often each is measured, alternating with the others (default 45)
  --json FILE           writes all figures
  --write FILE          writes the tables as Markdown, such as bench/RESULTS.md
  --quick               sends a few requests each, to show that everything runs; the figures mean nothing
  --list                lists rows and parts
  --help                prints this text`;

export interface Options {
  readonly quick: boolean;
  readonly effort: Effort;
  readonly rows: readonly Row[];
  /** The other servers. */
  readonly compared: readonly Row[];
  readonly parts: ReadonlySet<Part>;
  readonly against: string | undefined;
  readonly json: string | undefined;
  readonly page: string | undefined;
}

/** Something to print and no more. */
export interface Said {
  readonly text: string;
  readonly wrong: boolean;
}

export function readOptions(args: readonly string[]): Options | Said {
  try {
    return optionsOf(args);
  } catch (error) {
    return { text: `${error instanceof Error ? error.message : String(error)}\n\n${help}`, wrong: true };
  }
}

/** @throws Error saying what is wrong */
function optionsOf(args: readonly string[]): Options | Said {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      server: { type: 'string', multiple: true, default: [] },
      against: { type: 'string' },
      rounds: { type: 'string' },
      json: { type: 'string' },
      write: { type: 'string' },
      quick: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return { text: help, wrong: false };
  if (values.list) return { text: names().join('\n'), wrong: false };
  const wanted = values.only === undefined ? undefined : new Set(values.only.split(','));
  const unknown = [...(wanted ?? [])].filter((name) => !names().includes(name));
  if (unknown.length > 0) throw new Error(`There is no row or part ${unknown.join(', ')}.`);
  const effort = values.quick ? quick : whole;
  const chosen = partsOf(wanted, values.against);
  const needed = new Set(chosen.flatMap((part): readonly string[] => parts[part]));
  return {
    quick: values.quick,
    effort: { ...effort, rounds: values.rounds === undefined ? effort.rounds : countOf(values.rounds) },
    rows: ownRows.filter(({ name }) => wanted === undefined || wanted.has(name) || needed.has(name)),
    compared: values.server.map(rowOf),
    parts: new Set(chosen),
    against: values.against,
    json: values.json,
    page: values.write,
  };
}

function partsOf(wanted: ReadonlySet<string> | undefined, against: string | undefined): Part[] {
  const named = partNames.filter((part) => wanted?.has(part));
  if (against === undefined) return wanted === undefined ? partNames : named;
  if (named.length > 0) throw new Error(`--against compares rows; ${named.join(', ')} is another part of a run.`);
  return [];
}

function countOf(text: string): number {
  if (!/^[1-9]\d{0,2}$/.test(text)) throw new Error(`--rounds takes a number from 1 to 999, not ${text}.`);
  return Number(text);
}

function names(): string[] {
  return [...ownRows.map(({ name }) => name), ...partNames];
}

function rowOf(text: string): Row {
  const row = serverRow(text);
  if (row === undefined)
    throw new Error(`--server takes NAME=COMMAND with {socket} or {port} in the command, not ${text}.`);
  if (ownRows.some(({ name }) => name === row.name)) throw new Error(`${row.name} is a row of the benchmark itself.`);
  return row;
}
