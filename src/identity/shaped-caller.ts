/**
 * @module
 * The object of a vendor's authentication policy, made of what a source knows of the caller (`as`).
 */
import type { JsonObject, JsonValue } from '../diagnostics/json.ts';
import { type Caller, plainCaller } from '../expressions/bindings.ts';
import { type CallerFact, type CallerKind, type CallerObject, callerObject } from '../expressions/caller-objects.ts';
import type { KnownCaller } from './caller.ts';

/** The caller as the vendor's policy gives it to expressions. A caller that no source knows stays as it is. */
export function callerAs(caller: Caller, kind: CallerKind): Caller {
  const known = plainCaller(caller);
  if (!isKnown(known)) return caller;
  const object = callerObject(kind);
  return object === undefined ? known : new ShapedCaller(known, object);
}

function isKnown(caller: Caller): caller is KnownCaller {
  return 'fact' in caller;
}

class ShapedCaller implements Caller {
  readonly plain: KnownCaller;
  readonly #object: CallerObject;

  constructor(known: KnownCaller, object: CallerObject) {
    this.plain = known;
    this.#object = object;
  }

  get principal(): string | null {
    return this.#text(this.#object.principal);
  }

  get clientId(): string | null {
    return this.#object.hasClient ? this.#text('clientId') : null;
  }

  get clientName(): string | null {
    return this.#object.hasClient ? this.#text('clientName') : null;
  }

  get properties(): JsonObject {
    return Object.fromEntries(
      Object.keys(this.#object.properties).flatMap((name) => {
        const value = this.property(name);
        return value === undefined ? [] : [[name, value]];
      }),
    );
  }

  property(name: string): JsonValue | undefined {
    const { properties } = this.#object;
    const fact = Object.hasOwn(properties, name) ? properties[name] : undefined;
    return fact && this.plain.fact(fact);
  }

  gaveInexact(): boolean {
    return this.plain.gaveInexact?.() === true;
  }

  #text(fact: CallerFact): string | null {
    const value = this.plain.fact(fact);
    return typeof value === 'string' ? value : null;
  }
}
