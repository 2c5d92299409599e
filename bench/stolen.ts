/**
 * @module
 * CPU time that the host of a virtual machine gave to somebody else while this machine wanted it ("steal" in Linux's
 * /proc/stat, see proc_stat(5)). What is measured meanwhile waits, finds cold caches, and costs more than it should.
 */
import { readFileSync } from 'node:fs';

/** What was measured, and the share of all cores' time that was taken away meanwhile, 0 to 1. */
interface Observed<T> {
  readonly result: T;
  readonly share: number;
}

export async function observingStolen<T>(measure: () => Promise<T>): Promise<Observed<T>> {
  const before = cpuTicks(readFileSync('/proc/stat', 'latin1'));
  const result = await measure();
  const after = cpuTicks(readFileSync('/proc/stat', 'latin1'));
  // What is over within a tick lost nothing.
  return { result, share: (after.stolen - before.stolen) / Math.max(1, after.all - before.all) };
}

/** By part of the run: the share of all cores' time, 0 to 1. */
export type StolenShares = Readonly<Record<string, number>>;

export class Stolen {
  readonly #shares: Record<string, number> = {};

  get shares(): StolenShares {
    return this.#shares;
  }

  /** Runs a part of the run. */
  async during<T>(part: string, measure: () => Promise<T>): Promise<T> {
    const { result, share } = await observingStolen(measure);
    this.#shares[part] = share;
    return result;
  }
}

/** @param stat the text of /proc/stat @returns ticks of all cores since the machine began */
export function cpuTicks(stat: string): { readonly all: number; readonly stolen: number } {
  // user, nice, system, idle, iowait, irq, softirq, steal; what follows is counted in them already.
  const ticks = /^cpu +([\d ]+)/.exec(stat)?.[1]?.split(' ').slice(0, 8).map(Number) ?? [];
  return { all: ticks.reduce((sum, count) => sum + count, 0), stolen: ticks[7] ?? 0 };
}
