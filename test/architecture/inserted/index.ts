/**
 * @module
 * What the sentences of each file insert in addition to what `src/diagnostics/harmless.ts` judges. Each was looked at:
 * it is a word of the product, a number, a sentence of our own, or the name of something that exists. A name that may
 * have come from a file without resolving does not belong here: `called` and `nameOr` are for it, and at a place for
 * keys nothing is.
 */
import { insertedByCli } from './cli.ts';
import { insertedByConfiguration } from './configuration.ts';
import { insertedByDialects } from './dialects.ts';
import { insertedByOthers } from './other-rooms.ts';

export const inserted: Readonly<Record<string, readonly string[]>> = {
  ...insertedByCli,
  ...insertedByConfiguration,
  ...insertedByDialects,
  ...insertedByOthers,
};
