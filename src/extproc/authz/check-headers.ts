/**
 * @module
 * The header fields of an ext_authz check.
 *
 * Without `encode_raw_headers`, Envoy joins the values of a repeated header by commas. Then `a,b` may be one value or
 * two, and nothing tells which: the backend may read another one than the policy. So it is noted if such a value is
 * read, and the request is refused (`check-exchange.ts`).
 */
import type { HeaderField, HeaderFields } from '../../request/header-fields.ts';

/** The fields of the check that stand for pseudo-headers. A filter with `allowed_headers` sends no others. */
export interface PseudoFields {
  pseudo(name: string): string | undefined;
}

const pseudoNames = [':authority', ':path', ':method', ':scheme'] as const;

/**
 * The names whose repeats Envoy joins by commas when it reads a request (`envoy/http/header_map.h`), so that filters,
 * ext_proc and the upstream all get one value. A comma in such a value is no doubt.
 *
 * @internal Exported for the test with a real Envoy.
 */
export const joinedByEnvoy: ReadonlySet<string> = new Set([
  ...['accept', 'accept-encoding', 'cache-control', 'content-type', 'referer', 'user-agent', 'via', 'x-request-id'],
  ...['x-forwarded-client-cert', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-port', 'x-forwarded-proto'],
]);

export class CheckHeaders implements HeaderFields {
  readonly #fields: HeaderFields;
  readonly #fallback: PseudoFields;
  readonly #isJoined: boolean;
  #isDoubtful = false;
  #all: readonly HeaderField[] | undefined;

  /** @param isJoined whether Envoy joined the values of repeated headers */
  constructor(fields: HeaderFields, fallback: PseudoFields, isJoined: boolean) {
    this.#fields = fields;
    this.#fallback = fallback;
    this.#isJoined = isJoined;
  }

  /** Whether a value was read that may be one or several. */
  get isDoubtful(): boolean {
    return this.#isDoubtful;
  }

  get all(): readonly HeaderField[] {
    this.#all ??= this.#readAll();
    return this.#all;
  }

  first(name: string): string | undefined {
    return this.#noted(name, this.#fields.first(name)) ?? this.#pseudo(name);
  }

  last(name: string): string | undefined {
    return this.#noted(name, this.#fields.last(name)) ?? this.#pseudo(name);
  }

  values(name: string): readonly string[] {
    const values = this.#fields.values(name);
    for (const value of values) this.#noted(name, value);
    if (values.length > 0) return values;
    const pseudo = this.#pseudo(name);
    return pseudo === undefined ? values : [pseudo];
  }

  namesOfLength(lengths: ReadonlySet<number>): readonly string[] {
    return this.#fields.namesOfLength(lengths);
  }

  #readAll(): readonly HeaderField[] {
    const fields = this.#fields.all;
    for (const [name, value] of fields) this.#noted(name, value);
    const pseudo = pseudoNames.flatMap((name): HeaderField[] => {
      const value = this.#fields.first(name) === undefined ? this.#pseudo(name) : undefined;
      return value === undefined ? [] : [[name, value]];
    });
    return pseudo.length === 0 ? fields : [...pseudo, ...fields];
  }

  #noted(name: string, value: string | undefined): string | undefined {
    if (this.#isJoined && value?.includes(',') === true && !isOneForEnvoy(name)) this.#isDoubtful = true;
    return value;
  }

  #pseudo(name: string): string | undefined {
    return name.startsWith(':') ? this.#fallback.pseudo(name) : undefined;
  }
}

function isOneForEnvoy(name: string): boolean {
  return name.startsWith(':') || joinedByEnvoy.has(name);
}
