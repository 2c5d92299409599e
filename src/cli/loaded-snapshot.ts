/**
 * @module
 * The snapshot of a configuration, for commands that need its keys at a time.
 */
import { askingServices } from '../configuration/asking-services.ts';
import { diskFiles } from '../configuration/files.ts';
import { loadConfiguration } from '../configuration/load.ts';
import type { LoadContext } from '../configuration/load-context.ts';
import type { Snapshot } from '../configuration/snapshot.ts';
import { formatProblem } from '../diagnostics/problem.ts';
import { readInput } from './input-file.ts';
import { CommandError } from './terminal.ts';

/**
 * @param at milliseconds since the epoch
 * @throws CommandError
 */
export async function loadedSnapshot(
  file: string,
  at: number,
  context: Pick<LoadContext, 'environment' | 'standInKeys' | 'recall'>,
): Promise<Snapshot> {
  readInput(file);
  const options = { ...context, files: diskFiles, now: () => at, withoutKeys: 'all' } as const;
  const { snapshot, problems } = await askingServices(options, (outside) =>
    loadConfiguration(file, { ...options, outside }),
  );
  if (snapshot !== undefined) return snapshot;
  const errors = problems.filter(({ severity }) => severity === 'error').map(formatProblem);
  throw new CommandError(`${file} does not load:\n${errors.join('\n')}`);
}
