/**
 * @module
 * What a configuration that comes, or is refused, leaves in the log, in the metrics and in `/readyz`.
 */
import { LocatedError, type Problem } from '../diagnostics/problem.ts';
import { eachInSteps, type Steps } from '../diagnostics/steps.ts';
import { type KeyRing, keyId, publishedAt, type RingKey, signerAt, type Term, termsOf } from '../keys/rotation.ts';
import type { Log } from '../observe/log.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { Readiness } from '../observe/readiness.ts';
import { needsRestart } from '../runtime/reload.ts';
import type { Snapshot } from '../runtime/snapshot.ts';

/** A file that is wrong from end to end must not fill the log at each attempt. */
const mostLines = 20;

export class ConfigurationReport {
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
  }

  /** @param running the configuration that the process started with, where this is a later one */
  *loaded(snapshot: Snapshot, problems: readonly Problem[], running?: Snapshot): Steps<void> {
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
    yield* this.refreshKeys(snapshot);
    yield* eachInSteps(policies.keys(), (policy) => this.#tellOfKeys(policy, snapshot));
    if (running === undefined) return;
    this.#log.info('A new configuration is in force.', { generation: version, policies: policies.size });
    for (const name of needsRestart(running, snapshot)) {
      this.#log.warn('A changed setting takes effect at the next start only.', { reason: `\`${name}\`` });
    }
  }

  /** The figures about keys as they are at this moment: they change with the time alone, too. */
  *refreshKeys({ policies, keys }: Snapshot): Steps<void> {
    const now = this.#now();
    for (const policy of policies.keys()) {
      const ring = keys.rings.get(policy) ?? [];
      this.#metrics.signingKeys(policy, publishedAt(ring, now).length, (this.#nextTerm(ring)?.from ?? 0) / 1000);
      yield;
    }
  }

  #nextTerm(ring: KeyRing): Term | undefined {
    return termsOf(ring).find(({ from }) => from > this.#now());
  }

  #tellOfKeys(policy: string, { keys }: Snapshot): void {
    const next = this.#nextTerm(keys.rings.get(policy) ?? []);
    if (next === undefined) return;
    const message =
      next.signer === undefined ? 'The last key of a policy retires.' : 'A new key is published, and will sign.';
    this.#log.info(message, { policy, kid: nameOf(next.signer), at: new Date(next.from).toISOString() });
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

function nameOf(key: RingKey | undefined): string | undefined {
  return key === undefined ? undefined : keyId(key.held);
}

/** As `/readyz` has it. */
export function sentenceOf(problem: Problem): string {
  return `${placeOf(problem)}: ${problem.message} [${problem.code}]`;
}

/** As the log has it. */
export function fieldsOf(problem: Problem): {
  readonly code: Problem['code'];
  readonly reason: string;
  readonly place: string;
} {
  return { code: problem.code, reason: problem.message, place: placeOf(problem) };
}

function placeOf({ place }: Problem): string {
  return `${place.file}:${place.line}:${place.column}`;
}
