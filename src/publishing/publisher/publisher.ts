/**
 * @module
 * Collects the public keys of many, and publishes each until no token of it can be valid any more: for as long as
 * tokens live after a source showed it last. A source that is away keeps its keys.
 */
import { setTimeout } from 'node:timers/promises';
import { LocatedError } from '../../diagnostics/problem.ts';
import type { PublishedKey } from '../../keys/published-keys.ts';
import { type OwnKeys, slack } from '../state-keeper.ts';
import type { PeerOptions } from './ask-peer.ts';
import { type PathReader, readPath } from './key-paths.ts';
import { type Ask, questionsTo, type Resolve } from './peers.ts';
import type { SeenKey, Sight } from './seen-keys.ts';
import type { Source } from './source.ts';
import { SourceShares } from './source-shares.ts';

export interface PublisherOptions extends PeerOptions {
  readonly sources: readonly Source[];
  readonly files: PathReader;
  readonly resolve: Resolve;
  /** How long tokens are valid at most, in milliseconds. */
  readonly keep: number;
  /** Milliseconds between two rounds. */
  readonly every: number;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Between 0 and 1. */
  random(): number;
  /** After each round: everything that was looked at. */
  seen(sights: readonly Sight[]): Promise<void>;
  failed(error: unknown): void;
}

/** Peers that are asked at the same time. @internal Exported for the test at the limit. */
export const concurrentAsks = 16;

/** The clocks of verifiers may be slow. */
const clockLeeway = 60_000;

/** Times are rounded up to this, so that most rounds change nothing. */
const step = 60_000;

interface Seen {
  readonly keys: readonly SeenKey[];
  readonly at: number;
}

export class Publisher {
  readonly #options: PublisherOptions;
  /** What each file and address showed last. */
  #seen = new Map<string, Seen>();
  readonly #stop = new AbortController();
  readonly #shares: SourceShares;

  constructor(options: PublisherOptions) {
    this.#options = options;
    this.#shares = new SourceShares(options.keep + step + clockLeeway + slack);
  }

  /** The keys that the sources showed last, each with the time of its last token. */
  get own(): OwnKeys {
    const { keep } = this.#options;
    const keys = this.#seen.values().flatMap(({ keys: shown, at }) => {
      // After a crash only the file is left, and it may be behind.
      const until = Math.ceil(at / step) * step + keep + clockLeeway + slack;
      return shown.map((key): PublishedKey => ({ ...key, since: at, until, activeFrom: Number.NEGATIVE_INFINITY }));
    });
    return { keys: [...keys], revoked: new Set() };
  }

  /** Looks at all sources once. */
  async round(): Promise<void> {
    const { now, seen } = this.#options;
    const sights = this.#shares.within(await this.#lookAtAll(), now());
    const after = new Map<string, Seen>();
    for (const { from, keys } of sights) {
      const last = keys === undefined ? this.#seen.get(from) : { keys, at: now() };
      if (last !== undefined) after.set(from, last);
    }
    // What an address showed that is gone is remembered by now: it was taken after an earlier round.
    this.#seen = after;
    await seen(sights);
  }

  /** Looks at all sources again and again. @returns a function that ends this */
  follow(): () => void {
    void this.#follow().catch((error: unknown) => {
      if (!this.#stop.signal.aborted) this.#options.failed(error);
    });
    return () => this.#stop.abort();
  }

  async #follow(): Promise<void> {
    const { every, random, failed } = this.#options;
    for (;;) {
      // Several publishers must not ask all peers at the same moment.
      const wait = every * (0.8 + 0.4 * random());
      await setTimeout(wait, undefined, { ref: false, signal: this.#stop.signal });
      await this.round().catch(failed);
    }
  }

  async #lookAtAll(): Promise<readonly Sight[]> {
    const { sources, files, resolve, authorities } = this.#options;
    const sights: Sight[] = [];
    const asks: Ask[] = [];
    for (const source of sources) {
      if (source.kind === 'path') {
        sights.push(
          ...(await readPath(source.path, files).catch((error: unknown) => [unanswered(source.path, error)])),
        );
        continue;
      }
      const found = await questionsTo(source.url, resolve, { authorities });
      sights.push(...found.sights);
      asks.push(...found.asks);
    }
    sights.push(...(await answers(asks)));
    return sights;
  }
}

/** A file system that does not answer hides no other source. @throws `error` if it is something else */
function unanswered(from: string, error: unknown): Sight {
  if (!(error instanceof LocatedError)) throw error;
  return { from, keys: undefined, objections: ['The file system does not answer.'] };
}

/**
 * Asks some at a time, each worker the next that nobody has asked. The sights are in the order of `asks`: if two peers
 * have keys of one name, the one that is named first stays, not the one that answers first.
 */
async function answers(asks: readonly Ask[]): Promise<readonly Sight[]> {
  const sights = new Map<number, Sight>();
  const left = asks.entries();
  const work = async (): Promise<void> => {
    for (const [index, ask] of left) sights.set(index, await ask());
  };
  await Promise.all(Array.from({ length: Math.min(concurrentAsks, asks.length) }, work));
  return asks.flatMap((_, index) => sights.get(index) ?? []);
}
