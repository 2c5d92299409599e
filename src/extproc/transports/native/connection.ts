/**
 * @module
 * The connection of one client: its socket (any duplex stream), and the frames that concern the whole connection (RFC
 * 9113, section 6). `stream-frames.ts` handles the frames of streams.
 */
import type { Duplex } from 'node:stream';
import { type CallSettings, Calls } from './calls.ts';
import { ConnectionEnd } from './connection-end.ts';
import { FloodGuard, nuisance } from './flood-guard.ts';
import { FrameReader, type FrameSink } from './frame-reader.ts';
import { maxHeaderListBytes } from './head-memory.ts';
import { Output } from './output.ts';
import { PeerSettings, setting } from './peer-settings.ts';
import { ConnectionError, errorCode, flag, frameType, StreamError } from './protocol.ts';
import { ReceiveWindow } from './receive-window.ts';
import { Sender } from './sender.ts';
import type { Stream } from './stream.ts';
import { dependency, StreamFrames } from './stream-frames.ts';
import { Streams } from './streams.ts';

export class Connection implements FrameSink {
  readonly #settings: CallSettings;
  readonly #maxStreams: number;
  readonly #output: Output;
  readonly #sender: Sender;
  readonly #receiveWindow: ReceiveWindow;
  readonly #streams = new Streams();
  readonly #frames: StreamFrames;
  readonly #peer = new PeerSettings();
  readonly #guard = new FloodGuard();
  readonly #reader = new FrameReader(this);
  readonly #end: ConnectionEnd;
  #settingsSeen = false;

