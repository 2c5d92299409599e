/**
 * @module
 * The blocks of code of a page, each with the mark above it: an HTML comment, which no reader of the page sees.
 *
 * | Mark | What becomes of the block |
 * | --- | --- |
 * | `<!-- file: NAME -->` | It is written as the file NAME. |
 * | `<!-- shows: NAME -->` | It is a part of the file NAME. |
 * | `<!-- run -->` | Its commands are run, and what they print is compared with what the block shows. |
 * | `<!-- run, exit 1 -->` | The same, and the last command fails. |
 * | `<!-- run with Envoy -->` | The same, in the test that starts Envoy. |
 * | `<!-- run by TEST -->` | The test file TEST runs it, or loads it. |
 * | `<!-- not run: REASON -->` | Nothing; the reason says why not. |
 *
 * NAME is relative to the folder in which the commands before it have ended.
 */

export type Mark =
  | { readonly kind: 'file'; readonly name: string }
  | { readonly kind: 'shows'; readonly name: string }
  | { readonly kind: 'run'; readonly exit: number; readonly withEnvoy: boolean }
  | { readonly kind: 'run by'; readonly test: string }
  | { readonly kind: 'not run'; readonly reason: string };

export interface Block {
  /** The first word after the fence; empty without one. */
  readonly language: string;
  /** Without the fences, and without the indentation of a list. */
  readonly text: string;
  /** The line of the fence in the page, from 1. */
  readonly line: number;
  readonly mark: Mark | undefined;
  /** Where `text` is in the page, with its indentation. */
  readonly start: number;
  readonly end: number;
  readonly indent: string;
}

const fenced =
  /^(?<above>[^\n]*)\n(?<gap>\s*\n)?(?<indent> *)```(?<language>[^\s`]*)[^\n`]*\n(?<text>[\s\S]*?)^\k<indent>```$/gm;

/** @throws Error for a mark that is none of those above */
export function blocksOf(page: string): readonly Block[] {
  // So that a block in the first line has a line above it, too.
  return Array.from(`\n${page}`.matchAll(fenced), (match) => {
    const { above = '', indent = '', language = '', text = '' } = match.groups ?? {};
    const end = match.index - 1 + match[0].length - indent.length - '```'.length;
    const start = end - text.length;
    return {
      language,
      text: indent === '' ? text : text.replace(new RegExp(`^${indent}`, 'gm'), ''),
      line: page.slice(0, start).split('\n').length - 1,
      mark: markOf(above.trim()),
      start,
      end,
      indent,
    };
  });
}

type Form = readonly [pattern: RegExp, mark: (value: string) => Mark];

const forms: readonly Form[] = [
  [/^file: (\S+)$/, (name) => ({ kind: 'file', name })],
  [/^shows: (\S+)$/, (name) => ({ kind: 'shows', name })],
  [/^run()$/, () => ({ kind: 'run', exit: 0, withEnvoy: false })],
  [/^run, exit ([12])$/, (exit) => ({ kind: 'run', exit: Number(exit), withEnvoy: false })],
  [/^run with Envoy()$/, () => ({ kind: 'run', exit: 0, withEnvoy: true })],
  [/^run by (test\/\S+\.test\.ts)$/, (test) => ({ kind: 'run by', test })],
  [/^not run: (\S.* .*\S)$/, (reason) => ({ kind: 'not run', reason })],
];

/** Comments that begin with another word are not marks. */
const isMeant = /^<!-- (?:file|shows|run|not run)\b(.*) -->$/;

function markOf(line: string): Mark | undefined {
  if (!isMeant.test(line)) return undefined;
  const content = line.slice('<!-- '.length, -' -->'.length);
  for (const [pattern, mark] of forms) {
    const [, value] = pattern.exec(content) ?? [];
    if (value !== undefined) return mark(value);
  }
  throw new Error(`${line} is no mark of a block: see test/docs/run-pages/page-blocks.ts.`);
}
