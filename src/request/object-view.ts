/**
 * @module
 * A JSON object that is read member by member. Most policies read two or three of a caller's claims, and decoding all
 * of them would cost more than everything else that a request without a signature needs.
 */
import { isRecord, type JsonObject, type JsonValue } from '../diagnostics/json.ts';

/** Has own members only, also for names such as `__proto__`. */
export interface ObjectView {
  readonly isEmpty: boolean;
  /** Each name once, in any order. */
  names(): readonly string[];
  /** Undefined without such a member. */
  get(name: string): JsonValue | undefined;
  /** The member as a view; undefined if it is not an object. */
  view(name: string): ObjectView | undefined;
  /** The whole object. */
  whole(): JsonObject;
}

/** A view of an object that is decoded already. */
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
    return isRecord(member) ? new JsonView(member) : undefined;
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

/** The value at `path`; the whole object if the path is empty. A path does not lead into lists. */
export function valueAt(view: ObjectView, path: readonly string[]): JsonValue | undefined {
  const last = path.at(-1);
  return last === undefined ? view.whole() : viewAt(view, path.slice(0, -1))?.get(last);
}
