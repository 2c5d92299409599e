/**
 * @module
 * How long hostile input may hold the thread, in CPU time, and how long it does.
 */

/** Milliseconds that one input may take, and what is aimed at. */
export const maxTime = 100;
export const aimedTime = 50;

/** A finding takes this many times the maximum time, so that a busy machine does not cause one. */
export const margin = 5;

/** How often what takes long is measured: the least of them counts. */
export const measurements = 4;

/** Does `work`, and tells how many milliseconds this thread had a CPU meanwhile. */
export function cpuTimeOf<T>(work: () => T): { readonly milliseconds: number; readonly result: T } {
  const before = process.threadCpuUsage();
  const result = work();
  const { user, system } = process.threadCpuUsage(before);
  return { milliseconds: (user + system) / 1000, result };
}

/** What the inputs of a search took. */
export class CpuTimes {
  #aboveAim = 0;
  #above = 0;
  #slowest = 0;

  add(milliseconds: number): void {
    if (milliseconds > aimedTime) this.#aboveAim += 1;
    if (milliseconds > maxTime) this.#above += 1;
    this.#slowest = Math.max(this.#slowest, milliseconds);
  }

  toString(): string {
    const above = `${this.#aboveAim} above ${aimedTime} ms, ${this.#above} above ${maxTime} ms`;
    return `${above}, slowest ${this.#slowest.toFixed(0)} ms`;
  }
}
