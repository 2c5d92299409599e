/**
 * @module
 * Tries the mutants of an area: which tests judge each, and what became of it.
 */
import type { Settings } from './child.ts';
import type { Counts, Measured, Timed, Verdict } from './judge.ts';
import type { Mutant } from './mutants.ts';
import { nearestTo } from './near.ts';
import { Ended, Worker } from './worker.ts';

/** What became of a mutant. */
export interface Outcome {
  readonly mutant: Mutant;
  /** `uncovered`: no test executes its place. */
  readonly kind: 'killed' | 'timeout' | 'survived' | 'uncovered';
  /** The test that failed. */
  readonly by?: string;
  readonly reason?: string;
  /** The tests that ran, if it survived. */
  readonly tests: readonly string[];
}

/** Which tests judge a mutant. */
interface Selection {
  readonly mutant: Mutant;
  readonly tests: readonly Timed[];
  /** How often its place is executed by all of them. */
  readonly hits: number;
  /** Whether its place is executed when the modules are loaded. */
  readonly atLoad: boolean;
}

/**
 * How many test files judge what a mutant changes when modules are loaded, the nearest first. All of `rest` take more
 * than a minute of CPU time for each such mutant that survives.
 */
const nearFiles = 20;

/** A mutant whose place is executed this many times as often as without it does not end. */
const hitFactor = 100;

export function select(mutants: readonly Mutant[], { tests, atLoad }: Measured): Selection[] {
  const selected = new Map(mutants.map((mutant) => [Number(mutant.id), { mutant, tests: new Set<Timed>(), hits: 0 }]));
  for (const { id, cpu, hits } of tests) {
    const test = { id, cpu };
    for (const [mutant, count] of pairs(hits)) {
      const selection = selected.get(mutant);
      if (selection === undefined || count === 0) continue;
      selection.tests.add(test);
      selection.hits += count;
    }
  }
  const loaded = new Map(pairs(atLoad));
  return [...selected].map(([id, selection]) => ({
    ...selection,
    tests: [...selection.tests],
    atLoad: (loaded.get(id) ?? 0) > 0,
  }));
}

function* pairs(counts: Counts): Generator<readonly [mutant: number, count: number]> {
  for (let at = 0; at < counts.length; at += 2) yield [counts[at] ?? 0, counts[at + 1] ?? 0];
}

/** @param tell gets each outcome */
export async function tryAll(
  settings: Settings,
  selections: Iterable<Selection>,
  measured: Measured,
  processes: number,
  tell: (outcome: Outcome) => void,
): Promise<void> {
  const queue = Iterator.from(selections);
  const work = async (): Promise<void> => {
    const worker = new Worker(settings);
    try {
      // The processes share what is left. A loop over an iterator would close it for the others.
      for (let next = queue.next(); next.done !== true; next = queue.next()) {
        tell(await outcomeOf(worker, settings, next.value, measured));
      }
    } finally {
      worker.stop();
    }
  };
  await Promise.all(Array.from({ length: processes }, work));
}

async function outcomeOf(
  worker: Worker,
  settings: Settings,
  selection: Selection,
  measured: Measured,
): Promise<Outcome> {
  const { mutant, tests, atLoad } = selection;
  if (tests.length > 0) {
    const verdict = await inProcess(worker, selection);
    if (verdict.kind !== 'survived') return { mutant, ...verdict, tests: [] };
  }
  if (!atLoad) return { mutant, kind: tests.length > 0 ? 'survived' : 'uncovered', tests: tests.map(({ id }) => id) };
  return whenLoading(settings, mutant, measured);
}

type Clear = Exclude<Verdict, { kind: 'unclear' }>;

async function inProcess(worker: Worker, selection: Selection): Promise<Clear> {
  const first = await verdictOf(worker, selection);
  if (first.kind === 'timeout') worker.stop();
  if (first.kind !== 'unclear') return first;
  worker.stop();
  const again = await verdictOf(worker, selection);
  worker.stop();
  // A new process had nothing left over: the mutant itself makes the test fail, and then the next run of it.
  return again.kind === 'unclear' ? { kind: 'killed', by: 'a test that it leaves broken', reason: '' } : again;
}

async function verdictOf(worker: Worker, { mutant, tests, hits }: Selection): Promise<Verdict> {
  try {
    return await worker.judge({ mutant: mutant.id, tests, maxHits: hitFactor * hits + 1000 });
  } catch (error) {
    return ending(error);
  }
}

function ending(error: unknown): Clear {
  if (!(error instanceof Ended)) throw error;
  const by = 'the process';
  return error.signal === 'SIGKILL' ? { kind: 'timeout', by } : { kind: 'killed', by, reason: error.message };
}

/** Loads the nearest tests anew with the mutant, and runs them: which use what it has changed is not known. */
async function whenLoading(settings: Settings, mutant: Mutant, measured: Measured): Promise<Outcome> {
  const near = new Set(nearestTo(settings.root, settings.tests)(mutant.file).slice(0, nearFiles));
  const worker = new Worker({
    ...settings,
    tests: settings.tests.filter((file) => near.has(file)),
    active: mutant.id,
  });
  const tests = measured.tests.filter(({ id }) => near.has(id.replace(/#.*/s, '')));
  const all = tests.map(({ id }) => id);
  try {
    const [problem] = await worker.start();
    if (problem !== undefined) return { mutant, kind: 'killed', by: 'loading', reason: problem, tests: [] };
    const verdict = await worker.judge({
      mutant: mutant.id,
      tests: tests.map(({ id, cpu }) => ({ id, cpu })),
      maxHits: Number.POSITIVE_INFINITY,
    });
    // A mutant that is on from the beginning has nothing to compare with, so no verdict is unclear.
    if (verdict.kind === 'survived' || verdict.kind === 'unclear') return { mutant, kind: 'survived', tests: all };
    return { mutant, ...verdict, tests: [] };
  } catch (error) {
    return { mutant, ...ending(error), tests: [] };
  } finally {
    worker.stop();
  }
}
