/**
 * @module
 * A generator of nearly valid frames: each input is a few valid frames of a client, whose bytes are then
 * changed, removed or duplicated, and passed to a connection in pieces.
 */
import { setImmediate as turn } from 'node:timers/promises';
import { checkSettings } from '../../../../src/extproc/authz/check-exchange.ts';
import type { CallMetadata } from '../../../../src/extproc/call-metadata.ts';
import { Exchange, type ExchangeSettings } from '../../../../src/extproc/exchange.ts';
import type { ExchangeObserver } from '../../../../src/extproc/observer.ts';
import type { CallSettings } from '../../../../src/extproc/transports/native/calls.ts';
import { authorizationMethod } from '../../../../src/extproc/transports/native/check-call.ts';
import { Connection } from '../../../../src/extproc/transports/native/connection.ts';
import { Deadlines } from '../../../../src/extproc/transports/native/deadlines.ts';
import { preface } from '../../../../src/extproc/transports/native/frame-reader.ts';
import { Memory } from '../../../../src/extproc/transports/native/memory.ts';
import { processMethod } from '../../../../src/extproc/transports/native/process-call.ts';
import { flag, frameType } from '../../../../src/extproc/transports/native/protocol.ts';
import { alone, defaultLimits } from '../../default-limits.ts';
import { checkMessage, grpcMessage } from './messages.ts';
import {
  callBlock,
  checkPath,
  data,
  frame,
  open,
  processPath,
  requestMessage,
  settings,
  uint32,
} from './raw-client.ts';
import { SilentSocket } from './silent-socket.ts';

export interface FuzzResult {
  readonly inputs: number;
  /** Connections that an input ended. */
  readonly ended: number;
  /** The failures that inputs caused; should be empty. */
  readonly defects: readonly string[];
  /** The longest time that one input took, in milliseconds. */
  readonly slowest: number;
}

/** A repeatable sequence of numbers from 0 to below `limit` (Marsaglia's xorshift). */
class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 1;
  }

  below(limit: number): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return (this.#state >>> 0) % limit;
  }
}

const block = callBlock();
const checkBlock = callBlock({ ':path': checkPath });
const check = grpcMessage(checkMessage(20, true));

/** A valid frame of a client; `stream` is the newest stream. */
const kinds: readonly ((stream: number, chance: Chance) => Buffer)[] = [
  (stream) => open(stream, block),
  (stream) => Buffer.concat([open(stream, block), data(stream, requestMessage)]),
  (stream) => data(stream, requestMessage),
  (stream) => data(stream, requestMessage.subarray(0, 3)),
  (stream) => Buffer.concat([open(stream, checkBlock), data(stream, check, true)]),
  (stream) => open(stream, checkBlock),
  (stream) => data(stream, check),
  (stream) => data(stream, Buffer.alloc(0), true),
  (stream, chance) => frame(frameType.data, flag.padded, stream, Buffer.alloc(20, chance.below(24))),
  (stream) => frame(frameType.reset, 0, stream, uint32(8)),
  (stream) => frame(frameType.windowUpdate, 0, stream, uint32(100)),
  (_, chance) => frame(frameType.windowUpdate, 0, 0, uint32(1 + chance.below(1000))),
  (stream) => frame(frameType.headers, 0, stream, block.subarray(0, 10)),
  (stream) => frame(frameType.continuation, flag.endHeaders, stream, block.subarray(10)),
  (stream) => frame(frameType.priority, 0, stream, Buffer.from([0, 0, 0, 0, 1])),
  (_, chance) => settings([1 + chance.below(6), chance.below(70_000)]),
  () => frame(frameType.settings, flag.ack, 0),
  () => frame(frameType.ping, 0, 0, Buffer.alloc(8)),
  () => frame(frameType.goAway, 0, 0, Buffer.alloc(8)),
  (stream, chance) => frame(chance.below(16), chance.below(256), stream, Buffer.alloc(chance.below(40))),
];

/** Counts streams, which must all close. */
class Counter implements ExchangeObserver {
  open = 0;
  defects = 0;

