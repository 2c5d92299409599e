/**
 * @module
 * The limits of what a caller can make large in a request.
 */
export interface WireLimits {
  /** Maximum number of headers, including repeated headers and pseudo-headers. */
  readonly headerCount: number;
  /** Maximum total size of header names and values, in bytes. */
  readonly headerBytes: number;
  /** Maximum nesting of metadata. A namespace whose members are plain values has depth 1. */
  readonly metadataDepth: number;
}
