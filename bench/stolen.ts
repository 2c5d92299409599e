/**
 * @module
 * CPU time that the host of a virtual machine gave to others while this machine needed it ("steal" in Linux's
 * /proc/stat, see proc_stat(5)). Measurements meanwhile are too high: they include waiting and cold caches.
 */
import { readFileSync } from 'node:fs';

/** The result of a measurement, and the share of all cores' time that was stolen meanwhile, 0 to 1. */
interface Observed<T> {
  readonly result: T;
  readonly share: number;
}

export async function observingStolen<T>(measure: () => Promise<T>): Promise<Observed<T>> {
  const before = cpuTicks(readFileSync('/proc/stat', 'latin1'));
  const result = await measure();
  const after = cpuTicks(readFileSync('/proc/stat', 'latin1'));
  // At least one tick, for a measurement shorter than that.
  return { result, share: (after.stolen - before.stolen) / Math.max(1, after.all - before.all) };
}

/** The stolen share of all cores' time for each part of the run, 0 to 1. */
export type StolenShares = Readonly<Record<string, number>>;

export class Stolen {
  readonly #shares: Record<string, number> = {};

  get shares(): StolenShares {
    return this.#shares;
  }

  /** Runs a part of the run and records its stolen share. */
  async during<T>(part: string, measure: () => Promise<T>): Promise<T> {
    const { result, share } = await observingStolen(measure);
    this.#shares[part] = share;
    return result;
  }
}

/** @param stat the text of /proc/stat @returns ticks of all cores since boot */
export function cpuTicks(stat: string): { readonly all: number; readonly stolen: number } {
  // user, nice, system, idle, iowait, irq, softirq, steal. The later columns are included in these.
  const ticks = /^cpu +([\d ]+)/.exec(stat)?.[1]?.split(' ').slice(0, 8).map(Number) ?? [];
  return { all: ticks.reduce((sum, count) => sum + count, 0), stolen: ticks[7] ?? 0 };
}
