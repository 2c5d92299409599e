/**
 * @module
 * `npm run faults`: random faults of processes and of what is around them, under load. `--help` lists the options.
 */
import { parseArgs } from 'node:util';
import { Dice } from '../../search/dice.ts';
import type { Fault } from './fault.ts';
import { play, type Result, slowness } from './play.ts';
import { Stage } from './stage.ts';
import { faults } from './table.ts';

const help = `npm run faults -- [OPTIONS]

Sends mixed requests through a real Envoy with both filters while something goes wrong, and prints a line for each fault.
Every request at the upstream must have its own token, every refusal must be explicit, and service must be back within a
second after the fault; a busy machine gets as much longer as it has more to do than processors, up to five seconds.

  --only NAME       only the faults whose name contains it
  --minutes N       repeats them in random order for N minutes; default: each once
  --seed N          default 1
  --list            only lists the faults
`;

const { values: given } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    minutes: { type: 'string', default: '0' },
    seed: { type: 'string', default: '1' },
    list: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

/** @throws Error if it is not a whole number from 0 to `most` */
function whole(name: 'minutes' | 'seed', most: number): number {
  const number = Number(given[name]);
  const isRight = Number.isSafeInteger(number) && number >= 0 && number <= most;
  if (!isRight) throw new Error(`--${name} must be a whole number from 0 to ${most}.`);
  return number;
}

const names = Object.keys(faults).filter((name) => name.includes(given.only));
const count = { passed: 0, failed: 0, skipped: 0 };
const print = (line: string): void => void process.stdout.write(`${line}\n`);
const signed = (value: number, digits = 0): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(digits)}`;

function line(name: string, result: Result): string {
  const refusals = Object.entries(result.refused).map(([key, times]) => `${times} ${key}`);
  const refused = refusals.length === 0 ? 'none refused' : `refused: ${refusals.join(', ')}`;
  return [
    `${result.problems.length === 0 ? 'ok    ' : 'not ok'} ${name.padEnd(22)} ${result.requests} requests`,
    refused,
    `longest ${result.longest.toFixed(0)} ms`,
    `back after ${result.back.toFixed(0)} ms`,
    `reload in ${result.reload.toFixed(0)} ms`,
    `${signed(result.growth.descriptors)} descriptors`,
    `${signed(result.growth.resident, 1)} MB`,
  ].join('; ');
}

/** A fault that cannot be made to its end has failed, and the next one is made. */
async function played(stage: Stage, fault: Fault): Promise<Result | undefined> {
  try {
    return await play(stage, fault);
  } catch (error) {
    print(`       WRONG: ${error instanceof Error ? error.message : String(error)}`);
    await stage.endLoad();
    return undefined;
  }
}

async function one(stage: Stage, name: string): Promise<void> {
  const fault = faults[name];
  if (fault === undefined) return;
  if (fault.missing !== undefined) {
    count.skipped += 1;
    print(`skip   ${name.padEnd(22)} ${fault.missing}`);
    return;
  }
  const result = await played(stage, fault);
  if (result === undefined) {
    count.failed += 1;
    return print(`not ok ${name}`);
  }
  count[result.problems.length === 0 ? 'passed' : 'failed'] += 1;
  print(line(name, result));
  for (const problem of result.problems) print(`       WRONG: ${problem}`);
}

async function all(): Promise<void> {
  const [seed, minutes] = [whole('seed', 2 ** 32), whole('minutes', 1440)];
  const dice = new Dice(seed);
  await using stage = await Stage.create(seed);
  const until = performance.now() + minutes * 60_000;
  do {
    const left = [...names];
    // In an order by chance, unless each comes once.
    while (left.length > 0) {
      const [name = ''] = left.splice(minutes === 0 ? 0 : dice.roll(left.length), 1);
      await one(stage, name);
    }
  } while (performance.now() < until);
}

if (given.help) process.stdout.write(help);
else if (given.list) for (const name of names) print(`${name.padEnd(22)} ${faults[name]?.what}`);
else {
  if (names.length === 0) throw new Error('No fault has this in its name; --list lists them.');
  await all();
  if (slowness() > 1) print(`This machine is busy: times may be ${slowness().toFixed(1)} times as long.`);
  print(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
  process.exitCode = count.failed === 0 ? 0 : 1;
}
