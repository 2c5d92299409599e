/**
 * @module
 * A client that follows every rule of HTTP/2 and checks that the server does: exact windows, header blocks with
 * `block-judge.ts`, one acknowledgement for each SETTINGS and PING, no stream and no connection that ends by an error.
 */
import { preface } from '../../../../../src/extproc/transports/native/frame-reader.ts';
import { setting } from '../../../../../src/extproc/transports/native/peer-settings.ts';
import { flag, frameType, largest31Bits } from '../../../../../src/extproc/transports/native/protocol.ts';
import type { Dice } from '../../../../search/dice.ts';
import { Finding } from '../../../../search/search.ts';
import { frame, uint32 } from '../raw-client.ts';
import { BlockJudge } from './block-judge.ts';
import { PeerSocket } from './peer-socket.ts';
import type { PeerStream } from './peer-stream.ts';

/** SETTINGS that the server has not acknowledged. */
interface Announced {
  readonly tableSizes: readonly number[];
  readonly change: number;
  /** The streams that were open then. */
  readonly streams: readonly PeerStream[];
}

export class LegalPeer {
  readonly socket = new PeerSocket((bytes) => this.#read(bytes));
  readonly streams: PeerStream[] = [];
  /** Bytes of data that the server and the client may send on all streams. */
  granted = 65_535;
  window = 65_535;
  initialWindow = 65_535;
  /** SETTINGS of the server that this client has not acknowledged. */
  unanswered = 0;
  readonly #dice: Dice;
  readonly #judge = new BlockJudge();
  readonly #announced: Announced[] = [];
  readonly #pings: string[] = [];
  #written: Buffer[] = [preface];
  #held: Buffer = Buffer.alloc(0);
  #settingsSeen = false;

  constructor(dice: Dice) {
    this.#dice = dice;
  }

  write(...frames: readonly Buffer[]): void {
    this.#written.push(...frames);
  }

  /** Whether all data of both sides has been received. */
  get isQuiet(): boolean {
    return this.#written.length === 0 && !this.socket.isFull && !this.socket.isPaused() && this.#announced.length === 0;
  }

  /** Delivers the written data in random pieces, while the server reads. */
  flush(): void {
    const bytes = Buffer.concat(this.#written);
    let at = 0;
    while (at < bytes.length && !this.socket.isPaused()) {
      const left = bytes.length - at;
      const length = this.#dice.chance(60) ? left : 1 + this.#dice.roll(left);
      const chunk = bytes.subarray(at, at + length);
      at += length;
      this.socket.emit('data', chunk);
      // As if the next read had overwritten the same memory.
      chunk.fill(0xff);
    }
    this.#written = at < bytes.length ? [bytes.subarray(at)] : [];
  }

  /** Only the last of `windows` applies; each of `tableSizes` counts. */
  announce(tableSizes: readonly number[], windows: readonly number[], more: readonly Buffer[]): void {
    const last = windows.at(-1) ?? this.initialWindow;
    this.#announced.push({ tableSizes, change: last - this.initialWindow, streams: [...this.streams] });
    this.initialWindow = last;
    const pairs = [
      ...tableSizes.map((size) => pair(setting.headerTableSize, size)),
      ...windows.map((size) => pair(setting.initialWindowSize, size)),
      ...more,
    ];
    this.write(frame(frameType.settings, 0, 0, Buffer.concat(pairs)));
  }

  ping(payload: Buffer): void {
    this.#pings.push(payload.toString('hex'));
    this.write(frame(frameType.ping, 0, 0, payload));
  }

  /** How much the window of each of `streams` may grow. */
  roomToGrant(streams: readonly PeerStream[]): number {
    const raised = this.#announced.reduce((sum, { change }) => sum + Math.max(0, change), 0);
    return streams.reduce((room, { granted }) => Math.min(room, largest31Bits - granted - raised), largest31Bits);
  }

  grant(stream: PeerStream | undefined, bytes: number): void {
    (stream ?? this).granted += bytes;
    this.write(frame(frameType.windowUpdate, 0, stream?.id ?? 0, uint32(bytes)));
  }

  #read(bytes: Buffer): void {
    this.#held = this.#held.length === 0 ? bytes : Buffer.concat([this.#held, bytes]);
    while (this.#held.length >= 9) {
      const end = 9 + this.#held.readUIntBE(0, 3);
      if (end > this.#held.length) return;
      const payload = this.#held.subarray(9, end);
      const [type = 0, flags = 0] = this.#held.subarray(3);
      const id = this.#held.readUInt32BE(5);
      this.#held = this.#held.subarray(end);
      this.#frame(type, flags, id, payload);
    }
  }

  #frame(type: number, flags: number, id: number, payload: Buffer): void {
    if (!this.#settingsSeen && type !== frameType.settings) throw new Finding('the first frame is not SETTINGS');
    switch (type) {
      case frameType.settings:
        this.#settingsSeen = true;
        if ((flags & flag.ack) === 0) this.unanswered++;
        else this.#acknowledged();
        break;
      case frameType.ping:
        if (flags !== flag.ack || this.#pings.shift() !== payload.toString('hex'))
          throw new Finding('a PING not asked');
        break;
      case frameType.windowUpdate:
        this.#widened(id, payload.readUInt32BE());
        break;
      case frameType.headers:
        if ((flags & flag.endHeaders) === 0) throw new Finding('a header block that goes on');
        // The table must be updated for any stream.
        this.#stream(id).headers(this.#judge.read(payload), (flags & flag.endStream) !== 0);
        break;
      case frameType.data:
        this.granted -= payload.length;
        if (this.granted < 0) throw new Finding('more bytes than the connection was granted');
        this.#stream(id).data(payload);
        break;
      default:
        throw new Finding(`a frame of type ${type} on stream ${id}: ${payload.toString('latin1')}`);
    }
  }

  #acknowledged(): void {
    const announced = this.#announced.shift();
    if (announced === undefined) throw new Finding('an acknowledgement of nothing');
    this.#judge.acknowledged(announced.tableSizes);
    for (const stream of announced.streams) stream.granted += announced.change;
  }

  #widened(id: number, bytes: number): void {
    const widened = id === 0 ? this : this.#stream(id);
    widened.window += bytes;
    if (bytes === 0 || widened.window > largest31Bits) throw new Finding(`a window that grows by ${bytes}`);
  }

  #stream(id: number): PeerStream {
    const stream = this.streams.find((one) => one.id === id);
    if (stream === undefined) throw new Finding(`a frame on stream ${id}, which was never opened`);
    return stream;
  }
}

/** A setting on the wire. */
export function pair(id: number, value: number): Buffer {
  return Buffer.concat([Buffer.from([id >>> 8, id]), uint32(value)]);
}
