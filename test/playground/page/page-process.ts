/**
 * @module
 * The built page with a process of the playground in this process, and the browser to open it.
 */
import { build } from 'esbuild';
import { pageBundle } from '../../../build/playground.ts';
import { answering, type OpenedOptions, type PlaygroundOptions } from '../../../src/playground/answering.ts';
import { handlersOf } from '../../../src/playground/calls.ts';
import { MadeKeys } from '../../../src/playground/made-keys.ts';
import { startPlayground } from '../../../src/playground/playground.ts';
import type { RunningPlayground } from '../../../src/playground/server.ts';
import { helpOf } from '../client.ts';

export async function buildPage(folder: string): Promise<void> {
  await build({ ...pageBundle, outdir: folder });
}

/** A process with its own key. @param folder with the built page */
export function servePage(folder: string, opened?: OpenedOptions): Promise<RunningPlayground> {
  const options: PlaygroundOptions = {
    version: '1.2.3',
    opened,
    environment: {},
    now: () => Date.now(),
    helpOf,
  };
  const handlers = handlersOf(answering(options, new MadeKeys()));
  return startPlayground({ host: '127.0.0.1', port: 0 }, folder, handlers);
}
