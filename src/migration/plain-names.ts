/**
 * @module
 * Names for entries and files, from names that a vendor's tools gave: plain, unique in any case of letters, and not too
 * long.
 */

/** As `name` of a policy allows. */
const longest = 64;

export class PlainNames {
  readonly #taken = new Set<string>();

  /** The first of the names that is free, made plain; if none is, the last one with a number after it. */
  take(wanted: readonly string[]): string {
    const plain = wanted.map(plainName);
    const name = plain.find((one) => !this.#taken.has(one.toLowerCase())) ?? this.#numbered(plain.at(-1) ?? 'policy');
    this.#taken.add(name.toLowerCase());
    return name;
  }

  #numbered(name: string): string {
    for (let number = 2; ; number += 1) {
      const suffix = `-${number}`;
      const numbered = `${name.slice(0, longest - suffix.length)}${suffix}`;
      if (!this.#taken.has(numbered.toLowerCase())) return numbered;
    }
  }
}

/** Letters, digits, dots, dashes and underscores. Hidden files begin with a dot, and options with a dash: it does not. */
export function plainName(text: string): string {
  const plain = text
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[.-]+|-+$/g, '')
    .slice(0, longest);
  return plain === '' ? 'unnamed' : plain;
}
