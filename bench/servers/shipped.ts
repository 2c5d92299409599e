/**
 * @module
 * The built program that `npm install` puts on the PATH, and how to run it.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const project = join(import.meta.dirname, '..', '..');

/** The file of the built program. @param root the folder of this commit or of another one */
export function shippedProgram(root = project): string {
  const { bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { bin: { mintproc: string } };
  return join(root, bin.mintproc);
}

/**
 * The command that runs a program with the interpreter options in the first line of the shipped program and the current
 * Node, so that compared programs have the same heap and the same compilers.
 *
 * @param root the folder of the shipped program
 */
export function runAsShipped(root: string, program: string, ...args: readonly string[]): string[] {
  const [line = ''] = readFileSync(shippedProgram(root), 'utf8').split('\n', 1);
  if (!line.startsWith('#!')) throw new Error('The shipped program has no interpreter line.');
  const interpreter = line
    .slice(2)
    .split(' ')
    // `-S` only makes env split its argument.
    .filter((word) => word !== '-S')
    .map((word) => (word === 'node' ? process.execPath : word));
  return [...interpreter, program, ...args];
}
