/**
 * @module
 * Thousands of callers at a time through a real Envoy with two threads and mintproc with two workers, while policies
 * are reloaded, keys are replaced, tokens are reused, requests are refused for overload and workers are killed: every
 * request at the upstream has the token of its own caller, and every other one has an explicit refusal. A service signs
 * for one of the policies, so that its requests wait while others come.
 *
 * A long run has as many requests each of ext_proc and ext_authz with both transports, and of an Envoy that keeps
 * tokens; a short one has one of them.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { Dice } from '../../search/dice.ts';
import { type Effort, Finding, type Search } from '../../search/search.ts';
import { missingEnvoy } from '../harness/missing-envoy.ts';
import type { Answer } from '../hostile/connections.ts';
import { codeIn } from '../hostile/judge.ts';
import { startRawUpstream } from '../hostile/raw-upstream.ts';
import { Sender } from '../hostile/sender.ts';
import { type Identity, makeIdentities, outputs, type PolicyName } from './identities.ts';
import { numberHeader, type Sent, Tokens } from './tokens.ts';
import { type Kind, kinds, World } from './world.ts';

export const search: Search = {
  name: 'isolation',
  property: 'Every request at the upstream has its own caller’s token, whatever happens to keys, policies and workers.',
  inputs: 100_000,
  share: 600,
  missing: missingEnvoy,
  run,
};

const callers = 10_000;
/** Callers who send half of all requests, so that their tokens are reused. */
const frequent = 100;
/** Requests on their way over each protocol. */
const inFlight = 48;
/** Requests from one event to the next; fewer in a short run, which has four of them. */
const eventEvery = 250;
/** With so many inputs, every kind has a part of them. */
const longRun = 10_000;
/** Milliseconds in which everything is as before the events, at the end. */
const patience = 60_000;

const paths: readonly (readonly [path: string, policies: readonly PolicyName[]])[] = [
  ['/flex', ['flex']],
  ['/apigee', ['apigee']],
  ['/connect', ['connect']],
  ['/held', ['held']],
  ['/all', ['flex', 'apigee', 'connect', 'held']],
];

async function run(effort: Effort): Promise<string> {
  const chosen = kinds[effort.seed % kinds.length];
  const used = effort.most >= longRun || chosen === undefined ? kinds : [chosen];
  const each = Math.ceil(effort.most / used.length);
  const numbers = effort.inputs();
  const reports: string[] = [];
  for (const kind of used) reports.push(await Play.of(kind, effort.seed, numbers, each));
  return reports.join('\n  ');
}

/** One kind of world, and what happens in it. */
class Play {
  readonly #world: World;
  readonly #tokens: Tokens;
  readonly #sender: Sender;
  readonly #identities: readonly Identity[];
  readonly #dice: Dice;
  readonly #kind: Kind;
  readonly #fates = new Map<string, number>();
  #finding: Finding | undefined;

  private constructor(
    kind: Kind,
    seed: number,
    most: number,
    parts: { readonly world: World; readonly tokens: Tokens; readonly sender: Sender },
  ) {
    this.#kind = kind;
    this.#world = parts.world;
    this.#tokens = parts.tokens;
    this.#sender = parts.sender;
    this.#dice = new Dice(seed);
    this.#identities = makeIdentities(Math.min(callers, most), parts.world.stack.credentials.callerKey);
  }

  static async of(kind: Kind, seed: number, numbers: AsyncGenerator<number>, most: number): Promise<string> {
    let world: World | undefined;
    const tokens = new Tokens(() => {
      if (world === undefined) throw new Error('a request before the start');
      return world;
    });
    await using upstream = await startRawUpstream((head) => tokens.arrived(head));
    await using started = await World.start(kind, upstream.port);
    world = started;
    using sender = new Sender(started.stack.port, inFlight);
    return await new Play(kind, seed, most, { world, tokens, sender }).#play(numbers, most);
  }

