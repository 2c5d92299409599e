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
const member = /^([\s{[-]*)["']?([\w.$-]+)["']?\s*:(?:\s|$)/;

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
  let column = member.exec(text)?.[1]?.length ?? Number.POSITIVE_INFINITY;
  for (let above = line - 1; above > 0 && column > 0; above--) {
    if (line - above > mostLines) return true;
    const [, indentation, name] = member.exec(source.lineText(above).slice(0, longestLine)) ?? [];
    if (indentation === undefined || name === undefined || indentation.length >= column) continue;
    if (secretName.test(name)) return true;
    column = indentation.length;
  }
  return false;
}
