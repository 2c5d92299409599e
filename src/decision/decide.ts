/**
 * @module
 * What becomes of a request under a snapshot: which policies run, and who the caller is. `chain-run.ts` runs the policies.
 */

import type { Code } from '../diagnostics/codes.ts';
import type { JsonValue } from '../diagnostics/json.ts';
import { MintError } from '../diagnostics/mint-error.ts';
import type { Caller } from '../expressions/bindings.ts';
import { isNamed } from '../identity/caller-sources.ts';
import { RequestAudit } from '../mint/audit.ts';
import { RequestScope } from '../mint/request-scope.ts';
import type { IncomingRequest } from '../request/incoming-request.ts';
import { RequestView, type Surroundings } from '../request/request-view.ts';
import type { Routed } from '../routing/router.ts';
import { ChainRun } from './chain-run.ts';
import { type Decide, type Decision, refusedWith } from './decision.ts';
import { type Chain, type DecisionRules, denied } from './rules.ts';

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
export function makeDecide(rules: DecisionRules, sources: Sources): Decide {
  return (request) => {
    const described = new Described(request);
    const view = new RequestView(request.headers, described);
    const chain = chainOrDecision(rules, request, described);
    if ('kind' in chain) return chain;
    const audit = rules.audit && new RequestAudit(rules.audit, sources.randomId);
    const scope = scopeOf(rules, sources.clock(), audit?.ids.generate ?? sources.randomId, request, view);
    if (chain.requiresCaller) {
      const code = whyNobody(scope);
      if (code !== undefined) return refusedBy(code, unauthenticated);
    }
    return new ChainRun(rules.settings, chain, request, scope, audit).decide();
  };
}

/** The policies that run, or what becomes of a request for which none does. */
function chainOrDecision(rules: DecisionRules, request: IncomingRequest, described: Described): Chain | Decision {
  try {
    const destination = destinationOf(rules, request, described);
    if (destination === denied) return refusedBy('route.denied');
    if (destination !== undefined) return destination;
    return rules.settings.unmatched === 'pass' ? untouched : refusedBy('route.none');
  } catch (error) {
    if (error instanceof MintError) return refusedBy(error.code);
    throw error;
  }
}

function refusedBy(code: Code, status = statusOf.get(code) ?? 500): Decision {
  return refusedWith(status, code);
}

const unauthenticated = 401;

/** Why the caller of a request is not known; undefined where something names it. */
function whyNobody(scope: RequestScope | MintError): Code | undefined {
  if (scope instanceof MintError) return scope.code;
  return isNamed(scope.authentication) ? undefined : 'identity.missing';
}

const untouched: Decision = Object.freeze({ kind: 'untouched', mints: [] });

/** @throws MintError `route.*` where no answer is safe but a refusal */
function destinationOf(
  rules: DecisionRules,
  { routePolicy }: IncomingRequest,
  described: Described,
): Chain | typeof denied | undefined {
  if (routePolicy === undefined) return rules.route(described);
  if (rules.named === undefined) {
    const message = "Envoy's route names a policy, and `allowRoutePolicy` is not set in the configuration.";
    throw new MintError('route.policy-not-allowed', message);
  }
  const chain = rules.named.get(routePolicy);
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
  rules: DecisionRules,
  now: number,
  randomId: () => string,
  request: IncomingRequest,
  attributes: RequestView,
): RequestScope | MintError {
  let authentication: Caller;
  try {
    authentication = rules.identify(request);
  } catch (error) {
    if (error instanceof MintError) return error;
    throw error;
  }
  return new RequestScope({ attributes, authentication, request, variables: noVariables, now, randomId });
}
