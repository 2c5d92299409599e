/**
 * @module
 * Which lines of a file are never quoted, because a key or a secret may stand in them.
 *
 * A line tells by itself (PEM, a telling name before its value), or by what it stands below: the value of `privateKey:` may
 * begin in the next line, and a file that is not well formed is not known to end it where its author meant to. So this
 * looks at lines alone and needs no reader; where it is unsure, the line is left out.
 */
import type { SourceText } from './source-text.ts';

/** PEM, long runs of base64 or hex, telling names of keys. */
const telling =
  /-----BEGIN|[A-Za-z0-9+/_=-]{48,}|(key|secret|passw\w*|passphrase)["']?\s*[:=>]|\bprivate\.[\w.-]+["']?\s*:/i;

/** `name:` at a line's beginning, in YAML and in JSON, behind the dashes of list items. */
// The look-ahead keeps what it took: a line of nothing but dashes is not tried at each of them.
const member = /^(?=([\s{[-]*))\1["']?([\w.$-]+)["']?\s*:(?:\s|$)/;

/** Names whose values are secrets whatever the form of the value. */
const secretName = /(?:keys?|secrets?|passw\w*|passphrase|jwk)$|^private\./i;

/** Longer lines are no author's, and looking at one again for each of its problems would take long. */
export const longestLine = 4096;
/** So far above itself a line is looked for the members that it belongs to; beyond, it is left out. */
export const mostLines = 10_000;

/** Whether `line` of the file, counted from 1, may hold a secret. */
export function mayHoldSecret(source: SourceText, line: number): boolean {
  const text = source.lineText(line);
  return text.length > longestLine || telling.test(text) || isBelowSecret(source, line, text);
}

/** A line without a member of its own goes on with the nearest member above; a member belongs to those further left. */
function isBelowSecret(source: SourceText, line: number, text: string): boolean {
  const column = member.exec(text)?.[1]?.length ?? Number.POSITIVE_INFINITY;
  if (column === 0) return false;
  const above = membersOf(source).above(line, column);
  if (above?.isSecret === true) return true;
  return line - (above?.root ?? 1) > mostLines;
}

/** A line with a member, and what it stands below. */
interface MemberLine {
  readonly line: number;
  readonly column: number;
  readonly parent: MemberLine | undefined;
  /** Whether its value, or the value of one that it stands below, is a secret. */
  readonly isSecret: boolean;
  /** The line of the outermost one that it stands below, where that begins a line; else 1. */
  readonly root: number;
}

/** The members of a file, read down to the line that is asked for: each line once, however many problems there are. */
class MemberLines {
  readonly #source: SourceText;
  readonly #members: MemberLine[] = [];
  /** How many lines have been read. */
  #read = 0;

  constructor(source: SourceText) {
    this.#source = source;
  }

  /** The nearest member above `line` that stands further left than `column`. */
  above(line: number, column: number): MemberLine | undefined {
    while (this.#read < line - 1) this.#readLine();
    let found = this.#lastBefore(line);
    while (found !== undefined && found.column >= column) found = found.parent;
    return found;
  }

  #readLine(): void {
    this.#read += 1;
    const text = this.#source.lineText(this.#read).slice(0, longestLine);
    const [, indentation, name] = text === '' ? [] : (member.exec(text) ?? []);
    if (indentation === undefined || name === undefined) return;
    const column = indentation.length;
    let parent = this.#members.at(-1);
    while (parent !== undefined && parent.column >= column) parent = parent.parent;
    this.#members.push({
      line: this.#read,
      column,
      parent,
      isSecret: parent?.isSecret === true || secretName.test(name),
      root: column === 0 ? this.#read : (parent?.root ?? 1),
    });
  }

  #lastBefore(line: number): MemberLine | undefined {
    let low = 0;
    let high = this.#members.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#members[middle]?.line ?? line) < line) low = middle + 1;
      else high = middle;
    }
    return this.#members[low - 1];
  }
}

const known = new WeakMap<object, MemberLines>();

function membersOf(source: SourceText): MemberLines {
  const found = known.get(source.whole) ?? new MemberLines(source);
  known.set(source.whole, found);
  return found;
}
