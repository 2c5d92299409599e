/**
 * @module
 * Asks the sources of the configuration, one after the other, who the caller is, and counts what each of them knew.
 */

import type { JsonObject } from '../diagnostics/json.ts';
import { MintError } from '../diagnostics/mint-error.ts';
import type { Caller } from '../expressions/bindings.ts';
import type { IncomingRequest } from '../request/incoming-request.ts';
import type { IdentitySource } from './authentication-schema.ts';
import type { Source } from './caller.ts';

/** @throws MintError `identity.*` where what a source says cannot be told apart or read, so nobody is believed */
export type Identify = (request: IncomingRequest) => Caller;

/** What a source that was asked came to. */
export type IdentityOutcome = 'found' | 'absent' | 'refused';

export type IdentityCounters = Readonly<Record<IdentityOutcome, { increment(): void }>>;

/** What is told of callers; it is settled when a configuration loads, and a request only adds to it. */
export interface CallerObserver {
  /** @param source as `sourceNames` calls it */
  countersOf(source: string): IdentityCounters;
  readonly watch: {
    /** A source knew the caller. */
    found: boolean;
    /** Something read the caller, and no source knew one. */
    missed: boolean;
  };
}

const uncounted = { increment() {} };

const unobserved: CallerObserver = {
  countersOf: () => ({ found: uncounted, absent: uncounted, refused: uncounted }),
  watch: { found: false, missed: false },
};

/** What metrics call the sources: `from`, and from the second of a kind on its number, such as `metadata-2`. */
export function sourceNames(sources: readonly Pick<IdentitySource, 'from'>[]): readonly string[] {
  const counts = new Map<string, number>();
  return sources.map(({ from }) => {
    const count = (counts.get(from) ?? 0) + 1;
    counts.set(from, count);
    return count === 1 ? from : `${from}-${count}`;
  });
}

/** The first source that knows the caller counts; without one all four fields are null. */
export function askInOrder(sources: ReadonlyMap<string, Source>, observer: CallerObserver = unobserved): Identify {
  const asked = Array.from(sources, ([name, source]) => ({ source, counters: observer.countersOf(name) }));
  const { watch } = observer;
  const nobody = new Nobody(watch);
  return (request) => {
    for (const { source, counters } of asked) {
      const caller = ask(source, request, counters);
      if (caller !== undefined) {
        counters.found.increment();
        watch.found = true;
        return caller;
      }
      counters.absent.increment();
    }
    return nobody;
  };
}

function ask(source: Source, request: IncomingRequest, { refused }: IdentityCounters): Caller | undefined {
  try {
    return source(request);
  } catch (error) {
    if (error instanceof MintError) refused.increment();
    throw error;
  }
}

/** A caller of whom nothing is known: all four fields are null, as on Flex Gateway. Notes that somebody asks. */
class Nobody implements Caller {
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

/** Whether anything names the caller. Claims without a name (an ext_authz server's decision, say) name nobody. */
export function isNamed({ principal, clientId, clientName }: Caller): boolean {
  return [principal, clientId, clientName].some((name) => name !== null);
}
