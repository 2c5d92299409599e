/**
 * @module
 * Runs collected tests against one mutant after another, in the process that has loaded the sources with mutants.
 */
import { setInterval } from 'node:timers/promises';
import { inspect } from 'node:util';
import { type Case, endingsOf, runCase, type Suite } from './collected-tests.ts';

/** What the code with mutants reads and counts; the names are Stryker's. */
interface Switches {
  activeMutant: string | undefined;
  currentTestId: string | undefined;
  readonly mutantCoverage: { static: Hits; perTest: Record<string, Hits> };
  hitCount: number | undefined;
  hitLimit: number;
}

/** How often the place of each mutant was executed. */
type Hits = Record<string, number>;

/**
 * The same, as pairs of a mutant's number and its count. V8 keeps an object with numbers as names like an array up to
 * the highest one, which for the tests of `rest` takes gigabytes.
 */
export type Counts = Uint32Array;

/** A test, and the microseconds of CPU time that it takes without a mutant. */
export interface Timed {
  readonly id: string;
  readonly cpu: number;
}

export interface Measured {
  /** By test, in the order of their duration. Only tests that pass twice. */
  readonly tests: readonly (Timed & { readonly hits: Counts })[];
  /** Executed when the modules were loaded, or between tests. */
  readonly atLoad: Counts;
  /** Tests that fail here, or when they run again: they judge nothing. */
  readonly leftOut: readonly { readonly id: string; readonly reason: string }[];
}

export type Verdict =
  | { readonly kind: 'survived' }
  | { readonly kind: 'killed'; readonly by: string; readonly reason: string }
  /** A test did not end. */
  | { readonly kind: 'timeout'; readonly by: string }
  /** The test that failed also fails without the mutant now: the mutant has left something behind. */
  | { readonly kind: 'unclear' };

/**
 * How long a test may wait without work for this process, in milliseconds. The time in which a busy machine lets it
 * wait for the CPU does not count.
 */
const longestWait = 4_000;

/** A test that takes this many times the CPU time, and so many microseconds more, does not end. */
const cpuFactor = 4;
const leastCpu = 1_500_000;

class Stuck extends Error {}

export class Judge {
  readonly #switches: Switches;
  readonly #files: readonly Suite[];
  readonly #limitCpu: (microseconds: number) => void;
  #lost: unknown;

