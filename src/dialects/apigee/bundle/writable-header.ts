/**
 * @module
 * Whether mintproc can write a token as a proxy did. What it cannot is left to the author.
 */
import { headerObjection, prefixObjection } from '../../../plan/output-header.ts';
import type { HeaderDestination } from './destination.ts';

export function isWritable({ header, prefix }: HeaderDestination): boolean {
  return headerObjection(header) === undefined && prefixObjection(prefix) === undefined;
}
