/**
 * @module
 * What reaches the upstream, compared with the caller who sent it.
 */
import { isDeepStrictEqual } from 'node:util';
import { SeenRequest } from '../hostile/seen-request.ts';
import { expectedClaims, type Identity, outputs, type PolicyName } from './identities.ts';
import type { World } from './world.ts';

/** The header by which a request is found again. No policy reads it. */
export const numberHeader = 'x-number';

/** A request on its way. */
export interface Sent {
  readonly identity: Identity;
  /** The policies of its route. */
  readonly policies: readonly PolicyName[];
  arrivals: number;
  problem: string | undefined;
}

interface Claims {
  readonly exp?: unknown;
  readonly iat?: unknown;
  readonly generation?: unknown;
}

/** The upstream of one world. */
export class Tokens {
  readonly #world: () => World;
  readonly #sent = new Map<string, Sent>();
  /** The ends of signatures. */
  readonly #known = new Set<string>();
  readonly counts = { checked: 0, reused: 0, 'by an earlier key': 0, 'of an earlier generation': 0 };
  /** What arrived and was not sent. */
  strays = 0;

  constructor(world: () => World) {
    this.#world = world;
  }

  begin(number: number, identity: Identity, policies: readonly PolicyName[]): Sent {
    const sent: Sent = { identity, policies, arrivals: 0, problem: undefined };
    this.#sent.set(String(number), sent);
    return sent;
  }

  end(number: number): void {
    this.#sent.delete(String(number));
  }

  arrived(head: Buffer): void {
    const seen = SeenRequest.of(head);
    const sent = this.#sent.get(seen.values(numberHeader).join());
    if (sent === undefined) {
      this.strays += 1;
      return;
    }
    sent.arrivals += 1;
    for (const policy of sent.policies) sent.problem ??= this.#problemOf(policy, seen.values(outputs[policy]), sent);
  }

  #problemOf(policy: PolicyName, values: readonly string[], { identity }: Sent): string | undefined {
    const [token = ''] = values;
    if (values.length !== 1) return `${values.length} headers ${outputs[policy]}`;
    const signer = this.#world().signerOf(policy, token);
    if (signer === undefined) return `${policy}: no key of this run has signed the token`;
    const all = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Claims;
    const problem = this.#problemWith(policy, all, identity);
    this.#count(token, signer, all);
    return problem;
  }

  #problemWith(policy: PolicyName, all: Claims, identity: Identity): string | undefined {
    const now = Date.now() / 1000;
    const { iat, generation, ...others } = all;
    if (typeof iat !== 'number' || iat > now || iat < now - longest) return `${policy}: issued at ${iat}`;
    if (typeof all.exp !== 'number' || all.exp <= now) return `${policy}: expired at ${all.exp}`;
    const hasGeneration = policy !== 'connect';
    const isKnown = typeof generation === 'number' && generation <= this.#world().generation;
    if (hasGeneration !== isKnown) return `${policy}: of generation ${generation}`;
    // The private claims of `connect` have the caller’s own time.
    const { exp, ...rest } = others;
    const own = policy === 'connect' ? others : rest;
    const expected = expectedClaims[policy](identity);
    if (isDeepStrictEqual(own, expected)) return undefined;
    return `${policy}: the token of another caller: ${JSON.stringify(own)}, not ${JSON.stringify(expected)}`;
  }

  #count(token: string, signer: string, { generation }: Claims): void {
    this.counts.checked += 1;
    if (signer === 'by an earlier key') this.counts[signer] += 1;
    if (generation !== undefined && generation !== this.#world().generation)
      this.counts['of an earlier generation'] += 1;
    const end = token.slice(-24);
    if (this.#known.has(end)) this.counts.reused += 1;
    else this.#known.add(end);
  }
}

/** Seconds for which a token may be reused, and some for a busy machine. */
const longest = 90;
