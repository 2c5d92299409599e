/**
 * @module
 * The fuzzer for as long as one likes: no input may crash, hang or fill the memory of the native transport.
 */
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Fuzzer } from './fuzzer.ts';

const help = `Usage: node --expose-gc test/extproc/transports/native/fuzz.ts [--count N] [--seed N]

  --count N  inputs (default 1000000)
  --seed N   where the sequence begins (default 1)`;

const { values } = parseArgs({
  options: {
    help: { type: 'boolean' },
    count: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '1' },
  },
});

/** What buffers held outside the heap is given back some turns after a collection. */
async function heldMegabytes(): Promise<number> {
  globalThis.gc?.();
  await setTimeout(1000);
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1e6;
}

async function main(count: number, seed: number): Promise<boolean> {
  const batch = 100_000;
  const fuzzer = new Fuzzer(seed);
  await fuzzer.run(batch);
  const before = await heldMegabytes();
  let ended = 0;
  let slowest = 0;
  for (let done = 0; done < count; done += batch) {
    const result = await new Fuzzer(seed + 1 + done / batch).run(Math.min(batch, count - done));
    ended += result.ended;
    slowest = Math.max(slowest, result.slowest);
    if (result.defects.length > 0) {
      process.stdout.write(`seed ${seed + 1 + done / batch}: ${result.defects.join('\n')}\n`);
      return false;
    }
  }
  const grown = (await heldMegabytes()) - before;
  process.stdout.write(
    `${count} inputs, ${ended} connections ended by them, slowest ${slowest.toFixed(1)} ms, memory ${grown.toFixed(1)} MB more\n`,
  );
  return slowest < 1000 && grown < 20;
}

if (values.help === true) process.stdout.write(`${help}\n`);
else process.exitCode = (await main(Number(values.count), Number(values.seed))) ? 0 : 1;
