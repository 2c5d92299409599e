/**
 * @module
 * Reports which key signs for each policy, and since when, to the log, the metrics and `/readyz`: after each load, and
 * when a key begins or retires.
 */

import type { ListenerTls } from '../configuration/listener-tls.ts';
import { canAnswer } from '../configuration/load.ts';
import type { CompiledPolicy } from '../configuration/policy/policy-loader.ts';
import type { Snapshot } from '../configuration/snapshot.ts';
import type { Steps } from '../diagnostics/steps.ts';
import { firstExpiry } from '../keys/certificate-expiry.ts';
import { findCertificates } from '../keys/certificates.ts';
import { isSameKey, type RingState, ringState, shownName } from '../keys/ring-state.ts';
import type { Log } from '../observe/log.ts';
import type { CertificateEnd, Metrics } from '../observe/metrics.ts';
import type { KeysReport, Readiness } from '../observe/readiness.ts';
import { inSlices } from '../observe/slices.ts';
import { type KeyEvent, keyEvents, logKeyEvents, timeOf } from './key-events.ts';

/** Where it reports. */
export interface KeyWitnesses {
  readonly metrics: Metrics;
  readonly readiness: Readiness;
  readonly log: Log;
}

/** Maximum time between two looks at the clock, in milliseconds: the clock may be set, and timers have a maximum. */
const longestWait = 60_000;

/** Policies that `/readyz` names: a probe asks for it every few seconds. */
const maxPolicies = 100;

export class KeyReport {
  readonly #witnesses: KeyWitnesses;
  readonly #now: () => number;
  readonly #states = new Map<string, RingState>();
  #snapshot: Snapshot | undefined;
  #listener: readonly CertificateEnd[] = [];
  /** When the next key begins or retires, and when that was computed. */
  #changes = Number.POSITIVE_INFINITY;
  #lookedAt = Number.NEGATIVE_INFINITY;
  /** Counts the looks: if two overlap, the later one continues. */
  #looks = 0;
  #isLooking = false;
  #rearm: (() => void) | undefined;

  /** @param now milliseconds since the epoch */
  constructor(witnesses: KeyWitnesses, now: () => number) {
    this.#witnesses = witnesses;
    this.#now = now;
  }

