/**
 * @module
 * The command line of `npm run whole-cost`.
 */
import { parseArgs } from 'node:util';
import { type Message, type RunOptions, readWith, runOptionsOf } from '../command.ts';
import { full } from '../effort.ts';
import { type Way, ways, waysNamed } from './ways.ts';

const help = `Usage: npm run whole-cost -- [--heimdall FILE] [--only NAME,NAME] [--rounds N] [--json FILE]
                             [--write FILE] [--quick]

Measures the CPU time of Envoy and of mintproc together, and the latency, for each way in which a request can get its
token: ext_proc, ext_authz, reuse in mintproc, reuse in Envoy, a constant token by SDS. Takes some twenty minutes; do not
use the machine meanwhile.

  --heimdall FILE     the program of heimdall, to compare with; without it, heimdall is not measured
  --only NAME,NAME    only these ways, and those that they are compared with: ${ways.map(({ name }) => name).join(', ')}
  --rounds N          number of rounds at the maximum rate (default ${full.rounds})
  --json FILE         writes all figures
  --write FILE        writes the tables into this page, in place of those of an earlier run: bench/RESULTS.md
  --quick             a few requests each, to check that everything runs; the figures are not meaningful
  --help              this text`;

export interface Options extends RunOptions {
  readonly ways: readonly Way[];
  /** Why ways are not measured, one sentence each. */
  readonly skipped: readonly string[];
  readonly heimdall: string | undefined;
}

export const readOptions = readWith(optionsOf, help);

/** @throws Error for an invalid argument */
function optionsOf(args: readonly string[]): Options | Message {
  const { values } = parseArgs({
    args: [...args],
    options: {
      heimdall: { type: 'string' },
      only: { type: 'string' },
      rounds: { type: 'string' },
      json: { type: 'string' },
      write: { type: 'string' },
      quick: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return { text: help, isError: false };
  const names = values.only?.split(',');
  const unknown = names?.filter((name) => !ways.some((way) => way.name === name)) ?? [];
  if (unknown.length > 0) throw new Error(`There is no way named ${unknown.join(', ')}.`);
  const wanted = waysNamed(names);
  const usesHeimdall = ({ by }: Way): boolean => by.kind === 'heimdall';
  return {
    ...runOptionsOf(values),
    ways: values.heimdall === undefined ? wanted.filter((way) => !usesHeimdall(way)) : wanted,
    skipped:
      values.heimdall === undefined && wanted.some(usesHeimdall)
        ? ['heimdall is not measured: --heimdall names its program.']
        : [],
    heimdall: values.heimdall,
  };
}
