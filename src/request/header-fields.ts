/**
 * @module
 * The header fields of a request, as policies, routes and identities read them. Most requests need only a few fields by
 * name, so a codec can look these up without decoding all of them.
 */

export type HeaderField = readonly [name: string, value: string];

export interface HeaderFields {
  /** All fields in wire order, with names in lower case, including repeated fields and pseudo-headers. */
  readonly all: readonly HeaderField[];
  /** The value of the first field with this name. Names are compared exactly. */
  first(name: string): string | undefined;
  last(name: string): string | undefined;
  /** The values of all fields with this name, in wire order. */
  values(name: string): readonly string[];
  /** The names whose length in UTF-8 bytes is one of these, in wire order, including repeated names. */
  namesOfLength(lengths: ReadonlySet<number>): readonly string[];
}

/** Header fields in a list. */
export class HeaderList implements HeaderFields {
  readonly all: readonly HeaderField[];

  constructor(all: readonly HeaderField[]) {
    this.all = all;
  }

  first(name: string): string | undefined {
    for (const field of this.all) if (field[0] === name) return field[1];
    return undefined;
  }

  last(name: string): string | undefined {
    return this.all.findLast((field) => field[0] === name)?.[1];
  }

  values(name: string): readonly string[] {
    return this.all.filter((field) => field[0] === name).map(([, value]) => value);
  }

  namesOfLength(lengths: ReadonlySet<number>): readonly string[] {
    return this.all.map(([name]) => name).filter((name) => lengths.has(Buffer.byteLength(name)));
  }
}

export const noHeaders: HeaderFields = new HeaderList([]);
