/**
 * @module
 * No output holds a piece of a secret, wherever it is in a file and whatever is wrong with it there.
 */
import { Dice } from '../search/dice.ts';
import { type Effort, Finding, type Search } from '../search/search.ts';
import { Running } from './secrets/running.ts';
import { type Input, inputOf, leaksIn, type Said, World } from './secrets/world.ts';

export const search: Search = {
  name: 'secrets',
  property: 'No output of mintproc holds twelve characters of a secret that is in a file with a mistake.',
  inputs: 100_000,
  share: 300,
  run,
};

/** One input in this many also goes through the program itself: 300 of a whole run. */
const real = 333;

async function run(effort: Effort): Promise<string> {
  using world = new World();
  await using running = new Running(world);
  let outputs = 0;
  let throughProgram = 0;
  for await (const number of effort.inputs()) {
    const dice = new Dice(effort.seed + number);
    const input = inputOf(number, dice);
    const said = await withoutDefect(input, () => world.said(input, dice));
    refuseLeaks(input, said);
    if (number % real === 0) {
      refuseLeaks(input, await running.said(input));
      throughProgram += 1;
    }
    outputs += Object.values(said).filter((text) => text !== '').length;
  }
  return `${outputs} outputs looked through, ${throughProgram} inputs through the program itself`;
}

/** @throws Finding if anything fails that should have been a problem of the file */
async function withoutDefect<T>({ place, text }: Input, say: () => Promise<T>): Promise<T> {
  try {
    return await say();
  } catch (error) {
    throw new Finding(`${place.name}\n${text}\n${error instanceof Error ? error.stack : String(error)}`);
  }
}

/** @throws Finding */
function refuseLeaks(input: Input, said: Said): void {
  const leaks = leaksIn(input, said);
  if (leaks.length === 0) return;
  const { place, canary, mistakes, text } = input;
  const made = mistakes.map(({ name }) => name).join(', ');
  throw new Finding(
    `${place.name}, ${canary.kind}, ${made}: in ${leaks.join(', ')}\n${text}\n${leaks.map((where) => `${where}: ${said[where]}`).join('\n')}`,
  );
}
