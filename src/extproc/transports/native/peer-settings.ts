/**
 * @module
 * What the client announces in SETTINGS (RFC 9113, 6.5), as far as it binds a server.
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

export class PeerSettings {
  /** Of each stream that opens, and by its change of each that is open. */
  initialWindow = defaultWindow;
  /** The largest table that the client keeps for the header blocks of this server. */
  #tableSize = defaultTableBytes;

  /**
   * Takes a SETTINGS frame's payload as a whole: what a setting ends up as, not each step to it, so that a frame full of
   * changes costs one walk over the streams. The table's size alone has steps that count: one that is lowered and raised
   * again in between was lowered (RFC 7541, 4.2).
   *
   * @returns whether the client lowered the size of its header table
   * @throws ConnectionError
   */
  read(bytes: Buffer, start: number, end: number): boolean {
    let tableLowered = false;
    if ((end - start) % 6 !== 0) throw new ConnectionError(errorCode.frameSize, 'SETTINGS of a wrong length');
    for (let at = start; at < end; at += 6) {
      const id = bytes.readUInt16BE(at);
      const value = bytes.readUInt32BE(at + 2);
      const rule = rules.get(id);
      if (rule !== undefined && (value < rule.min || value > rule.max)) {
        throw new ConnectionError(rule.code, `SETTINGS_${rule.name} is out of range`);
      }
      if (id === setting.initialWindowSize) this.initialWindow = value;
      else if (id === setting.headerTableSize) {
        if (value < this.#tableSize) tableLowered = true;
        this.#tableSize = value;
      }
    }
    return tableLowered;
  }
}
