/**
 * @module
 * The searches, a row each. `npm run search` runs one of them whole, `npm test` a share of each.
 */
import { search as reload } from '../cli/reload.search.ts';
import { search as tlsStates } from '../cli/tls-states.search.ts';
import { search as handed } from '../dialects/handed.search.ts';
import { search as frames } from '../extproc/transports/native/frames.search.ts';
import { search as socketFile } from '../observe/socket-file.search.ts';
import { search as load } from '../runtime/load.search.ts';
import type { Search } from './search.ts';

export const searches: readonly Search[] = [frames, handed, load, reload, socketFile, tlsStates];
