/**
 * @module
 * `npm run soak`: hours of mixed requests, drawn and judged. `--help` lists the options.
 */
import { execFileSync } from 'node:child_process';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { project } from '../harness/stack.ts';
import { draw } from './draw.ts';
import { bounds, fewestMinutes, judge, lineOf, type Verdict } from './flatness.ts';
import { type Outcome, runSoak } from './run.ts';
import type { Sample } from './sample.ts';

const help = `npm run soak -- [OPTIONS]

Sends mixed requests through a real Envoy to the built mintproc, with policies of the three dialects and both filters,
while policies are reloaded every few seconds, keys rotated, bad configurations refused and connections dropped. Fails
if an answer is not as expected, a request reaches the upstream without its token, or a figure rises.

  --minutes N       default 5
  --rate N          requests a second; default 100
  --workers N       worker processes; default 1: the process serves itself
  --seed N          default 1
  --svg FILE        draws the samples
  --samples FILE    keeps the samples, a line of JSON each second
  --draw FILE       only draws and judges the samples in this file

It ends early, with its picture, at an interrupt (Ctrl-C).
`;

const { values: given } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    rate: { type: 'string', default: '100' },
    workers: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
    svg: { type: 'string' },
    samples: { type: 'string' },
    draw: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

/** @throws Error if it is not a whole number from `least` to `most` */
function whole(name: 'minutes' | 'rate' | 'workers' | 'seed', least: number, most: number): number {
  const number = Number(given[name]);
  const isRight = Number.isSafeInteger(number) && number >= least && number <= most;
  if (!isRight) throw new Error(`--${name} must be a whole number from ${least} to ${most}.`);
  return number;
}

const print = (line: string): void => void process.stdout.write(`${line}\n`);

function printVerdict({ figure, from, to, most, result }: Verdict): void {
  const { name, unit } = bounds[figure];
  const [begin, end] = [from, to].map((value) => `${value.toFixed(1)} ${unit}`.trim());
  print(`${result.padEnd(10)} ${name.padEnd(24)} ${begin} → ${end}, may rise by ${most.toFixed(1)} ${unit}`.trimEnd());
}

/** @returns whether all is flat */
function conclude(samples: readonly Sample[]): boolean {
  const verdicts = judge(samples);
  for (const verdict of verdicts) printVerdict(verdict);
  const load = lineOf(samples, (sample) => sample.load);
  if (load !== undefined) print(`load average ${load.median.toFixed(1)} on ${availableParallelism()} processors`);
  if (given.svg !== undefined) writeFileSync(given.svg, draw(samples, verdicts));
  return verdicts.length > 0 && verdicts.every(({ result }) => result !== 'rises');
}

function report(outcome: Outcome): boolean {
  const { requests, tokens, reloads, refusedReloads, rotations, dropped, problems } = outcome;
  print(`${requests} requests, ${tokens} tokens checked, ${problems.length} kinds of problems`);
  print(`${reloads} reloads, ${refusedReloads} refused ones, ${rotations} rotations, ${dropped} dropped connections`);
  for (const problem of problems) print(`WRONG: ${problem}`);
  return problems.length === 0;
}

/** @throws if it cannot be built */
function build(): void {
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: project, stdio: ['ignore', 'ignore', 'inherit'] });
}

function sampled(sample: Sample): void {
  if (given.samples !== undefined) appendFileSync(given.samples, `${JSON.stringify(sample)}\n`);
  if (sample.at % 60 !== 0) return;
  const { at, requests, failures, resident, descriptors, p50, load } = sample;
  const parts = [`${at / 60} min`, `${requests} requests/s`, `${failures} failures`, `${resident.toFixed(1)} MB`];
  print([...parts, `${descriptors} descriptors`, `p50 ${p50?.toFixed(1)} ms`, `load ${load.toFixed(1)}`].join(', '));
}

function noticed(problem: string): void {
  print(`${new Date().toISOString()} WRONG: ${problem}`);
}

async function soak(): Promise<boolean> {
  const [minutes, rate] = [whole('minutes', fewestMinutes, 10_000), whole('rate', 1, 10_000)];
  const end = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => end.abort());
  build();
  if (given.samples !== undefined) writeFileSync(given.samples, '');
  const options = { minutes, rate, workers: whole('workers', 1, 64), seed: whole('seed', 1, 2 ** 32) };
  const outcome = await runSoak({ ...options, signal: end.signal, sampled, noticed });
  const isRight = report(outcome);
  return conclude(outcome.samples) && isRight;
}

function kept(file: string): readonly Sample[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line.endsWith('}')).map((line) => JSON.parse(line) as Sample);
}

if (given.help) process.stdout.write(help);
else process.exitCode = (given.draw === undefined ? await soak() : conclude(kept(given.draw))) ? 0 : 1;
