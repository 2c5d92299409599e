/**
 * @module
 * The client's SETTINGS that a server has to respect (RFC 9113, 6.5).
 */
import {
  ConnectionError,
  defaultTableBytes,
  defaultWindow,
  errorCode,
  largest31Bits,
  maxFrameBytes,
} from './protocol.ts';

export const setting = {
  headerTableSize: 1,
  enablePush: 2,
  maxConcurrentStreams: 3,
  initialWindowSize: 4,
  maxFrameSize: 5,
  maxHeaderListSize: 6,
} as const;

interface Rule {
  readonly min: number;
  readonly max: number;
  readonly code: number;
  readonly name: string;
}

const rules: ReadonlyMap<number, Rule> = new Map([
  [setting.enablePush, { min: 0, max: 1, code: errorCode.protocol, name: 'ENABLE_PUSH' }],
  [setting.initialWindowSize, { min: 0, max: largest31Bits, code: errorCode.flowControl, name: 'INITIAL_WINDOW_SIZE' }],
  [setting.maxFrameSize, { min: maxFrameBytes, max: 2 ** 24 - 1, code: errorCode.protocol, name: 'MAX_FRAME_SIZE' }],
]);

/** @throws ConnectionError when the value is not allowed */
function checkRange(id: number, value: number): void {
  const rule = rules.get(id);
  if (rule === undefined || (value >= rule.min && value <= rule.max)) return;
  throw new ConnectionError(rule.code, `SETTINGS_${rule.name} is out of range`);
}

export class PeerSettings {
  /** The initial window of new streams. A change also applies to open streams. */
  initialWindow = defaultWindow;
  /** Maximum size of the table that the client keeps for this server's header blocks. */
  #tableSize = defaultTableBytes;

  /**
   * Applies the payload of a SETTINGS frame. Only the final value of a setting counts, so that a frame full of changes
   * costs one pass over the streams. The table size is different: one that is lowered and raised again was lowered (RFC
   * 7541, 4.2).
   *
   * @returns whether the client lowered its header table size
   * @throws ConnectionError
   */
  read(bytes: Buffer, start: number, end: number): boolean {
    let tableLowered = false;
    if ((end - start) % 6 !== 0) throw new ConnectionError(errorCode.frameSize, 'SETTINGS of a wrong length');
    for (let at = start; at < end; at += 6) {
      const id = bytes.readUInt16BE(at);
      const value = bytes.readUInt32BE(at + 2);
      checkRange(id, value);
      if (id === setting.initialWindowSize) this.initialWindow = value;
      else if (id === setting.headerTableSize) {
        if (value < this.#tableSize) tableLowered = true;
        this.#tableSize = value;
      }
    }
    return tableLowered;
  }
}
