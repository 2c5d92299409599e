/**
 * @module
 * Whether a policy's tokens are reused, and for how long: what its entry asks for, and what its plan allows.
 */
import * as z from 'zod';
import { isPlainName } from '../../diagnostics/harmless.ts';
import type { Probed } from '../../mint/probe.ts';
import type { ReuseLimits } from '../../mint/reuse.ts';
import { singleUse, type TokenForm } from '../../plan/token-forms.ts';
import type { TokenPlan } from '../../plan/token-plan.ts';
import { durationSchema, milliseconds } from '../duration.ts';

/**
 * Enough for the callers of one second; other tokens are minted. These bounds are also the defaults of `reuse: { … }`.
 */
const withinSecond: ReuseLimits = { for: 0, leeway: 0, refreshAhead: 0, entries: 10_000, bytes: 16_777_216 };

export const reuseSchema = z.union([
  z
    .boolean()
    .describe(
      'false: a new token is minted for every request; true: a token is reused within the second it was issued in.',
    ),
  z
    .strictObject({
      for: durationSchema().describe('How long a token is reused for requests with the same claims.'),
      leeway: durationSchema().default('10s').describe('How long a token must still be valid to be reused.'),
      refreshAhead: durationSchema()
        .default('0s')
        .describe('How long before its end a token that is asked for is made anew. Default: 0s, when it has ended.'),
      inEnvoy: durationSchema()
        .optional()
        .describe(
          'How long Envoy may keep a token, with `gen --reuse-in-envoy`, and never longer than for. Default: 5s. 0s: not at all.',
        ),
      entries: z
        .int()
        .min(1)
        .max(1_000_000)
        .default(withinSecond.entries)
        .describe('Maximum number of tokens kept for reuse.'),
      bytes: z
        .int()
        .min(1_024)
        .max(1_073_741_824)
        .default(withinSecond.bytes)
        .describe('Maximum memory for the tokens kept for reuse, in bytes.'),
    })
    .refine(
      (form) => milliseconds(form.refreshAhead) === 0 || milliseconds(form.refreshAhead) < milliseconds(form.for),
      'must have a refreshAhead that is shorter than for',
    ),
]);

/** Short, since it is how long a revoked key may still be in a kept token. */
const defaultInEnvoy = '5s';

/** Enough for the callers of many policies, and far less than a small container has. */
export const defaultReuseBytes = 134_217_728;

export const reuseBytesSchema = z
  .int()
  .min(1_024)
  .max(17_179_869_184)
  .default(defaultReuseBytes)
  .describe('Maximum memory for reused tokens, all policies together, in bytes.');

export type ReuseSettings = z.output<typeof reuseSchema>;

export type Reuse =
  | { readonly kind: 'second'; readonly limits: ReuseLimits }
  /** `inEnvoy`: for how long Envoy may keep a token, in milliseconds; 0: not at all. */
  | { readonly kind: 'longer'; readonly limits: ReuseLimits; readonly inEnvoy: number }
  | { readonly kind: 'off'; readonly because: string };

/** @param fresh the members that are new for each token */
export function reuseOf(
  plan: TokenPlan,
  { fresh: [fresh] }: Pick<Probed, 'fresh'>,
  settings: ReuseSettings | undefined,
  form?: TokenForm,
): Reuse {
  const off = (because: string): Reuse => ({ kind: 'off', because });
  if (settings === false) return off('the entry has `reuse: false`');
  if (form !== undefined && singleUse.has(form)) return off(`a token of the form ${form} is used once`);
  if (fresh !== undefined) return off(`${isPlainName(fresh) ? `\`${fresh}\`` : 'a value'} is new for each token`);
  if (typeof settings === 'object') {
    if (plan.encryption !== undefined) return off('an encrypted token does not show when it expires');
    const { inEnvoy = defaultInEnvoy, ...limits } = settings;
    return {
      kind: 'longer',
      limits: {
        ...limits,
        for: milliseconds(limits.for),
        leeway: milliseconds(limits.leeway),
        refreshAhead: milliseconds(limits.refreshAhead),
      },
      inEnvoy: milliseconds(inEnvoy),
    };
  }
  if (plan.encryption !== undefined) return off('an encrypted token differs each time');
  // A hit saves some microseconds and a miss costs some. Only the author knows which is common.
  if (plan.algorithm?.isCheap && settings === undefined) {
    return off('a signature takes microseconds; write `reuse: true` to reuse its tokens');
  }
  return { kind: 'second', limits: withinSecond };
}

/** For how long Envoy may keep a token, in milliseconds; 0: not at all. */
export function inEnvoyOf(reuse: Reuse): number {
  return reuse.kind === 'longer' ? reuse.inEnvoy : 0;
}

/** Whether the entry lets Envoy keep a token for longer than it is reused, which nobody does. */
export function isInEnvoyCutShort(settings: ReuseSettings | undefined): boolean {
  if (typeof settings !== 'object' || settings.inEnvoy === undefined) return false;
  return milliseconds(settings.inEnvoy) > milliseconds(settings.for);
}

/** Whether Envoy may keep tokens, as far as the entry says. */
export function asksEnvoy(settings: ReuseSettings | undefined): boolean {
  return typeof settings === 'object' && milliseconds(settings.inEnvoy ?? defaultInEnvoy) > 0;
}

/** The decision as `validate` shows it. */
export function describeReuse(reuse: Reuse): string {
  switch (reuse.kind) {
    case 'off':
      return `a new token is minted for every request: ${reuse.because}`;
    case 'second':
      return 'tokens are reused within the second they were issued in';
    case 'longer': {
      const { for: time, leeway, refreshAhead } = reuse.limits;
      const ahead = refreshAhead === 0 ? '' : `, and made anew ${refreshAhead / 1000} s before that ends`;
      return `tokens are reused for ${time / 1000} s, until ${leeway / 1000} s before they expire${ahead}`;
    }
  }
}
