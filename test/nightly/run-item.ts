/**
 * @module
 * Runs one item to its end, with a word now and then.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdirSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { finished } from 'node:stream/promises';
import { type Item, Left } from './item.ts';

export interface Result {
  readonly name: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  readonly seconds: number;
  /** What it counted, why it failed, or why it was left out. */
  readonly figures: string;
}

export interface NightOptions {
  readonly root: string;
  /** How long a timed item should take; undefined for as long as it takes to be whole. */
  readonly seconds: number | undefined;
  /** Where the whole output of each item goes. */
  readonly folder: string;
  print(line: string): void;
}

/** Milliseconds between two words about an item. */
const progressInterval = 60_000;
/** Milliseconds after which an item counts as stuck: a job of the workflow ends after 300 minutes. */
const longest = 280 * 60_000;
/** Characters of the end of its output that are looked at. */
const endLength = 20_000;

export async function runItem(item: Item, options: NightOptions): Promise<Result> {
  const began = performance.now();
  const result = (outcome: Result['outcome'], figures: string): Result => ({
    name: item.name,
    outcome,
    seconds: Math.round((performance.now() - began) / 1000),
    figures,
  });
  try {
    const { file = process.execPath, arguments: args, environment, leftCode } = await item.prepare(options.seconds);
    const { code, end } = await ended(item.name, file, args, environment ?? {}, options);
    if (code !== 0 && code === leftCode) return result('skipped', lastLine(end));
    return code === 0 ? result('passed', lastLine(end)) : result('failed', failureOf(code, end));
  } catch (error) {
    if (error instanceof Left) return result('skipped', error.message);
    return result('failed', error instanceof Error ? error.message : String(error));
  }
}

async function ended(
  name: string,
  file: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  { root, folder, print }: NightOptions,
): Promise<{ readonly code: number | string; readonly end: string }> {
  mkdirSync(folder, { recursive: true });
  const log = createWriteStream(join(folder, `${name.replaceAll('/', '-')}.log`));
  // A newer Node comes before the pinned one for what the program starts by name.
  const first = file === 'npm' ? dirname(process.execPath) : dirname(file);
  const path = [first, process.env['PATH'] ?? ''].join(delimiter);
  const child = spawn(file, args, {
    cwd: root,
    env: { ...process.env, PATH: path, NO_COLOR: '1', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: longest,
  });
  let end = '';
  const add = (chunk: Buffer): void => {
    log.write(chunk);
    end = `${end}${String(chunk)}`.slice(-endLength);
  };
  child.stdout.on('data', add);
  child.stderr.on('data', add);
  const progress = setInterval(() => print(`… ${name}: ${lastLine(end)}`), progressInterval);
  try {
    // If the program cannot be started, this throws the reason.
    const [code, signal] = await once(child, 'close');
    return { code: code ?? signal ?? 'no code', end };
  } finally {
    clearInterval(progress);
    // Its output is read from the file when the item is over.
    log.end();
    await finished(log);
  }
}

/** Characters of a line that are shown. */
const shownLength = 300;
/** Lines of a failure that are shown; its whole output is in a file. */
const shownLines = 30;

function lastLine(end: string): string {
  return (end.trimEnd().split('\n').at(-1) ?? '').slice(0, shownLength);
}

function failureOf(code: number | string, end: string): string {
  const lines = end.trimEnd().split('\n').slice(-shownLines);
  return [`ended with ${code}`, ...lines.map((line) => line.slice(0, shownLength))].join('\n');
}
