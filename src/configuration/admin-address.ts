/**
 * @module
 * The admin address of a configuration, and nothing else of it. To read 5,000 policies as YAML takes seconds, and who
 * asks for readiness has one: mostly the lines of the one key can be told from the others by how they begin.
 */
import { parse, parseAllDocuments } from 'yaml';
import { type Address, parseAddress } from '../net/address.ts';

/** Where the admin address is unless the configuration says otherwise. */
export const defaultAdmin = '127.0.0.1:9464';

/** The configuration does not say where to ask; the message is a sentence that quotes nothing of it. */
export class NoAdminAddress extends Error {
  override readonly name = 'NoAdminAddress';
}

/** @param text a configuration's @throws NoAdminAddress */
export function adminAddressOf(text: string): Address {
  const value = adminOf(text);
  const address = typeof value === 'string' ? parseAddress(value) : undefined;
  if (address === undefined) throw new NoAdminAddress('`admin` is not an address to listen at. [config.invalid-value]');
  return address;
}

function adminOf(text: string): unknown {
  const entry = entryOf('admin', text);
  if (entry.kind === 'absent') return defaultAdmin;
  const document = entry.kind === 'found' ? attempt(() => parse(entry.text)) : attempt(() => wholeOf(text));
  if (typeof document !== 'object' || document === null || Array.isArray(document)) throw notWellFormed();
  const { admin = defaultAdmin } = document as { readonly admin?: unknown };
  return admin;
}

function attempt(read: () => unknown): unknown {
  try {
    return read();
  } catch {
    throw notWellFormed();
  }
}

function notWellFormed(): NoAdminAddress {
  return new NoAdminAddress('It is not well-formed YAML. [config.syntax]');
}

/** The first document, as the configuration's reader takes it. */
function wholeOf(text: string): unknown {
  if (text.trimStart().startsWith('{')) {
    try {
      return JSON.parse(text);
    } catch {
      // YAML in braces.
    }
  }
  const [document] = parseAllDocuments(text);
  if (document === undefined || document.errors.length > 0) throw notWellFormed();
  return document.toJS({ maxAliasCount: 100 });
}

/** The line of a key of the outermost mapping. */
type Entry =
  | { readonly kind: 'found'; readonly text: string }
  | { readonly kind: 'absent' }
  /** Only the whole document tells. */
  | { readonly kind: 'unsure' };

const unsure: Entry = { kind: 'unsure' };

/** A line that begins an entry: everything that belongs to its value is indented, or an item of a list. */
const keyLine = /^(["']?)([A-Za-z]\w*)\1[ \t]*:(?=[ \t]|$)/;
const valueLine = /^(?:[ \t]|-(?:[ \t]|$))/;
const emptyLine = /^[ \t]*(?:#.*)?$/;

function entryOf(wanted: string, text: string): Entry {
  const lines = text.split(/\r?\n/).filter((line) => !emptyLine.test(line));
  if (lines[0] === '---') lines.shift();
  const keys = lines.map((line) => keyLine.exec(line)?.[2]);
  const belongs = (line: string, index: number): boolean =>
    keys[index] !== undefined || (index > 0 && valueLine.test(line));
  if (!lines.every(belongs)) return unsure;
  const place = keys.indexOf(wanted);
  const line = lines[place];
  if (line === undefined) return { kind: 'absent' };
  // An alias stands for what another entry says, and a value of several lines may be folded.
  const isPlain =
    keys.lastIndexOf(wanted) === place && !valueLine.test(lines[place + 1] ?? '') && !/[*&!|>]/.test(line);
  return isPlain ? { kind: 'found', text: line } : unsure;
}
