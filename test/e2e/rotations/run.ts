/**
 * @module
 * Rotations under load: requests come at a steady rate, processes restart in turn and keys are rotated, while verifiers
 * with a cached JWK set verify each token twice: when it is minted and shortly before it ends.
 *
 * The clock moves by a step with each round of requests, and so the waits between rotations are short. While keys are
 * rotated it runs like the real one: a process takes its real time to load.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { Dice } from '../../search/dice.ts';
import { Fleet, type FleetOptions } from './fleet.ts';
import { Verifiers } from './verifiers.ts';

export interface RunOptions {
  readonly seed: number;
  readonly kind: FleetOptions['kind'];
  readonly rotations: number;
  /** Milliseconds that the clock moves with each round. */
  readonly step: number;
  /** Milliseconds between the end of a restart and the next one; the next process in turn is restarted then. */
  readonly rest: number;
  /** What the configuration says of the time for which verifiers keep the JWK set. */
  readonly maxAge?: string;
}

export interface Outcome {
  readonly tokens: number;
  readonly restarts: number;
  readonly rotations: number;
  /** How many keys signed. */
  readonly keys: number;
  readonly verified: number;
  /** Of the verifiers whose cache is as the configuration says. */
  readonly refused: number;
  /** The codes of what was refused. */
  readonly codes: readonly string[];
  /** Tokens that a verifier refused whose cache is older than the configuration says. */
  readonly refusedByControl: number;
  /** Lines of the logs about changes that came late. */
  readonly complaints: readonly string[];
  /** By the clock of the processes. */
  readonly minutes: number;
}

/** Milliseconds. */
const cache = 300_000;
const tooLongCache = 6 * cache;

/** The last one is the control: it must refuse tokens, or nothing would be seen. */
const caches = [cache, cache, cache, tooLongCache];
const control = caches.length - 1;

/** Seconds. */
const exp = 300;

/** Milliseconds before a token ends, when it is verified again. */
const margin = 45_000;

/** Seconds: with a longer one, a token could end before it is verified again. */
export const longestStep = 30;

const overlaps = ['0s', '10m', '24h'];

/** Milliseconds of real time. */
const round = 100;

export async function runRotations(options: RunOptions): Promise<Outcome> {
  const jwks = { maxAge: options.maxAge ?? `${cache / 60_000}m` };
  await using fleet = await Fleet.start({ replicas: 3, kind: options.kind, exp, jwks });
  const urls = fleet.replicas.map((replica) => replica.jwks);
  await using verifiers = new Verifiers({ urls, caches }, fleet.clock.environment);
  const run = new Run(fleet, verifiers, options);
  return await run.play();
}

/** What is wrong, as sentences; none if all is well. */
export function faults(outcome: Outcome, rotations: number): readonly string[] {
  const { tokens, verified, refused, codes, complaints, keys, restarts, refusedByControl } = outcome;
  const all: readonly (string | false)[] = [
    refused > 0 && `Tokens were refused: ${codes.join(', ')}.`,
    complaints.length > 0 && 'A process says that a change came late, or refused it.',
    verified !== 2 * control * tokens && 'Not every verifier has seen each token twice.',
    keys !== rotations + 1 && 'Not every key has signed.',
    restarts === 0 && 'No process was restarted.',
    refusedByControl === 0 && 'The verifier with too long a cache refused nothing, so nothing would have been seen.',
  ];
  return all.filter((fault) => fault !== false);
}

interface Token {
  readonly text: string;
  /** When it is verified again. */
  readonly due: number;
}

class Run {
  readonly #fleet: Fleet;
  readonly #verifiers: Verifiers;
  readonly #options: RunOptions;
  readonly #dice: Dice;
  readonly #kids = new Set<string>();
  readonly #codes = new Set<string>();
  #waiting: readonly Token[] = [];
  /** Why a process did not restart. */
  #failure: { readonly error: unknown } | undefined;
  readonly #counts = { tokens: 0, restarts: 0, rotations: 0, verified: 0, refused: 0, refusedByControl: 0 };
  #requests = 0;

  constructor(fleet: Fleet, verifiers: Verifiers, options: RunOptions) {
    this.#fleet = fleet;
    this.#verifiers = verifiers;
    this.#options = options;
    this.#dice = new Dice(options.seed);
  }

  async play(): Promise<Outcome> {
    const { clock } = this.#fleet;
    const began = clock.now;
    const end = new AbortController();
    const restarts = this.#restartInTurn(end.signal).catch((error: unknown) => {
      this.#failure = { error };
    });
    try {
      for (let index = 0; index < this.#options.rotations; index++) await this.#rotate();
    } finally {
      end.abort();
      await restarts;
    }
    do await this.#round(this.#options.step, false);
    while (this.#waiting.length > 0);
    return {
      ...this.#counts,
      keys: this.#kids.size,
      codes: [...this.#codes],
      complaints: this.#fleet.complaints(),
      minutes: Math.round((clock.now - began) / 60_000),
    };
  }

  /** One rotation, and the time until the next one may begin. */
  async #rotate(): Promise<void> {
    // After the shortest one, the old key is published only because of its last tokens.
    const overlap = overlaps[this.#counts.rotations % overlaps.length] ?? '';
    const more = this.#dice.chance(50) ? ['--prune'] : [];
    let isUnderWay = true;
    const rotating = this.#fleet.rotate('--overlap', overlap, ...more).finally(() => {
      isUnderWay = false;
    });
    // Awaited below: until then its failure is nobody's.
    rotating.catch(() => undefined);
    while (isUnderWay) await this.#round(0);
    const { begins } = await rotating;
    this.#counts.rotations += 1;
    const until = begins + this.#dice.pick([1_000, 30_000, 120_000]);
    while (this.#fleet.clock.now < until) await this.#round(this.#options.step);
  }

  async #restartInTurn(signal: AbortSignal): Promise<void> {
    const { replicas } = this.#fleet;
    for (let turn = 0; !signal.aborted; turn++) {
      await replicas[turn % replicas.length]?.restart();
      this.#counts.restarts += 1;
      await pause(this.#options.rest, undefined, { signal }).catch(() => undefined);
    }
  }

  /** A request to each process that accepts some, and what is to be verified by then. */
  async #round(step: number, mints = true): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure.error;
    const next = pause(round);
    const { clock, replicas } = this.#fleet;
    clock.step(step);
    const { due = [], later = [] } = Object.groupBy(this.#waiting, ({ due }) => (due <= clock.now ? 'due' : 'later'));
    this.#waiting = later;
    await this.#verify(due.map(({ text }) => text));
    if (mints) {
      this.#requests += 1;
      const answers = await Promise.all(replicas.map((replica) => replica.mint(this.#requests)));
      const tokens = answers.filter((token) => token !== undefined);
      await this.#verify(tokens);
      this.#keep(tokens);
    }
    await next;
  }

  #keep(tokens: readonly string[]): void {
    this.#counts.tokens += tokens.length;
    for (const text of tokens) this.#kids.add(decodeProtectedHeader(text).kid ?? '');
    const kept = tokens.map((text) => ({ text, due: (decodeJwt(text).exp ?? 0) * 1000 - margin }));
    this.#waiting = [...this.#waiting, ...kept];
  }

  async #verify(tokens: readonly string[]): Promise<void> {
    const all = await this.#verifiers.verify(tokens);
    const refused = all.filter(({ verifier }) => verifier !== control);
    for (const { code } of refused) this.#codes.add(code);
    this.#counts.verified += tokens.length * control;
    this.#counts.refused += refused.length;
    this.#counts.refusedByControl += all.length - refused.length;
  }
}
