/**
 * @module
 * Whether there is an Envoy, for what is skipped without one.
 */
import { SetupError } from '../../../demo/setup-error.ts';
import { envoyBinary } from './stack.ts';

/** Why there is none; undefined if there is one. */
export async function missingEnvoy(): Promise<string | undefined> {
  try {
    await envoyBinary();
    return undefined;
  } catch (error) {
    if (error instanceof SetupError) return error.message;
    throw error;
  }
}
