/**
 * @module
 * The text of a state file: public keys and dates, as JSON. It is written by mintproc alone, and whoever can write it
 * can publish keys; so everything that does not look like one is refused as a whole.
 */
import type { FileContents } from '../configuration/files.ts';
import { isRecord, parsedRecord } from '../diagnostics/json.ts';
import { noSuchFile } from '../diagnostics/missing-file.ts';
import type { Steps } from '../diagnostics/steps.ts';
import { publishedJwk } from '../keys/key-set.ts';
import { readPublicJwk } from '../keys/public-jwk.ts';
import { maxPublishedKeys, type PublishedKey, PublishedKeys } from '../keys/published-keys.ts';

/** Why a state file cannot be used. The texts contain nothing of the file. */
export interface Unusable {
  readonly reason: string;
  readonly suggestion: string;
}

export type StateReading =
  | { readonly kind: 'keys'; readonly keys: PublishedKeys }
  | ({ readonly kind: 'unusable' } & Unusable);

/** The member by which a state file is known, and its only form so far. */
const form = 'mintprocKeys';
const version = 1;

/** @param now milliseconds since the epoch; keys that have ended are left out */
export function stateText(keys: readonly PublishedKey[], now: number): string {
  const written = keys.flatMap(({ held, algorithms, since, until, activeFrom }) => {
    const jwk = publishedJwk(held, algorithms);
    if (jwk === undefined || until <= now) return [];
    const times = { since: timeText(since), until: timeText(until) };
    return [{ jwk, ...times, ...(Number.isFinite(activeFrom) && { activeFrom: timeText(activeFrom) }) }];
  });
  // A key on each line, so that two states can be compared.
  const lines = written.map((key) => `\n  ${JSON.stringify(key)}`);
  return `{ "${form}": ${version}, "keys": [${lines.join(',')}\n] }\n`;
}

/** Years with four digits, which is the form that `readTime` takes. */
const lastTime = Date.UTC(9999, 11, 31);

function timeText(time: number): string {
  return new Date(Math.min(Math.max(time, 0), lastTime)).toISOString();
}

/** Reads a state file. One that is empty or not there has no keys. */
export function* readState(contents: FileContents): Steps<StateReading> {
  const entries = contents.kind === 'failed' ? failed(contents.reason) : entriesOf(contents);
  if ('reason' in entries) return { kind: 'unusable', ...entries };
  const keys = new PublishedKeys();
  for (const [index, entry] of entries.entries()) {
    const objection = addEntry(entry, keys);
    if (objection !== undefined) {
      const reason = `Entry ${index + 1} of the state file cannot be used. ${objection}`;
      return { kind: 'unusable', reason, suggestion };
    }
    yield;
  }
  return { kind: 'keys', keys };
}

function failed(reason: string): readonly unknown[] | Unusable {
  if (reason === noSuchFile) return [];
  return {
    reason: `The state file ${reason}.`,
    suggestion: 'Name a file in a folder that mintproc may read and write.',
  };
}

/** Whoever can write the file can publish keys. */
const writableByAll: Unusable = {
  reason: 'Every user of the machine may write the state file, and so publish keys.',
  suggestion: 'Take that right away: chmod o-w.',
};

const suggestion =
  'Remove the file if it is not needed: mintproc writes a new one, without the keys that it had remembered.';

function entriesOf({
  bytes,
  mode = 0,
}: Extract<FileContents, { readonly kind: 'bytes' }>): readonly unknown[] | Unusable {
  if ((mode & 0o002) !== 0) return writableByAll;
  const text = Buffer.from(bytes).toString();
  if (text.trim() === '') return [];
  const document = parsedRecord(text);
  const found = document?.[form];
  if (document === undefined || typeof found !== 'number') {
    return {
      reason: 'The state file is damaged, or is not one of mintproc. It is not overwritten.',
      suggestion: `If another file was meant, write its path. ${suggestion}`,
    };
  }
  if (found !== version) {
    return {
      reason: 'The state file was written by another version of mintproc, whose form is not known here.',
      suggestion: 'Use that version, or give this one a file of its own.',
    };
  }
  const keys = document['keys'];
  if (!Array.isArray(keys)) return { reason: 'The state file has no array `keys`.', suggestion };
  if (keys.length <= maxPublishedKeys) return keys;
  return { reason: `The state file has more than ${maxPublishedKeys} keys.`, suggestion };
}

/** @returns a sentence if the entry cannot be used */
function addEntry(entry: unknown, keys: PublishedKeys): string | undefined {
  const key = readEntry(entry);
  if (typeof key === 'string') return key;
  // Nothing has ended at this time, so that two keys of one name are an error.
  return keys.add(key, 0) === 'new' ? undefined : 'Another entry has the same `kid`.';
}

/** @returns a sentence if the entry cannot be used */
function readEntry(entry: unknown): PublishedKey | string {
  if (!isRecord(entry)) return 'It is not an object.';
  const reading = readPublicJwk(entry['jwk']);
  if (!reading.ok) return reading.reason;
  const [since, until] = [readTime(entry['since']), readTime(entry['until'])];
  const activeFrom = entry['activeFrom'] === undefined ? Number.NEGATIVE_INFINITY : readTime(entry['activeFrom']);
  if (since === undefined || until === undefined || activeFrom === undefined)
    return 'A time is not written as 2026-01-01T00:00:00.000Z.';
  const { held, algorithms } = reading;
  return { held, algorithms, since, until, activeFrom };
}

function readTime(text: unknown): number | undefined {
  if (typeof text !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text)) return undefined;
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}
