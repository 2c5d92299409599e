/**
 * @module
 * `npm run rotate-under-load`: three processes that restart in turn, whose keys are rotated 20 times, and verifiers with
 * a cache of five minutes. `--help` lists the options.
 */
import { parseArgs } from 'node:util';
import { noFakeTime } from '../harness/fake-time.ts';
import { faults, longestStep, type Outcome, runRotations } from './run.ts';

const help = `npm run rotate-under-load -- [OPTIONS]

  --rotations N     default 20
  --key KIND        versions (default) or directory: where the keys are
  --seed N          default 1
  --step SECONDS    how far the clock moves with each round of requests, ten of which are sent a second; default 6
  --max-age TIME    what the configuration says of the verifiers' cache, which is five minutes; default 5m.
                    With 1s, tokens are refused.
`;

const { values: given } = parseArgs({
  options: {
    rotations: { type: 'string', default: '20' },
    key: { type: 'string', default: 'versions' },
    seed: { type: 'string', default: '1' },
    step: { type: 'string', default: '6' },
    'max-age': { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

/** @throws Error if it is not a whole number from 1 to `most` */
function positive(name: 'rotations' | 'seed' | 'step', most: number): number {
  const number = Number(given[name]);
  const isRight = Number.isSafeInteger(number) && number > 0 && number <= most;
  if (!isRight) throw new Error(`--${name} must be a whole number from 1 to ${most}.`);
  return number;
}

/** @throws Error if the option has another value */
function kind(): 'versions' | 'directory' {
  const { key } = given;
  if (key !== 'versions' && key !== 'directory') throw new Error('--key must be `versions` or `directory`.');
  return key;
}

function report(outcome: Outcome, rotations: number): void {
  for (const [name, value] of Object.entries(outcome)) {
    process.stdout.write(`${name.padEnd(18)} ${Array.isArray(value) ? value.join('\n  ') : value}\n`);
  }
  const wrong = faults(outcome, rotations);
  process.stdout.write(wrong.length === 0 ? 'No token was refused.\n' : `WRONG: ${wrong.join(' ')}\n`);
  process.exitCode = wrong.length === 0 ? 0 : 1;
}

if (given.help) process.stdout.write(help);
else if (noFakeTime !== undefined) {
  process.stderr.write(`The clock cannot be moved: ${noFakeTime}.\n`);
  process.exitCode = 2;
} else {
  const rotations = positive('rotations', 1000);
  const maxAge = given['max-age'];
  const outcome = await runRotations({
    seed: positive('seed', 2 ** 32),
    kind: kind(),
    rotations,
    step: positive('step', longestStep) * 1000,
    rest: 2_000,
    ...(maxAge === undefined ? {} : { maxAge }),
  });
  report(outcome, rotations);
}
