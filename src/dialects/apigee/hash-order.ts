/**
 * @module
 * The order in which Apigee writes the members of header and payload. It is that of a Java HashMap, into which Apigee's
 * JOSE library copies the members. Recorded tokens have this order (docs/dialects/apigee.md, "Member order").
 */

/** `java.lang.String.hashCode`, mixed as `java.util.HashMap` does before it selects a bucket. */
function spreadHash(name: string): number {
  let hash = 0;
  for (let index = 0; index < name.length; index++) hash = (Math.imul(31, hash) + name.charCodeAt(index)) | 0;
  return hash ^ (hash >>> 16);
}

/**
 * The names in the iteration order of a HashMap into which they were put in the given order.
 *
 * @param copied if the map was created as a copy of another map, how many of the first names were copied; a copy starts
 *   with only as many buckets as these names need, any other map with 16
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
