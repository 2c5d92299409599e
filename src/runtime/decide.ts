/**
 * @module
 * What becomes of a request under a snapshot: which policies run, what they write, and what a failure leads to.
 *
 * The client's own copy of every header that a policy of the route writes is replaced or removed, whatever happens:
 * only mintproc says what stands there.
 */

import type { Code } from '../diagnostics/codes.ts';
import type { JsonValue } from '../diagnostics/json.ts';
import { MintError } from '../diagnostics/mint-error.ts';
import { jsonRefusal } from '../dialects/refusal.ts';
import type { Caller } from '../expressions/bindings.ts';
import { RequestAudit } from '../mint/audit.ts';
import type { Decide, DecideSoon, Decision, IncomingRequest, MintRecord } from '../mint/decision.ts';
import { Later } from '../mint/later.ts';
import type { Minted } from '../mint/minter.ts';
import { RequestScope } from '../mint/request-scope.ts';
import { RequestView, type Surroundings } from '../mint/request-view.ts';
import { isNamed } from './caller-sources.ts';
import type { CompiledPolicy } from './policy.ts';
import type { Routed } from './router.ts';
import { type Chain, denied, type Snapshot, type SoonPolicy } from './snapshot.ts';

/** What is not the same twice, and so is handed in. */
export interface Sources {
  /** Milliseconds since the epoch. */
  clock(): number;
  /** A random UUID, version 4, lower case. */
  randomId(): string;
}

/** How a request is answered before any policy runs, so that no vendor is concerned. */
const statusOf: ReadonlyMap<Code, number> = new Map([
  ['route.ambiguous-path', 400],
  ['route.ambiguous-host', 400],
  ['route.untold', 500],
  ['route.unknown-policy', 500],
  ['route.policy-not-allowed', 500],
  ['route.none', 404],
  ['route.denied', 403],
]);

/** Errors other than MintError are defects; they pass, and the caller of this function must refuse the request. */
export function makeDecide(snapshot: Snapshot, sources: Sources): Decide {
  return decideBy(snapshot, sources, conclude);
}

/** The same, where the token of a route's one policy may be signed on another thread. */
export function makeDecideSoon(snapshot: Snapshot, sources: Sources): DecideSoon {
  return decideBy(snapshot, sources, concludeSoon);
}

/** What becomes of a request that has a chain of policies. */
interface Case {
  readonly snapshot: Snapshot;
  readonly request: IncomingRequest;
  readonly chain: Chain;
  readonly scope: RequestScope | MintError;
  /** Undefined where no token leaves a line in the audit. */
  readonly audit: RequestAudit | undefined;
}

function decideBy<T>(
  snapshot: Snapshot,
  sources: Sources,
  concludeBy: (given: Case) => T,
): (request: IncomingRequest) => Decision | T {
  return (request) => {
    const described = new Described(request);
    const view = new RequestView(request.headers, described);
    const chain = chainOrDecision(snapshot, request, described);
    if ('kind' in chain) return chain;
    const audit = snapshot.audit && new RequestAudit(snapshot.audit, sources.randomId);
    const scope = scopeOf(snapshot, sources.clock(), audit?.drawn.draw ?? sources.randomId, request, view);
    if (chain.requiresCaller) {
      const code = whyNobody(scope);
      if (code !== undefined) return refusedBy(code, unauthenticated);
    }
    return concludeBy({ snapshot, request, chain, scope, audit });
  };
}

/** The policies that run, or what becomes of a request for which none does. */
function chainOrDecision(snapshot: Snapshot, request: IncomingRequest, described: Described): Chain | Decision {
  try {
    const destination = destinationOf(snapshot, request, described);
    if (destination === denied) return refusedBy('route.denied');
    if (destination !== undefined) return destination;
    return snapshot.settings.unmatched === 'pass' ? untouched : refusedBy('route.none');
  } catch (error) {
    if (error instanceof MintError) return refusedBy(error.code);
    throw error;
  }
}

