/**
 * @module
 * `loadConfiguration` for tests: whatever problems a configuration has, each of them is written well.
 */
import { type Loaded, loadConfiguration as load } from '../../src/configuration/load.ts';
import { writtenWell } from '../diagnostics/written-well.ts';

export function loadConfiguration(...given: Parameters<typeof load>): Loaded {
  const loaded = load(...given);
  writtenWell(loaded.problems);
  return loaded;
}