  async #play(numbers: AsyncGenerator<number>, most: number): Promise<string> {
    const waiting = new Set<Promise<void>>();
    const events: Promise<void>[] = [];
    const every = Math.min(eventEvery, Math.ceil(most / 4));
    for (let tried = 0; tried < most; tried++) {
      const { value: number, done } = await numbers.next();
      if (done === true || this.#finding !== undefined) break;
      if (tried % every === every - 1) events.push(this.#event(Math.floor(tried / every)));
      const asked = this.#ask(number).then(() => void waiting.delete(asked));
      waiting.add(asked);
      while (waiting.size >= 2 * inFlight) await Promise.race(waiting);
    }
    await Promise.all([...waiting, ...events]);
    await this.#untilCalm();
    if (this.#finding !== undefined) throw this.#finding;
    if (this.#tokens.strays > 0) throw new Finding(`${this.#tokens.strays} requests arrived that were not sent.`);
    const hits = await this.#world.hits();
    const isLong = this.#tokens.counts.checked > callers / 10;
    if (this.#kind.reuse !== undefined && isLong && hits === 0) throw new Finding('Envoy has given no kept token.');
    return this.#report(hits);
  }

  /** First one of each kind, and then as the dice say. */
  async #event(number: number): Promise<void> {
    const event = number < 3 ? number : this.#dice.roll(3);
    if (event === 0) this.#world.reload();
    else if (event === 1) this.#world.rotate();
    else await this.#world.kill((below) => this.#dice.roll(below));
  }

  async #ask(number: number): Promise<string> {
    const identity = this.#identities[this.#dice.roll(this.#dice.chance(50) ? frequent : this.#identities.length)];
    const [path, policies] = this.#dice.pick(paths);
    if (identity === undefined) throw new Error('no caller');
    const sent = this.#tokens.begin(number, identity, policies);
    const fields = [
      [numberHeader, String(number)],
      ['authorization', `Bearer ${identity.token}`],
      ...policies.map((policy) => [outputs[policy], 'spoofed']),
    ].map(([name = '', value = '']) => ({ name, bytes: Buffer.from(value) }));
    const protocol = this.#dice.chance(50) ? 'HTTP/1.1' : 'HTTP/2';
    const answer = await this.#sender.ask({ number, protocol, method: 'GET', target: path, fields });
    this.#tokens.end(number);
    const wrong = sent.problem ?? this.#wrongWith(answer, sent);
    if (wrong !== undefined) {
      this.#finding ??= new Finding(`${Object.values(this.#kind).join(', ')}: request ${number} to ${path}: ${wrong}`);
    }
    const fate = answer.status === 200 ? '200' : `${answer.status} ${codeIn(answer.body) ?? 'by Envoy'}`;
    this.#fates.set(fate, (this.#fates.get(fate) ?? 0) + 1);
    return fate;
  }

  #wrongWith({ status, body }: Answer, { arrivals }: Sent): string | undefined {
    if (arrivals !== (status === 200 ? 1 : 0)) return `answered ${status}, and ${arrivals} requests arrived`;
    const code = codeIn(body) ?? 'by Envoy';
    return refusals.has(`${status} ${code}`) || status === 200 ? undefined : `answered ${status} ${body}`;
  }

  /** What follows the events has an end: every request has its token, by the newest key and policy. */
  async #untilCalm(): Promise<void> {
    const until = performance.now() + patience;
    const { counts } = this.#tokens;
    for (let number = -1; ; number--) {
      const before = counts['by an earlier key'] + counts['of an earlier generation'];
      const fates = await Promise.all(Array.from({ length: 8 }, (_, at) => this.#ask(number * 8 + at)));
      const after = counts['by an earlier key'] + counts['of an earlier generation'];
      if (this.#finding !== undefined || (fates.every((fate) => fate === '200') && before === after)) return;
      if (performance.now() > until)
        throw new Finding(`A minute after the last event, requests still end with ${fates}.`);
      await pause(50);
    }
  }

  #report(hits: number): string {
    const { checked, reused, ...earlier } = this.#tokens.counts;
    const { reloads, rotations, kills } = this.#world.counts;
    const fates = [...this.#fates].filter(([fate]) => fate !== '200').map(([fate, count]) => `${count} ${fate}`);
    return [
      `${Object.values(this.#kind).join(', ')}: ${checked} tokens, ${reused} of them reused, ${hits} kept by Envoy`,
      ...Object.entries(earlier).map(([name, count]) => `${count} ${name}`),
      `${reloads} reloads, ${rotations} rotations, ${kills} workers killed`,
      `refused: ${fates.join(', ') || 'none'}`,
    ].join('; ');
  }
}

/** What a request may get instead of its token. Envoy answers 500 or 403 if the stream of a request breaks. */
const refusals: ReadonlySet<string> = new Set([
  '503 extproc.overloaded',
  '503 signer.busy',
  '503 signer.timeout',
  '504 extproc.given-up',
  '500 by Envoy',
  '403 by Envoy',
]);
