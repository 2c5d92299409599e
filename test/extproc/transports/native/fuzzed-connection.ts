/**
 * @module
 * A connection whose calls do nothing, for arbitrary bytes of a client, and what must not come of them.
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
import { alone, defaultLimits } from '../../default-limits.ts';
import { checkPath, processPath } from './raw-client.ts';
import { SilentSocket } from './silent-socket.ts';

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

/** One connection after another. */
export class FuzzedConnections {
  readonly #observer = new Counter();
  readonly #settings: CallSettings;
  readonly #defects: string[] = [];
  #socket = new SilentSocket({ keeps: false });

  constructor() {
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
  }

  get isOpen(): boolean {
    return this.#socket.writable;
  }

  /** Begins the next connection, which ends the one before. */
  connect(first: Buffer): void {
    this.#socket.destroy();
    this.#socket = new SilentSocket({ keeps: false });
    new Connection(this.#socket, this.#settings, 100);
    this.receive(Buffer.concat([preface, first]));
  }

  receive(bytes: Buffer): void {
    this.#socket.emit('data', bytes);
  }

  /** Ends the connection. @returns what went wrong on all of them; should be empty */
  async end(): Promise<readonly string[]> {
    this.#socket.destroy();
    await turn();
    const { open, defects } = this.#observer;
    if (open !== 0) this.#defects.push(`${open} streams stayed open`);
    if (defects !== 0) this.#defects.push(`${defects} exchanges failed`);
    return this.#defects;
  }
}
