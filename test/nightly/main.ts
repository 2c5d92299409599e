/**
 * @module
 * `npm run nightly`: what takes too long for every change. A line for each item, and the count at the end.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { endWithNpm } from '../../src/cli/parent.ts';
import { markdownTable } from '../../src/documents/write-markdown.ts';
import { Tally } from '../runner/tally.ts';
import type { Item } from './item.ts';
import { items } from './items.ts';
import { type Result, runItem } from './run-item.ts';

const usage = `Usage: npm run nightly -- [--only NAME]… [--minutes N] [--summary FOLDER]

Runs all searches whole, fuzzes every target, compares with other programs and other versions, and runs the long scripts.
A failure does not end the run. What cannot run here is skipped, with the reason.

  --only NAME       only this item, or all whose names begin with NAME/, such as fuzz
  --minutes N       about how long what has no end of its own may take together: searches, fuzzing, comparisons, hostile
                    requests, the soak, mutants (default: as long as they take; a fuzz target 5 minutes, mutants of an
                    area 220)
  --summary FOLDER  where summary.json, summary.md and the output of each item go (default: .cache/nightly/summary)
  --list            the names, as JSON
  --jobs            the values of --only for jobs that run side by side, as JSON
  --help            this text`;

class UsageError extends Error {}

const root = join(import.meta.dirname, '..', '..');
const print = (line: string): void => void process.stdout.write(`${line}\n`);

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        only: { type: 'string', multiple: true, default: [] },
        minutes: { type: 'string' },
        summary: { type: 'string', default: join(root, '.cache', 'nightly', 'summary') },
        list: { type: 'boolean', default: false },
        jobs: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function chosen(only: readonly string[]): readonly Item[] {
  if (only.length === 0) return items;
  const isNamed = ({ name }: Item, wanted: string): boolean => name === wanted || name.startsWith(`${wanted}/`);
  const unknown = only.find((wanted) => !items.some((item) => isNamed(item, wanted)));
  if (unknown !== undefined) throw new UsageError(`There is no item ${unknown}. --list prints the names.`);
  return items.filter((item) => only.some((wanted) => isNamed(item, wanted)));
}

/** A search, and the mutants of an area, take hours if they are whole, so each has a job. Others share one. */
function jobs(): readonly string[] {
  const names = items.map(({ name }) => (/^(?:search|mutation)\//.test(name) ? name : (name.split('/')[0] ?? name)));
  return [...new Set(names)];
}

/** Seconds that a timed item gets at least: most need some to start. */
const leastSeconds = 5;

function secondsEach(wanted: readonly Item[], minutes: string | undefined): number | undefined {
  if (minutes === undefined) return undefined;
  if (!/^[1-9]\d{0,4}$/.test(minutes)) throw new UsageError(`--minutes takes a whole number, not ${minutes}.`);
  const timed = wanted.filter(({ isTimed }) => isTimed).length;
  return Math.max(leastSeconds, Math.floor((Number(minutes) * 60) / Math.max(1, timed)));
}

function count(tally: Tally, { name, outcome, seconds, figures }: Result): void {
  if (outcome === 'skipped') tally.skip(name, figures);
  else if (outcome === 'failed') tally.fail(`${name} (${seconds} s)`, figures);
  else {
    tally.pass();
    tally.say(`ok ${name} (${seconds} s): ${figures}`);
  }
}

function writeSummary(folder: string, results: readonly Result[], summary: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'summary.json'), `${JSON.stringify({ summary, results }, undefined, 2)}\n`);
  const rows = results.map(({ name, outcome, seconds, figures }) => {
    const [first = ''] = figures.split('\n', 1);
    return [name, outcome, String(seconds), first.replaceAll('|', '\\|')];
  });
  const table = markdownTable(['Item', 'Outcome', 'Seconds', 'Figures'], rows);
  writeFileSync(join(folder, 'summary.md'), `${[summary, '', ...table].join('\n')}\n`);
}

async function main(args: readonly string[]): Promise<number> {
  const options = parse(args);
  if (options.help) {
    print(usage);
    return 0;
  }
  if (options.list || options.jobs) {
    print(JSON.stringify(options.jobs ? jobs() : items.map(({ name }) => name)));
    return 0;
  }
  const wanted = chosen(options.only);
  const seconds = secondsEach(wanted, options.minutes);
  const tally = new Tally(print);
  const results: Result[] = [];
  for (const item of wanted) {
    const result = await runItem(item, { root, seconds, folder: options.summary, print });
    results.push(result);
    count(tally, result);
    // After each item, since a night may be cut short.
    writeSummary(options.summary, results, tally.summary);
  }
  print(tally.summary);
  return tally.ok || (tally.failed === 0 && tally.skipped > 0) ? 0 : 1;
}

endWithNpm(process.env);
try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`${error.message}\n\n${usage}\n`);
  process.exitCode = 2;
}
