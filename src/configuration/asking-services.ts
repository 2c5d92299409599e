/**
 * @module
 * Loads what may name keys that services hold, for a command that ends: the services are asked, unless other keys are
 * made in place of theirs.
 */
import { loadWithServices, OutsideKeys, OutsideSigners } from '../keys/outside/outside-signers.ts';
import type { LoadContext } from './load-context.ts';

interface Asking {
  readonly environment?: LoadContext['environment'] | undefined;
  readonly standInKeys?: LoadContext['standInKeys'] | undefined;
}

/** @param load is called again when the services have answered */
export async function askingServices<T>(
  { environment = {}, standInKeys }: Asking,
  load: (outside: LoadContext['outside']) => T,
): Promise<T> {
  if (standInKeys !== undefined) return load(undefined);
  const outside = new OutsideKeys(new OutsideSigners({ environment }));
  return loadWithServices(outside, () => load(outside));
}
