/**
 * @module
 * Whether this process should get requests. `/readyz` and the gRPC health service both tell it.
 */
export type Phase = 'starting' | 'ready' | 'no-worker' | 'no-listener' | 'no-key' | 'draining';

/** What `/readyz` answers. */
export interface ReadinessReport {
  readonly status: Phase;
  /** The configuration in force; absent before the first. */
  readonly generation?: number;
  readonly policies?: number;
  /** How the last attempt to load went; after a failure the last good configuration stays in force. */
  readonly lastReload?: 'success' | 'failure';
  /** Why it failed: place, sentence and code of what was wrong first. */
  readonly lastReloadError?: string;
  /** Why the TLS pair that was read last cannot be used: the one before it is; absent where it can. */
  readonly tlsError?: string;
  /** Why files cannot be looked at for changes; absent while they can. */
  readonly filesTrouble?: string;
  /** How many policies sign with a key that was generated for trying out; absent where none does. */
  readonly generatedKeys?: number;
  /** Which key signs for each policy: at most a hundred of them. */
  readonly signingKeys?: readonly SigningKeyReport[];
  /** How many policies `signingKeys` leaves out; absent where it has all. */
  readonly signingKeysMore?: number;
  /** Policies that have no key that is active now: at most a hundred; absent where there is none. */
  readonly keysEnded?: readonly string[];
  /** How many policies `keysEnded` leaves out; absent where it has all. */
  readonly keysEndedMore?: number;
  /** How many worker processes serve, of how many; absent where the one process serves itself. */
  readonly workers?: { readonly serving: number; readonly of: number };
  /** Why a unix socket that was lost cannot be made again, by its key in the configuration; absent where all are there. */
  readonly notListening?: Readonly<Record<string, string>>;
}

/** Times as ISO 8601 has them; `since` is absent where it was before this process knew the key. */
export interface SigningKeyReport {
  readonly policy: string;
  readonly kid?: string | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
}

export interface KeysReport {
  readonly signing: readonly SigningKeyReport[];
  readonly more: number;
  readonly ended: readonly string[];
  readonly moreEnded: number;
  /** Whether any policy can answer requests with anything but a refusal. */
  readonly isAnyLeft: boolean;
}

export class Readiness {
  readonly #listeners = new Set<(phase: Phase) => void>();
  #report: ReadinessReport = { status: 'starting' };
  #keys: Partial<ReadinessReport> = {};
  #keysLeft = true;

  get phase(): Phase {
    return this.#report.status;
  }

  get report(): ReadinessReport {
    return { ...this.#report, ...this.#keys };
  }

  /** Requests are welcome. A process that drains stays draining. */
  ready(): void {
    if (this.phase === 'starting') this.#move(this.#hindrance ?? 'ready');
  }

  /** Without one that serves nothing is ready, until one does. */
  workersServing(serving: number, of: number): void {
    this.#report = { ...this.#report, workers: { serving, of } };
    this.#reconsider();
  }

  /**
   * Without the listener of requests nothing is ready, since Envoy could not connect again.
   *
   * @param name the listener's key in the configuration
   */
  notListening(name: string, reason: string): void {
    this.#report = { ...this.#report, notListening: { ...this.#report.notListening, [name]: reason } };
    this.#reconsider();
  }

  listening(name: string): void {
    const { notListening: { [name]: _, ...others } = {}, ...report } = this.#report;
    this.#report = Object.keys(others).length === 0 ? report : { ...report, notListening: others };
    this.#reconsider();
  }

  /** No further request, please; this is for good. */
  drain(): void {
    if (this.phase !== 'draining') this.#move('draining');
  }

  configurationLoaded(generation: number, policies: number, generatedKeys = 0): void {
    const generated = generatedKeys === 0 ? {} : { generatedKeys };
    const { status, workers, filesTrouble, tlsError, notListening } = this.#report;
    const kept = { ...(workers && { workers }), ...(filesTrouble !== undefined && { filesTrouble }) };
    const listener = { ...(tlsError !== undefined && { tlsError }), ...(notListening && { notListening }) };
    this.#report = { status, generation, policies, lastReload: 'success', ...generated, ...kept, ...listener };
  }

  /** @param reason holds nothing of a key or secret */
  configurationRefused(reason: string): void {
    this.#report = { ...this.#report, lastReload: 'failure', lastReloadError: reason };
  }

  /** @param reason undefined where the pair can be used; holds nothing of a key */
  tlsUnusable(reason: string | undefined): void {
    const { tlsError: _, ...report } = this.#report;
    this.#report = reason === undefined ? report : { ...report, tlsError: reason };
  }

  /** @param reason undefined once files can be looked at again */
  filesTrouble(reason: string | undefined): void {
    const { filesTrouble: _, ...report } = this.#report;
    this.#report = reason === undefined ? report : { ...report, filesTrouble: reason };
  }

  /** While no policy has a key, every request would be refused: nothing is ready then. */
  keys({ signing, more, ended, moreEnded, isAnyLeft }: KeysReport): void {
    this.#keys = {
      ...(signing.length > 0 && { signingKeys: signing }),
      ...(more > 0 && { signingKeysMore: more }),
      ...(ended.length > 0 && { keysEnded: ended }),
      ...(moreEnded > 0 && { keysEndedMore: moreEnded }),
    };
    this.#keysLeft = isAnyLeft;
    this.#reconsider();
  }

  /** Calls `listener` at each change of phase until the returned function is called. */
  onChange(listener: (phase: Phase) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get #hindrance(): Phase | undefined {
    if (this.#report.workers?.serving === 0) return 'no-worker';
    if (this.#report.notListening?.['listen'] !== undefined) return 'no-listener';
    return this.#keysLeft ? undefined : 'no-key';
  }

  #reconsider(): void {
    if (this.phase === 'starting' || this.phase === 'draining') return;
    const phase = this.#hindrance ?? 'ready';
    if (phase !== this.phase) this.#move(phase);
  }

  #move(status: Phase): void {
    this.#report = { ...this.#report, status };
    for (const listener of this.#listeners) listener(status);
  }
}
