/**
 * @module
 * Decides what happens to a request: which policies run, and who the caller is. `chain-run.ts` runs the policies.
 */

import type { Code } from '../diagnostics/codes.ts';
import type { JsonValue } from '../diagnostics/json.ts';
import { MintError } from '../diagnostics/mint-error.ts';
import { unauthenticated } from '../diagnostics/refusals.ts';
import type { Caller } from '../expressions/bindings.ts';
import { isNamed } from '../identity/caller-sources.ts';
import { RequestAudit } from '../mint/audit.ts';
import { RequestScope } from '../mint/request-scope.ts';
import type { HeaderFields } from '../request/header-fields.ts';
import type { IncomingRequest } from '../request/incoming-request.ts';
import { type ConnectionInfo, connectionAttributes, RequestView, routeNameAttribute } from '../request/request-view.ts';
import { lookFor } from '../request/watched-reads.ts';
import type { RoutingInput } from '../routing/router.ts';
import { ChainRun } from './chain-run.ts';
import { type Decide, type Decision, refusedWith } from './decision.ts';
import { type Chain, type DecisionRules, denied, type Routed } from './rules.ts';

/** Inputs that differ from call to call. Tests pass their own. */
export interface Sources {
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** A random UUID, version 4, lower case. */
  readonly randomId: () => string;
  /** Values of variables that win over those of the configuration. Default: none. */
  readonly variables?: ReadonlyMap<string, JsonValue> | undefined;
}

/** Errors other than MintError are defects. They are thrown, and the caller must refuse the request. */
export function makeDecide(rules: DecisionRules, sources: Sources): Decide {
  return (request, asker) => {
    const description = new RequestDescription(request);
    const view = new RequestView(request.headers, description);
    lookFor(rules.watched, request);
    const routed = routeOrDecision(rules, request, description);
    if ('kind' in routed) return routed;
    const { destination: chain, name } = routed;
    lookFor(chain.watched, request);
    const audit = rules.audit && new RequestAudit(rules.audit, sources.randomId);
    const scope = scopeOf(rules, sources, audit?.ids.generate ?? sources.randomId, request, view);
    if (chain.requiresCaller) {
      const code = whyUnknown(scope);
      if (code !== undefined) return refusedWith(code, name, unauthenticated);
    }
    return new ChainRun(rules, routed, request, scope, audit, asker).decide();
  };
}

/** The policies that run, or the decision on a request for which none run. */
function routeOrDecision(
  rules: DecisionRules,
  request: IncomingRequest,
  description: RequestDescription,
): Routed<Chain> | Decision {
  try {
    const route = routeOf(rules, request, description);
    if (route?.destination === denied) return refusedWith('route.denied', route.name);
    if (route !== undefined) return route as Routed<Chain>;
    return rules.settings.unmatched === 'pass' ? untouched : refusedWith('route.none');
  } catch (error) {
    if (error instanceof MintError) return refusedWith(error.code);
    throw error;
  }
}

/** Why the caller of a request is unknown; undefined if it is known. */
function whyUnknown(scope: RequestScope | MintError): Code | undefined {
  if (scope instanceof MintError) return scope.code;
  try {
    return isNamed(scope.authentication) ? undefined : 'identity.missing';
  } catch (error) {
    if (error instanceof MintError) return error.code;
    throw error;
  }
}

const untouched: Decision = Object.freeze({ kind: 'untouched', mints: [] });

/** @throws MintError `route.*` if only a refusal is safe */
function routeOf(
  rules: DecisionRules,
  { routePolicy }: IncomingRequest,
  description: RequestDescription,
): Routed<Chain | typeof denied> | undefined {
  if (routePolicy === undefined) return rules.route(description);
  if (rules.named === undefined) {
    const message = "Envoy's route names a policy, but `allowRoutePolicy` is not set in the configuration.";
    throw new MintError('route.policy-not-allowed', message);
  }
  const chain = rules.named.get(routePolicy);
  if (chain === undefined) {
    throw new MintError('route.unknown-policy', "Envoy's route names a policy that the configuration does not have.");
  }
  return { destination: chain };
}

/** What routes and policies read of a request. */
export function describedRequest(request: IncomingRequest): RoutingInput & ConnectionInfo {
  return new RequestDescription(request);
}

/** Envoy's attributes of a request, and the inputs of routing. Each is read when it is used. */
class RequestDescription implements ConnectionInfo, RoutingInput {
  readonly #request: IncomingRequest;

  constructor(request: IncomingRequest) {
    this.#request = request;
  }

  get headers(): HeaderFields {
    return this.#request.headers;
  }

  get authority(): string | undefined {
    return this.#request.headers.first(':authority');
  }

  get target(): string {
    return this.#request.headers.first(':path') ?? '';
  }

  get method(): string {
    return this.#request.headers.first(':method') ?? '';
  }

  get routeName(): string | undefined {
    return this.#attribute(routeNameAttribute) ?? undefined;
  }

  get scheme(): string | null {
    return this.#attribute(connectionAttributes.scheme);
  }

  get version(): string | null {
    return this.#attribute(connectionAttributes.version);
  }

  get remoteAddress(): string | null {
    return this.#attribute(connectionAttributes.remoteAddress);
  }

  get localAddress(): string | null {
    return this.#attribute(connectionAttributes.localAddress);
  }

  #attribute(name: string): string | null {
    const value = this.#request.attributes.get(name);
    return typeof value === 'string' ? value : null;
  }
}

const noVariables: ReadonlyMap<string, JsonValue> = new Map();

/** The scope, or the error that stops every policy of the request from minting. */
function scopeOf(
  rules: DecisionRules,
  { clock, variables = noVariables }: Sources,
  randomId: () => string,
  request: IncomingRequest,
  attributes: RequestView,
): RequestScope | MintError {
  const now = clock();
  let authentication: Caller;
  try {
    authentication = rules.identify(request);
  } catch (error) {
    if (error instanceof MintError) return error;
    throw error;
  }
  return new RequestScope({ attributes, authentication, request, variables, now, randomId });
}
