/**
 * @module
 * Checks that the tokens of a policy have the form that its entry names. What the policy always or never writes is
 * checked at load. What depends on the request is checked for each token, which is refused with `mint.incomplete-form`.
 */
import type { JsonObject, JsonValue } from '../../diagnostics/json.ts';
import { MintError } from '../../diagnostics/mint-error.ts';
import type { Place } from '../../diagnostics/source-text.ts';
import { headerNeeds, type Need } from '../../plan/needs.ts';
import { type FormRules, formRules, type RequiredClaim, type TokenForm } from '../../plan/token-forms.ts';
import type { Computed, Scope, Step, TokenPlan } from '../../plan/token-plan.ts';
import type { WantedPolicy } from '../wanted-policy.ts';
import { fixedParameter } from './entry-header.ts';

/** The plan, whose tokens are checked. What is missing is reported. */
export function withForm(plan: TokenPlan, form: TokenForm, { report }: WantedPolicy): TokenPlan {
  if (plan.disabled === true) return plan;
  const rules = formRules[form];
  const missing = (message: string, suggestion: string): void =>
    report(['form'], 'policy.incomplete-form', { message: `${message} (${rules.source}).`, suggestion });
  checkProtection(plan, form, { report, missing });
  const isHeaderRight = checkHeader(plan, rules, missing);
  for (const claim of rules.claims) checkClaim(plan.claims, claim, { form, report, missing });
  return isHeaderRight ? { ...plan, claims: checked(plan.claims, rules.claims) } : plan;
}

interface Reporting {
  readonly report: WantedPolicy['report'];
  missing(message: string, suggestion: string): void;
}

function checkProtection({ algorithm, encryption }: TokenPlan, form: TokenForm, { report, missing }: Reporting): void {
  const { secret, mayBeEncrypted } = formRules[form];
  if (algorithm === undefined) {
    missing(`A token of the form ${form} is signed, and the policy does not sign`, 'Let the policy sign.');
    return;
  }
  if (encryption !== undefined && !mayBeEncrypted) {
    missing(`A token of the form ${form} is not encrypted`, 'Remove the encryption from the policy.');
  }
  if (algorithm.keyKind !== 'secret' || secret === 'allowed') return;
  if (secret === 'refused') {
    missing(`A token of the form ${form} is signed with a private key`, 'Choose an algorithm such as ES256.');
    return;
  }
  report(['form'], 'policy.unlikely-form', {
    message: `Recipients of ${form} seldom have the secret of its issuer: they look the key up in a JWKS.`,
    suggestion: 'Choose an algorithm such as RS256 or ES256.',
  });
}

function checkHeader(plan: TokenPlan, { types, hasPublicKey }: FormRules, missing: Reporting['missing']): boolean {
  let isRight = true;
  const typ = fixedParameter(plan, 'typ');
  if (types !== undefined && !(typeof typ === 'string' && types.includes(typ.toLowerCase()))) {
    isRight = false;
    missing(`The header needs \`typ: ${types[0]}\``, `Write \`header: { typ: ${types[0]} }\` in the entry.`);
  }
  if (hasPublicKey && plan.header.every(({ kind }) => kind !== 'public-key')) {
    isRight = false;
    const own = plan.header.some((step) => 'name' in step && step.name === 'jwk');
    missing(
      own
        ? 'The header needs the public key that verifies the token as `jwk`, and what the policy writes there does not follow the key'
        : 'The header needs the public key that verifies the token as `jwk`',
      'Write `header: { jwk: true }` in the entry.',
    );
  }
  return isRight;
}

function checkClaim(steps: readonly Step[], claim: RequiredClaim, reporting: Reporting & { form: TokenForm }): void {
  const { name, what, hint = `The claim must be ${what}.`, isOptional, varies } = claim;
  const { form, report, missing } = reporting;
  const named = steps.filter((step) => 'name' in step && step.name === name);
  if (named.length === 0 && !steps.some(mayBeNamed)) {
    if (isOptional !== true) missing(`The policy writes no \`${name}\``, hint);
    else {
      const message = `The policy writes no \`${name}\`, which recipients of ${form} often require.`;
      report(['form'], 'policy.unlikely-form', { message, suggestion: hint });
    }
    return;
  }
  const last = named.at(-1);
  if (last?.kind !== 'fixed') return;
  if (varies === true) missing(`The policy writes a constant \`${name}\`, which must be ${what}`, hint);
  else if (!claim.fits(last.value)) missing(`The policy writes a \`${name}\` that is not ${what}`, hint);
}

