/**
 * @module
 * One run at a time rotates the keys of a folder. A lock names the process that has it, so that one of a process that
 * is gone is no obstacle.
 */
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { CommandError } from '../terminal.ts';

/** Milliseconds. A run takes seconds. */
const staleAfter = 600_000;

/** The process that has the lock; on another machine, or in another container, nothing is known of it. */
interface Holder {
  readonly pid: number;
  readonly host: string;
}

/** Whether the run that made the lock is over: its process is gone, or the lock is old. */
function isStale(lock: string): boolean {
  const stats = statSync(lock, { throwIfNoEntry: false });
  if (stats === undefined) return false;
  return Date.now() - stats.mtimeMs > staleAfter || isGone(lock);
}

function isGone(lock: string): boolean {
  try {
    const { pid, host } = JSON.parse(readFileSync(lock, 'utf8')) as Holder;
    if (host !== hostname()) return false;
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
}

/**
 * Runs `act` unless another run works on the same folder.
 *
 * @throws CommandError if one does
 */
export async function exclusively<T>(folder: string, act: () => Promise<T>): Promise<T> {
  const lock = join(folder, '.mintproc-keys.lock');
  if (isStale(lock)) rmSync(lock, { force: true });
  const holder: Holder = { pid: process.pid, host: hostname() };
  try {
    writeFileSync(lock, JSON.stringify(holder), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    if (error.code !== 'EEXIST') throw new CommandError(`${lock} cannot be written (${String(error.code)}).`);
    throw new CommandError(
      `Another run of \`mintproc keys rotate\` is at work here (${lock} exists). If none is, it was interrupted: run again in 10 minutes, or delete that file.`,
    );
  }
  try {
    return await act();
  } finally {
    rmSync(lock, { force: true });
  }
}
