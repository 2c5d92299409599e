/**
 * @module
 * `npm run mutation`: whether the tests notice when the code is changed (docs/decisions/0104). `--help` lists the
 * options.
 */
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { endWithNpm } from '../../src/cli/parent.ts';
import { Dice } from '../search/dice.ts';
import { type Area, areas } from './areas.ts';
import { changeOf, explained, isLeft, readEquivalents } from './equivalent.ts';
import { cache, canMutate, instrumenter, type Mutant, mutate } from './mutants.ts';
import { type Outcome, select, tryAll } from './trial.ts';
import { Worker } from './worker.ts';

const help = `npm run mutation -- [OPTIONS]

Changes the code in one place at a time, and counts the changes that make a test fail. Ends with 1 if an area is below
its percentage, or if an entry of test/mutation/equivalent.yaml does not apply.

  --area NAME     one of ${Object.keys(areas).join(', ')}, or all (the default)
  --file PART     only the sources whose path contains this
  --sample N      so many mutants of each area, chosen at random
  --again         only the mutants of .cache/mutation/AREA.txt, which survived the last run
  --seed S        for the choice; default 1
  --minutes N     begin no more mutants of an area after this time; what was tried is a random part
  --processes N   default 2
  --help          this text

The mutants are made by ${instrumenter}, which is not a dependency of the project. Without it, this
ends with 3. To install it:
  npm install --prefix .cache/mutation --ignore-scripts ${instrumenter}`;

const root = join(import.meta.dirname, '..', '..');

interface Wanted {
  readonly file: string;
  readonly sample: number | undefined;
  readonly seed: number;
  readonly processes: number;
  readonly minutes: number;
  /** Whether only the survivors of the last run are tried. */
  readonly again: boolean;
}

/** @returns the number of problems */
async function runArea(name: string, area: Area, wanted: Wanted): Promise<number> {
  const began = performance.now();
  const sources = filesOf(area.sources).filter((file) => file.includes(wanted.file));
  const sample = wanted.sample ?? area.sample;
  const survived = wanted.again ? survivorsOf(name) : undefined;
  const mutants = await mutate(root, name, sources, (all) =>
    survived === undefined
      ? choose(all, sample, wanted.seed)
      : all.filter((mutant) => survived.has(`${mutant.file} ${mutant.kind}\n${shown(mutant)}`)),
  );
  const settings = { root, folder: mutants.folder, tests: filesOf(area.tests), active: undefined };
  const first = new Worker(settings, 'measuring');
  const unloaded = await first.start();
  const measured = await first.measure();
  first.stop();
  const selections = select(mutants.list, measured);
  say(`${name}: ${mutants.list.length} of ${mutants.all} mutants, ${measured.tests.length} tests`);
  for (const problem of unloaded) say(`  not loaded: ${problem}`);
  for (const { id, reason } of measured.leftOut) say(`  left out: ${id}: ${reason}`);
  const outcomes: Outcome[] = [];
  // In a random order, so that a run that is ended early has tried a sample.
  const queue = untilLate(shuffled(selections, wanted.seed), wanted.minutes);
  await tryAll(settings, queue, measured, wanted.processes, (outcome) => {
    outcomes.push(outcome);
    if (outcomes.length % 50 > 0) return;
    // A long run that is ended early has told something.
    writeSurvivors(name, outcomes, new Set());
    process.stderr.write(`${name}: ${outcomes.length}, ${seconds(began)} s\n`);
  });
  const { outcomes: equivalent, problems } = explained(
    outcomes,
    readEquivalents(),
    wanted.file === '' && outcomes.length === mutants.all,
  );
  const file = writeSurvivors(name, outcomes, new Set(equivalent));
  const count = (kind: Outcome['kind']): number => outcomes.filter((outcome) => outcome.kind === kind).length;
  const detected = count('killed') + count('timeout');
  const percent = (100 * detected) / Math.max(1, outcomes.length - equivalent.length);
  say(
    `${name}: ${percent.toFixed(1)} % of ${outcomes.length} of ${mutants.all}: killed ${count('killed')}, timeout ${count('timeout')}, ` +
      `survived ${count('survived')}, not covered ${count('uncovered')}; equivalent ${equivalent.length}; ` +
      `seed ${wanted.seed}, ${seconds(began)} s; ${file}`,
  );
  for (const problem of problems) say(`  ${problem}`);
  // Of those that survived once, most survive again.
  const isBelow = percent < area.minimum && !wanted.again;
  if (isBelow) say(`  less than ${area.minimum} %`);
  return problems.length + (isBelow ? 1 : 0);
}

