/**
 * @module
 * The counts of the workers: the latest counts of each worker, and the counts of ended workers with the same number, so
 * that no counter decreases when a worker ends.
 */
import { finish, type Steps } from '../diagnostics/steps.ts';
import { addCounts, type Counts, countsOf, cumulativeOnly, type FamilyCounts } from './counts.ts';
import { createFamilies, type Families } from './metric-table.ts';
import { countersOf, type ProcessFigures, sumCounters } from './process-figures.ts';

const all = (): boolean => true;

export class WorkerTotals {
  readonly #latest = new Map<number, Counts>();
  readonly #ended = new Map<number, FamilyCounts>();
  #endedProcesses: ProcessFigures = [];

  /** Stores the latest counts of a worker. */
  heard(worker: number, counts: Counts): void {
    this.#latest.set(worker, counts);
  }

  /** The worker ended. What it counted after its last report is lost. */
  ended(worker: number): void {
    const last = this.#latest.get(worker);
    if (last === undefined) return;
    this.#latest.delete(worker);
    const families = createFamilies();
    finish(addCounts(families, this.#ended.get(worker) ?? {}, all));
    finish(addCounts(families, cumulativeOnly(last.families), all));
    this.#ended.set(worker, finish(countsOf(families)));
    this.#endedProcesses = sumCounters(this.#endedProcesses, countersOf(last.process));
  }

  /** Drops the counts of other policies. If such a policy returns, its series begin at 0. */
  keepPolicies(policies: ReadonlySet<string>): void {
    for (const [worker, counts] of this.#ended) {
      const families = createFamilies();
      finish(addCounts(families, counts, (policy) => policies.has(policy)));
      this.#ended.set(worker, finish(countsOf(families)));
    }
  }

  /** Adds all counts to `families`. */
  *addTo(families: Families, admits: (policy: string) => boolean): Steps<void> {
    const parts: (readonly [worker: number, counts: FamilyCounts])[] = [
      ...this.#ended,
      ...Array.from(this.#latest, ([worker, { families: counts }]) => [worker, counts] as const),
    ];
    for (const [worker, counts] of parts) {
      yield* addCounts(families, counts, admits);
      const requests = families.mintproc_worker_requests_total.with(String(worker));
      for (const { value } of counts.mintproc_requests_total ?? []) requests.value += Number(value);
    }
  }

  /** The metrics of all processes except the primary. */
  get processes(): readonly ProcessFigures[] {
    return [this.#endedProcesses, ...Array.from(this.#latest.values(), ({ process }) => process)];
  }
}
