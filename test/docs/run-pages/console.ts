/**
 * @module
 * A block of commands: in a `console` block each command follows `$ `, and below it is what it prints. In an `sh` block
 * every line is a command, and what it prints is not shown.
 */
import type { Block } from './page-blocks.ts';

export interface Step {
  /** On one line. */
  readonly command: string;
  /** What the page shows below it; undefined if it shows no output. */
  readonly output: string | undefined;
}

export function stepsOf({ language, text }: Pick<Block, 'language' | 'text'>): readonly Step[] {
  const joined = text.replaceAll(/\\\n\s*/g, '');
  if (language !== 'console') return commandLines(joined).map((command) => ({ command, output: undefined }));
  const [before = '', ...parts] = joined.split(/^\$ /m);
  if (before !== '') throw new Error(`A console block begins with "$ ": ${before}`);
  return parts.map((part) => {
    const end = part.indexOf('\n');
    return { command: commandOf(part.slice(0, end)), output: part.slice(end + 1) };
  });
}

function commandLines(text: string): readonly string[] {
  return text
    .split('\n')
    .map(commandOf)
    .filter((line) => line !== '');
}

/** Without a comment at the end. */
function commandOf(line: string): string {
  return line.replace(/(?:^|\s+)# .*$/, '').trim();
}

/** The block with other output below its commands; a command over several lines stays as it is. */
export function withOutputs(text: string, outputs: readonly string[]): string {
  const [, ...parts] = text.split(/^\$ /m);
  return parts
    .map((part, index) => {
      const [command = ''] = /^(?:[^\n]*\\\n)*[^\n]*\n/.exec(part) ?? [];
      return `$ ${command}${outputs[index] ?? ''}`;
    })
    .join('');
}
