/**
 * @module
 * What a request may make large, and how large.
 */
export interface WireLimits {
  /** How many headers a request may have, repeats and pseudo-headers included. */
  readonly headerCount: number;
  /** The sum of the lengths of all header names and values, in bytes. */
  readonly headerBytes: number;
  /** How deep metadata may nest; a namespace whose members are plain values has depth 1. */
  readonly metadataDepth: number;
}
