/**
 * @module
 * What a configuration says that it reads of Envoy is all that it reads, and no more (`check-reads.ts`).
 */
import { loadConfiguration } from '../../src/configuration/load.ts';
import { Dice } from '../search/dice.ts';
import { type Effort, Finding, type Search } from '../search/search.ts';
import { checkAll, checkNoMore, checkWithoutKeys, described } from './check-reads.ts';
import { memoryFiles } from './memory-files.ts';
import { readingConfiguration } from './reading-configurations.ts';

export const search: Search = {
  name: 'envoy-reads',
  property: 'A request with only what a configuration reads of Envoy gets the same answer, and all of it is asked for.',
  inputs: 50_000,
  share: 600,
  run,
};

async function run(effort: Effort): Promise<string> {
  let [exact, reads] = [0, 0];
  for await (const number of effort.inputs()) {
    const { files, branches } = readingConfiguration(new Dice(effort.seed + number));
    const { snapshot, problems } = loadConfiguration('mintproc.yaml', { files: memoryFiles(files) });
    if (snapshot === undefined) {
      throw new Finding([described(files), ...problems.map(({ message }) => message)].join('\n'));
    }
    checkWithoutKeys(files, snapshot);
    checkAll(files, snapshot);
    reads += snapshot.reads.attributes.size + snapshot.reads.namespaces.size;
    if (branches) continue;
    checkNoMore(files, snapshot);
    exact++;
  }
  return `${reads} reads, all of them asked for in ${exact} configurations`;
}
