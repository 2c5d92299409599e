/**
 * @module
 * Rotations under load: instances that restart in turn, keys that the command changes again and again, and verifiers that
 * cache the JWKS for as long as they may.
 */
import { Dice } from '../search/dice.ts';
import { type Effort, Finding, type Search } from '../search/search.ts';
import { Fleet, type FleetOptions, Verifier } from './rotated-fleet.ts';

export const search: Search = {
  name: 'rotations',
  property:
    'While `keys rotate` changes the keys of three instances 20 times, and each is restarted in turn, no verifier with a full cache refuses a token.',
  inputs: 40,
  share: 1,
  run,
};

const rotations = 20;
const replicas = 3;

async function run(effort: Effort): Promise<string> {
  const counts: Counts = { tokens: 0, checks: 0, restarts: 0, rotations: 0 };
  for await (const number of effort.inputs()) {
    const dice = new Dice(Math.imul(effort.seed + number, 0x9e3779b1));
    await history(dice, counts);
  }
  return `${counts.rotations} rotations, ${counts.restarts} restarts, ${counts.tokens} tokens, verified ${counts.checks} times`;
}

interface Counts {
  tokens: number;
  checks: number;
  restarts: number;
  rotations: number;
}

const caches: readonly FleetOptions['jwks'][] = [
  { maxAge: '5m' },
  { maxAge: '5m', publishAhead: '12m' },
  { maxAge: '1m', cache: '5m' },
];

/** @param cache how long verifiers keep the JWKS, in milliseconds: five minutes, as all of `caches` say */
export async function history(dice: Dice, counts: Counts, cache = 300_000): Promise<void> {
  const options: FleetOptions = {
    kind: dice.pick(['versions', 'directory']),
    exp: dice.pick([60, 300, 3600]),
    jwks: dice.pick(caches),
  };
  const fleet = new Fleet(options, replicas);
  try {
    const play = new Play(fleet, options, dice, counts, cache);
    for (let index = 0; index < rotations; index++) await play.rotate();
  } finally {
    fleet.close();
  }
}

class Play {
  readonly #fleet: Fleet;
  readonly #options: FleetOptions;
  readonly #dice: Dice;
  readonly #counts: Counts;
  readonly #verifiers: readonly Verifier[];
  readonly #tokens: { readonly token: string; readonly end: number }[] = [];
  #step = 0;

  constructor(fleet: Fleet, options: FleetOptions, dice: Dice, counts: Counts, cache: number) {
    this.#fleet = fleet;
    this.#options = options;
    this.#dice = dice;
    this.#counts = counts;
    this.#verifiers = Array.from({ length: 3 }, () => new Verifier(cache));
  }

  /** One rotation, and the time until the next one may begin. */
  async rotate(): Promise<void> {
    const overlap = this.#dice.pick(['0s', '10m', '24h']);
    const more = this.#dice.chance(50) ? ['--prune'] : [];
    const said = await this.#fleet.rotate('--overlap', overlap, ...more);
    this.#counts.rotations += 1;
    this.#fleet.changed((most) => this.#dice.roll(most + 1));
    const begins = Date.parse(/signs from\s+(\S+)/.exec(said)?.[1] ?? '');
    const until = begins + this.#dice.pick([1_000, 120_000, 400_000, 7_200_000]);
    while (this.#fleet.now < until) {
      const left = until - this.#fleet.now;
      await this.#advance(
        Math.min(left, this.#dice.pick([1_000, 15_000, 45_000, Math.max(1_000, Math.trunc(left / 6))])),
      );
    }
  }

  async #advance(milliseconds: number): Promise<void> {
    const fleet = this.#fleet;
    fleet.wait(milliseconds);
    this.#step += 1;
    if (this.#dice.chance(30)) {
      fleet.replica(this.#step).restart();
      this.#counts.restarts += 1;
    }
    const token = fleet.replica(this.#dice.roll(replicas)).mint();
    this.#counts.tokens += 1;
    // Tokens are valid to their last second.
    this.#tokens.push({ token, end: fleet.now + this.#options.exp * 1000 });
    const alive = this.#tokens.filter(({ end }) => end > fleet.now);
    this.#tokens.splice(0, this.#tokens.length, ...alive);
    await this.#verify(token);
    for (const old of [alive[0], this.#dice.pick(alive)]) if (old !== undefined) await this.#verify(old.token);
  }

  async #verify(token: string): Promise<void> {
    const fleet = this.#fleet;
    for (const verifier of this.#verifiers) {
      this.#counts.checks += 1;
      if (await verifier.accepts(token, fleet.now, () => fleet.replica(this.#dice.roll(replicas)))) continue;
      const at = new Date(fleet.now).toISOString();
      throw new Finding(
        `${JSON.stringify(this.#options)}: a token is refused at ${at}, after ${this.#counts.rotations} rotations`,
      );
    }
  }
}
