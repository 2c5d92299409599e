/**
 * @module
 * What an entry changes of the header that its policy writes: `kid: key` and `header: { … }`. The token then differs
 * from that of the vendor's gateway, which is said.
 */
import type { JsonValue } from '../../diagnostics/json.ts';
import type { HeaderStep, TokenPlan } from '../../plan/token-plan.ts';
import type { WantedPolicy } from '../wanted-policy.ts';

/** The plan with the header of the entry. */
export function withEntryHeader(plan: TokenPlan, wanted: WantedPolicy): TokenPlan {
  const { kid, header = {} } = wanted.settings;
  if (kid === undefined && wanted.settings.header === undefined) return plan;
  if (plan.algorithm === undefined) {
    wanted.report([kid === undefined ? 'header' : 'kid'], 'config.invalid-value', {
      message: 'The policy does not sign, so its token has no header of a signature.',
      suggestion: 'Remove it.',
    });
    return plan;
  }
  let steps = plan.header;
  if (kid === 'key') steps = withKid(steps, wanted);
  if (header.typ !== undefined) steps = withType(steps, header.typ, wanted);
  if (header.jwk === true) steps = withPublicKey(steps, plan, wanted);
  return { ...plan, header: steps };
}

function withKid(steps: readonly HeaderStep[], { report }: WantedPolicy): readonly HeaderStep[] {
  if (steps.some(({ kind }) => kind === 'key-id') && !steps.some((step) => isNamed(step, 'kid'))) {
    report(['kid'], 'config.no-effect', {
      message: 'The policy writes the `kid` of the key already, so `kid: key` has no effect.',
      suggestion: 'Remove it.',
    });
    return steps;
  }
  report(['kid'], 'policy.replaced-parameter', {
    message:
      'Tokens have the `kid` of the key that signs, not what the policy writes: they differ from those of the gateway.',
    suggestion: 'Tell the recipients, or let them look the key up in the JWKS.',
  });
  return replaced(steps, 'kid', { kind: 'key-id' });
}

function withType(steps: readonly HeaderStep[], typ: string, { report }: WantedPolicy): readonly HeaderStep[] {
  const written = steps.findLast((step) => isNamed(step, 'typ'));
  if (written?.kind === 'fixed' && written.value === typ) {
    report(['header', 'typ'], 'config.no-effect', {
      message: 'The policy writes this `typ` already, so `header.typ` has no effect.',
      suggestion: 'Remove it.',
    });
    return steps;
  }
  report(['header', 'typ'], 'policy.replaced-parameter', {
    message: 'Tokens have this `typ`, not what the policy writes: they differ from those of the gateway.',
    suggestion: 'Keep it if the recipients need it, and name this code in `allow`.',
  });
  return replaced(steps, 'typ', { kind: 'fixed', name: 'typ', value: typ });
}

function withPublicKey(
  steps: readonly HeaderStep[],
  { algorithm }: TokenPlan,
  { report }: WantedPolicy,
): readonly HeaderStep[] {
  if (algorithm?.keyKind === 'secret') {
    report(['header', 'jwk'], 'config.invalid-value', {
      message: 'The policy signs with a secret, which has no public half.',
      suggestion: 'Remove `jwk`, or let the policy sign with a private key.',
    });
    return steps;
  }
  report(['header', 'jwk'], 'policy.replaced-parameter', {
    message: 'Tokens have the public half of the key in `jwk`: they differ from those of the gateway.',
    suggestion: 'Keep it if the recipients need it, and name this code in `allow`.',
  });
  return replaced(steps, 'jwk', { kind: 'public-key' });
}

function isNamed(step: HeaderStep, name: string): boolean {
  return 'name' in step && step.name === name;
}

/** Puts the step where the first with this name is, or at the end. What has a name by expression may have it. */
function replaced(steps: readonly HeaderStep[], name: string, step: HeaderStep): readonly HeaderStep[] {
  const at = steps.findIndex((one) => isNamed(one, name));
  const kept = steps.flatMap((one, index) => {
    if (index === at) return [step];
    return isNamed(one, name) ? [] : [one];
  });
  const isLast = at !== -1 && !steps.slice(at + 1).some(mayBeNamed);
  return isLast ? kept : [...kept, step];
}

function mayBeNamed(step: HeaderStep): boolean {
  return step.kind === 'members' || (step.kind === 'computed' && typeof step.name !== 'string');
}

/** The value of a header parameter that is the same for every request. */
export function fixedParameter({ header }: Pick<TokenPlan, 'header'>, name: string): JsonValue | undefined {
  const step = header.findLast((one) => isNamed(one, name));
  return step?.kind === 'fixed' ? step.value : undefined;
}