  constructor(socket: Duplex, settings: CallSettings, maxStreams: number) {
    this.#settings = settings;
    this.#maxStreams = maxStreams;
    this.#output = new Output(socket, () => this.#guarded(() => this.#sender.pumpAll()));
    this.#receiveWindow = new ReceiveWindow(this.#output, (stream) => this.#guarded(() => calls.late(stream)));
    const memory = settings.memory.ofConnection();
    this.#sender = new Sender(this.#output, memory, {
      ended: (stream) => this.#frames.localEnded(stream),
      emptied: (stream) => this.#receiveWindow.restore(stream),
    });
    const calls = new Calls(settings, memory, this.#sender, (stream, work) => this.#resume(stream, work));
    this.#end = new ConnectionEnd(socket, this.#output, this.#streams);
    this.#frames = new StreamFrames({
      streams: this.#streams,
      sender: this.#sender,
      receiveWindow: this.#receiveWindow,
      calls,
      guard: this.#guard,
      peer: this.#peer,
      end: this.#end,
      maxStreams,
    });
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    // The outcomes of the streams already show the failure. `close` follows.
    socket.on('error', () => undefined);
    socket.once('close', () => {
      this.#end.closed();
      this.#frames.abandon();
    });
    this.#output.turn(() => this.#greet());
  }

  /** Lets open streams finish, including those that the client opens before it receives GOAWAY. */
  drain(): void {
    if (this.#reader.prefaceDone) this.#output.turn(() => this.#end.drain());
    else this.#end.destroy();
  }

  destroy(): void {
    this.#end.destroy();
  }

  /** Called every few seconds. Closes the connection if the client is gone, sends nothing or reads nothing. */
  timePassed(seconds: number): void {
    this.#guard.passed(seconds);
    this.#end.timePassed(seconds, this.#reader.prefaceDone);
  }

  frame(type: number, flags: number, id: number, bytes: Buffer, start: number, end: number): void {
    if (!this.#settingsSeen && (type !== frameType.settings || (flags & flag.ack) !== 0)) {
      throw new ConnectionError(errorCode.protocol, 'the first frame is not SETTINGS');
    }
    this.#frames.checkUninterrupted(type, id);
    try {
      this.#dispatch(type, flags, id, bytes, start, end);
    } catch (error) {
      if (!(error instanceof StreamError)) throw error;
      this.#guard.charge(nuisance.streamError);
      this.#frames.reset(error.stream, error.code);
    }
  }

  #greet(): void {
    const settings: readonly (readonly [id: number, value: number])[] = [
      [setting.maxConcurrentStreams, this.#maxStreams],
      [setting.maxHeaderListSize, maxHeaderListBytes],
    ];
    let at = this.#output.frame(6 * settings.length, frameType.settings, 0, 0);
    for (const [id, value] of settings) {
      this.#output.bytes.writeUInt16BE(id, at);
      at = this.#output.bytes.writeUInt32BE(value, at + 2);
    }
    this.#receiveWindow.announce();
  }

  #receive(chunk: Buffer): void {
    this.#settings.deadlines.read();
    this.#end.heard();
    if (this.#end.isOver) return;
    this.#output.turn(() => {
      try {
        this.#reader.read(chunk);
      } catch (error) {
        this.#fail(error);
      }
    });
  }

  /** Resumes a call outside the handling of a frame. Its client may send again. */
  #resume(stream: Stream, work: () => void): void {
    this.#guarded(() => {
      this.#handlingStreamErrors(work);
      this.#receiveWindow.restore(stream);
    });
  }

  /** Runs work outside the handling of a frame. */
  #guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Runs work of a stream. A StreamError ends only that stream. */
  #handlingStreamErrors(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof StreamError)) throw error;
      this.#guard.charge(nuisance.streamError);
      this.#frames.reset(error.stream, error.code);
    }
  }

  #fail(error: unknown): void {
    if (error instanceof ConnectionError) {
      this.#end.fail(error.code, error.message);
    } else {
      this.#settings.defect(error);
      this.#end.fail(errorCode.internal, 'a defect');
    }
    this.#frames.abandon();
  }

  #dispatch(type: number, flags: number, id: number, bytes: Buffer, start: number, end: number): void {
    switch (type) {
      case frameType.data:
        this.#frames.data(flags, id, bytes, start, end);
        break;
      case frameType.headers:
        this.#frames.headers(flags, id, bytes, start, end);
        break;
      case frameType.continuation:
        this.#frames.continuation(flags, bytes.subarray(start, end));
        break;
      case frameType.reset:
        this.#frames.resetByClient(id, end - start);
        break;
      case frameType.windowUpdate:
        this.#windowUpdate(id, bytes, start, end);
        break;
      case frameType.settings:
        this.#readSettings(flags, id, bytes, start, end);
        break;
      case frameType.ping:
        this.#ping(flags, id, bytes.subarray(start, end));
        break;
      case frameType.priority:
        this.#priority(id, bytes, start, end);
        break;
      case frameType.goAway:
        this.#goAway(id, end - start);
        break;
      case frameType.pushPromise:
        throw new ConnectionError(errorCode.protocol, 'a client may not push');
      default:
        // Frames of an unknown type are ignored (RFC 9113, 4.1).
        this.#guard.charge(nuisance.frame);
    }
  }

  #windowUpdate(id: number, bytes: Buffer, start: number, end: number): void {
    if (end - start !== 4) throw new ConnectionError(errorCode.frameSize, 'WINDOW_UPDATE of a wrong length');
    const increment = bytes.readUInt32BE(start) & 0x7fff_ffff;
    const sent = id === 0 ? this.#sender.widen(increment) : this.#frames.windowUpdate(id, increment);
    // Not charged if it let data be sent: a client with small windows has to send many.
    if (!sent) this.#guard.charge(nuisance.frame);
  }

  #readSettings(flags: number, id: number, bytes: Buffer, start: number, end: number): void {
    if (id !== 0) throw new ConnectionError(errorCode.protocol, 'SETTINGS on a stream');
    if ((flags & flag.ack) !== 0) {
      if (end > start) throw new ConnectionError(errorCode.frameSize, 'an acknowledgement that has settings');
      this.#guard.charge(nuisance.frame);
      return;
    }
    this.#settingsSeen = true;
    this.#guard.charge(nuisance.settings);
    const before = this.#peer.initialWindow;
    if (this.#peer.read(bytes, start, end)) this.#sender.tableLowered();
    const change = this.#peer.initialWindow - before;
    // The acknowledgement must precede the effects of the change.
    this.#output.frame(0, frameType.settings, flag.ack, 0);
    if (change !== 0) this.#sender.changeWindows(this.#streams.all(), change);
  }

  #ping(flags: number, id: number, data: Buffer): void {
    if (id !== 0) throw new ConnectionError(errorCode.protocol, 'PING on a stream');
    if (data.length !== 8) throw new ConnectionError(errorCode.frameSize, 'PING of a wrong length');
    this.#guard.charge(nuisance.frame);
    if ((flags & flag.ack) !== 0) {
      this.#end.pingAnswered(data);
      return;
    }
    const at = this.#output.frame(8, frameType.ping, flag.ack, 0);
    this.#output.bytes.set(data, at);
  }

  /** Priorities are deprecated and ignored (RFC 9113, 5.3.2), but their format is checked. */
  #priority(id: number, bytes: Buffer, start: number, end: number): void {
    if (id === 0) throw new ConnectionError(errorCode.protocol, 'PRIORITY without a stream');
    this.#guard.charge(nuisance.frame);
    if (end - start !== 5) throw new StreamError(id, errorCode.frameSize, 'PRIORITY of a wrong length');
    if (dependency(bytes, start) === id) throw new StreamError(id, errorCode.protocol, 'a stream depends on itself');
  }

  #goAway(id: number, length: number): void {
    if (id !== 0) throw new ConnectionError(errorCode.protocol, 'GOAWAY on a stream');
    if (length < 8) throw new ConnectionError(errorCode.frameSize, 'GOAWAY of a wrong length');
    this.#guard.charge(nuisance.frame);
  }
}
