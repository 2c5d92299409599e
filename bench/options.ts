/**
 * @module
 * The command line of `npm run bench`.
 */
import { parseArgs } from 'node:util';
import { type Message, type RunOptions, readWith, runOptionsOf } from './command.ts';
import { fixedRateRows } from './fixed-rate.ts';
import { comparedRow, ownRows, type Row } from './rows.ts';
import { streamsRows } from './streams.ts';

/** The parts of a run in addition to the rows, each with the rows that it needs. */
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

Measures the cost of a request behind a real Envoy on this machine: CPU time of the server's process alone, latency,
memory, start-up. Takes some minutes; do not use the machine meanwhile.

  --only NAME,NAME        only these rows and parts (see --list), the rows that these parts need, and compared servers
  --server NAME=COMMAND   another server to compare with: a command, split at spaces, that serves ExternalProcessor at the
                          unix socket {socket} or on 127.0.0.1:{port}. The goals use servers named go and rust. A server
                          with {port} is compared with the rows over TCP.
  --against COMMIT        builds that commit in a separate folder and measures its servers in turns with ours: the ratio of
                          our cost to its cost, with a 95 % confidence interval. Measures rows only, no other part.
  --rounds N              number of rounds (default 45)
  --json FILE             writes all figures
  --write FILE            writes the tables as Markdown, such as bench/RESULTS.md
  --quick                 a few requests each, to check that everything runs; the figures are not meaningful
  --list                  lists rows and parts
  --help                  this text`;

export interface Options extends RunOptions {
  readonly rows: readonly Row[];
  readonly compared: readonly Row[];
  readonly parts: ReadonlySet<Part>;
  readonly against: string | undefined;
}

export const readOptions = readWith(optionsOf, help);

/** @throws Error for an invalid argument */
function optionsOf(args: readonly string[]): Options | Message {
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
  if (values.help) return { text: help, isError: false };
  if (values.list) return { text: names().join('\n'), isError: false };
  const wanted = values.only === undefined ? undefined : new Set(values.only.split(','));
  const unknown = [...(wanted ?? [])].filter((name) => !names().includes(name));
  if (unknown.length > 0) throw new Error(`There is no row or part named ${unknown.join(', ')}. See --list.`);
  const chosen = partsOf(wanted, values.against);
  const needed = new Set(chosen.flatMap((part): readonly string[] => parts[part]));
  return {
    ...runOptionsOf(values),
    rows: ownRows.filter(({ name }) => wanted === undefined || wanted.has(name) || needed.has(name)),
    compared: values.server.map(comparedOf),
    parts: new Set(chosen),
    against: values.against,
  };
}

function partsOf(wanted: ReadonlySet<string> | undefined, against: string | undefined): Part[] {
  const named = partNames.filter((part) => wanted?.has(part));
  if (against === undefined) return wanted === undefined ? partNames : named;
  if (named.length > 0) throw new Error(`--against measures rows only. Remove ${named.join(', ')} from --only.`);
  return [];
}

function names(): string[] {
  return [...ownRows.map(({ name }) => name), ...partNames];
}

function comparedOf(text: string): Row {
  const row = comparedRow(text);
  if (row === undefined)
    throw new Error(`--server takes NAME=COMMAND with {socket} or {port} in the command, not ${text}.`);
  if (ownRows.some(({ name }) => name === row.name))
    throw new Error(`The benchmark already has a row named ${row.name}. Choose another name.`);
  return row;
}