function refusedBy(code: Code, status = statusOf.get(code) ?? 500): Decision {
  return { kind: 'refuse', refusal: jsonRefusal(status, code), mints: [], code };
}

const unauthenticated = 401;

/** Why the caller of a request is not known; undefined where something names it. */
function whyNobody(scope: RequestScope | MintError): Code | undefined {
  if (scope instanceof MintError) return scope.code;
  return isNamed(scope.authentication) ? undefined : 'identity.missing';
}

function concludeSoon(given: Case): Decision | Later<Decision> {
  const { lone } = given.chain;
  const { scope } = given;
  if (lone === undefined || scope instanceof MintError) return conclude(given);
  const began = secondsNow();
  const token = mintSoon(lone, scope);
  if (lone.witness !== undefined) given.audit?.asked(lone.witness);
  return token instanceof Later ? token.map((minted) => conclude(given, minted, began)) : conclude(given, token, began);
}

function mintSoon({ minter }: SoonPolicy, scope: RequestScope): Minted | Later<Minted> {
  try {
    return minter.mintSoon(scope);
  } catch (error) {
    if (error instanceof MintError) return error;
    throw error;
  }
}

/** The clock of the exchange, which ends the last policy's run. */
function secondsNow(): number {
  return performance.now() / 1000;
}

/**
 * @param minted the token of the chain's one policy, where it was minted before
 * @param began when that policy began to run
 */
function conclude(given: Case, minted?: Minted, began?: number): Decision {
  const { snapshot, request, chain, scope } = given;
  const { limits, publishVariables } = snapshot.settings;
  const decision = run(given, limits.tokenBytes, minted, began);
  if (decision.kind !== 'forward') return decision;
  const forward = withoutLookalikes(decision, chain, request);
  return publishVariables ? withMetadata(forward, scope) : forward;
}

const untouched: Decision = Object.freeze({ kind: 'untouched', mints: [] });

/** @throws MintError `route.*` where no answer is safe but a refusal */
function destinationOf(
  snapshot: Snapshot,
  { routePolicy }: IncomingRequest,
  described: Described,
): Chain | typeof denied | undefined {
  if (routePolicy === undefined) return snapshot.route(described);
  if (snapshot.named === undefined) {
    const message = "Envoy's route names a policy, and `allowRoutePolicy` is not set in the configuration.";
    throw new MintError('route.policy-not-allowed', message);
  }
  const chain = snapshot.named.get(routePolicy);
  if (chain === undefined) {
    throw new MintError('route.unknown-policy', "Envoy's route names a policy that the configuration does not have.");
  }
  return chain;
}

/** What Envoy says of a request beside its header fields, and what routes ask for; nothing is read before it is asked for. */
class Described implements Surroundings, Routed {
  readonly #request: IncomingRequest;

  constructor(request: IncomingRequest) {
    this.#request = request;
  }

  get authority(): string {
    return this.#request.headers.first(':authority') ?? '';
  }

  get target(): string {
    return this.#request.headers.first(':path') ?? '';
  }

  get method(): string {
    return this.#request.headers.first(':method') ?? '';
  }

  get routeName(): string | undefined {
    return this.#attribute('xds.route_name') ?? undefined;
  }

  get scheme(): string | null {
    return this.#attribute('request.scheme');
  }

  get version(): string | null {
    return this.#attribute('request.protocol');
  }

  get remoteAddress(): string | null {
    return this.#attribute('source.address');
  }

  get localAddress(): string | null {
    return this.#attribute('destination.address');
  }

  #attribute(name: string): string | null {
    const value = this.#request.attributes.get(name);
    return typeof value === 'string' ? value : null;
  }
}

const noVariables: ReadonlyMap<string, JsonValue> = new Map();

/** The scope; in place of it the error that keeps every policy of the request from minting. */
function scopeOf(
  snapshot: Snapshot,
  now: number,
  randomId: () => string,
  request: IncomingRequest,
  attributes: RequestView,
): RequestScope | MintError {
  let authentication: Caller;
  try {
    authentication = snapshot.identify(request);
  } catch (error) {
    if (error instanceof MintError) return error;
    throw error;
  }
  return new RequestScope({ attributes, authentication, request, variables: noVariables, now, randomId });
}

