/**
 * @module
 * `npm run whole-cost`: what Envoy and mintproc cost together, for each way in which a request can get its token.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { envoyBinary } from '../test/e2e/harness/stack.ts';
import { runCommand } from './command.ts';
import { judgeWholeCost } from './goals.ts';
import { describeMachine } from './machine.ts';
import { project } from './servers/shipped.ts';
import { Stolen } from './stolen.ts';
import { asText } from './tables.ts';
import { startBed } from './whole-cost/bed.ts';
import { halfOfSaturation, measureHalfLoad, measureSaturated } from './whole-cost/measure.ts';
import { type Options, readOptions } from './whole-cost/options.ts';
import type { WholeCost } from './whole-cost/results.ts';
import { wholeCostPart, wholeCostTables, withWholeCostPart } from './whole-cost/tables.ts';
import { rateGiver } from './whole-cost/ways.ts';

const progress = (line: string): void => void process.stderr.write(`${line}\n`);

async function run({ ways, heimdall, effort, quick }: Options): Promise<WholeCost> {
  progress('building the program');
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: project, stdio: ['ignore', 'ignore', 'inherit'] });
  const envoy = await envoyBinary();
  const machine = describeMachine(envoy);
  progress('starting Envoy and what is beside it');
  const stolen = new Stolen();
  await using bed = await startBed({ ways, envoy, heimdall });
  const saturated = await stolen.during('maximum rate', () => measureSaturated(bed, effort, progress));
  const halfRate = halfOfSaturation(saturated, rateGiver);
  const halfLoad = await stolen.during('half of saturation', () => measureHalfLoad(bed, halfRate, effort, progress));
  await bed.prove();
  return { quick, machine, stolen: stolen.shares, halfRate, saturated, halfLoad };
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
