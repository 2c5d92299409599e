/**
 * @module
 * No value that an import knows survives a change after which the gateway may have had another one.
 */
import { Dice } from '../../../search/dice.ts';
import { type Effort, Finding, type Search } from '../../../search/search.ts';
import { madeProxy } from './exports.search.ts';
import { mutated } from './mutated-values.ts';
import { filesFor } from './simulated-proxy.ts';

export const search: Search = {
  name: 'apigee-mutations',
  property: 'A known value of a bundle is not known any more after its setter or the steps around it have changed.',
  inputs: 20_000,
  share: 200,
  run,
};

async function run(effort: Effort): Promise<string> {
  const dice = new Dice(effort.seed);
  let tried = 0;
  for await (const _ of effort.inputs()) {
    const found = mutated(filesFor(madeProxy(dice)));
    tried += found.tried;
    const [first] = found.survivors;
    if (first !== undefined) throw new Finding(JSON.stringify(first, null, 1));
  }
  return `${tried} mutations`;
}
