/**
 * @module
 * What a process that serves does at a reload comes in short steps, however large the configuration is: each message of
 * the check, and each step of the load that is repeated from them.
 */
import { deserialize, serialize } from 'node:v8';
import { noSigningKeys } from '../../src/configuration/keys/key-rings.ts';
import { check } from '../../src/configuration/reload/check.ts';
import { CollectedInputs, repeatLoad } from '../../src/configuration/reload/load-inputs.ts';
import { cpuTimeOf, margin, maxTime } from '../search/cpu-time.ts';
import { Dice } from '../search/dice.ts';
import { type Effort, Finding, type Search } from '../search/search.ts';
import { type Files, type Growing, growing } from './large-configurations.ts';
import { memoryFiles } from './memory-files.ts';

export const search: Search = {
  name: 'steps',
  property: 'A serving process reloads a configuration of any size in steps below 100 ms.',
  inputs: 200,
  share: growing.length,
  run,
};

/** Milliseconds of CPU. */
const longestAllowed = margin * maxTime;

/** Times the size that takes some tens of milliseconds; a whole run reaches 20,000 claims and 5,000 policies. */
const factors = { share: 5, whole: 50 } as const;

async function run(effort: Effort): Promise<string> {
  const dice = new Dice(effort.seed);
  const isShare = effort.most <= growing.length;
  let longest = 0;
  let where = '';
  for await (const number of effort.inputs()) {
    const grows = growing[number % growing.length] ?? dice.pick(growing);
    const factor = isShare ? factors.share : 1 + dice.roll(factors.whole);
    const [few, many] = [await stepsOf(grows, factor), await stepsOf(grows, 2 * factor)];
    if (few === undefined || many === undefined) continue;
    const step = Math.max(few.longest, many.longest);
    if (step > longest) [longest, where] = [step, `${grows.small * 2 * factor} ${grows.what}`];
    // Twice as much is done in more steps and not in longer ones. What is the same for every size counts for little.
    if (many.count < 1.5 * few.count && few.count > 500) {
      throw new Finding(`${grows.what}: ${few.count} steps, and ${many.count} for twice as many`);
    }
  }
  return `the longest step took ${longest.toFixed(0)} ms of CPU (${where})`;
}

interface Steps {
  readonly count: number;
  /** Milliseconds of CPU. */
  readonly longest: number;
}

/** @returns undefined if the configuration is refused */
async function stepsOf({ what, small, files }: Growing, factor: number): Promise<Steps | undefined> {
  const count = Math.round(small * factor);
  const made = files(count);
  // A pause of the machine in one of them says nothing yet.
  let steps = await measured(made);
  for (let again = 0; again < 2 && steps !== undefined && steps.longest > longestAllowed; again++) {
    steps = await measured(made);
  }
  if (steps === undefined || steps.longest <= longestAllowed) return steps;
  throw new Finding(`${count} ${what}: a step of ${steps.longest.toFixed(0)} ms of CPU`);
}

async function measured(files: Files): Promise<Steps | undefined> {
  const arriving = new CollectedInputs();
  let longest = 0;
  let isLoaded = false;
  const timed = <T>(step: () => T): T => {
    const { milliseconds, result } = cpuTimeOf(step);
    longest = Math.max(longest, milliseconds);
    return result;
  };
  await check({ file: 'mintproc.yaml', now: 0, tls: undefined }, { files: memoryFiles(files) }, (message) => {
    if (message.kind === 'end') isLoaded = message.end === 'loaded';
    if (message.kind !== 'file' && message.kind !== 'folder') return;
    const sent = serialize(message);
    timed(() => arriving.take(deserialize(sent)));
  });
  if (!isLoaded) return undefined;
  const inputs = { ...arriving, file: 'mintproc.yaml', version: 1, now: 0, announcedIn: 0 } as const;
  const rest = { unlocked: new Map(), outside: new Map(), before: noSigningKeys };
  const steps = repeatLoad({ ...inputs, ...rest }, {});
  for (let count = 1; ; count++) if (timed(() => steps.next()).done === true) return { count, longest };
}
