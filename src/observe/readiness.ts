/**
 * @module
 * Whether this process should get requests. `/readyz` and the gRPC health service report it.
 */
export type Phase = 'starting' | 'ready' | 'no-worker' | 'no-listener' | 'no-key' | 'draining';

/** Names in one list of the report. */
const longestList = 100;

/** The body of `/readyz`. */
export interface ReadinessReport {
  readonly status: Phase;
  /** The configuration in force; absent before the first. */
  readonly generation?: number;
  readonly policies?: number;
  /** What is read of what Envoy sends only if its filter says so, at most a hundred names of each. */
  readonly envoyReads?: EnvoyReadsReport;
  /** The result of the last attempt to load. After a failure the last good configuration stays in force. */
  readonly lastReload?: 'success' | 'failure';
  /** Why it failed: place, message and code of the first error. */
  readonly lastReloadError?: string;
  /** Why the latest TLS pair cannot be used. The previous pair stays in use. Absent if it can be used. */
  readonly tlsError?: string;
  /** Why files cannot be checked for changes; absent while they can. */
  readonly filesTrouble?: string;
  /** Why published keys are not remembered, or not published; absent while they are. */
  readonly jwksState?: string;
  /** The number of policies that sign with a generated key (for trials); absent without such a policy. */
  readonly generatedKeys?: number;
  /** The signing key of each policy, for at most a hundred policies. */
  readonly signingKeys?: readonly SigningKeyReport[];
  /** The number of policies that `signingKeys` leaves out; absent if it lists all. */
  readonly signingKeysMore?: number;
  /** Policies without an active key, at most a hundred; absent without such a policy. */
  readonly keysEnded?: readonly string[];
  /** The number of policies that `keysEnded` leaves out; absent if it lists all. */
  readonly keysEndedMore?: number;
  /** Keys whose service fails and is not called for a while, at most a hundred; absent without such a key. */
  readonly signersPaused?: readonly string[];
  /** The number of keys that `signersPaused` leaves out; absent if it lists all. */
  readonly signersPausedMore?: number;
  /** By policy: why the token in its file (`sds`) cannot be replaced. At most a hundred. */
  readonly tokenFiles?: Readonly<Record<string, string>>;
  /** How many worker processes serve, and how many there should be; absent without workers. */
  readonly workers?: { readonly serving: number; readonly of: number };
  /** By key in the configuration: why a lost unix socket cannot be created again. Absent if all sockets are present. */
  readonly notListening?: Readonly<Record<string, string>>;
}

export interface EnvoyReadsReport {
  /** For `request_attributes` of the ext_proc filter. */
  readonly attributes: readonly string[];
  /** For `forwarding_namespaces`. */
  readonly namespaces: readonly string[];
}

/** Times in ISO 8601. `since` is absent if the key was signing before this process loaded it. */
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
  /** Whether any policy can answer requests other than by refusing them. */
  readonly isAnyLeft: boolean;
}

export class Readiness {
  readonly #listeners = new Set<(phase: Phase) => void>();
  #report: ReadinessReport = { status: 'starting' };
  #reads: Partial<ReadinessReport> = {};
  #keys: Partial<ReadinessReport> = {};
  #jwks: Partial<ReadinessReport> = {};
  #signers: Partial<ReadinessReport> = {};
  readonly #tokenFiles = new Map<string, string>();
  #keysLeft = true;

  get phase(): Phase {
    return this.#report.status;
  }

  get report(): ReadinessReport {
    const files = [...this.#tokenFiles].slice(0, longestList);
    const tokenFiles = files.length === 0 ? {} : { tokenFiles: Object.fromEntries(files) };
    return { ...this.#report, ...this.#reads, ...this.#keys, ...this.#jwks, ...this.#signers, ...tokenFiles };
  }

  /** The process can serve. A draining process stays draining. */
  ready(): void {
    if (this.phase === 'starting') this.#move(this.#hindrance ?? 'ready');
  }

  /** Without a serving worker the process is not ready. */
  workersServing(serving: number, of: number): void {
    this.#report = { ...this.#report, workers: { serving, of } };
    this.#reconsider();
  }

  /**
   * Without the `listen` socket the process is not ready, because Envoy cannot connect again.
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

  /** No more requests should come. This cannot be undone. */
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

  /** @param reason contains no part of a key or secret */
  configurationRefused(reason: string): void {
    this.#report = { ...this.#report, lastReload: 'failure', lastReloadError: reason };
  }

  /** @param reason undefined if the pair can be used; contains no part of a key */
  tlsUnusable(reason: string | undefined): void {
    const { tlsError: _, ...report } = this.#report;
    this.#report = reason === undefined ? report : { ...report, tlsError: reason };
  }

  /** @param reason undefined once files can be checked again */
  filesTrouble(reason: string | undefined): void {
    const { filesTrouble: _, ...report } = this.#report;
    this.#report = reason === undefined ? report : { ...report, filesTrouble: reason };
  }

  /** @param reason undefined once published keys are remembered */
  jwksState(reason: string | undefined): void {
    this.#jwks = reason === undefined ? {} : { jwksState: reason };
  }

  /**
   * The process stays ready: it still answers Envoy.
   *
   * @param reason undefined once the token in the policy's file was replaced, or taken away if the policy has no file
   */
  tokenFile(policy: string, reason: string | undefined): void {
    if (reason === undefined) this.#tokenFiles.delete(policy);
    else this.#tokenFiles.set(policy, reason);
  }

  /**
   * The process stays ready: kept tokens and other keys are still used, and the other instances call the same service.
   *
   * @param keys the names of the keys whose service is not called
   */
  signersPaused(keys: readonly string[]): void {
    const more = keys.length - longestList;
    this.#signers = {
      ...(keys.length > 0 && { signersPaused: keys.slice(0, longestList) }),
      ...(more > 0 && { signersPausedMore: more }),
    };
  }

  /** What the configuration in force reads. */
  reads(envoyReads: EnvoyReadsReport): void {
    this.#reads = { envoyReads };
  }

  /** While no policy has a key, every request would be refused, so the process is not ready. */
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
