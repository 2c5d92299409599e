/**
 * @module
 * The constants of HTTP/2 (RFC 9113, sections 6 and 7), and its two kinds of errors.
 */

export const frameType = {
  data: 0,
  headers: 1,
  priority: 2,
  reset: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

export const flag = { endStream: 0x1, ack: 0x1, endHeaders: 0x4, padded: 0x8, priority: 0x20 } as const;

export const errorCode = {
  none: 0,
  protocol: 1,
  internal: 2,
  flowControl: 3,
  streamClosed: 5,
  frameSize: 6,
  refusedStream: 7,
  cancel: 8,
  compression: 9,
  enhanceYourCalm: 11,
} as const;

export const frameHeaderBytes = 9;
/** Maximum frame size that this server accepts: the protocol's default, so it is not announced. */
export const maxFrameBytes = 16_384;
/** The default window of streams and connections (RFC 9113, 6.9.2). */
export const defaultWindow = 65_535;
/** The default maximum size of HPACK's dynamic table (RFC 9113, 6.5.2). */
export const defaultTableBytes = 4096;
/** The maximum window (RFC 9113, 6.9.1), and the largest stream identifier. */
export const largest31Bits = 0x7fff_ffff;

/** A protocol error that ends the connection, with GOAWAY. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
  readonly code: number;

  /** @param code of `errorCode` @param reason sent to the peer as debug data, so it quotes nothing */
  constructor(code: number, reason: string) {
    super(reason);
    this.code = code;
  }
}

/** A protocol error that ends one stream, with RST_STREAM. */
export class StreamError extends Error {
  override readonly name = 'StreamError';
  readonly stream: number;
  readonly code: number;

  constructor(stream: number, code: number, reason: string) {
    super(reason);
    this.stream = stream;
    this.code = code;
  }
}
