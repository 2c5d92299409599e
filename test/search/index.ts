/**
 * @module
 * The searches, a row each. `npm run search` runs one of them whole, `npm test` a share of each.
 */
import { search as reload } from '../cli/reload.search.ts';
import { search as handed } from '../dialects/handed.search.ts';
import { search as frames } from '../extproc/transports/native/frames.search.ts';
import { search as admin } from '../observe/admin.search.ts';
import { search as log } from '../observe/log.search.ts';
import type { Search } from './search.ts';

export const searches: readonly Search[] = [admin, frames, handed, log, reload];