function mayBeNamed(step: Step): boolean {
  return step.kind === 'members' || (step.kind === 'computed' && typeof step.name !== 'string');
}

/** What is known of one claim before any request. */
interface Expectation extends RequiredClaim {
  /** The index of the last step that always writes it; -1 if none does. */
  readonly fixedAt: number;
  readonly isNeeded: boolean;
  /** Where the policy writes it; undefined if it may be one of the members of an object. */
  readonly place: Place | undefined;
}

/** The steps, of which the last one that depends on the request checks what all have given. */
function checked(steps: readonly Step[], required: readonly RequiredClaim[]): readonly Step[] {
  const dynamic = steps.flatMap((step, index) => (step.kind === 'computed' || step.kind === 'members' ? [index] : []));
  const check = new FormCheck(
    required.map((claim) => expectation(claim, steps)),
    fixedValue(steps, 'htm'),
  );
  return steps.map((step, index) => {
    if (step.kind !== 'computed' && step.kind !== 'members') return step;
    const begin = index === dynamic[0];
    const end = index === dynamic.at(-1);
    const watch = <T extends JsonValue>(value: Computed<T>, note: (value: T, scope: Scope) => void): Computed<T> => ({
      needs: () => [...value.needs(), ...check.needs],
      evaluate(scope) {
        if (begin) check.begin();
        const result = value.evaluate(scope);
        if (result !== undefined) note(result, scope);
        if (end) check.end(scope);
        return result;
      },
    });
    if (step.kind === 'members') {
      const note = (members: JsonObject, scope: Scope): void => {
        for (const [name, member] of Object.entries(members)) check.note(name, member, index, scope);
      };
      return { ...step, value: watch(step.value, note) };
    }
    const { name } = step;
    const note = (value: JsonValue, scope: Scope): void => {
      check.note(typeof name === 'string' ? name : name.evaluate(scope), value, index, scope);
    };
    return { ...step, value: watch(step.value, note) };
  });
}

function expectation(claim: RequiredClaim, steps: readonly Step[]): Expectation {
  const isNamed = (step: Step): boolean => 'name' in step && step.name === claim.name;
  const fixedAt = steps.findLastIndex((step) => isNamed(step) && step.kind !== 'computed');
  // A policy that writes a claim means it to be there.
  const isMeant = claim.isOptional !== true || steps.some(isNamed);
  const written = steps.findLast((step) => isNamed(step) && step.kind === 'computed');
  const place = written?.kind === 'computed' ? written.place : undefined;
  return { ...claim, fixedAt, isNeeded: fixedAt === -1 && isMeant, place };
}

function fixedValue(steps: readonly Step[], name: string): JsonValue | undefined {
  const step = steps.findLast((one) => 'name' in one && one.name === name);
  return step?.kind === 'fixed' ? step.value : undefined;
}

/** Checks one token after the other: all values of one are computed before those of the next. */
class FormCheck {
  /** What the check reads of a request. */
  readonly needs: readonly Need[];
  readonly #claims: ReadonlyMap<string, Expectation>;
  readonly #method: JsonValue | undefined;
  readonly #seen = new Set<string>();

  /** @param method a constant `htm` */
  constructor(claims: readonly Expectation[], method: JsonValue | undefined) {
    this.#claims = new Map(claims.map((claim) => [claim.name, claim]));
    this.#method = this.#claims.has('htm') ? method : undefined;
    this.needs = this.#claims.has('htm') ? headerNeeds(':method') : [];
  }

  begin(): void {
    this.#seen.clear();
  }

  note(name: string | undefined, value: JsonValue, index: number, { attributes }: Scope): void {
    const claim = name === undefined ? undefined : this.#claims.get(name);
    // A later step of the policy replaces the value.
    if (claim === undefined || claim.fixedAt > index) return;
    this.#seen.add(claim.name);
    if (!claim.fits(value) || (claim.name === 'htm' && value !== attributes.method)) throw incomplete(claim);
  }

  end({ attributes }: Scope): void {
    for (const claim of this.#claims.values()) {
      const isOtherMethod = claim.name === 'htm' && this.#method !== undefined && this.#method !== attributes.method;
      if (isOtherMethod || (claim.isNeeded && !this.#seen.has(claim.name))) throw incomplete(claim);
    }
  }
}

function incomplete({ name, what, place }: Expectation): MintError {
  const message = `The claim \`${name}\` must be ${what}, as the \`form\` of the entry requires.`;
  const error = new MintError('mint.incomplete-form', message, { subject: name });
  return place === undefined ? error : error.from({ member: 'claim', name, place });
}
