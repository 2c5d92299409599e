/**
 * @module
 * The state of the gRPC health service, independent of the transport.
 */
export type ServingStatus = 'SERVING' | 'NOT_SERVING';

export class Health {
  readonly #services: ReadonlySet<string>;
  readonly #listeners = new Set<(status: ServingStatus) => void>();
  #status: ServingStatus = 'SERVING';

  /** @param services full names; the empty name, which stands for the server as a whole, is always included */
  constructor(services: readonly string[]) {
    this.#services = new Set(['', ...services]);
  }

  /** The status of the server as a whole. */
  get status(): ServingStatus {
    return this.#status;
  }

  /** Undefined for a service that this server does not have. */
  statusOf(service: string): ServingStatus | undefined {
    return this.#services.has(service) ? this.#status : undefined;
  }

  set(status: ServingStatus): void {
    if (status === this.#status) return;
    this.#status = status;
    for (const listener of this.#listeners) listener(status);
  }

  /** Calls `listener` at each change until the returned function is called. */
  onChange(listener: (status: ServingStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
