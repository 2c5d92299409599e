/**
 * @module
 * A request's header fields, as policies, routes and identities ask for them. Most requests are asked for a few by name,
 * so a codec may look these up without making texts of all.
 */

export type HeaderField = readonly [name: string, value: string];

export interface HeaderFields {
  /** In wire order, names in lower case, repeats kept, pseudo-headers included. */
  readonly all: readonly HeaderField[];
  /** The value of the first field of this name, compared exactly. */
  first(name: string): string | undefined;
  last(name: string): string | undefined;
  /** The values of all fields of this name, in wire order. */
  values(name: string): readonly string[];
  /** The names, in wire order and repeats kept, that have one of these numbers of bytes in UTF-8. */
  namesOfLength(lengths: ReadonlySet<number>): readonly string[];
}

/** Fields that stand in a list already. */
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
