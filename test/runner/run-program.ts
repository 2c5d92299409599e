/**
 * @module
 * Runs a program of this project to its end, on the Node that runs this, and keeps what it prints.
 */
import { spawn } from 'node:child_process';
import { delimiter, dirname } from 'node:path';
import { compileCache } from './compile-cache.ts';
import { stopped } from './stopped.ts';

export interface Program {
  readonly file: string;
  readonly arguments: readonly string[];
}

export interface Ended {
  readonly ok: boolean;
  /** What it printed; where it failed, also how it ended. */
  readonly output: string;
}

/** A program that takes longer than this hangs, in milliseconds. */
const timeout = 240_000;

export function runProgram(root: string, { file, arguments: args }: Program): Promise<Ended> {
  const path = [dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter);
  return new Promise((resolve) => {
    const child = spawn(file, args, {
      cwd: root,
      env: { ...process.env, PATH: path, NO_COLOR: '1', NODE_COMPILE_CACHE: compileCache },
      stdio: ['ignore', 'pipe', 'pipe'],
      signal: stopped,
      timeout,
    });
    let output = '';
    const add = (chunk: string): void => {
      output += chunk;
    };
    child.stdout.setEncoding('utf8').on('data', add);
    child.stderr.setEncoding('utf8').on('data', add);
    child.once('error', (error) => resolve({ ok: false, output: `cannot be started: ${error.message}` }));
    child.once('close', (code, signal) => {
      const ok = code === 0;
      resolve({ ok, output: ok ? output : `${output}${file} ended with ${signal ?? code}` });
    });
  });
}
