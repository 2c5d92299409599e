/**
 * @module
 * Nearly valid frames (`fuzzer.ts`): no input may crash, hang or fill the memory of the native transport.
 */
import { setTimeout } from 'node:timers/promises';
import { type Effort, Finding, type Search } from '../../../search/search.ts';
import { Fuzzer } from './fuzzer.ts';

export const search: Search = {
  name: 'frames',
  property: 'Frames with bytes changed, cut or doubled bring about answers, resets and ends, and nothing else.',
  inputs: 10_000_000,
  share: 50_000,
  run,
};

/** Inputs of one fuzzer. Each batch has a different seed. */
const batch = 10_000;
/** Batches until the memory size is stable. */
const warmUp = 5;
/** Milliseconds. The slowest inputs take some 20. */
const slowestAllowed = 1000;
const megabytesAllowed = 20;

async function run(effort: Effort): Promise<string> {
  let ended = 0;
  let slowest = 0;
  let before: number | undefined;
  for await (const number of effort.inputs()) {
    if (number % batch > 0) continue;
    const index = number / batch;
    if (index === warmUp) before = await heldMegabytes();
    const result = await new Fuzzer(effort.seed + index).run(Math.min(batch, effort.most - number));
    ended += result.ended;
    slowest = Math.max(slowest, result.slowest);
    if (result.defects.length > 0) throw new Finding(`batch ${index}: ${result.defects.join('\n')}`);
    if (slowest >= slowestAllowed) throw new Finding(`batch ${index}: one input took ${slowest.toFixed(0)} ms`);
  }
  const grown = before === undefined ? 0 : (await heldMegabytes()) - before;
  if (grown >= megabytesAllowed) throw new Finding(`memory grew by ${grown.toFixed(1)} MB`);
  return `${ended} connections ended by them, slowest ${slowest.toFixed(1)} ms, memory ${grown.toFixed(1)} MB more`;
}

/** Memory of buffers outside the heap is freed some turns after a collection. */
async function heldMegabytes(): Promise<number> {
  globalThis.gc?.();
  await setTimeout(1000);
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1e6;
}
