/**
 * @module
 * Whether signatures had better be made on other threads: while this process has its hands full and a core of the machine has
 * nothing to do. Neither is known beforehand, since Envoy and the application want the same cores, so both are measured.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** Totals since some beginning, in seconds. */
export interface CoreTimes {
  readonly clock: number;
  /** In which a core of the machine had nothing to do, of all cores together. */
  readonly idle: number;
  /** CPU time of this process, all its threads. */
  readonly own: number;
}

/** Looked at so often, in seconds, and only while somebody asks. */
const interval = 1;

/** Cores that this process uses, at the least, when signing keeps it from its other work. */
const busy = 0.9;
/** A signature on another thread costs more CPU: less than a whole core is not worth it. */
const spared = 1;

/** What is measured, and when; `later` runs work in a turn of its own. */
export interface CoreWatch {
  /** Undefined where the system does not tell. */
  times(): CoreTimes | undefined;
  later(work: () => void): void;
  /** A clock that only goes forward, in seconds. */
  now(): number;
}

export class SpareCore {
  readonly #watch: CoreWatch;
  #before: CoreTimes | undefined;
  #nextLook = 0;
  #isThere = false;

  constructor(watch: CoreWatch = thisMachine) {
    this.#watch = watch;
  }

  /** By the last look. Asked for each signature, so it looks at nothing itself. */
  get isThere(): boolean {
    const now = this.#watch.now();
    if (now >= this.#nextLook) {
      this.#nextLook = now + interval;
      this.#watch.later(() => this.#look());
    }
    return this.#isThere;
  }

  #look(): void {
    const [before, after] = [this.#before, this.#watch.times()];
    this.#before = after;
    this.#isThere = before !== undefined && after !== undefined && threadsPay(before, after);
  }
}

/** Whether other threads would have had a core, or had one, between two looks. */
export function threadsPay(before: CoreTimes, after: CoreTimes): boolean {
  const seconds = after.clock - before.clock;
  const own = (after.own - before.own) / seconds;
  // What this process uses beyond one core are its threads: theirs would be idle without them.
  const spare = (after.idle - before.idle) / seconds + Math.max(0, own - 1);
  return own >= busy && spare >= spared;
}

/** Of the cores that the machine has; where fewer are allowed to this process, more than one must be. */
export const thisMachine: CoreWatch = {
  times() {
    const idle = availableParallelism() > 1 ? idleSeconds() : undefined;
    if (idle === undefined) return undefined;
    const { user, system } = process.cpuUsage();
    return { clock: this.now(), idle, own: (user + system) / 1e6 };
  },
  later: (work) => void setImmediate(work),
  now: () => performance.now() / 1000,
};

/** In proc_stat(5), whatever the kernel's own. */
const ticksPerSecond = 100;
const firstLine = Buffer.alloc(256);

/** Of all cores since the machine's start; undefined where there is no `/proc/stat`, as everywhere but on Linux. */
function idleSeconds(): number | undefined {
  const text = beginningOf('/proc/stat');
  const idle = text === undefined ? undefined : /^cpu +(?:\d+ +){3}(\d+)/.exec(text)?.[1];
  return idle === undefined ? undefined : Number(idle) / ticksPerSecond;
}

function beginningOf(path: string): string | undefined {
  try {
    const file = openSync(path, 'r');
    try {
      return firstLine.toString('latin1', 0, readSync(file, firstLine));
    } finally {
      closeSync(file);
    }
  } catch {
    return undefined; // Not told here: signatures stay where they are.
  }
}
