/**
 * @module
 * Runs the policies of a route for one request, in order. If a token arrives later, the next policy begins in the
 * event-loop turn in which it arrives.
 *
 * The client's own copy of every header that a policy of the route writes is replaced or removed, whatever happens:
 * only mintproc sets these headers.
 */

import type { Code } from '../diagnostics/codes.ts';
import { Later } from '../diagnostics/later.ts';
import { MintError } from '../diagnostics/mint-error.ts';
import { callerAs } from '../identity/shaped-caller.ts';
import type { Observation, RequestAudit } from '../mint/audit.ts';
import { type KeyUse, keptUse, laterUse } from '../mint/key-use.ts';
import type { MintRecord } from '../mint/mint-record.ts';
import type { RequestScope } from '../mint/request-scope.ts';
import { refusalOf } from '../plan/refusal.ts';
import type { IncomingRequest } from '../request/incoming-request.ts';
import { type Asker, type Decision, refusedWith } from './decision.ts';
import { askedWith, type Keeping, keepingOf } from './keep-in-envoy.ts';
import type { Chain, DecisionRules, Routed, RunnablePolicy } from './rules.ts';

type Forward = Extract<Decision, { kind: 'forward' }>;

/** One run of a policy. */
type Run = Pick<MintRecord, 'began' | 'keyUse'>;

/** A token or a header value, or the error. */
type Minted = string | MintError;

const nothing: readonly never[] = [];

export class ChainRun {
  readonly #rules: Pick<DecisionRules, 'settings' | 'envoyReuse'>;
  readonly #chain: Chain;
  /** The name of the route. */
  readonly #route: string | undefined;
  readonly #request: IncomingRequest;
  readonly #scope: RequestScope | MintError;
  readonly #audit: RequestAudit | undefined;
  readonly #asker: Asker | undefined;
  /** The number of policies that have begun. */
  #begun = 0;
  #set: Forward['set'] = nothing;
  #remove: readonly string[] = nothing;
  #mints: readonly MintRecord[] = nothing;
  /** Whether a token arrived later: what a policy notes of its last token may be of another request. */
  #wasLate = false;

  /**
   * @param scope or the error that stops every policy of the request from minting
   * @param audit undefined if no token is audited
   */
  constructor(
    rules: Pick<DecisionRules, 'settings' | 'envoyReuse'>,
    { destination: chain, name }: Routed<Chain>,
    request: IncomingRequest,
    scope: RequestScope | MintError,
    audit: RequestAudit | undefined,
    asker: Asker | undefined,
  ) {
    this.#rules = rules;
    this.#chain = chain;
    this.#route = name;
    this.#request = request;
    this.#scope = scope;
    this.#audit = audit;
    this.#asker = asker;
  }

  /** Runs the policies that have not begun. */
  decide(): Decision | Later<Decision> {
    for (let policy = this.#next(); policy !== undefined; policy = this.#next()) {
      const applies = this.#applies(policy);
      if (applies instanceof MintError) return refusedWith(applies.code, this.#route);
      if (!applies) {
        this.#remove = added(this.#remove, policy.output.header);
        continue;
      }
      const began = secondsNow();
      const token = tokenOf(policy, this.#scope);
      if (token instanceof Later) return this.#wait(policy, token, began);
      const refusal = this.#finish(policy, token, began, policy.keyUse);
      if (refusal !== undefined) return refusal;
    }
    return this.#forward();
  }

  /** Whether a policy runs for this request, or the error if only a refusal is safe. */
  #applies({ plan, isFor }: RunnablePolicy): boolean | MintError {
    if (plan.disabled === true) return false;
    if (isFor === undefined) return true;
    try {
      return isFor(this.#request.headers);
    } catch (error) {
      return expected(error);
    }
  }

  #next(): RunnablePolicy | undefined {
    return this.#chain.policies[this.#begun++];
  }

  #wait(policy: RunnablePolicy, token: Later<string>, began: number): Later<Decision> {
    // Until the token arrives, other requests use the same witness and the same mint records.
    this.#wasLate = true;
    const seen = policy.witness?.take();
    this.#mints = this.#mints.map(kept);
    const requested = keptUse(policy.keyUse);
    const resume = (minted: Minted): Decision | Later<Decision> => {
      const keyUse = laterUse(requested, policy.keyUse, began, secondsNow());
      return this.#finish(policy, minted, began, keyUse, seen) ?? this.#goOn();
    };
    return token.map(resume, (error) => resume(expected(error)));
  }

