/**
 * @module
 * Starts the playground: the process behind the page.
 */
import type { Handlers } from './calls.ts';
import { readPageFiles } from './page-files.ts';
import { type ListenPlace, PlaygroundError, type RunningPlayground, startServer } from './server.ts';

/** @param pageFolder where the build writes the page @throws PlaygroundError */
export async function startPlayground(
  place: ListenPlace,
  pageFolder: string,
  handlers: Handlers,
): Promise<RunningPlayground> {
  const page = readPageFiles(pageFolder);
  if (page === undefined) {
    throw new PlaygroundError('The page is not built. Run `npm run playground`, or `npm run build` once.');
  }
  return startServer(place, { page, handlers });
}
