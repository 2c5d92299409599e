/**
 * @module
 * Reads the admin address of a configuration, and nothing else. Parsing a file of 5,000 policies as YAML takes seconds,
 * and a readiness probe has one. The line of the key can usually be found by its beginning.
 */
import { parse, parseAllDocuments } from 'yaml';
import { type Address, parseAddress } from '../net/address.ts';

/** The admin address if the configuration has none. */
export const defaultAdmin = '127.0.0.1:9464';

/** The configuration has no valid admin address. The message quotes nothing of the configuration. */
export class NoAdminAddress extends Error {
  override readonly name = 'NoAdminAddress';
}

/** @param text the text of a configuration @throws NoAdminAddress */
export function adminAddressOf(text: string): Address {
  const value = adminOf(text);
  const address = typeof value === 'string' ? parseAddress(value) : undefined;
  if (address === undefined) throw new NoAdminAddress('`admin` is not an address to listen on. [config.invalid-value]');
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

/** The first document, which the configuration's reader uses too. */
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

/** The line of a key of the top-level mapping. */
type Entry =
  | { readonly kind: 'found'; readonly text: string }
  | { readonly kind: 'absent' }
  /** The whole document must be parsed. */
  | { readonly kind: 'unsure' };

const unsure: Entry = { kind: 'unsure' };

/** A line that begins an entry. Lines that belong to its value are indented, or items of a list. */
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
  // An alias refers to another entry, and a value of several lines may be folded.
  const isPlain =
    keys.lastIndexOf(wanted) === place && !valueLine.test(lines[place + 1] ?? '') && !/[*&!|>]/.test(line);
  return isPlain ? { kind: 'found', text: line } : unsure;
}
