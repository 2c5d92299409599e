/**
 * @module
 * "Did you mean …": the known name nearest to a mistyped one.
 */

/**
 * The name in `known` that `name` most likely means: equal except for case or the plural, or within two edits (one for
 * names of up to four characters); two letters in the wrong order are one edit. Otherwise the only one that begins or
 * ends with it, at a word. Undefined if none is near.
 */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  const names = [...known];
  return (
    nearestSpelling(name, names) ??
    names.find((candidate) => singular(candidate) === singular(name)) ??
    onlyLonger(name, names)
  );
}

/** `vaultTransit` of `vault`, `awsKms` of `kms`. */
function onlyLonger(name: string, known: readonly string[]): string | undefined {
  if (name.length < 3) return undefined;
  const [only, second] = known.filter((candidate) => hasAtEnd(candidate, name.toLowerCase()));
  return second === undefined ? only : undefined;
}

function hasAtEnd(name: string, part: string): boolean {
  const words = name.split(/(?=[A-Z])/).map((word) => word.toLowerCase());
  return words.some((_, at) => at > 0 && [words.slice(0, at).join(''), words.slice(at).join('')].includes(part));
}

/** `policy` of `policies`. */
function singular(name: string): string {
  return name.toLowerCase().replace(/ies$/, 'y').replace(/s$/, '');
}

function nearestSpelling(name: string, known: readonly string[]): string | undefined {
  const allowed = name.length <= 4 ? 1 : 2;
  let best: string | undefined;
  let bestDistance = allowed + 1;
  for (const candidate of known) {
    if (candidate.toLowerCase() === name.toLowerCase()) return candidate;
    const distance = isSwapped(name, candidate) ? 1 : editDistance(name, candidate, bestDistance);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** `fiel` of `file`: two neighbouring letters are in the wrong order. */
function isSwapped(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  const at = [...a].findIndex((letter, index) => letter !== b[index]);
  return at !== -1 && a.slice(0, at) + (a[at + 1] ?? '') + (a[at] ?? '') + a.slice(at + 2) === b;
}

/** Levenshtein distance; `limit` as soon as it cannot be lower than that. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = nextRow(previous, i, (j) => a[i - 1] === b[j - 1]);
    if (Math.min(...current) >= limit) return limit;
    previous = current;
  }
  return previous[b.length] ?? limit;
}

/** The distances of the next prefix of `a` from each prefix of `b`. */
function nextRow(previous: readonly number[], first: number, isSame: (j: number) => boolean): number[] {
  const row = [first];
  for (let j = 1; j < previous.length; j++) {
    const substitution = (previous[j - 1] ?? 0) + (isSame(j) ? 0 : 1);
    row.push(Math.min(substitution, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
  }
  return row;
}
