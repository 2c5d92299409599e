/**
 * @module
 * Makes the caller that expressions read as `authentication` from verified claims.
 */

import { isInexact } from '../diagnostics/exact-json.ts';
import type { JsonObject, JsonValue } from '../diagnostics/json.ts';
import type { Caller } from '../expressions/bindings.ts';
import type { IncomingRequest } from '../request/incoming-request.ts';
import { type ObjectView, valueAt } from '../request/object-view.ts';
import { type JoinedClaims, joinedClaim, withJoined } from './joined-claims.ts';

/** Finds the caller of a request; undefined if this source does not know one. */
export type Source = (request: IncomingRequest) => Caller | undefined;

/** The claims of a field in order of preference, each as a path of names. */
export type ClaimPaths = readonly (readonly string[])[];

export interface CallerMapping {
  readonly principal: ClaimPaths;
  readonly clientId: ClaimPaths;
  readonly clientName: ClaimPaths;
  readonly joined: JoinedClaims;
}

/** The caller with these claims. Fields are looked up when an expression reads them. */
export function callerOf(claims: ObjectView, mapping: CallerMapping): Caller {
  return new ClaimsCaller(claims, mapping);
}

class ClaimsCaller implements Caller {
  readonly #claims: ObjectView;
  readonly #mapping: CallerMapping;
  #whole: JsonObject | undefined;
  #properties: JsonObject | undefined;
  /** Whether any of the claims has an inexact number; undefined until all of them are read. */
  #isInexact: boolean | undefined;
  #gaveInexact = false;

  constructor(claims: ObjectView, mapping: CallerMapping) {
    this.#claims = claims;
    this.#mapping = mapping;
  }

  get principal(): string | null {
    return this.#firstString(this.#mapping.principal);
  }

  get clientId(): string | null {
    return this.#firstString(this.#mapping.clientId);
  }

  get clientName(): string | null {
    return this.#firstString(this.#mapping.clientName);
  }

  get properties(): JsonObject {
    this.#properties ??= propertiesOf(this.#all(), this.clientId);
    if (this.#isInexact) this.#gaveInexact = true;
    return this.#properties;
  }

  property(name: string): JsonValue | undefined {
    if (name === 'claims') return this.#all();
    const claim = this.#claim(name);
    if (claim === undefined) return name === 'clientId' ? (this.clientId ?? undefined) : undefined;
    if (typeof claim !== 'string' && isInexact(claim)) this.#gaveInexact = true;
    return claim;
  }

  gaveInexact(): boolean {
    const gave = this.#gaveInexact;
    this.#gaveInexact = false;
    return gave;
  }

  #all(): JsonObject {
    this.#whole ??= withJoined(this.#claims.whole(), this.#mapping.joined);
    this.#isInexact ??= isInexact(this.#whole);
    if (this.#isInexact) this.#gaveInexact = true;
    return this.#whole;
  }

  #claim(name: string): JsonValue | undefined {
    return joinedClaim(name, this.#claims.get(name), this.#mapping.joined);
  }

  #firstString(paths: ClaimPaths): string | null {
    for (const path of paths) {
      const [name, ...inner] = path;
      const value = inner.length === 0 && name !== undefined ? this.#claim(name) : valueAt(this.#claims, path);
      // Only strings are names: JSON readers differ in how they print numbers.
      if (typeof value === 'string' && value !== '') return value;
    }
    return null;
  }
}

/**
 * The claims directly, and all of them again under `claims`. `clientId`, which the vendor's examples read here, is
 * added if no claim has this name. A claim with the name `claims` is `claims.claims`.
 */
function propertiesOf(claims: JsonObject, clientId: string | null): JsonObject {
  return {
    ...(clientId === null ? {} : { clientId }),
    ...claims,
    claims,
  };
}

/**
 * Claim names as paths. `a.b` is the claim with exactly this name (`https://example.com/client_id` has dots), else `b`
 * inside `a`.
 */
export function claimPaths(names: string | readonly string[]): ClaimPaths {
  const list = typeof names === 'string' ? [names] : names;
  return list.flatMap((name) => (name.includes('.') ? [[name], name.split('.')] : [[name]]));
}