  /** A configuration is in force. */
  *loaded(snapshot: Snapshot): Steps<void> {
    this.#snapshot = snapshot;
    for (const policy of this.#states.keys()) if (!snapshot.policies.has(policy)) this.#states.delete(policy);
    yield* this.#look(snapshot, true);
    this.#rearm?.();
  }

  /** Reports the keys that began or retired since the last look. It costs nothing if there are none. */
  *look(): Steps<void> {
    const now = this.#now();
    if (this.#snapshot === undefined || this.#isLooking) return;
    if (now < this.#changes && now >= this.#lookedAt) return;
    this.#isLooking = true;
    try {
      yield* this.#look(this.#snapshot, false);
    } finally {
      this.#isLooking = false;
    }
  }

  /** The certificates of `tls`. */
  listens({ certificate, clientAuthorities = '' }: ListenerTls): void {
    const parts = Object.entries({ certificate, clientAuthorities });
    this.#listener = parts.flatMap(([name, pem]) => endOf('listener', name, findCertificates(pem)));
    this.#changes = Number.NEGATIVE_INFINITY;
    this.#rearm?.();
  }

  /** Looks whenever a key begins or retires. @returns a function that ends this */
  follow(): () => void {
    let timer: NodeJS.Timeout | undefined;
    const arm = (): void => {
      clearTimeout(timer);
      const wait = Math.min(Math.max(this.#changes - this.#now(), 0), longestWait);
      timer = setTimeout(() => void inSlices(this.look(), 'key switch').catch(failed).finally(arm), wait).unref();
    };
    const failed = (error: unknown): void => {
      this.#witnesses.log.failure('A change of keys could not be reported because of an unexpected error.', error);
      this.#changes = this.#now() + longestWait;
    };
    this.#rearm = arm;
    arm();
    return () => {
      this.#rearm = undefined;
      clearTimeout(timer);
    };
  }

  *#look(snapshot: Snapshot, isLoad: boolean): Steps<void> {
    const { metrics, readiness, log } = this.#witnesses;
    const look = ++this.#looks;
    const now = this.#now();
    const events: KeyEvent[] = [];
    const certificates = [...this.#listener];
    let changes = Number.POSITIVE_INFINITY;
    for (const policy of snapshot.policies.values()) {
      const ring = snapshot.keys.rings.get(policy.name);
      const state = ring && this.#note(policy.name, ringState(ring, now), isLoad ? now : undefined, events);
      metrics.signingKeys(policy.name, figuresOf(state));
      const recipients = ringState(policy.recipients, now);
      certificates.push(...certificateEnds(policy, state, recipients));
      changes = Math.min(changes, state?.changes ?? changes, recipients.changes);
      yield;
      if (look !== this.#looks) break;
    }
    logKeyEvents(events, log);
    if (look !== this.#looks) return;
    this.#changes = changes;
    this.#lookedAt = now;
    readiness.keys(keysReport(snapshot, this.#states));
    yield* metrics.certificateEnds(certificates);
  }

  /** @param loadedAt when a configuration caused the change; undefined if a key began or retired */
  #note(policy: string, found: RingState, loadedAt: number | undefined, events: KeyEvent[]): RingState {
    const before = this.#states.get(policy);
    const state = before === undefined ? found : { ...found, since: sinceOf(found, before, loadedAt) };
    events.push(...keyEvents(policy, before, state));
    this.#states.set(policy, state);
    return state;
  }
}

/** A ring does not know since when a key signs if the key is active immediately after a load. */
function sinceOf({ signer, since }: RingState, before: RingState, loadedAt: number | undefined): number {
  if (isSameKey(before.signer?.held, signer?.held)) return Math.max(before.since, since);
  return Math.max(since, loadedAt ?? since);
}

function figuresOf(state: RingState | undefined): Parameters<Metrics['signingKeys']>[1] {
  if (state === undefined) return { count: 0, next: 0, kid: undefined, end: undefined };
  const { published, next, signer, end } = state;
  const kid = signer && (shownName(signer.held) ?? '');
  return { count: published, next: (next?.from ?? 0) / 1000, kid, end: Math.max(0, end / 1000) };
}

function certificateEnds(
  { name }: CompiledPolicy,
  state: RingState | undefined,
  recipients: RingState,
): CertificateEnd[] {
  return [
    ...endOf('signing', name, state?.signer?.held.certificates ?? []),
    ...endOf('recipient', name, recipients.signer?.held.certificates ?? []),
  ];
}

function endOf(use: CertificateEnd['use'], name: string, certificates: readonly Uint8Array[]): CertificateEnd[] {
  const end = firstExpiry(certificates);
  return end === undefined ? [] : [{ use, name, end: end / 1000 }];
}

function keysReport({ policies }: Snapshot, states: ReadonlyMap<string, RingState>): KeysReport {
  const signing: KeysReport['signing'][number][] = [];
  const ended = new Set<string>();
  let count = 0;
  for (const [policy, { signer, since, until }] of states) {
    if (signer === undefined) {
      ended.add(policy);
      continue;
    }
    count++;
    if (signing.length === maxPolicies) continue;
    signing.push({ policy, kid: shownName(signer.held), since: timeOf(since), until: timeOf(until) });
  }
  return {
    signing,
    more: count - signing.length,
    ended: [...ended].slice(0, maxPolicies),
    moreEnded: Math.max(0, ended.size - maxPolicies),
    isAnyLeft: ended.size === 0 || policies.values().some((policy) => canAnswer(policy, ended)),
  };
}
