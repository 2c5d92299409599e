/**
 * @module
 * The inputs of a plan for one request. All policies of the request share them, so that a policy can read what an
 * earlier one published, and a declared variable is evaluated once.
 */

import type { JsonValue } from '../diagnostics/json.ts';
import type { Caller, RequestAttributes } from '../expressions/bindings.ts';
import type { Published, Scope } from '../plan/token-plan.ts';
import type { ProxiedRequest } from '../request/incoming-request.ts';

export interface ScopeInputs {
  readonly attributes: RequestAttributes;
  readonly authentication: Caller;
  readonly request: ProxiedRequest;
  /** Variables given with `mint --request`. They take precedence over all others of the same name. */
  readonly variables: ReadonlyMap<string, JsonValue>;
  readonly now: number;
  randomId(): string;
}

export class RequestScope implements Scope {
  readonly attributes: RequestAttributes;
  readonly authentication: Caller;
  readonly request: ProxiedRequest;
  readonly variables: ReadonlyMap<string, JsonValue>;
  readonly now: number;
  readonly randomId: () => string;
  #published: readonly Published[] = noneYet;
  #memo: Map<object, JsonValue | undefined> | undefined;

  constructor(inputs: ScopeInputs) {
    this.attributes = inputs.attributes;
    this.authentication = inputs.authentication;
    this.request = inputs.request;
    this.variables = inputs.variables;
    this.now = inputs.now;
    this.randomId = inputs.randomId;
  }

  get published(): readonly Published[] {
    return this.#published;
  }

  get memo(): Map<object, JsonValue | undefined> {
    this.#memo ??= new Map();
    return this.#memo;
  }

  /** The same inputs for a policy that sees the caller differently. What a variable reads of the caller, too. */
  withCaller(authentication: Caller): RequestScope {
    const scope = new RequestScope({ ...inputsOf(this), authentication });
    scope.#published = this.#published;
    return scope;
  }

  publish(published: Published): void {
    this.#published = [published, ...this.#published];
  }
}

function inputsOf({ attributes, authentication, request, variables, now, randomId }: RequestScope): ScopeInputs {
  return { attributes, authentication, request, variables, now, randomId };
}

const noneYet: readonly Published[] = [];
