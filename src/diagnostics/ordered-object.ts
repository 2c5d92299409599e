/**
 * @module
 * Objects whose members keep their order. JavaScript puts names that are array indexes first (`{"b":1,"2":3}` becomes
 * `{"2":3,"b":1}`), but a token's members have the order of the text that they come from.
 *
 * Only an object with such names in another order needs a view that lists the names as they were. JSON.stringify and
 * Object.entries follow it; a copy with `{...object}` or Object.fromEntries does not. Make objects with `objectOf`.
 */
/**
 * An object with these members. A repeated name has its last value, at the place of the first, as with JSON.parse.
 */
export function objectOf<T>(members: Iterable<readonly [name: string, value: T]>): Readonly<Record<string, T>> {
  const distinct = new Map(members);
  // Object.fromEntries makes a member of `__proto__` too.
  const object: Record<string, T> = Object.fromEntries(distinct);
  return keepsOrder(distinct.keys()) ? object : view(object, [...distinct.keys()]);
}

/** The name of an array index, which JavaScript moves to the front. */
const index = /^(?:0|[1-9]\d{0,9})$/;

function isIndexName(name: string): boolean {
  return index.test(name);
}

/** Whether JavaScript lists the names in this order. */
function keepsOrder(names: Iterable<string>): boolean {
  let last = -1;
  for (const name of names) {
    const number = isIndexName(name) ? Number(name) : Number.POSITIVE_INFINITY;
    if (number < last) return false;
    last = number;
  }
  return true;
}

function view<T>(object: Record<string, T>, names: readonly string[]): Readonly<Record<string, T>> {
  return new Proxy(Object.freeze(object), { ownKeys: () => names });
}
