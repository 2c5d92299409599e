/**
 * @module
 * Random legal peers (`legal/`): whatever a client may do under HTTP/2, it gets all that it is owed.
 */
import { Dice } from '../../../search/dice.ts';
import { type Effort, Finding, type Search } from '../../../search/search.ts';
import { play } from './legal/play.ts';

export const search: Search = {
  name: 'transport',
  property: 'Every legal HTTP/2 peer gets each byte that it is owed once and in order, and no stream stays silent.',
  inputs: 100_000,
  share: 3_000,
  run,
};

async function run(effort: Effort): Promise<string> {
  let streams = 0;
  let bytes = 0;
  for await (const number of effort.inputs()) {
    try {
      const played = await play(new Dice(effort.seed + number));
      streams += played.streams;
      bytes += played.bytes;
    } catch (error) {
      if (!(error instanceof Finding)) throw error;
      throw new Finding(`connection ${effort.seed + number}: ${error.message}`);
    }
  }
  return `${streams} calls, ${(bytes / 1e6).toFixed(0)} MB of answers`;
}
