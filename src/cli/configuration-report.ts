/**
 * @module
 * Reports each new or refused configuration to the log, the metrics and `/readyz`.
 */

import { changesBetween, describeDifference } from '../configuration/changes.ts';
import { type Part, parts } from '../configuration/configuration-digests.ts';
import { needsRestart } from '../configuration/reload/reload.ts';
import type { Snapshot } from '../configuration/snapshot.ts';
import { LocatedError, type Problem } from '../diagnostics/problem.ts';
import { placeText } from '../diagnostics/source-text.ts';
import { eachInSteps, type Steps } from '../diagnostics/steps.ts';
import { outsideNames } from '../keys/ring-state.ts';
import { signerAt } from '../keys/rotation.ts';
import type { Log } from '../observe/log.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { Readiness } from '../observe/readiness.ts';
import { KeyReport } from './key-report.ts';
import { shownReads } from './reads.ts';

/** A file with errors in every line must not fill the log at each attempt. */
const maxLines = 20;

/** The configurations before the new one. */
interface Reload {
  /** The configuration that the process started with. */
  readonly running: Snapshot;
  /** The one that it replaces. */
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
  /** Reports the keys. */
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
    const { byPolicy } = snapshot.settings.metrics;
    yield* this.#metrics.configurationLoaded(version, [...policies.keys()], this.#now() / 1000, byPolicy);
    this.#metrics.signers.keepOnly(outsideNames(keys.rings.values()));
    this.#readiness.configurationLoaded(version, policies.size, generated);
    this.#readiness.reads(shownReads(snapshot.reads));
    const warnings = problems.filter(({ severity }) => severity === 'warning');
    this.#metrics.configurationWarned(warnings.map(({ code }) => code));
    for (const problem of warnings) this.#log.warn('Configuration warning.', fieldsOf(problem));
    if (reload !== undefined) {
      this.#log.info('A new configuration is in force.', { generation: version, policies: policies.size });
      yield* this.#logChanges(reload.before, snapshot);
    }
    yield* this.keys.loaded(snapshot);
    if (reload === undefined) return;
    for (const name of needsRestart(reload.running, snapshot)) {
      this.#log.warn('A changed setting takes effect only after a restart.', { reason: `\`${name}\`` });
    }
  }

  /** Logs the names of what a reload changed. */
  *#logChanges(before: Snapshot, { version, digests }: Snapshot): Steps<void> {
    const changes = yield* changesBetween(before.digests, digests);
    for (const part of parts) {
      const difference = describeDifference(changes, part);
      if (difference !== undefined) this.#log.info(changed[part], { generation: version, changes: difference });
    }
  }

  refused(problems: readonly Problem[]): void {
    const errors = problems.filter(({ severity }) => severity === 'error');
    const [first] = errors;
    this.#metrics.configurationRefused();
    this.#readiness.configurationRefused(first === undefined ? '' : sentenceOf(first));
    logErrors(errors, 'The new configuration is refused; the last good one stays in force.', this.#log);
  }

  /**
   * An unexpected error ended an attempt. Its class and code are logged, but not its message, which may contain
   * anything.
   */
  failed(error: unknown): void {
    this.#metrics.configurationRefused();
    this.#readiness.configurationRefused('The reload failed with an unexpected error; see the log.');
    this.#log.failure('The reload failed with an unexpected error; the last good configuration stays in force.', error);
  }

  /** A folder cannot be watched. */
  unwatched(error: unknown): void {
    this.#log.failure('Files cannot be watched; mintproc still polls them.', error);
  }

  /** Files cannot be checked for changes. The same reason is logged once. */
  trouble(error: unknown): void {
    const reason =
      error instanceof LocatedError ? error.message : 'The files cannot be checked for changes; see the log.';
    if (this.#trouble === reason) return;
    this.#trouble = reason;
    this.#readiness.filesTrouble(reason);
    this.#log.failure('Files cannot be checked for changes; mintproc will try again.', error);
  }

  /** Files can be checked. */
  calm(): void {
    if (this.#trouble === undefined) return;
    this.#trouble = undefined;
    this.#readiness.filesTrouble(undefined);
    this.#log.info('Files can be checked for changes again.');
  }
}

/** Logs each error, the first 20 of them, with the same message. */
export function logErrors(errors: readonly Problem[], message: string, log: Log): void {
  for (const problem of errors.slice(0, maxLines)) log.error(message, fieldsOf(problem));
  const suppressed = errors.length - maxLines;
  if (suppressed <= 0) return;
  log.error('More errors of the configuration were suppressed; `mintproc validate` prints all of them.', {
    suppressed,
  });
}

/** For `/readyz`. */
export function sentenceOf(problem: Problem): string {
  return `${placeText(problem.place)}: ${problem.message} [${problem.code}]`;
}

/** For the log. */
export function fieldsOf(problem: Problem): {
  readonly code: Problem['code'];
  readonly reason: string;
  readonly suggestion: string | undefined;
  readonly place: string;
} {
  const { code, message, suggestion, place } = problem;
  return { code, reason: message, suggestion, place: placeText(place) };
}
