/**
 * @module
 * The fuzzer, Jazzer.js with libFuzzer inside (docs/decisions/0103): installed into `.cache`, since only fuzzing needs
 * it, and started.
 */
import { execFile, spawn } from 'node:child_process';
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { allowOlderLibraries, shimSource } from './older-glibc.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..', '..');
const cache = join(root, '.cache', 'fuzz');
const tool = join(cache, 'tool');

/** Why there is no fuzzer here, as a sentence. */
export class NoFuzzer extends Error {
  override readonly name = 'NoFuzzer';
}

export interface Fuzzer {
  /** Runs it with the arguments of `jazzer`. @returns how it ended, and all that it printed */
  start(args: readonly string[], folder: string): Promise<{ readonly code: number | string; readonly output: string }>;
}

/** @throws NoFuzzer if it cannot be installed, or does not start */
export async function installedFuzzer(): Promise<Fuzzer> {
  mkdirSync(tool, { recursive: true });
  try {
    await install();
    const preloaded = await preload();
    return { start: (args, folder) => started(args, folder, preloaded) };
  } catch (error) {
    const why = error instanceof Error ? (error.message.split('\n').find((line) => line !== '') ?? '') : String(error);
    throw new NoFuzzer(`The fuzzer cannot be installed: ${why}`, { cause: error });
  }
}

async function install(): Promise<void> {
  const lock = join(import.meta.dirname, 'tool', 'package-lock.json');
  const installed = join(tool, 'package-lock.json');
  const isCurrent = existsSync(installed) && readFileSync(installed, 'utf8') === readFileSync(lock, 'utf8');
  if (isCurrent && existsSync(join(tool, 'node_modules'))) return;
  copyFileSync(join(import.meta.dirname, 'tool', 'package.json'), join(tool, 'package.json'));
  copyFileSync(lock, installed);
  await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: tool, timeout: 300_000 });
}

/** What a C library older than the addon's needs to load it: a file to preload. Undefined for newer ones. */
async function preload(): Promise<string | undefined> {
  if (process.platform !== 'linux') return undefined;
  const addon = join(tool, `node_modules/@jazzer.js/fuzzer/prebuilds/fuzzer-linux-${process.arch}.node`);
  const before = readFileSync(addon);
  const after = Buffer.from(before);
  if (!allowOlderLibraries(after)) return undefined;
  // Never in place: another fuzzer that runs has the file in its memory.
  if (!after.equals(before)) replaceFile(addon, after);
  const shim = join(cache, 'older-glibc.so');
  if (!existsSync(shim)) {
    const source = join(cache, 'older-glibc.c');
    writeFileSync(source, shimSource);
    await run('cc', ['-shared', '-fPIC', '-o', `${shim}.${process.pid}`, source]);
    renameSync(`${shim}.${process.pid}`, shim);
  }
  return shim;
}

function replaceFile(file: string, bytes: Uint8Array): void {
  const next = `${file}.${process.pid}`;
  writeFileSync(next, bytes);
  renameSync(next, file);
}

function started(
  args: readonly string[],
  folder: string,
  preloaded: string | undefined,
): Promise<{ readonly code: number | string; readonly output: string }> {
  const jazzer = join(tool, 'node_modules/@jazzer.js/core/dist/cli.js');
  const env = { ...process.env, ...(preloaded === undefined ? {} : { LD_PRELOAD: preloaded }) };
  // libFuzzer loses what it writes to a full pipe, which Node makes non-blocking.
  const printed = join(folder, 'printed');
  const file = openSync(printed, 'w');
  const child = spawn(process.execPath, [jazzer, ...args], { cwd: folder, env, stdio: ['ignore', file, file] });
  closeSync(file);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) =>
      resolve({ code: code ?? signal ?? 'no code', output: readFileSync(printed, 'utf8') }),
    );
  });
}
