/**
 * @module
 * A reader of JSON for what tokens contain, written for these tests alone: objects are maps, so that `__proto__` is a
 * name like any other, whole numbers keep all digits, and a repeated name is an error.
 */

export type Json = null | boolean | number | bigint | string | readonly Json[] | JsonMap;
export type JsonMap = ReadonlyMap<string, Json>;

const tokens = {
  space: /[ \t\n\r]*/y,
  string: /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y,
  number: /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y,
  word: /true|false|null/y,
};

/** @param repeats what a repeated name is: an error, or one more value that counts @throws SyntaxError */
export function readJson(text: string, repeats: 'refused' | 'allowed' = 'refused'): Json {
  return new Reader(text, repeats).whole();
}

class Reader {
  readonly #text: string;
  readonly #repeats: 'refused' | 'allowed';
  #at = 0;

  constructor(text: string, repeats: 'refused' | 'allowed') {
    this.#text = text;
    this.#repeats = repeats;
  }

  whole(): Json {
    const value = this.#value();
    this.#take(tokens.space);
    if (this.#at < this.#text.length) throw this.#wrong();
    return value;
  }

  #value(): Json {
    this.#take(tokens.space);
    if (this.#skip('{')) return this.#members();
    if (this.#skip('[')) return this.#items();
    const string = this.#take(tokens.string);
    if (string !== undefined) return JSON.parse(string) as string;
    const number = this.#take(tokens.number);
    if (number !== undefined) return numberIn(number);
    const word = this.#take(tokens.word);
    if (word === undefined) throw this.#wrong();
    return word === 'null' ? null : word === 'true';
  }

  #members(): JsonMap {
    const members = new Map<string, Json>();
    this.#take(tokens.space);
    if (this.#skip('}')) return members;
    do {
      this.#take(tokens.space);
      const name = this.#take(tokens.string);
      this.#take(tokens.space);
      if (name === undefined || !this.#skip(':')) throw this.#wrong();
      const key = JSON.parse(name) as string;
      if (members.has(key) && this.#repeats === 'refused') throw new SyntaxError(`a repeated name: ${name}`);
      members.set(key, this.#value());
      this.#take(tokens.space);
    } while (this.#skip(','));
    if (!this.#skip('}')) throw this.#wrong();
    return members;
  }

  #items(): Json[] {
    const items: Json[] = [];
    this.#take(tokens.space);
    if (this.#skip(']')) return items;
    do {
      items.push(this.#value());
      this.#take(tokens.space);
    } while (this.#skip(','));
    if (!this.#skip(']')) throw this.#wrong();
    return items;
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const [found] = pattern.exec(this.#text) ?? [];
    this.#at += found?.length ?? 0;
    return found;
  }

  #skip(character: string): boolean {
    const isNext = this.#text[this.#at] === character;
    if (isNext) this.#at += 1;
    return isNext;
  }

  #wrong(): SyntaxError {
    return new SyntaxError(`not JSON at ${this.#at}: ${this.#text.slice(this.#at, this.#at + 20)}`);
  }
}

/** @param text a number as JSON writes it */
export function numberIn(text: string): number | bigint {
  const double = Number(text);
  return /^-?\d+$/.test(text) && !Number.isSafeInteger(double) ? BigInt(text) : double;
}

/** Where two values are different; undefined if they are the same. The order of members makes no difference. */
export function difference(one: Json, other: Json, at = '$'): string | undefined {
  if (one instanceof Map && other instanceof Map) return differenceOfMaps(one, other, at);
  if (Array.isArray(one) && Array.isArray(other) && one.length === other.length) {
    return firstOf(one.keys(), (index) => difference(one[index] as Json, other[index] as Json, `${at}[${index}]`));
  }
  return one === other ? undefined : `${at}: expected ${shown(other)}, not ${shown(one)}`;
}

function differenceOfMaps(one: JsonMap, other: JsonMap, at: string): string | undefined {
  return firstOf(new Set([...one.keys(), ...other.keys()]), (name) => {
    const place = `${at}[${JSON.stringify(name)}]`;
    const [left, right] = [one.get(name), other.get(name)];
    if (left === undefined) return `${place}: expected ${shown(right)}, not nothing`;
    if (right === undefined) return `${place}: expected nothing, not ${shown(left)}`;
    return difference(left, right, place);
  });
}

function firstOf<T>(items: Iterable<T>, find: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

function shown(value: unknown): string {
  return JSON.stringify(value, (_, inner) => {
    if (inner instanceof Map) return [...inner];
    return typeof inner === 'bigint' ? `${inner}n` : inner;
  });
}
