/**
 * @module
 * A generator of nearly valid frames: each input is a few valid frames of a client, whose bytes are then
 * changed, removed or duplicated, and passed to a connection in pieces.
 */
import { setImmediate as turn } from 'node:timers/promises';
import { flag, frameType } from '../../../../src/extproc/transports/native/protocol.ts';
import { FuzzedConnections } from './fuzzed-connection.ts';
import { checkMessage, grpcMessage } from './messages.ts';
import { callBlock, checkPath, data, frame, open, requestMessage, settings, uint32 } from './raw-client.ts';

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

export class Fuzzer {
  readonly #chance: Chance;
  readonly #connections = new FuzzedConnections();
  #stream = 1;
  #ended = 0;

  constructor(seed: number) {
    this.#chance = new Chance(seed);
    this.#connect();
  }

  async run(inputs: number): Promise<FuzzResult> {
    let slowest = 0;
    for (let count = 0; count < inputs; count++) {
      const pieces = this.#input();
      const start = performance.now();
      for (const piece of pieces) this.#connections.receive(piece);
      slowest = Math.max(slowest, performance.now() - start);
      const { isOpen } = this.#connections;
      if (!isOpen) this.#ended++;
      if (!isOpen || count % 1000 === 999) this.#connect();
      if (count % 200 === 199) await turn();
    }
    return { inputs, ended: this.#ended, defects: await this.#connections.end(), slowest };
  }

  #connect(): void {
    this.#stream = 1;
    this.#connections.connect(settings());
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
