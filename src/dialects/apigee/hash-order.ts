/**
 * @module
 * The order in which Apigee writes the members of header and payload: that of a Java HashMap, because its JOSE library
 * copies members into one. Recorded tokens have it (docs/dialects/apigee.md, "Member order").
 */

/** `java.lang.String.hashCode`, spread as `java.util.HashMap` spreads it over its buckets. */
export function spreadHash(name: string): number {
  let hash = 0;
  for (let index = 0; index < name.length; index++) hash = (Math.imul(31, hash) + name.charCodeAt(index)) | 0;
  return hash ^ (hash >>> 16);
}

/**
 * The names as a HashMap iterates over them, when they were put into it in the given order.
 *
 * @param copied how many of the first names it was made from, if it began as a copy of another map; a copy begins with
 *   as few buckets as those names need, any other map with 16
 */
export function hashOrder(names: readonly string[], copied = 0): string[] {
  const buckets = bucketCount(names.length, copied);
  const filled = new Map<number, string[]>();
  for (const name of names) {
    const bucket = spreadHash(name) & (buckets - 1);
    const found = filled.get(bucket);
    if (found === undefined) filled.set(bucket, [name]);
    else found.push(name);
  }
  return [...filled.keys()].sort((a, b) => a - b).flatMap((bucket) => filled.get(bucket) ?? []);
}

/** A map doubles its buckets when its size passes three quarters of them. */
function bucketCount(size: number, copied: number): number {
  let buckets = copied === 0 ? 16 : powerOfTwo(Math.floor(copied / 0.75 + 1));
  while (size > buckets * 0.75) buckets *= 2;
  return buckets;
}

function powerOfTwo(atLeast: number): number {
  let buckets = 1;
  while (buckets < atLeast) buckets *= 2;
  return buckets;
}
