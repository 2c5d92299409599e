/**
 * @module
 * `npm run search`: one search, whole or a share of it.
 */
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { endWithNpm } from '../../src/cli/parent.ts';
import { searches } from './index.ts';
import { Effort, Finding, type Search, shareSeconds, skippedShare } from './search.ts';

async function help(): Promise<string> {
  const lines: string[] = [];
  for (const load of Object.values(searches)) {
    const { name, property } = (await load()).search;
    lines.push(`  ${name.padEnd(18)}${property}`);
  }
  return `${usage}\n\nThe searches:\n${lines.join('\n')}`;
}

/** Any number, as long as it is the same. */
const shareSeed = 20261130;

const usage = `Usage: npm run search NAME -- [--inputs N] [--seed S] [--seconds N] [--share]

Tries random inputs against one property, and ends with 1 at the first input that breaks it.

  --inputs N  how many inputs (default: the search's own number)
  --seed S    where the random numbers begin (default: a random seed, which is printed; with --share ${shareSeed})
  --seconds N how long new inputs are begun (default: until all are tried)
  --share     what npm test tries: fewer inputs, for ${shareSeconds} seconds at most
  --help      this text, and the searches`;

class UsageError extends Error {}

interface Wanted {
  readonly search: Search;
  readonly effort: Effort;
  readonly isShare: boolean;
}

async function asked(args: readonly string[]): Promise<Wanted | undefined> {
  const { values, positionals } = parse(args);
  if (values.help || positionals.length === 0) return undefined;
  const [name = ''] = positionals;
  const load = Object.hasOwn(searches, name) ? searches[name] : undefined;
  if (load === undefined || positionals.length > 1) {
    const names = Object.keys(searches).join(', ');
    throw new UsageError(`There is no search ${positionals.join(' ')}. Name one of: ${names}.`);
  }
  const { search } = await load();
  const inputs = values.inputs === undefined ? undefined : whole('--inputs', values.inputs);
  const seed = values.seed === undefined ? defaultSeed(values.share) : whole('--seed', values.seed);
  const most = inputs ?? (values.share ? search.share : search.inputs);
  const seconds = values.seconds === undefined ? defaultSeconds(values.share) : whole('--seconds', values.seconds);
  const began = performance.now();
  const effort = new Effort(seed, most, seconds, (tried) => {
    process.stderr.write(`${search.name}: ${tried} of ${most} inputs, ${since(began)} s\n`);
  });
  return { search, effort, isShare: values.share };
}

/** A share tries the same inputs again, so that a failure comes from the change that is tested. */
function defaultSeed(isShare: boolean): number {
  return isShare ? shareSeed : randomInt(2 ** 31);
}

function defaultSeconds(isShare: boolean): number {
  return isShare ? shareSeconds : Number.POSITIVE_INFINITY;
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        inputs: { type: 'string' },
        seed: { type: 'string' },
        seconds: { type: 'string' },
        share: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function whole(option: string, text: string): number {
  if (!/^\d{1,10}$/.test(text)) throw new UsageError(`${option} takes a whole number, not ${text}.`);
  return Number(text);
}

function since(began: number): string {
  return ((performance.now() - began) / 1000).toFixed(1);
}

/** What `npm test` asks for is skipped; what somebody asks for fails. */
function lacking({ search, isShare }: Wanted, missing: string): number {
  process.stdout.write(`${skippedShare}${search.name}: ${missing}\n`);
  return isShare ? 0 : 2;
}

async function run(search: Search, effort: Effort): Promise<number> {
  const began = performance.now();
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  try {
    const summary = await search.run(effort);
    const counted = `${search.name}: ${effort.tried} inputs in ${since(began)} s, seed ${effort.seed}`;
    print(summary === '' ? counted : `${counted}; ${summary}`);
    if (effort.tried > 0) return 0;
    print('Nothing was tried.');
  } catch (error) {
    if (!(error instanceof Finding)) throw error;
    print(`${search.name} broke at input ${effort.tried - 1}, seed ${effort.seed}: ${search.property}`);
    print(error.message);
    print(`Again: npm run search ${search.name} -- --seed ${effort.seed} --inputs ${effort.tried}`);
  }
  return 1;
}

endWithNpm(process.env);
try {
  const wanted = await asked(process.argv.slice(2));
  const missing = await wanted?.search.missing?.();
  if (wanted === undefined) process.stdout.write(`${await help()}\n`);
  else if (missing !== undefined) process.exitCode = lacking(wanted, missing);
  else process.exitCode = await run(wanted.search, wanted.effort);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`${error.message}\n\n${usage}\n`);
  process.exitCode = 2;
}
