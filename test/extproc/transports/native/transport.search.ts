/**
 * @module
 * Random legal peers (`legal/`): whatever a client may do under HTTP/2, it gets all that it is owed. Now and then the same
 * calls are made by Node's own client, of this transport and of the library's.
 */
import { Dice } from '../../../search/dice.ts';
import { type Effort, Finding, type Search } from '../../../search/search.ts';
import { play } from './legal/play.ts';
import { Reference } from './legal/reference.ts';

export const search: Search = {
  name: 'transport',
  property: 'Every legal HTTP/2 peer gets each byte that it is owed once and in order, and no stream stays silent.',
  inputs: 100_000,
  share: 500,
  run,
};

/** Inputs of which one is also played by Node's client. */
const perReference = 25;

async function run(effort: Effort): Promise<string> {
  const reference = await Reference.start();
  let streams = 0;
  let bytes = 0;
  let compared = 0;
  try {
    for await (const number of effort.inputs()) {
      const seed = effort.seed + number;
      try {
        const played = await play(new Dice(seed));
        streams += played.streams;
        bytes += played.bytes;
        if (number % perReference > 0) continue;
        await reference.compare(seed);
        compared++;
      } catch (error) {
        if (!(error instanceof Finding)) throw error;
        throw new Finding(`peer ${seed}: ${error.message}`);
      }
    }
  } finally {
    await reference.stop();
  }
  return `${streams} calls, ${(bytes / 1e6).toFixed(0)} MB of answers, ${compared} peers also Node's client on both transports`;
}
