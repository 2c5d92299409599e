/**
 * @module
 * What a configuration that comes, or is refused, leaves in the log, in the metrics and in `/readyz`.
 */

import { changesBetween, describeDifference, type Part, parts } from '../configuration/changes.ts';
import { needsRestart } from '../configuration/reload/reload.ts';
import type { Snapshot } from '../configuration/snapshot.ts';
import { LocatedError, type Problem } from '../diagnostics/problem.ts';
import { placeText } from '../diagnostics/source-text.ts';
import { eachInSteps, type Steps } from '../diagnostics/steps.ts';
import { signerAt } from '../keys/rotation.ts';
import type { Log } from '../observe/log.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { Readiness } from '../observe/readiness.ts';
import { KeyReport } from './key-report.ts';

/** A file that is wrong from end to end must not fill the log at each attempt. */
const mostLines = 20;

/** What a configuration follows. */
interface Reload {
  /** The configuration that the process started with. */
  readonly running: Snapshot;
  /** The one that was in force until now. */
  readonly before: Snapshot;
}

const changed: Readonly<Record<Part, string>> = {
  policies: 'Policies changed.',
  keys: 'Keys changed.',
  routes: 'Routes changed.',
  variables: 'Variables changed.',
  settings: 'Settings changed.',
};

export class ConfigurationReport {
  /** What it says of keys. */
  readonly keys: KeyReport;
  readonly #metrics: Metrics;
  readonly #readiness: Readiness;
  readonly #log: Log;
  readonly #now: () => number;
  #trouble: string | undefined;

  /** @param now milliseconds since the epoch */
  constructor(metrics: Metrics, readiness: Readiness, log: Log, now: () => number) {
    this.#metrics = metrics;
    this.#readiness = readiness;
    this.#log = log;
    this.#now = now;
    this.keys = new KeyReport({ metrics, readiness, log }, now);
  }

  *loaded(snapshot: Snapshot, problems: readonly Problem[], reload?: Reload): Steps<void> {
    const { version, policies, keys } = snapshot;
    const signers = yield* eachInSteps(policies.keys(), (policy) =>
      signerAt(keys.rings.get(policy) ?? [], this.#now()),
    );
    const generated = signers.filter((signer) => signer?.held.generated === true).length;
    yield* this.#metrics.configurationLoaded(version, [...policies.keys()], this.#now() / 1000);
    this.#readiness.configurationLoaded(version, policies.size, generated);
    for (const problem of problems) {
      this.#log.warn('The configuration has a weak point.', { ...fieldsOf(problem) });
    }
    if (reload !== undefined) {
      this.#log.info('A new configuration is in force.', { generation: version, policies: policies.size });
      yield* this.#tellOfChanges(reload.before, snapshot);
    }
    yield* this.keys.loaded(snapshot);
    if (reload === undefined) return;
    for (const name of needsRestart(reload.running, snapshot)) {
      this.#log.warn('A changed setting takes effect at the next start only.', { reason: `\`${name}\`` });
    }
  }

  /** What a reload changed, by names. */
  *#tellOfChanges(before: Snapshot, { version, outline }: Snapshot): Steps<void> {
    const changes = yield* changesBetween(before.outline, outline);
    for (const part of parts) {
      const told = describeDifference(changes, part);
      if (told !== undefined) this.#log.info(changed[part], { generation: version, changes: told });
    }
  }

  refused(problems: readonly Problem[]): void {
    const errors = problems.filter(({ severity }) => severity === 'error');
    const [first] = errors;
    this.#metrics.configurationRefused();
    this.#readiness.configurationRefused(first === undefined ? '' : sentenceOf(first));
    for (const problem of errors.slice(0, mostLines)) {
      this.#log.error('The new configuration is refused; the last good one stays in force.', fieldsOf(problem));
    }
  }

  /** An attempt ended in what nobody foresaw: the error's class and code are told, since its sentence may hold anything. */
  failed(error: unknown): void {
    this.#metrics.configurationRefused();
    this.#readiness.configurationRefused('An unforeseen error, which is in the log, broke the reload off.');
    this.#log.failure('An unforeseen error broke the reload off; the last good configuration stays in force.', error);
  }

  /** A folder cannot be watched. */
  unwatched(error: unknown): void {
    this.#log.failure('Files cannot be watched; they are looked at now and then all the same.', error);
  }

  /** Files cannot be looked at. What is the same as before is told once. */
  trouble(error: unknown): void {
    const reason = error instanceof LocatedError ? error.message : 'The files cannot be looked at; the log says why.';
    if (this.#trouble === reason) return;
    this.#trouble = reason;
    this.#readiness.filesTrouble(reason);
    this.#log.failure('Files cannot be looked at for changes; this is tried again.', error);
  }

  /** Files could be looked at. */
  calm(): void {
    if (this.#trouble === undefined) return;
    this.#trouble = undefined;
    this.#readiness.filesTrouble(undefined);
    this.#log.info('Files can be looked at again.');
  }
}

/** As `/readyz` has it. */
export function sentenceOf(problem: Problem): string {
  return `${placeText(problem.place)}: ${problem.message} [${problem.code}]`;
}

/** As the log has it. */
export function fieldsOf(problem: Problem): {
  readonly code: Problem['code'];
  readonly reason: string;
  readonly place: string;
} {
  return { code: problem.code, reason: problem.message, place: placeText(problem.place) };
}