function filesOf(patterns: readonly string[]): string[] {
  const [exclude, include] = [true, false].map((isExcluded) =>
    patterns.filter((pattern) => pattern.startsWith('!') === isExcluded),
  );
  const left = new Set((exclude ?? []).flatMap((pattern) => globSync(pattern.slice(1), { cwd: root })));
  return [...new Set((include ?? []).flatMap((pattern) => globSync(pattern, { cwd: root })))]
    .filter((file) => !left.has(file))
    .sort();
}

/** So many of them by chance. */
function choose(all: readonly Mutant[], sample: number | undefined, seed: number): readonly Mutant[] {
  if (sample === undefined || sample >= all.length) return all;
  return shuffled(all, seed).slice(0, sample);
}

function* untilLate<T>(all: readonly T[], minutes: number): Generator<T, void> {
  const end = performance.now() + minutes * 60_000;
  for (const one of all) {
    if (performance.now() >= end) return;
    yield one;
  }
}

function shuffled<T>(all: readonly T[], seed: number): T[] {
  const dice = new Dice(seed);
  return all
    .map((one) => ({ one, drawn: dice.roll(2 ** 32) }))
    .sort((one, other) => one.drawn - other.drawn)
    .map(({ one }) => one);
}

function writeSurvivors(name: string, outcomes: readonly Outcome[], equivalent: ReadonlySet<Outcome>): string {
  const file = join('.cache', 'mutation', `${name}.txt`);
  const lines = outcomes
    .filter((outcome) => isLeft(outcome) && !equivalent.has(outcome))
    .sort((one, other) => Number(one.mutant.id) - Number(other.mutant.id))
    .map(({ mutant, kind, tests }) => {
      const { file: source, line, column, kind: mutation } = mutant;
      const ran = tests.length > 20 ? `${tests.length} tests` : tests.join('; ');
      return `${source}:${line}:${column} ${mutation}, ${kind}\n${shown(mutant)}\n  ran: ${ran}\n`;
    });
  mkdirSync(cache, { recursive: true });
  writeFileSync(join(root, file), lines.join('\n'));
  return file;
}

function shown(mutant: Mutant): string {
  return `  ${mutant.text}\n  ${changeOf(mutant)}`;
}

/** What survived the last run, wherever its line is now. */
function survivorsOf(name: string): ReadonlySet<string> {
  const text = readFileSync(join(cache, `${name}.txt`), 'utf8');
  const entries = text.matchAll(/^(\S+?):\d+:\d+ (\w+), \w+\n( {2}.*\n {2}.*)\n {2}ran: /gm);
  return new Set(Array.from(entries, ([, file, kind, lines]) => `${file} ${kind}\n${lines}`));
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function seconds(began: number): string {
  return ((performance.now() - began) / 1000).toFixed(0);
}

/** @throws Error if it is not a whole number above 0 */
function whole(name: string, text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new Error(`--${name} must be a whole number above 0.`);
  return Number(text);
}

async function main(): Promise<void> {
  const { values: given } = parseArgs({
    options: {
      area: { type: 'string', default: 'all' },
      file: { type: 'string', default: '' },
      sample: { type: 'string' },
      seed: { type: 'string', default: '1' },
      processes: { type: 'string', default: '2' },
      minutes: { type: 'string' },
      again: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (given.help) {
    say(help);
    return;
  }
  const chosen = Object.entries(areas).filter(([name]) => given.area === 'all' || name === given.area);
  if (chosen.length === 0) throw new Error(`--area must be all, ${Object.keys(areas).join(', ')}.`);
  if (!(await canMutate())) {
    say(`SKIPPED mutation: ${instrumenter} is not installed; --help says how to install it`);
    // Nothing was tried, which must not look as if it had been.
    process.exitCode = 3;
    return;
  }
  const wanted = {
    file: given.file,
    sample: given.sample === undefined ? undefined : whole('sample', given.sample),
    seed: whole('seed', given.seed),
    processes: whole('processes', given.processes),
    again: given.again,
    minutes: given.minutes === undefined ? Number.POSITIVE_INFINITY : whole('minutes', given.minutes),
  };
  let problems = 0;
  for (const [name, area] of chosen) problems += await runArea(name, area, wanted);
  process.exitCode = problems === 0 ? 0 : 1;
}

endWithNpm(process.env);
await main();
