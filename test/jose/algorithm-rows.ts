/**
 * @module
 * Rows of the algorithm tables, and keys that fit them.
 */
import type { ContentEncryption } from '../../src/jose/content-encryption.ts';
import type { KeyManagement } from '../../src/jose/key-management.ts';

/** The row with this name. @throws TypeError if there is none, so that a typing error in a test is noticed */
export function rowNamed<T>(rows: ReadonlyMap<string, T>, name: string): T {
  const row = rows.get(name);
  if (row === undefined) throw new TypeError(`no algorithm is called ${name}`);
  return row;
}

/** The size of a secret that fits: the key size in the algorithm's name, that of the content, or a long password. */
export function secretBytes({ name, isDirect }: KeyManagement, content: ContentEncryption): number {
  if (isDirect) return content.keyBytes;
  const bits = /^A(\d+)/.exec(name)?.[1];
  return bits === undefined ? 24 : Number(bits) / 8;
}
