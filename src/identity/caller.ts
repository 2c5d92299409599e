/**
 * @module
 * From verified claims to the caller that expressions read as `authentication`.
 */

import { isInexact } from '../diagnostics/exact-json.ts';
import type { JsonObject, JsonValue } from '../diagnostics/json.ts';
import type { Caller } from '../expressions/bindings.ts';
import type { IncomingRequest } from '../request/incoming-request.ts';
import { type ObjectView, valueAt } from '../request/object-view.ts';
import { type JoinedClaims, joinedClaim, withJoined } from './joined-claims.ts';

/** The caller as one source of the configuration knows it; undefined where it knows nobody. */
export type Source = (request: IncomingRequest) => Caller | undefined;

/** Where a field comes from: claims in order of preference, each as a path of names. */
export type ClaimPaths = readonly (readonly string[])[];

export interface CallerMapping {
  readonly principal: ClaimPaths;
  readonly clientId: ClaimPaths;
  readonly clientName: ClaimPaths;
  readonly joined: JoinedClaims;
}

/** The caller with these claims. Fields are looked up when an expression first asks for them. */
export function callerOf(claims: ObjectView, mapping: CallerMapping): Caller {
  return new ClaimsCaller(claims, mapping);
}

class ClaimsCaller implements Caller {
  readonly #claims: ObjectView;
  readonly #mapping: CallerMapping;
  #whole: JsonObject | undefined;
  #properties: JsonObject | undefined;
  /** Whether the claims have an inexact number somewhere; undefined until somebody reads all of them. */
  #isInexact: boolean | undefined;
  #gaveInexact = false;

  constructor(claims: ObjectView, mapping: CallerMapping) {
    this.#claims = claims;
    this.#mapping = mapping;
  }

  get principal(): string | null {
    return this.#firstText(this.#mapping.principal);
  }

  get clientId(): string | null {
    return this.#firstText(this.#mapping.clientId);
  }

  get clientName(): string | null {
    return this.#firstText(this.#mapping.clientName);
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

  #firstText(paths: ClaimPaths): string | null {
    for (const path of paths) {
      const [name, ...inner] = path;
      const value = inner.length === 0 && name !== undefined ? this.#claim(name) : valueAt(this.#claims, path);
      // Only strings name somebody: a number would come out differently from one JSON reader to the next.
      if (typeof value === 'string' && value !== '') return value;
    }
    return null;
  }
}

/**
 * The claims directly, and all of them under `claims`. `clientId`, which the vendor's examples read here, is added where
 * no claim has that name; a claim called `claims` is found under `claims.claims`.
 */
function propertiesOf(claims: JsonObject, clientId: string | null): JsonObject {
  return {
    ...(clientId === null ? {} : { clientId }),
    ...claims,
    claims,
  };
}

/**
 * Claim names as paths. `a.b` is tried as a claim of that very name (`https://example.com/client_id` has dots) and then
 * as `b` inside `a`.
 */
export function claimPaths(names: string | readonly string[]): ClaimPaths {
  const list = typeof names === 'string' ? [names] : names;
  return list.flatMap((name) => (name.includes('.') ? [[name], name.split('.')] : [[name]]));
}
