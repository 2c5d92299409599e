/**
 * @module
 * `npm run whole-cost`: what Envoy and mintproc cost together, for each way in which a request can get its token.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { SetupError } from '../demo/setup-error.ts';
import { endWithNpm } from '../src/cli/parent.ts';
import { envoyBinary } from '../test/e2e/harness/stack.ts';
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

async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  if ('text' in options) {
    (options.isError ? process.stderr : process.stdout).write(`${options.text}\n`);
    return options.isError ? 2 : 0;
  }
  if (process.platform !== 'linux') {
    throw new SetupError('The benchmark reads CPU time from /proc and runs on Linux only. Use a container.');
  }
  endWithNpm(process.env);
  // The watchdog of the process group ends the servers.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));
  for (const line of options.skipped) progress(line);
  const results = await run(options);
  process.stdout.write(`${wholeCostTables(results).map(asText).join('\n')}\n`);
  if (options.json !== undefined) {
    writeFileSync(options.json, `${JSON.stringify({ ...results, goals: judgeWholeCost(results) }, undefined, 2)}\n`);
  }
  if (options.page !== undefined) {
    writeFileSync(options.page, withWholeCostPart(readFileSync(options.page, 'utf8'), wholeCostPart(results)));
  }
  return 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