type Forward = Extract<Decision, { kind: 'forward' }>;

function withoutLookalikes(decision: Forward, chain: Chain, request: IncomingRequest): Forward {
  const found = chain.lookalikes(request.headers);
  if (found.length === 0) return decision;
  const known = [...decision.set.map(([name]) => name), ...decision.remove];
  const others = found.filter((name) => !known.includes(name));
  return others.length === 0 ? decision : { ...decision, remove: [...decision.remove, ...others] };
}

/** The variables that the policies of the route published; of one name the latest. */
function withMetadata(decision: Forward, scope: RequestScope | MintError): Forward {
  if (scope instanceof MintError || scope.published.length === 0) return decision;
  return { ...decision, metadata: Object.assign({}, ...scope.published.toReversed().map((policy) => policy.all())) };
}

/** A number that may have lost digits goes into the tokens of those vendors alone that compute with doubles. */
function warningOf({ plan }: CompiledPolicy, scope: RequestScope | MintError): Code | undefined {
  const gave = !(scope instanceof MintError) && scope.authentication.gaveInexact?.() === true;
  return gave && plan.takesInexact === true ? 'identity.inexact-number' : undefined;
}

function run(given: Case, tokenBytes: number, known: Minted | undefined, knownBegan: number | undefined): Decision {
  let set: Forward['set'] = [];
  let remove: readonly string[] = [];
  let mints: readonly MintRecord[] = [];
  for (const policy of given.chain.policies) {
    if (policy.plan.disabled === true) {
      remove = added(remove, policy.output.header);
      continue;
    }
    const began = knownBegan ?? secondsNow();
    const minted = mint(policy, given, tokenBytes, known);
    // Asked whatever became of it, so that the next policy is not warned of what this one read.
    const warning = warningOf(policy, given.scope);
    if (!(minted instanceof MintError)) {
      set = added(set, [policy.output.header, minted] as const);
      policy.minted.began = began;
      policy.minted.bytes = minted.length;
      policy.minted.warning = warning;
      mints = added(mints, policy.minted);
      continue;
    }
    const { code, message, subject, origin } = minted;
    const refusal = policy.plan.refuse(code, subject);
    const reason = { code, message, origin, began, fault: refusal.fault };
    if (policy.onError === 'deny') {
      mints = added(mints, { policy: policy.name, outcome: 'refused', ...reason });
      return { kind: 'refuse', refusal, mints };
    }
    remove = added(remove, policy.output.header);
    mints = added(mints, { policy: policy.name, outcome: 'passed', ...reason });
  }
  return { kind: 'forward', set, remove: withoutWritten(remove, set), mints };
}

/** Most lists have one member, and what is pushed to an empty list makes room for sixteen more. */
function added<T>(list: readonly T[], member: T): readonly T[] {
  return list.length === 0 ? [member] : [...list, member];
}

/** A policy that is switched off may name the header that another one writes. */
function withoutWritten(remove: readonly string[], set: Forward['set']): readonly string[] {
  return remove.length === 0 ? remove : remove.filter((name) => !set.some(([written]) => written === name));
}

/** The header value; what the policy sets for policies after it is published. */
function mint(policy: CompiledPolicy, { scope, audit }: Case, tokenBytes: number, known: Minted | undefined): Minted {
  if (scope instanceof MintError) return scope;
  const { plan } = policy;
  try {
    if (known instanceof MintError) throw known;
    const token = known ?? policy.minter.mint(scope);
    const value = policy.values.of(token, tokenBytes);
    if (policy.witness !== undefined) policy.minted.audit = audit?.factsOf(policy.witness, token, scope.now);
    if (plan.publish !== undefined) scope.publish(plan.publish(token, scope));
    return value;
  } catch (error) {
    if (!(error instanceof MintError)) throw error;
    if (plan.publish !== undefined) scope.publish(plan.publish(undefined, scope, error));
    return error;
  }
}
