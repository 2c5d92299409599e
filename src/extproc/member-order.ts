/**
 * @module
 * The order of the members of a `google.protobuf.Struct`: by name, compared by UTF-16 code units as `<` compares strings.
 *
 * A Struct is a map, and Envoy writes maps in another order at every request. A token whose claims kept that order would
 * be another token each time, and would never be reused. What order the token of the identity provider had is lost in
 * Envoy, so that no order could be the vendor's. JavaScript puts names that are array indexes (`0`, `17`) before all
 * others in every object; that is one order as well.
 */

/** Up to this number of members, inserting each at its place costs a third of what the general sort does. */
const maxInserted = 32;

/** The places of the names, in their order; names that are equal stay in the order in which they came. */
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
