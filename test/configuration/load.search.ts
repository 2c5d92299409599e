/**
 * @module
 * Loading takes time in proportion to the size of the configuration, and hostile files fail quickly with a clear error.
 */
import { loadConfiguration } from '../../src/configuration/load.ts';
import { cpuTimeOf } from '../search/cpu-time.ts';
import { Dice } from '../search/dice.ts';
import { type Effort, Finding, type Search } from '../search/search.ts';
import { hostileFiles } from './hostile-files.ts';
import { type Files, type Growing, growing } from './large-configurations.ts';
import { memoryFiles } from './memory-files.ts';

export const search: Search = {
  name: 'load',
  property: 'Loading time is proportional to the size of a configuration, and any file fails quickly, without a throw.',
  inputs: 5_000,
  share: growing.length + 60,
  run,
};

/**
 * How much larger the large one of two configurations is, and the ratio of CPU time that is too much: 16 is quadratic.
 */
const growth = 4;
const maxRatio = 9;
/** Milliseconds above the noise. */
const significant = 60;

/** Milliseconds of CPU for a file of 4 MB; the aim is 2,000. */
const slowestAllowed = 10_000;
/** Megabytes of heap that loading a file of 4 MB may add. */
const megabytesAllowed = 700;

async function run(effort: Effort): Promise<string> {
  let slowest = 0;
  let ratio = 0;
  for await (const number of effort.inputs()) {
    const grows = growing[number];
    if (grows !== undefined) {
      ratio = Math.max(ratio, ratioOf(grows));
      continue;
    }
    const { name, files, bytes } = hostileFiles(new Dice(effort.seed + number));
    const { milliseconds, megabytes } = measured(name, files);
    if (milliseconds > slowestAllowed) throw new Finding(`${name}, ${bytes} bytes: ${milliseconds.toFixed(0)} ms`);
    if (megabytes > megabytesAllowed) throw new Finding(`${name}, ${bytes} bytes: ${megabytes.toFixed(0)} MB`);
    slowest = Math.max(slowest, milliseconds);
  }
  return `slowest file ${slowest.toFixed(0)} ms of CPU, ${growth} times as much took at most ${ratio.toFixed(1)} times as long`;
}

function ratioOf({ what, small, files }: Growing): number {
  const [few, many] = [files(small), files(small * growth)];
  measured(what, few);
  let [short, long] = [measured(what, few).milliseconds, measured(what, many).milliseconds];
  // A pause in one of them says nothing yet.
  for (let again = 0; again < 2 && long > maxRatio * short; again++) {
    short = Math.max(short, measured(what, few).milliseconds);
    long = Math.min(long, measured(what, many).milliseconds);
  }
  const ratio = long / Math.max(short, 1);
  if (long > significant && ratio > maxRatio) {
    throw new Finding(`${what}: ${small} take ${short.toFixed(0)} ms, ${small * growth} take ${long.toFixed(0)} ms`);
  }
  return ratio;
}

/** @throws Finding if loading throws, or ends with neither a snapshot nor a problem */
function measured(name: string, files: Files): { readonly milliseconds: number; readonly megabytes: number } {
  const before = process.memoryUsage().heapUsed;
  try {
    const { milliseconds, result } = cpuTimeOf(() => loadConfiguration('mintproc.yaml', { files: memoryFiles(files) }));
    const { snapshot, problems } = result;
    if (snapshot === undefined && problems.length === 0) throw new Finding(`${name}: neither a snapshot nor a problem`);
    return { milliseconds, megabytes: (process.memoryUsage().heapUsed - before) / 1e6 };
  } catch (error) {
    if (error instanceof Finding) throw error;
    throw new Finding(`${name} throws: ${error instanceof Error ? String(error.stack).slice(0, 600) : String(error)}`);
  }
}
