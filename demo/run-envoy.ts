/**
 * @module
 * `npm run envoy -- ARGUMENTS`: becomes the Envoy of the demo, with these arguments.
 */
import { join } from 'node:path';
import process from 'node:process';
import { findEnvoy } from './envoy-binary.ts';
import { SetupError } from './setup-error.ts';

try {
  const envoy = await findEnvoy({
    environment: process.env,
    cache: join(import.meta.dirname, '..', '.cache', 'envoy'),
    progress: (line) => void process.stderr.write(`${line}\n`),
    signal: new AbortController().signal,
  });
  process.execve?.(envoy, [envoy, ...process.argv.slice(2)], process.env);
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
