/**
 * @module
 * The objects of a request (`trial/request-objects.ts`) in a file or a line that a command reads.
 */
import { checkRequestObjects, readRequestObjects, type WrittenRequest } from '../trial/request-objects.ts';
import { TrialError } from '../trial/trial-error.ts';
import type { JsonRecord } from './input-file.ts';
import { CommandError } from './terminal.ts';

/**
 * @param what names the request in errors
 * @throws CommandError
 */
export function readRequest(record: JsonRecord, what: string): WrittenRequest {
  return forCommand(() => readRequestObjects(record, what));
}

/**
 * @param others the sections of this file in addition to `attributes` and `authentication`; they may have any keys
 * @throws CommandError if the file has a key that no one reads
 */
export function checkRequestKeys(record: JsonRecord, what: string, others: readonly string[]): void {
  forCommand(() => checkRequestObjects(record, what, others));
}

/** A mistake in what was written becomes an error of the command. @throws CommandError */
export function forCommand<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof TrialError) throw new CommandError(error.message);
    throw error;
  }
}
