/**
 * @module
 * The requests of a program, read like those of a request file.
 */
import { largestFile } from '../configuration/files.ts';
import { problemAt } from '../diagnostics/problem.ts';
import { SourceText } from '../diagnostics/source-text.ts';
import type { AuthenticationSettings } from '../identity/authentication-schema.ts';
import type { Identify } from '../identity/caller-sources.ts';
import { readTrial, type TrialReading, triedOf } from '../trial/read-trial.ts';
import type { TriedRequest } from '../trial/run-trial.ts';
import { jsonText } from './arguments.ts';
import type { RequestInput } from './interface.ts';

/** Names the request in problems. */
const file = 'request';

/** @throws TypeError if the request is not JSON */
export function readRequest(
  request: RequestInput,
  authentication: AuthenticationSettings,
  identify: Identify,
): TrialReading<TriedRequest> {
  const written = jsonText(request, file);
  if (!written.ok) return tooLarge(written.problem.message);
  // As large as a request file may be, and as a message of Envoy by default.
  if (Buffer.byteLength(written.text) > largestFile) {
    return tooLarge(`\`${file}\` has more than ${largestFile} bytes, written as JSON.`);
  }
  const read = readTrial(file, written.text);
  return read.ok ? triedOf(read.value, authentication, identify) : read;
}

function tooLarge(message: string): TrialReading<never> {
  return { ok: false, problems: [problemAt(SourceText.ofFile(file, ''), 0, 'trial.too-large', { message })] };
}
