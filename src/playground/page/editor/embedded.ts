/**
 * @module
 * Where expressions stand inside YAML and XML: `#[…]` in policies of Flex Gateway, `{…}` in Apigee's, `$(…)` in those
 * of API Connect.
 */
import type { FileKind } from '../../interface.ts';

interface Part {
  readonly from: number;
  readonly to: number;
}

type Find = (text: string) => readonly Part[];

/** The end of an expression is the last `]` of its scalar: a string inside may have brackets of its own. */
function flexExpressions(text: string): readonly Part[] {
  const start = text.indexOf('#[');
  const end = text.lastIndexOf(']');
  return start === -1 || end < start + 2 ? [] : [{ from: start + 2, to: end }];
}

function parts(pattern: RegExp, before: number, after: number): Find {
  return (text) =>
    Array.from(text.matchAll(pattern), (match) => ({
      from: match.index + before,
      to: match.index + match[0].length - after,
    })).filter(({ from, to }) => to > from);
}

const braces = parts(/\{[A-Za-z][\w.-]*(?:\([^(){}]{0,500}\)|:[^{}]{0,200})?\}/g, 1, 1);
const dollars = parts(/\$\([^()]{0,500}\)/g, 2, 1);

/** The parts of a scalar or text of such a file that are expressions, in their order. */
export const embeddedParts: Readonly<Record<FileKind, Find>> = {
  flex: flexExpressions,
  apigee: braces,
  datapower: dollars,
  configuration: braces,
};

/** How an expression begins that the author is still writing, and what ends it. */
const openings: Readonly<Record<FileKind, readonly [begin: string, end: RegExp]>> = {
  flex: ['#[', /$^/],
  apigee: ['{', /[}\s"]/],
  datapower: ['$(', /\)/],
  configuration: ['{', /[}\s"]/],
};

/** The offset after the beginning of the expression that has the end of `before` in it; undefined outside. */
export function openPart(file: FileKind, before: string): number | undefined {
  const [begin, end] = openings[file];
  const at = before.lastIndexOf(begin);
  if (at === -1) return undefined;
  const start = at + begin.length;
  return end.test(before.slice(start)) ? undefined : start;
}
