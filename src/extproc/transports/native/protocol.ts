/**
 * @module
 * The numbers of HTTP/2 (RFC 9113, sections 6 and 7), and the two ways in which a peer can be wrong.
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
/** The largest frame that this server takes: the protocol's own default, so it is not announced. */
export const maxFrameBytes = 16_384;
/** The window of every stream and connection before anything changes it (RFC 9113, 6.9.2). */
export const defaultWindow = 65_535;
/** The largest dynamic table of HPACK before anything changes it (RFC 9113, 6.5.2). */
export const defaultTableBytes = 4096;
/** No window may pass this (RFC 9113, 6.9.1); also the largest stream identifier. */
export const largest31Bits = 0x7fff_ffff;

/** The peer broke the protocol so that the connection cannot go on; it ends with GOAWAY. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
  readonly code: number;

  /** @param code of `errorCode` @param reason for the operator; goes to the peer as debug data, so it quotes nothing */
  constructor(code: number, reason: string) {
    super(reason);
    this.code = code;
  }
}

/** The peer broke the protocol on one stream; that stream ends with RST_STREAM. */
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