  streamOpened(): void {
    this.open++;
  }
  streamClosed(): void {
    this.open--;
  }
  finished(): void {}
  defect(): void {
    this.defects++;
  }
}

export class Fuzzer {
  readonly #chance: Chance;
  readonly #observer = new Counter();
  readonly #settings: CallSettings;
  readonly #defects: string[] = [];
  #socket = new SilentSocket({ keeps: false });
  #stream = 1;
  #ended = 0;

  constructor(seed: number) {
    this.#chance = new Chance(seed);
    const exchange: ExchangeSettings = {
      pin: () => () => ({ kind: 'untouched', mints: [] }),
      observer: this.#observer,
      limits: defaultLimits,
      admission: alone(),
      now: () => 0,
    };
    const defect = (error: unknown): void => {
      this.#defects.push(error instanceof Error ? (error.stack ?? error.name) : String(error));
    };
    const checking = checkSettings(exchange);
    const open = (call: CallMetadata): Exchange => new Exchange(exchange, call);
    const openCheck = (call: CallMetadata): Exchange => new Exchange(checking, call);
    const memoryFull = (): void => undefined;
    const deadlinePassed = (): void => undefined;
    const maxMessageBytes = 100_000;
    const memory = new Memory(maxMessageBytes, memoryFull);
    const methods = new Map([
      [processPath, processMethod({ open })],
      [checkPath, authorizationMethod({ check: openCheck })],
    ]);
    this.#settings = { methods, maxMessageBytes, memory, deadlines: new Deadlines(deadlinePassed), defect };
    this.#connect();
  }

  async run(inputs: number): Promise<FuzzResult> {
    let slowest = 0;
    for (let count = 0; count < inputs; count++) {
      const pieces = this.#input();
      const start = performance.now();
      for (const piece of pieces) this.#socket.emit('data', piece);
      slowest = Math.max(slowest, performance.now() - start);
      if (!this.#socket.writable) this.#ended++;
      if (!this.#socket.writable || count % 1000 === 999) this.#renew();
      if (count % 200 === 199) await turn();
    }
    this.#socket.destroy();
    await turn();
    const { open, defects } = this.#observer;
    if (open !== 0) this.#defects.push(`${open} streams stayed open`);
    if (defects !== 0) this.#defects.push(`${defects} exchanges failed`);
    return { inputs, ended: this.#ended, defects: this.#defects, slowest };
  }

  #renew(): void {
    this.#socket.destroy();
    this.#socket = new SilentSocket({ keeps: false });
    this.#connect();
  }

  #connect(): void {
    new Connection(this.#socket, this.#settings, 100);
    this.#stream = 1;
    this.#socket.emit('data', Buffer.concat([preface, settings()]));
  }

  /** One input, in pieces. */
  #input(): Buffer[] {
    const frames: Buffer[] = [];
    for (let left = 1 + this.#chance.below(3); left > 0; left--) {
      if (this.#chance.below(3) === 0) this.#stream += 2;
      const kind = kinds[this.#chance.below(kinds.length)];
      if (kind !== undefined) frames.push(kind(this.#stream, this.#chance));
    }
    const bytes = this.#changed(Buffer.concat(frames));
    if (this.#chance.below(3) > 0) return [bytes];
    const cut = this.#chance.below(bytes.length + 1);
    return [bytes.subarray(0, cut), bytes.subarray(cut)];
  }

  #changed(bytes: Buffer): Buffer {
    switch (this.#chance.below(8)) {
      case 0:
        bytes[this.#chance.below(bytes.length)] = this.#chance.below(256);
        return bytes;
      case 1:
        for (let left = 4; left > 0; left--) bytes[this.#chance.below(bytes.length)] = this.#chance.below(256);
        return bytes;
      case 2:
        return bytes.subarray(0, this.#chance.below(bytes.length + 1));
      case 3:
        return Buffer.concat([bytes, bytes.subarray(this.#chance.below(bytes.length))]);
      default:
        return bytes;
    }
  }
}
