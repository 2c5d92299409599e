/**
 * @module
 * Starts the playground: the process behind the page.
 */
import { answering, type PlaygroundOptions } from './answering.ts';
import { handlersOf } from './calls.ts';
import { MadeKeys } from './made-keys.ts';
import { readPageFiles } from './page-files.ts';
import { type ListenPlace, PlaygroundError, type RunningPlayground, startServer } from './server.ts';

/** @param pageFolder where the build writes the page @throws PlaygroundError */
export async function startPlayground(
  place: ListenPlace,
  pageFolder: string,
  options: PlaygroundOptions,
): Promise<RunningPlayground> {
  const page = readPageFiles(pageFolder);
  if (page === undefined) {
    throw new PlaygroundError('The page is not built. Run `npm run playground`, or `npm run build` once.');
  }
  return startServer(place, { page, handlers: handlersOf(answering(options, new MadeKeys())) });
}
