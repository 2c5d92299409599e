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

/** Envoy's own defaults are 100 headers and 60 KiB, so these bind only where an operator raised Envoy's. */
export const defaultWireLimits: WireLimits = { headerCount: 1_000, headerBytes: 256 * 1024, metadataDepth: 32 };
