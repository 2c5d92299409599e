/**
 * @module
 * Notices whether requests have what Envoy sends only if its filter says so.
 *
 * Of the requests of a period only the first are looked at, and only until one has the value, so that it costs nothing
 * to look at every request. `observe/missing-reads.ts` ends the periods.
 */
import type { ProxiedRequest } from './incoming-request.ts';

/** The requests of a period that are looked at. */
export const requestsLookedAt = 100;

/** One attribute, or one namespace of metadata. Requests write its fields. */
export class WatchedRead {
  readonly kind: 'attribute' | 'namespace';
  readonly name: string;
  /** In this period: requests that were looked at. */
  looked = 0;
  /** In this period: whether one of them had it. */
  found = false;

  constructor(kind: WatchedRead['kind'], name: string) {
    this.kind = kind;
    this.name = name;
  }

  /** Whether enough requests were looked at to say that it does not come. */
  get isMissing(): boolean {
    return !this.found && this.looked >= requestsLookedAt;
  }

  begin(): void {
    this.looked = 0;
    this.found = false;
  }

  look(request: ProxiedRequest): void {
    if (this.found || this.looked >= requestsLookedAt) return;
    this.looked++;
    this.found = isSent(this, request);
  }
}

export function lookFor(reads: readonly WatchedRead[], request: ProxiedRequest): void {
  for (const read of reads) read.look(request);
}

function isSent({ kind, name }: WatchedRead, { attributes, metadata }: ProxiedRequest): boolean {
  return kind === 'attribute' ? (attributes.get(name) ?? null) !== null : metadata.view(name) !== undefined;
}
