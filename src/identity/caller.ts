/**
 * @module
 * Makes the caller that expressions read as `authentication` from verified claims.
 */

import { isInexact } from '../diagnostics/exact-json.ts';
import type { JsonObject, JsonValue } from '../diagnostics/json.ts';
import type { Caller } from '../expressions/bindings.ts';
import type { CallerFact } from '../expressions/caller-objects.ts';
import type { IncomingRequest } from '../request/incoming-request.ts';
import { type ObjectView, valueAt } from '../request/object-view.ts';
import type { FactSource } from './fact-source.ts';
import { type JoinedClaims, joinedClaim, withJoined } from './joined-claims.ts';

/** A caller that a source knows, with `authentication` as without `as`, and the facts for a vendor's object. */
export interface KnownCaller extends Caller {
  /** Undefined if the caller does not have it. `clientId` is that of the contract (`shaped-caller.ts`). */
  fact(name: CallerFact): JsonValue | undefined;
}

/** Finds the caller of a request; undefined if this source does not know one. */
export type Source = (request: IncomingRequest) => KnownCaller | undefined;

/** Finds the claims of a request's caller. Undefined if its source knows no caller. */
export type ReadClaims = (request: IncomingRequest) => ObjectView | undefined;

export interface CallerMapping {
  readonly principal: FactSource;
  readonly clientId: FactSource;
  /** The client application's ID in a vendor's object: its policies read one claim, `client_id`. */
  readonly contractId: FactSource;
  readonly clientName: FactSource;
  readonly contractName: FactSource;
  readonly slaId: FactSource;
  readonly jwt: FactSource;
  readonly joined: JoinedClaims;
}

/** The caller with these claims. Fields are looked up when an expression reads them. */
export function callerOf(claims: ObjectView, mapping: CallerMapping, request: IncomingRequest): KnownCaller {
  return new ClaimsCaller(claims, mapping, request);
}

class ClaimsCaller implements KnownCaller {
  readonly #claims: ObjectView;
  readonly #mapping: CallerMapping;
  readonly #request: IncomingRequest;
  #whole: JsonObject | undefined;
  #properties: JsonObject | undefined;
  /** Whether any of the claims has an inexact number; undefined until all of them are read. */
  #isInexact: boolean | undefined;
  #gaveInexact = false;

  constructor(claims: ObjectView, mapping: CallerMapping, request: IncomingRequest) {
    this.#claims = claims;
    this.#mapping = mapping;
    this.#request = request;
  }

  get principal(): string | null {
    return this.#text(this.#mapping.principal);
  }

  get clientId(): string | null {
    return this.#text(this.#mapping.clientId);
  }

  get clientName(): string | null {
    return this.#text(this.#mapping.clientName);
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

  fact(name: CallerFact): JsonValue | undefined {
    switch (name) {
      case 'user':
        return this.principal ?? undefined;
      case 'clientId':
        return this.#text(this.#mapping.contractId) ?? undefined;
      case 'clientName':
        return this.#text(this.#mapping.contractName) ?? undefined;
      case 'slaId':
        return this.#tier();
      case 'jwt':
        return this.#text(this.#mapping.jwt)?.replace(/^Bearer +/i, '');
      case 'claims':
        return this.#all();
    }
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

  /** Only strings are names: JSON readers differ in how they print numbers. */
  #text(source: FactSource): string | null {
    const value = this.#first(source, (one) => typeof one === 'string' && one !== '');
    return typeof value === 'string' ? value : null;
  }

  /** The tier of a contract has a number as its ID. */
  #tier(): JsonValue | undefined {
    const value = this.#first(
      this.#mapping.slaId,
      (one) => typeof one === 'number' || (one !== '' && typeof one === 'string'),
    );
    if (typeof value === 'number' && isInexact(value)) this.#gaveInexact = true;
    return value;
  }

  #first(source: FactSource, counts: (value: JsonValue | undefined) => boolean): JsonValue | undefined {
    if (source.kind === 'request') {
      const value = source.read(this.#request);
      return counts(value) ? value : undefined;
    }
    for (const path of source.paths) {
      const [name, ...inner] = path;
      const value = inner.length === 0 && name !== undefined ? this.#claim(name) : valueAt(this.#claims, path);
      if (counts(value)) return value;
    }
    return undefined;
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
