/**
 * @module
 * `npm run whole-cost`: what Envoy and mintproc cost together, for each way in which a request can get its token.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { envoyBinary } from '../test/e2e/harness/stack.ts';
import { runCommand } from './command.ts';
import type { Effort } from './effort.ts';
import { judgeWholeCost } from './goals.ts';
import { describeMachine } from './machine.ts';
import { project } from './servers/shipped.ts';
import { Stolen } from './stolen.ts';
import { asText } from './tables.ts';
import { type Setup, startBed } from './whole-cost/bed.ts';
import { measureInterleaved } from './whole-cost/interleaved.ts';
import { halfOfSaturation, measureHalfLoad, measureSaturated } from './whole-cost/measure.ts';
import { type Options, readOptions } from './whole-cost/options.ts';
import type { WholeCost } from './whole-cost/results.ts';
import { wholeCostPart, wholeCostTables, withWholeCostPart } from './whole-cost/tables.ts';
import { keptInEnvoy, rateGiver } from './whole-cost/ways.ts';

const interleavedRequests = 1_000_000;

const progress = (line: string): void => void process.stderr.write(`${line}\n`);

async function run({ ways, heimdall, effort, quick, skipped }: Options): Promise<WholeCost> {
  progress('building the program');
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: project, stdio: ['ignore', 'ignore', 'inherit'] });
  const envoy = await envoyBinary();
  const machine = describeMachine(envoy);
  const stolen = new Stolen();
  const measured = await measure({ ways, envoy, heimdall }, effort, stolen);
  const isKept = ways.some(({ name }) => name === keptInEnvoy);
  const requests = Math.min(interleavedRequests, effort.maxRequests);
  const interleaved = isKept ? await measureInterleaved(envoy, requests, progress) : undefined;
  return { quick, machine, ...measured, stolen: stolen.shares, skipped, ...(interleaved && { interleaved }) };
}

async function measure(setup: Setup, effort: Effort, stolen: Stolen) {
  progress('starting Envoy and what is beside it');
  await using bed = await startBed(setup);
  const saturated = await stolen.during('maximum rate', () => measureSaturated(bed, effort, progress));
  const halfRate = halfOfSaturation(saturated, rateGiver);
  const halfLoad = await stolen.during('half of saturation', () => measureHalfLoad(bed, halfRate, effort, progress));
  await bed.prove();
  return { halfRate, saturated, halfLoad };
}

async function main(options: Options): Promise<void> {
  for (const line of options.skipped) progress(line);
  const results = await run(options);
  process.stdout.write(`${wholeCostTables(results).map(asText).join('\n')}\n`);
  const { json, page } = options;
  const goals = judgeWholeCost(results);
  if (json !== undefined) writeFileSync(json, `${JSON.stringify({ ...results, goals }, undefined, 2)}\n`);
  if (page !== undefined) writeFileSync(page, withWholeCostPart(readFileSync(page, 'utf8'), wholeCostPart(results)));
}

await runCommand(readOptions, main);
