/**
 * @module
 * Runs the marked blocks of a page, in their order: writes its files, compares what it shows of files, runs its
 * commands.
 */
import assert from 'node:assert/strict';
import { type Step, stepsOf } from './console.ts';
import { type Block, blocksOf } from './page-blocks.ts';
import { isPart, isShown, masked } from './shown-output.ts';

/** What the blocks of a page need of their surroundings. */
export interface Surroundings {
  read(name: string): string;
  write(name: string, text: string): void;
  run(command: string): Promise<{ readonly code: number; readonly output: string }>;
}

export interface Ran {
  readonly block: Block;
  readonly steps: readonly Step[];
  /** What each step printed. */
  readonly outputs: readonly string[];
}

export interface Options {
  /** Whether the blocks that need Envoy run, too. */
  readonly withEnvoy: boolean;
  /** Whether to compare what the page shows of files. */
  readonly compareFiles: boolean;
}

/** @throws AssertionError with the line of the page for a command with another exit code, and a file that differs */
export async function* runBlocks(
  path: string,
  page: string,
  place: Surroundings,
  { withEnvoy, compareFiles }: Options,
): AsyncGenerator<Ran> {
  for (const block of blocksOf(page)) {
    const { mark, text, line } = block;
    if (mark?.kind === 'file') place.write(mark.name, text);
    if (mark?.kind === 'shows' && compareFiles) compareFile(`${path}:${line}`, text, mark.name, place);
    if (mark?.kind !== 'run' || (mark.withEnvoy && !withEnvoy)) continue;
    const steps = stepsOf(block);
    const outputs: string[] = [];
    for (const [index, { command }] of steps.entries()) {
      const { code, output } = await place.run(command);
      const expected: number = index === steps.length - 1 ? mark.exit : 0;
      assert.equal(code, expected, `${path}:${line}: \`${command}\` exits with ${code}, not ${expected}\n${output}`);
      outputs.push(output);
    }
    yield { block, steps, outputs };
  }
}

function compareFile(at: string, shown: string, name: string, place: Surroundings): void {
  const actual = place.read(name);
  if (!isPart(shown, actual)) assert.equal(masked(shown), masked(actual), `${at} is no part of ${name}`);
}

/** @throws AssertionError for the first step whose output is not what the page shows */
export function compareOutputs(path: string, { block, steps, outputs }: Ran): void {
  for (const [index, { command, output: shown }] of steps.entries()) {
    const actual = outputs[index] ?? '';
    if (shown === undefined || isShown(shown, actual)) continue;
    const advice = 'If the new output is right: npm run outputs';
    assert.equal(
      masked(actual),
      masked(shown),
      `${path}:${block.line}: \`${command}\` prints something else. ${advice}`,
    );
  }
}
