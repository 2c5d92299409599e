/**
 * @module
 * `npm run rotate-under-load`: three processes that restart in turn, whose keys are rotated 20 times, and verifiers with
 * a cache of five minutes. `--help` lists the options.
 */
import { parseArgs } from 'node:util';
import { noFakeTime } from '../harness/fake-time.ts';
import { type Outcome, runRotations } from './run.ts';

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

function report(outcome: Outcome, rotations: number): void {
  for (const [name, value] of Object.entries(outcome)) {
    process.stdout.write(`${name.padEnd(18)} ${Array.isArray(value) ? value.join('\n  ') : value}\n`);
  }
  const isRight =
    outcome.refused === 0 &&
    outcome.complaints.length === 0 &&
    outcome.refusedByControl > 0 &&
    outcome.keys === rotations + 1;
  process.stdout.write(isRight ? 'No token was refused.\n' : 'WRONG: see above.\n');
  process.exitCode = isRight ? 0 : 1;
}

if (given.help) process.stdout.write(help);
else if (noFakeTime !== undefined) {
  process.stderr.write(`The clock cannot be moved: ${noFakeTime}.\n`);
  process.exitCode = 2;
} else {
  const rotations = Number(given.rotations);
  const maxAge = given['max-age'];
  const outcome = await runRotations({
    seed: Number(given.seed),
    kind: given.key === 'directory' ? 'directory' : 'versions',
    rotations,
    step: Number(given.step) * 1000,
    rest: 2_000,
    ...(maxAge === undefined ? {} : { maxAge }),
  });
  report(outcome, rotations);
}
