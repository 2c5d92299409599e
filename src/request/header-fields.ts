/**
 * @module
 * The header fields of a request. Policies, routes and identity sources read a few by name, so a codec can look these
 * up without decoding all fields.
 */

export type HeaderField = readonly [name: string, value: string];

export interface HeaderFields {
  /** All fields in wire order, repeated ones and pseudo-headers included. Names are in lower case. */
  readonly all: readonly HeaderField[];
  /** The value of the first field with exactly this name. */
  first(name: string): string | undefined;
  last(name: string): string | undefined;
  /** The values of all fields with this name, in wire order. */
  values(name: string): readonly string[];
  /** The names whose length in UTF-8 bytes is one of `lengths`, in wire order, repeated ones included. */
  namesOfLength(lengths: ReadonlySet<number>): readonly string[];
}

/** Header fields that are a list already. */
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
