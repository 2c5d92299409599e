/**
 * @module
 * Whether a policy's tokens are given out again, and for how long: what its entry asks for, and what its plan allows.
 */

import * as z from 'zod';
import { isPlainName } from '../../diagnostics/harmless.ts';
import type { Steps } from '../../diagnostics/steps.ts';
import { freshMembers } from '../../mint/fresh.ts';
import type { ReuseLimits } from '../../mint/reuse.ts';
import type { TokenPlan } from '../../plan/token-plan.ts';
import { durationSchema, milliseconds } from '../duration.ts';

/** Enough for a second's worth of callers; what does not fit is minted. The bounds are the defaults of a longer reuse, too. */
const withinSecond: ReuseLimits = { for: 0, leeway: 0, entries: 10_000, bytes: 16_777_216 };

export const reuseSchema = z.union([
  z
    .boolean()
    .describe('false: every request has a token of its own making; true: tokens are reused within their second.'),
  z.strictObject({
    for: durationSchema().describe('How long a token is given out again to requests with the same claims.'),
    leeway: durationSchema().default('10s').describe('How long a token must still be valid to be given out again.'),
    entries: z.int().min(1).max(1_000_000).default(withinSecond.entries).describe('Most tokens that are kept.'),
    bytes: z
      .int()
      .min(1_024)
      .max(1_073_741_824)
      .default(withinSecond.bytes)
      .describe('Most bytes of the tokens that are kept.'),
  }),
]);

/** Enough for the callers of many policies, and far below what a small container has. */
export const defaultReuseBytes = 134_217_728;

export const reuseBytesSchema = z
  .int()
  .min(1_024)
  .max(17_179_869_184)
  .default(defaultReuseBytes)
  .describe('Most bytes of the tokens that all policies together keep to give out again.');

export type ReuseSettings = z.output<typeof reuseSchema>;

export type Reuse =
  | { readonly kind: 'second' | 'longer'; readonly limits: ReuseLimits }
  | { readonly kind: 'off'; readonly because: string };

export function* reuseOf(plan: TokenPlan, settings: ReuseSettings | undefined): Steps<Reuse> {
  const off = (because: string): Reuse => ({ kind: 'off', because });
  if (settings === false) return off('the entry says so');
  const [fresh] = yield* freshMembers(plan);
  if (fresh !== undefined) return off(`${isPlainName(fresh) ? `\`${fresh}\`` : 'a value'} is new for each token`);
  if (typeof settings === 'object') {
    if (plan.encryption !== undefined) return off('an encrypted token does not show when it expires');
    return {
      kind: 'longer',
      limits: { ...settings, for: milliseconds(settings.for), leeway: milliseconds(settings.leeway) },
    };
  }
  if (plan.encryption !== undefined) return off('an encrypted token is another one each time');
  // A hit would save some microseconds, a miss cost some: the author knows which of them is common.
  if (plan.algorithm?.isCheap && settings === undefined)
    return off('a signature takes microseconds; write `reuse: true` to reuse its tokens');
  return { kind: 'second', limits: withinSecond };
}

/** The decision as `validate` shows it. */
export function describeReuse(reuse: Reuse): string {
  switch (reuse.kind) {
    case 'off':
      return `each request has a token of its own making: ${reuse.because}`;
    case 'second':
      return 'tokens are reused within their second';
    case 'longer':
      return `tokens are reused for ${reuse.limits.for / 1000} s, until ${reuse.limits.leeway / 1000} s before they expire`;
  }
}
