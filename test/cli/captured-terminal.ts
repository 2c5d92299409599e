/**
 * A terminal that keeps what a command writes, and the folder that its files are in.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { run } from '../../src/cli/index.ts';

export interface Captured {
  readonly code: number;
  readonly out: string;
  readonly errors: string;
}

export interface Written {
  readonly to: 'out' | 'errors';
  readonly text: string;
}

/** Runs a command line in this process, by default at 2023-11-14T22:13:20Z. @param onWrite called in the order of what is written */
export async function runCommand(
  line: readonly string[],
  input: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
  isInteractive = false,
  {
    now = () => 1_700_000_000_000,
    onWrite = () => undefined,
  }: { now?: () => number; onWrite?: (written: Written) => void } = {},
): Promise<Captured> {
  let out = '';
  let errors = '';
  const code = await run(line, {
    out: (text) => {
      out += text;
      onWrite({ to: 'out', text });
    },
    error: (text) => {
      errors += `${text}\n`;
      onWrite({ to: 'errors', text: `${text}\n` });
    },
    isColoured: false,
    isInteractive,
    lines: async function* () {
      yield* input;
    },
    version: '1.2.3',
    environment: { SECRET: 'a secret of at least thirty-two bytes', ...environment },
    now,
    collectGarbage: () => assert.fail('no command but one that serves gives memory back'),
    onStop: () => () => undefined,
    onReload: () => () => undefined,
    ignoreSignals: () => undefined,
    threadIsStuck: () => assert.fail('no thread of a test is stuck'),
    startWorker: () => assert.fail('no command but serve starts a worker'),
    startChecker: () => assert.fail('no command but serve has a configuration checked'),
    primary: undefined,
    server: undefined,
    stepBack: () => assert.fail('only a check steps back'),
  });
  return { code, out, errors };
}

/** Writes files into a new folder, which goes when the tests of the file are over. @returns the path of each */
export function writeFiles<Name extends string>(files: Readonly<Record<Name, string>>): Record<Name, string> {
  const folder = mkdtempSync(join(tmpdir(), 'mintproc-cli-'));
  after(() => rmSync(folder, { recursive: true }));
  const paths: Partial<Record<Name, string>> = {};
  for (const name of Object.keys(files) as Name[]) {
    paths[name] = join(folder, name);
    writeFileSync(join(folder, name), files[name]);
  }
  return paths as Record<Name, string>;
}
