/**
 * @module
 * What workers counted: the last that each of them said, and what those before it in its place had counted, so that no
 * counter falls when a worker ends.
 */
import { addCounts, type Counts, countsOf, cumulativeOnly, type FamilyCounts } from './counts.ts';
import { createFamilies, type Families } from './metric-table.ts';
import { added, countersOf, type ProcessFigures } from './process-figures.ts';

const all = (): boolean => true;

export class WorkerTotals {
  readonly #latest = new Map<number, Counts>();
  readonly #ended = new Map<number, FamilyCounts>();
  #endedProcesses: ProcessFigures = [];

  /** The worker of this number said what it has counted. */
  heard(worker: number, counts: Counts): void {
    this.#latest.set(worker, counts);
  }

  /** It ended; what it counted after it was last heard is lost. */
  ended(worker: number): void {
    const last = this.#latest.get(worker);
    if (last === undefined) return;
    this.#latest.delete(worker);
    const families = createFamilies();
    addCounts(families, this.#ended.get(worker) ?? {}, all);
    addCounts(families, cumulativeOnly(last.families), all);
    this.#ended.set(worker, countsOf(families));
    this.#endedProcesses = added(this.#endedProcesses, countersOf(last.process));
  }

  /** Forgets what was counted for other policies: should one come back, its series begin at 0. */
  keepPolicies(policies: ReadonlySet<string>): void {
    for (const [worker, counts] of this.#ended) {
      const families = createFamilies();
      addCounts(families, counts, (policy) => policies.has(policy));
      this.#ended.set(worker, countsOf(families));
    }
  }

  /** Adds all to `families`. */
  addTo(families: Families, admits: (policy: string) => boolean): void {
    const parts: (readonly [worker: number, counts: FamilyCounts])[] = [
      ...this.#ended,
      ...Array.from(this.#latest, ([worker, { families: counts }]) => [worker, counts] as const),
    ];
    for (const [worker, counts] of parts) {
      addCounts(families, counts, admits);
      const requests = families.mintproc_worker_requests_total.with(String(worker));
      for (const { value } of counts.mintproc_requests_total ?? []) requests.value += Number(value);
    }
  }

  /** The figures of all processes but the primary. */
  get processes(): readonly ProcessFigures[] {
    return [this.#endedProcesses, ...Array.from(this.#latest.values(), ({ process }) => process)];
  }
}
