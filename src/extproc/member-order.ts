/**
 * @module
 * The order of the members of a `google.protobuf.Struct`: by name, compared by UTF-16 code units as `<` compares
 * strings.
 *
 * A Struct is a map, and Envoy writes maps in a different order for every request. A token with claims in that order
 * would differ each time and would never be reused. The order in the identity provider's token is lost in Envoy, so no
 * order can match the vendor's. JavaScript puts names that are array indexes (`0`, `17`) first in every object, which
 * is deterministic too.
 */

/** Up to this number of members, insertion sort costs a third of the general sort. */
const maxInserted = 32;

/** The indexes of the names in sorted order. Equal names keep their order. */
export function orderOfNames(names: readonly string[]): readonly number[] {
  if (names.length > maxInserted) return names.map((_, at) => at).sort((one, other) => compare(names, one, other));
  const order: number[] = [];
  for (let at = 0; at < names.length; at++) {
    const name = names[at] ?? '';
    let to = at;
    for (; to > 0; to--) {
      const before = order[to - 1] ?? 0;
      if ((names[before] ?? '') <= name) break;
      order[to] = before;
    }
    order[to] = at;
  }
  return order;
}

function compare(names: readonly string[], one: number, other: number): number {
  const [a = '', b = ''] = [names[one], names[other]];
  return a < b ? -1 : a > b ? 1 : one - other;
}
