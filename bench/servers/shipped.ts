/**
 * @module
 * What `npm install` puts on the path, and how its first line has Node run it.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const project = join(import.meta.dirname, '..', '..');

/** The program's file, as built. @param root of this project, or of another commit of it */
export function shippedProgram(root = project): string {
  const { bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { bin: { mintproc: string } };
  return join(root, bin.mintproc);
}

/**
 * A command that runs a program as the first line of the shipped one says, with the Node that runs this. What is compared
 * with the shipped program has the same heap and the same compilers.
 *
 * @param root whose shipped program that is
 */
export function runAsShipped(root: string, program: string, ...args: readonly string[]): string[] {
  const [line = ''] = readFileSync(shippedProgram(root), 'utf8').split('\n', 1);
  if (!line.startsWith('#!')) throw new Error('The shipped program does not say what runs it.');
  const interpreter = line
    .slice(2)
    .split(' ')
    // It only splits what a first line cannot hold apart.
    .filter((word) => word !== '-S')
    .map((word) => (word === 'node' ? process.execPath : word));
  return [...interpreter, program, ...args];
}
