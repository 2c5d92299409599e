/**
 * @module
 * Where the texts of keys and of secret variables are read, for what only compares them: nothing is there if keys are
 * made in place of all.
 */
import { noSuchFile } from '../diagnostics/missing-file.ts';
import type { FileReader } from './files.ts';
import type { LoadContext } from './load-context.ts';

interface KeySources {
  readonly files: FileReader;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export function keySourcesOf({ files, environment = {}, standInKeys }: KeySourceContext): KeySources {
  return standInKeys?.areForAll === true ? { files: noFiles, environment: {} } : { files, environment };
}

type KeySourceContext = Pick<LoadContext, 'files' | 'environment' | 'standInKeys'>;

const noFiles: FileReader = {
  read: () => ({ kind: 'failed', reason: noSuchFile }),
  list: () => ({ kind: 'failed', reason: noSuchFile }),
};