  /** @param limitCpu ends this process when it has used so much more CPU time */
  constructor(active: string | undefined, files: readonly Suite[], limitCpu: (microseconds: number) => void) {
    this.#limitCpu = limitCpu;
    this.#switches = switches();
    this.#switches.activeMutant = active;
    this.#files = files;
    // What a mutant leaves unhandled fails the test that runs then, as in Node's runner.
    for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
      process.on(event, (error) => {
        this.#lost ??= error;
      });
    }
  }

  async measure(): Promise<Measured> {
    const { mutantCoverage } = this.#switches;
    const leftOut = new Map<string, string>();
    const cpu = new Map<string, number>();
    const counted = new Map<string, Counts>();
    for (const round of [0, 1]) {
      for (const file of this.#files) {
        await this.#run(file, undefined, async (one, error, time) => {
          if (error !== undefined && !leftOut.has(one.id)) leftOut.set(one.id, describe(error));
          if (round === 1) cpu.set(one.id, time);
          if (round === 1) counted.set(one.id, countsOf(mutantCoverage.perTest[one.id]));
          delete mutantCoverage.perTest[one.id];
          return true;
        });
      }
    }
    const ofSuite = (suite: Suite | undefined): readonly Counts[] =>
      suite === undefined ? [] : [...ofSuite(suite.parent), countsOf(mutantCoverage.perTest[suite.id])];
    const tests = this.#files
      .flatMap(casesOf)
      .filter(({ id }) => !leftOut.has(id))
      .map(({ id, suite }) => ({
        id,
        cpu: cpu.get(id) ?? 0,
        hits: joined([...ofSuite(suite), counted.get(id) ?? countsOf(undefined)]),
      }))
      .sort((one, other) => one.cpu - other.cpu);
    return {
      tests,
      atLoad: countsOf(mutantCoverage.static),
      leftOut: [...leftOut].map(([id, reason]) => ({ id, reason })),
    };
  }

  /**
   * @param tests in the order in which they run
   * @param maxHits how often the place of the mutant may be executed by all tests
   */
  async judge(mutant: string, tests: readonly Timed[], maxHits: number): Promise<Verdict> {
    const isOnAtLoad = this.#switches.activeMutant === mutant;
    this.#switches.activeMutant = mutant;
    this.#switches.hitCount = 0;
    this.#switches.hitLimit = maxHits;
    const failed = await this.#firstFailure(tests);
    this.#switches.hitCount = undefined;
    if (failed === undefined) return { kind: 'survived' };
    const { id, error } = failed;
    if (error instanceof Stuck) return { kind: 'timeout', by: id };
    const killed: Verdict = { kind: 'killed', by: id, reason: describe(error) };
    if (isOnAtLoad) return killed;
    this.#switches.activeMutant = undefined;
    return (await this.#firstFailure([{ id, cpu: leastCpu }])) === undefined ? killed : { kind: 'unclear' };
  }

  async #firstFailure(tests: readonly Timed[]): Promise<{ readonly id: string; readonly error: unknown } | undefined> {
    const wanted = new Map(tests.map(({ id, cpu }) => [id, cpu]));
    const order = new Map(tests.map(({ id }, index) => [id, index]));
    const first = (file: Suite): number =>
      Math.min(...casesOf(file).map(({ id }) => order.get(id) ?? Number.POSITIVE_INFINITY));
    const files = this.#files
      .map((file) => ({ file, first: first(file) }))
      .filter((one) => Number.isFinite(one.first))
      .sort((one, other) => one.first - other.first);
    let failure: { readonly id: string; readonly error: unknown } | undefined;
    for (const { file } of files) {
      await this.#run(file, wanted, async ({ id }, error) => {
        if (error !== undefined) failure = { id, error };
        return failure === undefined;
      });
      if (failure !== undefined) return failure;
    }
    return undefined;
  }

  /**
   * Runs the tests of a suite.
   *
   * @param wanted undefined: all
   * @param tell gets each result, and says whether to go on; `time` is in microseconds of CPU time
   * @returns false if `tell` said not to go on
   */
  async #run(
    suite: Suite,
    wanted: ReadonlyMap<string, number> | undefined,
    tell: (one: Case, error: unknown, time: number) => Promise<boolean>,
  ): Promise<boolean> {
    const [some] = casesOf(suite).filter(({ id }) => wanted === undefined || wanted.has(id));
    if (some === undefined) return true;
    this.#allow(wanted?.get(some.id));
    const begun = await this.#hooks(suite, suite.before);
    if (begun !== undefined) return tell(some, begun, 0);
    let goesOn = true;
    for (const child of suite.children) {
      if (!goesOn) break;
      if ('children' in child) goesOn = await this.#run(child, wanted, tell);
      else if (wanted === undefined || wanted.has(child.id)) {
        this.#allow(wanted?.get(child.id));
        goesOn = await this.#one(child, tell);
      }
    }
    const ended = await this.#hooks(suite, endingsOf(suite));
    return goesOn && ended !== undefined ? tell(some, ended, 0) : goesOn;
  }

  /** @param cpu of the test without a mutant; undefined: there is no limit */
  #allow(cpu: number | undefined): void {
    this.#limitCpu(cpu === undefined ? Number.POSITIVE_INFINITY : cpuFactor * cpu + leastCpu);
  }

  async #one(one: Case, tell: (one: Case, error: unknown, time: number) => Promise<boolean>): Promise<boolean> {
    const began = process.cpuUsage();
    this.#switches.currentTestId = one.id;
    const error = await this.#errorOf(() => runCase(one));
    this.#switches.currentTestId = undefined;
    const { user, system } = process.cpuUsage(began);
    return tell(one, error, user + system);
  }

  async #hooks(suite: Suite, hooks: readonly ((context: unknown) => unknown)[]): Promise<unknown> {
    this.#switches.currentTestId = suite.id;
    const error = await this.#errorOf(async () => {
      for (const hook of hooks) await hook({});
    });
    this.#switches.currentTestId = undefined;
    return error;
  }

  async #errorOf(run: () => Promise<void>): Promise<unknown> {
    this.#lost = undefined;
    const controller = new AbortController();
    const limit = stuck(controller.signal);
    const done = run().then(
      () => undefined,
      (error: unknown) => error ?? new Error('It threw nothing.'),
    );
    const error = await Promise.race([done, limit]);
    controller.abort();
    return error ?? this.#lost;
  }
}

/** Resolves if this process has nothing to do for too long; to undefined if `signal` ends the watch. */
async function stuck(signal: AbortSignal): Promise<Stuck | undefined> {
  const began = performance.eventLoopUtilization();
  try {
    for await (const _ of setInterval(longestWait / 4, undefined, { signal })) {
      const idle = performance.eventLoopUtilization(began).idle;
      if (idle > longestWait) return new Stuck(`It has waited for ${longestWait} ms.`);
    }
  } catch {
    // Aborted: the test has ended.
  }
  return undefined;
}

function casesOf(suite: Suite): Case[] {
  return suite.children.flatMap((child) => ('children' in child ? casesOf(child) : [child]));
}

function countsOf(hits: Hits | undefined): Counts {
  return Uint32Array.from(Object.entries(hits ?? {}).flatMap(([id, count]) => [Number(id), count]));
}

function joined(parts: readonly Counts[]): Counts {
  return Uint32Array.from(parts.flatMap((part) => [...part]));
}

function describe(error: unknown): string {
  const text = error instanceof Error ? error.message : inspect(error);
  return text.split('\n').slice(0, 3).join(' ').slice(0, 200);
}

/** Must be called before the first module with mutants is loaded: its code keeps these objects. */
export function switches(): Switches {
  const holder: { __stryker__?: Switches } = globalThis as { __stryker__?: Switches };
  holder.__stryker__ ??= {
    activeMutant: undefined,
    currentTestId: undefined,
    mutantCoverage: { static: {}, perTest: {} },
    hitCount: undefined,
    hitLimit: 0,
  };
  return holder.__stryker__;
}
