/**
 * @module
 * `npm run bench`: measures the cost of a request, in one run on one machine, and prints tables and JSON.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { envoyBinary } from '../test/e2e/harness/stack.ts';
import { buildCommit, compare, withBuild } from './against.ts';
import { runCommand } from './command.ts';
import type { Effort } from './effort.ts';
import { measureFixedRate } from './fixed-rate.ts';
import { judge } from './goals.ts';
import { measureLatency } from './latency.ts';
import { describeMachine } from './machine.ts';
import { type Options, type Part, readOptions } from './options.ts';
import { resultsPage } from './page.ts';
import { measurePolicies } from './policies.ts';
import { type Figures, figuresOf, type Latency, type Results } from './results.ts';
import { measureSaturated } from './rounds.ts';
import { isAmong } from './rows.ts';
import { measureStartUp } from './start-up.ts';
import { Stolen } from './stolen.ts';
import { measureStreams } from './streams.ts';
import { asText, tablesOf } from './tables.ts';
import { startTestBed, type TestBed } from './test-bed.ts';
import { wholeCostPartOf, withWholeCostPart } from './whole-cost/tables.ts';

const root = join(import.meta.dirname, '..');
const progress = (line: string): void => void process.stderr.write(`${line}\n`);

async function run(options: Options): Promise<Results> {
  progress('building the program');
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  const envoy = await envoyBinary();
  const machine = describeMachine(envoy);
  if (options.against !== undefined) progress(`building ${options.against}`);
  const build = options.against === undefined ? undefined : buildCommit(options.against);
  progress('starting the servers and Envoy');
  const rows = build === undefined ? options.rows : withBuild(options.rows, build);
  await using testBed = await startTestBed([...rows, ...options.compared], envoy, options.effort.idle);
  const measured = await measure(options, testBed);
  const against = build && { commit: build.commit, rows: compare(measured.saturated, build) };
  return { quick: options.quick, machine, ...measured, ...(against && { against }) };
}

async function measure({ effort, parts }: Options, testBed: TestBed): Promise<Omit<Results, 'quick' | 'machine'>> {
  const { subjects, group, folder } = testBed;
  const stolen = new Stolen();
  const asked = <T>(part: Part, run: () => Promise<T>): Promise<T | undefined> =>
    parts.has(part) ? stolen.during(part, run) : Promise.resolve(undefined);
  const measured = await stolen.during('rows', () => measureSaturated(subjects, effort, progress));
  const saturated = measured.map(figuresOf);
  const fixedRate = await asked('fixed-rate', () => measureFixedRate(subjects, effort, progress));
  const latency = await asked('latency', () => latencyOf(testBed, saturated, effort));
  const streams = await asked('streams', () => measureStreams(subjects, effort, progress));
  await Promise.all(subjects.map(({ server }) => server.stop()));
  const policies = await asked('policies', () => measurePolicies(group, folder, effort, progress));
  const startUp = await asked('start-up', () => measureStartUp(group, folder, effort, progress));
  return {
    stolen: stolen.shares,
    saturated,
    ...(fixedRate && { fixedRate }),
    ...(latency && { latency }),
    ...(policies && { policies }),
    ...(streams && { streams }),
    ...(startUp && { startUp }),
  };
}

/** The latency of RS256 reused, and for comparison that of the transport alone and of the compared servers. */
async function latencyOf(testBed: TestBed, saturated: readonly Figures[], effort: Effort): Promise<Latency[]> {
  const seed = saturated.find(({ name }) => name === 'RS256-reused');
  if (seed === undefined) throw new TypeError('the rate at saturation was not measured');
  const measured = testBed.subjects.filter(({ row }) => isAmong(row, ['constant', seed.name]));
  return measureLatency(testBed, measured, seed.rate, effort, progress);
}

async function main(options: Options): Promise<void> {
  const results = await run(options);
  const compared = options.compared.map(({ name }) => name);
  process.stdout.write(`${tablesOf(results, compared).map(asText).join('\n')}\n`);
  if (options.json !== undefined) {
    writeFileSync(options.json, `${JSON.stringify({ ...results, goals: judge(results) }, undefined, 2)}\n`);
  }
  if (options.page !== undefined) writePage(options.page, resultsPage(results, compared));
}

/** Keeps what `npm run whole-cost` has written into the page. */
function writePage(file: string, page: string): void {
  const kept = existsSync(file) ? wholeCostPartOf(readFileSync(file, 'utf8')) : '';
  writeFileSync(file, kept === '' ? page : withWholeCostPart(page, kept));
}

await runCommand(readOptions, main);
