/**
 * @module
 * Random histories of keys that come and go, reloads, restarts, crashes and times, of one process or of several that
 * share a state file. A second implementation, which knows tokens only, says which keys must be published.
 */
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { heldKey } from '../../src/keys/held-key.ts';
import { pem } from '../configuration/key-world.ts';
import { Dice } from '../search/dice.ts';
import { type Effort, Finding, type Search } from '../search/search.ts';
import { Clock, type Folder, maxAge, Replica } from './history.ts';

export const search: Search = {
  name: 'published-keys',
  property:
    'Whatever comes, goes and restarts, every key of a token that has not ended is published, and known to a verifier that caches unless no key could wait.',
  inputs: 3_000,
  share: 25,
  run,
};

interface PoolKey {
  readonly file: string;
  readonly pem: string;
  readonly kid: string;
}

interface Token {
  readonly kid: string;
  readonly end: number;
}

async function run(effort: Effort): Promise<string> {
  const pool = Array.from({ length: 6 }, (_, index): PoolKey => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    return { file: `${index}.pem`, pem: pem(privateKey), kid: heldKey(privateKey).thumbprint ?? '' };
  });
  const folder = mkdtempSync(join(tmpdir(), 'mintproc-histories-'));
  const counts = { tokens: 0, restarts: 0, forced: 0 };
  try {
    for await (const number of effort.inputs()) {
      const dice = new Dice(Math.imul(effort.seed + number, 0x9e3779b1));
      const history = new History(dice, pool, join(folder, `${number}.json`));
      await history.play();
      for (const name of ['tokens', 'restarts', 'forced'] as const) counts[name] += history.counts[name];
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return `${counts.tokens} tokens, ${counts.restarts} restarts, ${counts.forced} keys that could not wait`;
}

class History {
  readonly counts = { tokens: 0, restarts: 0, forced: 0 };
  readonly #dice: Dice;
  readonly #pool: readonly PoolKey[];
  readonly #state: string;
  readonly #clock = new Clock();
  #exp: number;
  readonly #replicas: Replica[] = [];
  readonly #said: string[] = [];
  #keys: readonly PoolKey[];
  #tokens: Token[] = [];
  /** Since when a key is published without a gap, and the keys that had to sign at once. */
  readonly #since = new Map<string, number>();
  readonly #forced = new Set<string>();
  /** What the verifier has, and since when. */
  #cache: { readonly keys: ReadonlySet<string>; readonly at: number } | undefined;

  constructor(dice: Dice, pool: readonly PoolKey[], state: string) {
    this.#dice = dice;
    this.#pool = pool;
    this.#state = state;
    this.#exp = dice.pick([30, 300, 3600]);
    this.#keys = this.#someKeys();
  }

  async play(): Promise<void> {
    const count = this.#dice.chance(60) ? 1 : 3;
    for (let index = 0; index < count; index++) {
      this.#replicas.push(this.#start());
      await this.#settle();
    }
    for (let step = 0; step < 14; step++) {
      await this.#event();
      await this.#settle();
      this.#check();
    }
  }

  #someKeys(): readonly PoolKey[] {
    const some = this.#pool.filter(() => this.#dice.chance(35));
    return some.length > 0 ? some : [this.#dice.pick(this.#pool)];
  }

  get #folder(): Folder {
    return Object.fromEntries(this.#keys.map(({ file, pem: text }) => [file, text]));
  }

  async #event(): Promise<void> {
    const dice = this.#dice;
    const event = dice.pick(['wait', 'wait', 'keys', 'keys', 'reload', 'restart', 'lose'] as const);
    this.#said.push(event);
    switch (event) {
      case 'wait':
        await this.#wait(dice.pick([1, 20, 59, 61, 200, 1500, 9000]));
        break;
      case 'keys':
        this.#keys = this.#someKeys();
        if (dice.chance(30)) this.#exp = dice.pick([30, 300, 3600, 20_000]);
        if (dice.chance(70)) for (const replica of this.#replicas) replica.reload(this.#folder);
        break;
      case 'reload':
        dice.pick(this.#replicas).reload(this.#folder);
        break;
      case 'restart':
        this.counts.restarts++;
        this.#replicas[dice.roll(this.#replicas.length)] = this.#start();
        break;
      case 'lose':
        // A process that runs writes the file again.
        rmSync(this.#state, { force: true });
        break;
    }
  }

  /** The time passes in steps, since processes look at the file every few seconds. @param seconds how long */
  async #wait(seconds: number): Promise<void> {
    for (let left = seconds; left > 0; left -= 300) {
      this.#clock.now += Math.min(left, 300) * 1000;
      await this.#settle();
      this.#check();
    }
  }

  #start(): Replica {
    const { now } = this.#clock;
    const isReady = ({ kid }: PoolKey): boolean => now - (this.#since.get(kid) ?? now) >= maxAge * 1000;
    const replica = new Replica(this.#folder, { clock: this.#clock, state: this.#state, exp: () => this.#exp });
    if (!this.#keys.some(isReady)) {
      this.counts.forced++;
      this.#forced.add(replica.signer);
    }
    return replica;
  }

  /** All look at the file at the same time, as they may; then once more, which mends what they overwrote. */
  async #settle(): Promise<void> {
    for (let time = 0; time < 3; time++) {
      await Promise.all(this.#replicas.map((replica) => replica.look()));
    }
  }

  #check(): void {
    const { now } = this.#clock;
    const sets = this.#replicas.map((replica) => replica.published);
    this.#note(sets);
    for (const replica of this.#replicas) {
      if (replica.told.trouble !== undefined) this.#fail(replica.told.trouble.reason);
      const kid = replica.signer;
      this.counts.tokens++;
      this.#tokens.push({ kid, end: now + replica.exp * 1000 });
      this.#verify(kid);
    }
    this.#tokens = this.#tokens.filter(({ end }) => end > now);
    for (const { kid, end } of this.#tokens) {
      const lacking = sets.findIndex((set) => !set.has(kid));
      if (lacking !== -1) this.#fail(`process ${lacking} does not publish ${kid}, whose token ends in ${end - now} ms`);
    }
  }

  /** Since when all processes publish each key. */
  #note(sets: readonly ReadonlySet<string>[]): void {
    for (const { kid } of this.#pool) {
      if (!sets.every((set) => set.has(kid))) this.#since.delete(kid);
      else if (!this.#since.has(kid)) this.#since.set(kid, this.#clock.now);
    }
  }

  /** By a verifier with a cache. Without dates, several processes do not begin at the same time (docs/keys.md). */
  #verify(kid: string): void {
    const [only, second] = this.#replicas;
    if (only === undefined || second !== undefined) return;
    const { now } = this.#clock;
    if (this.#cache === undefined || now - this.#cache.at >= maxAge * 1000) {
      this.#cache = { keys: only.published, at: now };
    }
    if (this.#cache.keys.has(kid) || this.#forced.has(kid)) return;
    this.#fail(`a verifier with a cache does not know ${kid}`);
  }

  #fail(what: string): never {
    throw new Finding(`${what}; ${this.#replicas.length} processes, exp ${this.#exp}: ${this.#said.join(' ')}`);
  }
}
