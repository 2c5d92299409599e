/**
 * @module
 * Envoy for tests that are skipped where there is none.
 */
import { SetupError } from '../../../demo/setup-error.ts';
import { envoyBinary } from './stack.ts';

/** Its path, or why there is none. */
export async function findEnvoy(): Promise<{ readonly file: string; readonly skip: false | string }> {
  try {
    return { file: await envoyBinary(), skip: false };
  } catch (error) {
    if (error instanceof SetupError) return { file: '', skip: `no Envoy: ${error.message}` };
    throw error;
  }
}
