/**
 * @module
 * Any number of clients of any kind at the admin address of a serving process, and probes on separate connections.
 */

import { Dice } from '../search/dice.ts';
import { type Effort, Finding, type Search } from '../search/search.ts';
import { startSidecar } from '../serving/sidecar.ts';
import { isAlive, type Kind, kinds, probe, startHostilePeers } from './hostile-peers.ts';

export const search: Search = {
  name: 'admin',
  property: 'A probe on a new connection is answered for any behavior of hundreds of other connections.',
  inputs: 300,
  share: 8,
  run,
};

const allKinds = Object.keys(kinds) as Kind[];
const maxPeers = 500;
const probes = 10;

async function run(effort: Effort): Promise<string> {
  await using sidecar = await startSidecar({
    policies: [{ name: 'p', file: 'policy.yaml' }],
    routes: [{ match: {}, policies: ['p'] }],
  });
  const port = Number(sidecar.adminAddress.split(':').at(-1));
  let made = 0;
  for await (const number of effort.inputs()) {
    const dice = new Dice(effort.seed + number);
    const some = allKinds.filter(() => dice.chance(40));
    const kindsHere = some.length === 0 ? allKinds : some;
    const peers = Array.from({ length: 1 + dice.roll(maxPeers) }, () => dice.pick(kindsHere));
    const interval = 10 + dice.roll(700);
    using hostile = await startHostilePeers(port, peers, interval);
    for (let i = 0; i < probes; i++) {
      const answer = await probe(port);
      if (isAlive(answer)) continue;
      const what = `${peers.length} peers (${kindsHere.join(', ')}), every ${interval} ms`;
      throw new Finding(`Probe ${i} with ${what} was answered by ${JSON.stringify(answer)}.`);
    }
    made += hostile.made;
  }
  return `${effort.tried * probes} probes, ${made} hostile connections`;
}
