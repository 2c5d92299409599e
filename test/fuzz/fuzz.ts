/**
 * @module
 * Fuzzes one target for some time, and tells what came of it.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleTarget } from './bundle.ts';
import { bytesOf, type KeptInput, keptInput, keptInputs, writeCorpus } from './corpus.ts';
import type { Fuzzer } from './fuzzer.ts';
import { fuzzTarget, fuzzTargets } from './index.ts';
import type { FuzzTarget } from './target.ts';

export interface FuzzRun {
  readonly seconds: number;
  readonly seed: number;
  /** Whether the corpus is written anew. */
  readonly keeps: boolean;
}

export interface Fuzzed {
  readonly line: string;
  /** What the input is and what came of it; undefined if there is none. */
  readonly finding: string | undefined;
}

/** Bytes of all inputs of a target together that are kept. */
const maxKept = 4_096;
/** Seeds that the fuzzer begins with: more would take the time of short runs. */
const maxSeeds = 400;
/** The fuzzer ends a longer input itself: `checkInput` measures CPU time once it has ended. */
const hangSeconds = 120;
const megabytes = 3_000;

export async function fuzz(fuzzer: Fuzzer, name: string, run: FuzzRun): Promise<Fuzzed> {
  const row = fuzzTargets[name];
  if (row === undefined) throw new Error(`There is no fuzz target ${name}.`);
  const target = await fuzzTarget(name);
  const folder = mkdtempSync(join(tmpdir(), 'mintproc-fuzz-'));
  try {
    const corpus = begun(folder, name, target);
    await bundleTarget(row, join(folder, 'target.js'));
    const args = argumentsFor(target, folder);
    const { code, output } = await fuzzer.start(
      [...args, 'corpus', '--', `-max_total_time=${run.seconds}`, ...limitsOf(target, run)],
      folder,
    );
    const line = `${name}: ${summaryOf(output, corpus, run)}`;
    if (code !== 0) return { line, finding: findingIn(folder, name, target, { code, output }) };
    if (!run.keeps) return { line, finding: undefined };
    const kept = await keep(fuzzer, { folder, name, target, args: [...args], run });
    return { line: `${line}; ${kept}`, finding: undefined };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Writes what the fuzzer begins with. @returns the folder of its inputs */
function begun(folder: string, name: string, target: FuzzTarget): string {
  // `.js` files are CommonJS here.
  writeFileSync(join(folder, 'package.json'), '{}');
  const words = [...(target.words ?? []), '__proto__', 'constructor', 'prototype'];
  writeFileSync(join(folder, 'words'), words.map(dictionaryEntry).join('\n'));
  const corpus = join(folder, 'corpus');
  mkdirSync(corpus);
  mkdirSync(join(folder, 'findings'));
  const seeds = Array.from(target.seeds(), (seed) => Buffer.from(seed as Uint8Array));
  const fitting = seeds.filter(({ length }) => length <= maxBytesOf(target)).sort((a, b) => a.length - b.length);
  const step = Math.max(1, Math.ceil(fitting.length / maxSeeds));
  const chosen = fitting.filter((_, index) => index % step === 0);
  for (const [index, bytes] of [...keptInputs(name).map(bytesOf), ...chosen].entries()) {
    writeFileSync(join(corpus, `seed-${index}`), bytes);
  }
  return corpus;
}

function dictionaryEntry(word: string): string {
  const bytes = Array.from(Buffer.from(word), (byte) => `\\x${byte.toString(16).padStart(2, '0')}`);
  return `"${bytes.join('')}"`;
}

function maxBytesOf({ maxBytes = 4_096 }: FuzzTarget): number {
  return maxBytes;
}

function argumentsFor(target: FuzzTarget, folder: string): readonly string[] {
  const isSync = target.run.constructor.name !== 'AsyncFunction';
  const bundle = join(folder, 'target.js');
  return [bundle, ...(isSync ? ['--sync'] : []), '--disableBugDetectors', '.*', '--timeout', `${hangSeconds * 1000}`];
}

function limitsOf(target: FuzzTarget, { seed }: FuzzRun): readonly string[] {
  return [
    `-max_len=${maxBytesOf(target)}`,
    `-seed=${seed}`,
    `-rss_limit_mb=${megabytes}`,
    '-dict=words',
    '-artifact_prefix=findings/',
  ];
}

function summaryOf(output: string, corpus: string, { seed, seconds }: FuzzRun): string {
  const inputs = /^Done (\d+) runs/m.exec(output)?.[1] ?? '0';
  const covered = [...output.matchAll(/ cov: (\d+) /g)].at(-1)?.[1] ?? '0';
  const kept = readdirSync(corpus).length;
  return `${inputs} inputs in ${seconds} s, seed ${seed}; ${covered} branches covered by ${kept} inputs`;
}

/** Lines of a finding that are shown: its error and where it was thrown. */
const shownLines = 12;

function findingIn(
  folder: string,
  name: string,
  target: FuzzTarget,
  { code, output }: { readonly code: number | string; readonly output: string },
): string {
  const [file] = readdirSync(join(folder, 'findings'));
  if (file === undefined) return `The fuzzer ended with ${code} and without an input:\n${output.slice(-3_000)}`;
  const path = join(folder, 'findings', file);
  const input = keptInput(target, readFileSync(path));
  const begins = Math.max(0, output.search(/^==\d+== /m));
  const said = output.slice(begins).split('\n').slice(0, shownLines);
  return [
    `Finding (${file.split('-', 1)[0]}): ${said.join('\n').trim()}`,
    `In code that is not instrumented: ${plainOutcome(name, path)}`,
    `To keep it, add to test/fuzz/corpus/${name}.jsonl:`,
    JSON.stringify({ why: '…', ...input }),
  ].join('\n');
}

/** Milliseconds for one input, with the start of a process. */
const plainTimeout = 60_000;

function plainOutcome(name: string, file: string): string {
  const args = [join(import.meta.dirname, 'main.ts'), name, '--input', file];
  const { status, signal, stderr } = spawnSync(process.execPath, args, { timeout: plainTimeout, encoding: 'utf8' });
  if (status === 0) return 'no finding';
  return /FuzzFinding: .*/.exec(stderr)?.[0] ?? `it ends with ${status ?? signal}`;
}

interface Keeping {
  readonly folder: string;
  readonly name: string;
  readonly target: FuzzTarget;
  readonly args: readonly string[];
  readonly run: FuzzRun;
}

/** Findings of earlier times stay; of the rest, as few bytes as cover the same, the shortest first. */
async function keep(fuzzer: Fuzzer, { folder, name, target, args, run }: Keeping): Promise<string> {
  mkdirSync(join(folder, 'kept'));
  const merging = [...args, 'kept', 'corpus', '--', '-merge=1', ...limitsOf(target, run)];
  const { code, output } = await fuzzer.start(merging, folder);
  if (code !== 0) throw new Error(`The corpus of ${name} cannot be merged:\n${output.slice(-3_000)}`);
  const found = readdirSync(join(folder, 'kept')).map((file) => readFileSync(join(folder, 'kept', file)));
  const inputs: KeptInput[] = keptInputs(name).filter(({ why }) => why !== undefined);
  let left = maxKept;
  for (const bytes of found.sort((one, other) => one.length - other.length)) {
    left -= bytes.length;
    if (left < 0) break;
    inputs.push(keptInput(target, bytes));
  }
  writeCorpus(name, inputs);
  return `${inputs.length} kept of ${found.length}`;
}
