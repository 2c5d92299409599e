/**
 * @module
 * The pairs of a map by their keys: the `yaml` package looks through a map from its beginning each time.
 */
import { isPair, isScalar, type Pair, type YAMLMap } from 'yaml';
import { nameOf } from './plain-yaml.ts';

interface Keys {
  /** By the key as it is: a number is another key than its digits. */
  readonly exact: ReadonlyMap<unknown, Pair>;
  readonly named: ReadonlyMap<string, Pair>;
}

export class YamlKeys {
  readonly #known = new WeakMap<YAMLMap, Keys>();

  pairOf(map: YAMLMap, key: string | number): Pair | undefined {
    return this.#keysOf(map).exact.get(key);
  }

  /** The pair whose key is written so, whatever its type. */
  pairNamed(map: YAMLMap, name: string): Pair | undefined {
    return this.#keysOf(map).named.get(name);
  }

  #keysOf(map: YAMLMap): Keys {
    const known = this.#known.get(map);
    if (known !== undefined) return known;
    const exact = new Map<unknown, Pair>();
    const named = new Map<string, Pair>();
    for (const pair of map.items) {
      if (!isPair(pair)) continue;
      const { key } = pair;
      if (isScalar(key) && !exact.has(key.value)) exact.set(key.value, pair);
      if (!named.has(nameOf(key))) named.set(nameOf(key), pair);
    }
    const keys = { exact, named };
    this.#known.set(map, keys);
    return keys;
  }
}
