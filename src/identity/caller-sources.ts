/**
 * @module
 * Asks the configured sources in order who the caller is, and counts the result of each.
 */

import type { JsonObject } from '../diagnostics/json.ts';
import { MintError } from '../diagnostics/mint-error.ts';
import { type Caller, plainCaller } from '../expressions/bindings.ts';
import type { CallerKind } from '../expressions/caller-objects.ts';
import type { IncomingRequest } from '../request/incoming-request.ts';
import type { IdentitySource } from './authentication-schema.ts';
import type { Source } from './caller.ts';
import { callerAs } from './shaped-caller.ts';

/** @throws MintError `identity.*` if a source is ambiguous or malformed, so that no caller can be trusted */
export type Identify = (request: IncomingRequest) => Caller;

/** The result of asking a source. */
export type IdentityOutcome = 'found' | 'absent' | 'refused';

export type IdentityCounters = Readonly<Record<IdentityOutcome, { increment(): void }>>;

/** Observes callers. It is set up when a configuration loads; a request only counts. */
export interface CallerObserver {
  /** @param source one of `sourceNames` */
  countersOf(source: string): IdentityCounters;
  readonly watch: {
    /** A source knew a caller. */
    found: boolean;
    /** A policy read the caller, and no source knew one. */
    missed: boolean;
  };
}

const uncounted = { increment() {} };

const unobserved: CallerObserver = {
  countersOf: () => ({ found: uncounted, absent: uncounted, refused: uncounted }),
  watch: { found: false, missed: false },
};

/** The names of the sources in metrics: `from`, with a number from the second of a kind on, such as `metadata-2`. */
export function sourceNames(sources: readonly Pick<IdentitySource, 'from'>[]): readonly string[] {
  const counts = new Map<string, number>();
  return sources.map(({ from }) => {
    const count = (counts.get(from) ?? 0) + 1;
    counts.set(from, count);
    return count === 1 ? from : `${from}-${count}`;
  });
}

/** A source that is asked for the caller. */
export interface AskedSource {
  /** One of `sourceNames`. */
  readonly name: string;
  readonly as: CallerKind | undefined;
  readonly find: Source;
}

/** The first source that knows the caller is used. If none does, all four fields are null. */
export function askInOrder(sources: readonly AskedSource[], observer: CallerObserver = unobserved): Identify {
  const asked = sources.map((source) => ({ ...source, counters: observer.countersOf(source.name) }));
  const { watch } = observer;
  const unknown = new UnknownCaller(watch);
  return (request) => {
    for (const source of asked) {
      const caller = ask(source, request, source.counters);
      if (caller !== undefined) {
        source.counters.found.increment();
        watch.found = true;
        return caller;
      }
      source.counters.absent.increment();
    }
    return unknown;
  };
}

function ask({ find, as }: AskedSource, request: IncomingRequest, { refused }: IdentityCounters): Caller | undefined {
  try {
    const caller = find(request);
    return caller === undefined || as === undefined ? caller : callerAs(caller, as);
  } catch (error) {
    if (error instanceof MintError) refused.increment();
    throw error;
  }
}

/** A caller that no source knows: all four fields are null, as on Flex Gateway. Records that a policy read it. */
class UnknownCaller implements Caller {
  readonly #watch: CallerObserver['watch'];

  constructor(watch: CallerObserver['watch']) {
    this.#watch = watch;
  }

  get principal(): string | null {
    return this.#missed();
  }

  get clientId(): string | null {
    return this.#missed();
  }

  get clientName(): string | null {
    return this.#missed();
  }

  get properties(): JsonObject | null {
    return this.#missed();
  }

  property(): undefined {
    this.#missed();
  }

  #missed(): null {
    this.#watch.missed = true;
    return null;
  }
}

/**
 * Whether the caller has a name, whatever `as` says. Claims without one, such as an ext_authz server's decision, are
 * not enough.
 *
 * @throws MintError `identity.repeated-header`
 */
export function isNamed(caller: Caller): boolean {
  const { principal, clientId, clientName } = plainCaller(caller);
  return [principal, clientId, clientName].some((name) => name !== null);
}
