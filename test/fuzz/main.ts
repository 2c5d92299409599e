/**
 * @module
 * `npm run fuzz`: new inputs for the fuzz targets, guided by the code that they cover.
 */
import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { endWithNpm } from '../../src/cli/parent.ts';
import { checkInput } from './check-input.ts';
import { type FuzzRun, fuzz } from './fuzz.ts';
import { type Fuzzer, installedFuzzer, NoFuzzer } from './fuzzer.ts';
import { fuzzTarget, fuzzTargets } from './index.ts';

const usage = `Usage: npm run fuzz [NAME…] -- [--seconds N] [--seed S] [--keep]
       npm run fuzz NAME -- --input FILE

Tries new inputs on each target, or on those that are named, and ends with 1 if one of them is a finding.

  --seconds N   how long each target is tried (default: 60)
  --seed S      where the random numbers begin (default: a random seed, which is printed)
  --keep        puts what covers most of the code in the fewest bytes into test/fuzz/corpus/
  --input FILE  tries this one input, in code that is not instrumented
  --help        this text, and the targets

Without a fuzzer for this machine it ends with 3.`;

class UsageError extends Error {}

async function help(): Promise<string> {
  const lines: string[] = [];
  for (const name of Object.keys(fuzzTargets)) lines.push(`  ${name.padEnd(22)}${(await fuzzTarget(name)).property}`);
  return `${usage}\n\nThe targets:\n${lines.join('\n')}`;
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        seconds: { type: 'string', default: '60' },
        seed: { type: 'string' },
        keep: { type: 'boolean', default: false },
        input: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function whole(option: string, text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new UsageError(`${option} takes a whole number above 0, not ${text}.`);
  return Number(text);
}

const print = (line: string): void => void process.stdout.write(`${line}\n`);

async function tryOne(names: readonly string[], file: string): Promise<number> {
  const [name] = names;
  if (name === undefined || names.length > 1) throw new UsageError('--input takes the name of one target.');
  await checkInput(await fuzzTarget(name), readFileSync(file));
  print(`${name}: the input is no finding`);
  return 0;
}

async function runAll(fuzzer: Fuzzer, names: readonly string[], run: FuzzRun): Promise<number> {
  let findings = 0;
  for (const name of names) {
    const { line, finding } = await fuzz(fuzzer, name, run);
    print(line);
    if (finding !== undefined) {
      findings += 1;
      print(finding);
    }
  }
  return findings === 0 ? 0 : 1;
}

async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parse(args);
  if (values.help) {
    print(await help());
    return 0;
  }
  const names = positionals.length === 0 ? Object.keys(fuzzTargets) : positionals;
  const unknown = names.find((name) => !Object.hasOwn(fuzzTargets, name));
  if (unknown !== undefined) {
    throw new UsageError(`There is no target ${unknown}. Name one of: ${Object.keys(fuzzTargets).join(', ')}.`);
  }
  if (values.input !== undefined) return tryOne(names, values.input);
  const seconds = whole('--seconds', values.seconds);
  const seed = values.seed === undefined ? randomInt(1, 2 ** 31) : whole('--seed', values.seed);
  return runAll(await installedFuzzer(), names, { seconds, seed, keeps: values.keep });
}

endWithNpm(process.env);
try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UsageError || error instanceof NoFuzzer)) throw error;
  process.stderr.write(error instanceof UsageError ? `${error.message}\n\n${usage}\n` : `${error.message}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 3;
}
