/**
 * @module
 * Random histories of sources whose keys come and go, that are away, show private keys or use the name of another key,
 * with crashes of the publisher and times. A second implementation remembers only when each key was seen last.
 */
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { recallKeys } from '../../../src/cli/remembered-keys.ts';
import { AsyncFiles } from '../../../src/configuration/reload/async-files.ts';
import { keySetsAt } from '../../../src/keys/key-set.ts';
import { Publisher } from '../../../src/publishing/publisher/publisher.ts';
import { StateKeeper } from '../../../src/publishing/state-keeper.ts';
import { Dice } from '../../search/dice.ts';
import { type Effort, Finding, type Search } from '../../search/search.ts';
import { Clock, Told } from '../history.ts';

export const search: Search = {
  name: 'publisher',
  property:
    'A key is published for as long as tokens live after a source showed it last, some minutes longer at most, and never replaced by another of its name.',
  inputs: 3_000,
  share: 60,
  run,
};

interface PoolKey {
  readonly kid: string;
  /** Tells keys of one name apart. */
  readonly x: string;
  readonly jwk: object;
  readonly privateJwk: object;
}

/** In milliseconds. */
const keep = 1_800_000;
/** What a key may stay longer than it must: the slack of the file, a leeway, a rounding, and the last look. */
const longer = 600_000 + 60_000 + 60_000;

async function run(effort: Effort): Promise<string> {
  const pool = Array.from({ length: 8 }, (_, index): PoolKey => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    const kid = `k${index % 6}`;
    const jwk = { ...publicKey.export({ format: 'jwk' }), kid };
    return { kid, x: String(jwk.x), jwk, privateJwk: { ...privateKey.export({ format: 'jwk' }), kid } };
  });
  const folder = mkdtempSync(join(tmpdir(), 'mintproc-publishers-'));
  const counts = { rounds: 0, clashes: 0, crashes: 0 };
  try {
    for await (const number of effort.inputs()) {
      const dice = new Dice(Math.imul(effort.seed + number, 0x9e3779b1));
      const history = new History(dice, pool, join(folder, `${number}.json`));
      await history.play();
      for (const name of ['rounds', 'clashes', 'crashes'] as const) counts[name] += history.counts[name];
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return `${counts.rounds} rounds, ${counts.clashes} clashes, ${counts.crashes} crashes`;
}

/** What the model knows of a name: the material, and when a source showed it last. */
interface LastSeen {
  readonly x: string;
  readonly at: number;
}

class History {
  readonly counts = { rounds: 0, clashes: 0, crashes: 0 };
  readonly #dice: Dice;
  readonly #pool: readonly PoolKey[];
  readonly #state: string;
  readonly #clock = new Clock();
  readonly #model = new Map<string, LastSeen>();
  readonly #said: string[] = [];
  readonly #names = ['s0.json', 's1.json', 's2.json'];
  /** The keys that each source shows; undefined while it is away. */
  readonly #sources = new Map<string, readonly PoolKey[] | undefined>();
  #publisher: Publisher;
  #keeper: StateKeeper;

  constructor(dice: Dice, pool: readonly PoolKey[], state: string) {
    this.#dice = dice;
    this.#pool = pool;
    this.#state = state;
    [this.#publisher, this.#keeper] = this.#start();
  }

  async play(): Promise<void> {
    for (let step = 0; step < 20; step++) {
      const event = this.#dice.pick(['source', 'source', 'source', 'wait', 'wait', 'crash'] as const);
      this.#said.push(event);
      if (event === 'source') this.#sources.set(this.#dice.pick(this.#names), this.#shown());
      if (event === 'wait') this.#clock.now += 1000 * this.#dice.pick([1, 15, 60, 599, 601, 1700, 2600]);
      if (event === 'crash') {
        this.counts.crashes++;
        [this.#publisher, this.#keeper] = this.#start();
      }
      this.#see();
      await this.#publisher.round();
      this.counts.rounds++;
      this.#check();
    }
  }

  #shown(): readonly PoolKey[] | undefined {
    return this.#dice.chance(25) ? undefined : this.#pool.filter(() => this.#dice.chance(25));
  }

  #start(): [Publisher, StateKeeper] {
    const now = (): number => this.#clock.now;
    const told = new Told();
    const absent = { kind: 'failed', reason: 'does not exist' } as const;
    const publisher: Publisher = new Publisher({
      sources: this.#names.map((path) => ({ kind: 'path', path })),
      files: {
        list: async () => absent,
        read: async (path) => {
          const keys = this.#sources.get(path);
          if (keys === undefined) return absent;
          const privateOne = this.#dice.chance(20) ? [this.#dice.pick(this.#pool).privateJwk] : [];
          const text = JSON.stringify({ keys: [...privateOne, ...keys.map(({ jwk }) => jwk)] });
          return { kind: 'bytes', bytes: Buffer.from(text) };
        },
      },
      resolve: async () => [],
      ...{ keep, every: 1, now, random: () => 0, authorities: undefined },
      seen: async () => {
        await keeper.look();
        this.counts.clashes += told.clashing.length;
        if (told.trouble !== undefined) this.#fail(told.trouble.reason);
      },
      failed: (error) => {
        throw error;
      },
    });
    const keeper = new StateKeeper(
      { path: this.#state, files: new AsyncFiles(), witness: told, own: () => publisher.own, now },
      recallKeys(this.#state),
    );
    return [publisher, keeper];
  }

  /** The model looks at the sources in their order. */
  #see(): void {
    const { now } = this.#clock;
    const published = this.#published;
    for (const name of this.#names) {
      for (const { kid, x } of this.#sources.get(name) ?? []) {
        const last = this.#model.get(kid);
        const holder = last !== undefined && now < last.at + keep ? last.x : published.get(kid);
        if (holder === undefined || holder === x) this.#model.set(kid, { x, at: now });
      }
    }
  }

  get #published(): ReadonlyMap<string, string> {
    const { classic } = keySetsAt([], this.#clock.now, this.#keeper.keys);
    return new Map(classic.map((jwk) => [String(jwk['kid']), String(jwk['x'])]));
  }

  #check(): void {
    const { now } = this.#clock;
    const published = this.#published;
    for (const [kid, { x, at }] of this.#model) {
      const found = published.get(kid);
      const age = now - at;
      if (age < keep && found !== x)
        this.#fail(`${kid} is ${found === undefined ? 'missing' : 'another'} after ${age}`);
      if (age > keep + longer && found === x) this.#fail(`${kid} is still published after ${age}`);
    }
    for (const kid of published.keys()) if (!this.#model.has(kid)) this.#fail(`${kid} was shown by nobody`);
  }

  #fail(what: string): never {
    throw new Finding(`${what}: ${this.#said.join(' ')}`);
  }
}
