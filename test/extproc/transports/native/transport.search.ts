/**
 * @module
 * Random legal clients (`legal/`): any client that follows HTTP/2 receives all answers. For some inputs the same
 * calls are also made by Node's client, on this transport and on grpc-js.
 */
import { Dice } from '../../../search/dice.ts';
import { type Effort, Finding, type Search } from '../../../search/search.ts';
import { play } from './legal/play.ts';
import { Reference } from './legal/reference.ts';

export const search: Search = {
  name: 'transport',
  property: 'Every legal HTTP/2 client gets each byte of its answers once and in order, and no stream stalls.',
  inputs: 100_000,
  share: 500,
  run,
};

/** One of this number of inputs is also run with Node's client. */
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
