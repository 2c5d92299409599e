/**
 * @module
 * An object of JSON that is looked at member by member. Of a caller's claims most policies read two or three, and making
 * all of them costs more than the rest of what a request without a signature does.
 */
import type { JsonObject, JsonValue } from '../diagnostics/json.ts';

/** Own members only, whatever they are called. */
export interface ObjectView {
  readonly isEmpty: boolean;
  /** Each once, in any order. */
  names(): readonly string[];
  /** Undefined where there is no such member. */
  get(name: string): JsonValue | undefined;
  /** The member as a view; undefined where it is no object. */
  view(name: string): ObjectView | undefined;
  /** All of it. */
  whole(): JsonObject;
}

/** A view of an object that is there already. */
export function viewOf(object: JsonObject): ObjectView {
  return new JsonView(object);
}

class JsonView implements ObjectView {
  readonly #object: JsonObject;

  constructor(object: JsonObject) {
    this.#object = object;
  }

  get isEmpty(): boolean {
    return this.names().length === 0;
  }

  names(): readonly string[] {
    return Object.keys(this.#object);
  }

  get(name: string): JsonValue | undefined {
    return Object.hasOwn(this.#object, name) ? this.#object[name] : undefined;
  }

  view(name: string): ObjectView | undefined {
    const member = this.get(name);
    return isObject(member) ? new JsonView(member) : undefined;
  }

  whole(): JsonObject {
    return this.#object;
  }
}

export const emptyView: ObjectView = viewOf({});

/** The view that `path` leads to; the one that is given where it is empty. */
export function viewAt(view: ObjectView, path: readonly string[]): ObjectView | undefined {
  let inner: ObjectView | undefined = view;
  for (const name of path) inner = inner?.view(name);
  return inner;
}

/** The value that `path` leads to; all of what is given where it is empty. A list has no members. */
export function valueAt(view: ObjectView, path: readonly string[]): JsonValue | undefined {
  const last = path.at(-1);
  return last === undefined ? view.whole() : viewAt(view, path.slice(0, -1))?.get(last);
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
