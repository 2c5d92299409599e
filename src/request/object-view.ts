/**
 * @module
 * A JSON object that is read member by member. Most policies read two or three of a caller's claims, and decoding all
 * of them costs more than the rest of a request without a signature.
 */
import type { JsonObject, JsonValue } from '../diagnostics/json.ts';

/** Only own members, even if their names are those of inherited ones. */
export interface ObjectView {
  readonly isEmpty: boolean;
  /** Each name once, in any order. */
  names(): readonly string[];
  /** The member; undefined if there is no such member. */
  get(name: string): JsonValue | undefined;
  /** The member as a view; undefined if it is not an object. */
  view(name: string): ObjectView | undefined;
  /** The complete object. */
  whole(): JsonObject;
}

/** A view of a decoded object. */
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

/** The view at `path`; `view` itself if the path is empty. */
export function viewAt(view: ObjectView, path: readonly string[]): ObjectView | undefined {
  let inner: ObjectView | undefined = view;
  for (const name of path) inner = inner?.view(name);
  return inner;
}

/** The value at `path`; the complete object if the path is empty. An array has no members. */
export function valueAt(view: ObjectView, path: readonly string[]): JsonValue | undefined {
  const last = path.at(-1);
  return last === undefined ? view.whole() : viewAt(view, path.slice(0, -1))?.get(last);
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