  /** Runs the next policies, unless nobody waits for their tokens. Then the decision is not read. */
  #goOn(): Decision | Later<Decision> {
    return this.#asker?.isGone === true ? refusedWith('extproc.given-up') : this.decide();
  }

  /**
   * @param seen what the witness saw of a token that arrived later
   * @returns a refusal, or undefined to continue
   */
  #finish(
    policy: RunnablePolicy,
    token: Minted,
    began: number,
    keyUse: KeyUse,
    seen?: Observation,
  ): Decision | undefined {
    const value = this.#valueOf(policy, token, seen);
    // Always read, so that the next policy does not get a warning about what this one read.
    const warning = warningOf(policy, this.#scope);
    if (value instanceof MintError) return this.#fail(policy, value, { began, keyUse });
    this.#set = added(this.#set, [policy.output.header, value] as const);
    policy.minted.began = began;
    policy.minted.keyUse = keyUse;
    policy.minted.bytes = value.length;
    policy.minted.warning = warning;
    this.#mints = added(this.#mints, policy.minted);
    return undefined;
  }

  /** The header value. Publishes the variables that the policy sets for later policies. */
  #valueOf({ plan, values, minted, witness }: RunnablePolicy, token: Minted, seen: Observation | undefined): Minted {
    const scope = this.#scope;
    if (scope instanceof MintError) return scope;
    try {
      if (token instanceof MintError) throw token;
      const value = values.of(token, this.#rules.settings.limits.tokenBytes);
      if (witness !== undefined) minted.audit = this.#audit?.factsOf(witness, token, scope.now, seen);
      if (plan.publish !== undefined) scope.publish(plan.publish(token, scope));
      return value;
    } catch (error) {
      const reason = expected(error);
      if (plan.publish !== undefined) scope.publish(plan.publish(undefined, scope, reason));
      return reason;
    }
  }

  #fail(policy: RunnablePolicy, { code, message, subject, origin }: MintError, run: Run): Decision | undefined {
    const refusal = refusalOf(policy.plan, code, subject);
    const reason = { code, message, origin, fault: refusal.fault, ...run };
    if (policy.onError === 'deny') {
      const mints = added<MintRecord>(this.#mints, { policy: policy.name, outcome: 'refused', ...reason });
      return { kind: 'refuse', refusal, mints, route: this.#route };
    }
    this.#remove = added(this.#remove, policy.output.header);
    this.#mints = added(this.#mints, { policy: policy.name, outcome: 'passed', ...reason });
    return undefined;
  }

  #forward(): Decision {
    const set = this.#set;
    const remove = withoutWritten(this.#remove, set);
    const forward: Forward = { kind: 'forward', set, remove, mints: this.#mints, route: this.#route };
    const decision = withoutLookalikes(forward, this.#chain, this.#request);
    const whole = this.#rules.settings.publishVariables ? withMetadata(decision, this.#scope) : decision;
    const asked = askedWith(this.#request);
    return asked === undefined ? whole : { ...whole, keeping: this.#keeping(asked, whole) };
  }

  /** @param asked by Envoy's filter */
  #keeping(asked: unknown, { mints, metadata }: Forward): Keeping {
    const { policies } = this.#chain;
    // Without a scope, every policy was passed over.
    const now = this.#scope instanceof MintError ? Number.POSITIVE_INFINITY : this.#scope.now;
    const answered = { mints, metadata, policies, wasLate: this.#wasLate, now };
    return keepingOf(asked, this.#rules.envoyReuse, this.#request, answered);
  }
}

/** A record that later requests do not change. */
function kept(mint: MintRecord): MintRecord {
  return mint.keyUse === undefined ? { ...mint } : { ...mint, keyUse: keptUse(mint.keyUse) };
}

/** The same clock as the exchange's, which measures the end of the last policy. */
function secondsNow(): number {
  return performance.now() / 1000;
}

function tokenOf({ minter, as }: RunnablePolicy, scope: RequestScope | MintError): Minted | Later<string> {
  if (scope instanceof MintError) return scope;
  try {
    return minter.mint(as === undefined ? scope : scope.withCaller(callerAs(scope.authentication, as)));
  } catch (error) {
    return expected(error);
  }
}

/** Every other error is a defect and is thrown. */
function expected(error: unknown): MintError {
  if (error instanceof MintError) return error;
  throw error;
}

/** Only vendors that compute with doubles put a number that may have lost digits into a token. */
function warningOf({ plan }: RunnablePolicy, scope: RequestScope | MintError): Code | undefined {
  const gave = !(scope instanceof MintError) && scope.authentication.gaveInexact?.() === true;
  return gave && plan.takesInexact === true ? 'identity.inexact-number' : undefined;
}

/** Most lists have one member, and a push to an empty array allocates space for sixteen more. */
function added<T>(list: readonly T[], member: T): readonly T[] {
  return list.length === 0 ? [member] : [...list, member];
}

/** A policy that did not run may name the header that another policy writes. */
function withoutWritten(remove: readonly string[], set: Forward['set']): readonly string[] {
  return remove.length === 0 ? remove : remove.filter((name) => !set.some(([written]) => written === name));
}

function withoutLookalikes(decision: Forward, chain: Chain, request: IncomingRequest): Forward {
  const found = chain.lookalikes(request.headers);
  if (found.length === 0) return decision;
  const known = [...decision.set.map(([name]) => name), ...decision.remove];
  const others = found.filter((name) => !known.includes(name));
  return others.length === 0 ? decision : { ...decision, remove: [...decision.remove, ...others] };
}

/**
 * Adds the variables that the policies of the route published. Of variables with the same name, the last one is used.
 */
function withMetadata(decision: Forward, scope: RequestScope | MintError): Forward {
  if (scope instanceof MintError || scope.published.length === 0) return decision;
  // Object.assign would lose a variable with the name `__proto__`.
  const variables = scope.published.toReversed().flatMap((policy) => Object.entries(policy.all()));
  return { ...decision, metadata: Object.fromEntries(variables) };
}
