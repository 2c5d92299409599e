/**
 * @module
 * One call from the client's side: what was sent, granted and received, and what the server still has to send.
 */

import type { Decision } from '../../../../../src/decision/decision.ts';
import type { Later } from '../../../../../src/diagnostics/later.ts';
import { Finding } from '../../../../search/search.ts';
import type { CallScript } from './call-script.ts';

export class PeerStream {
  readonly id: number;
  readonly script: CallScript;
  /** Bytes of data that the server may send. */
  granted: number;
  /** Bytes of data that the client may send. */
  window = 65_535;
  sent = 0;
  endSent = false;
  isReset = false;
  /** The pending decision. */
  awaited: Later<Decision> | undefined;
  #got = 0;
  #headSeen = false;
  #ended = false;

  constructor(id: number, script: CallScript, granted: number) {
    this.id = id;
    this.script = script;
    this.granted = granted;
  }

  /** Whether nothing more is received or sent on it. */
  get isOver(): boolean {
    return this.isReset || (this.#ended && this.endSent);
  }

  get hasMoreToSend(): boolean {
    return !this.isReset && this.sent < this.script.bytes.length;
  }

  /** Bytes of answers that the server could send now, apart from windows. */
  get pending(): number {
    if (this.isReset || this.awaited !== undefined) return 0;
    const messages = this.script.messageEnds.filter((end) => end <= this.sent).length;
    return (this.script.answerEnds[messages - 1] ?? 0) - this.#got;
  }

  /** Whether the server has only the end of the stream left to send. */
  get endPending(): boolean {
    return this.endSent && !this.isReset && !this.#ended && this.awaited === undefined && this.pending === 0;
  }

  data(bytes: Buffer): void {
    this.granted -= bytes.length;
    if (this.isReset) return;
    if (this.granted < 0) throw new Finding(`${-this.granted} bytes more on stream ${this.id} than it was granted`);
    if (!this.#headSeen || this.#ended) throw new Finding(`data on stream ${this.id} before its head or after its end`);
    const end = this.#got + bytes.length;
    if (!bytes.equals(this.script.expected.subarray(this.#got, end))) {
      throw new Finding(`wrong bytes on stream ${this.id}, from ${this.#got} on`);
    }
    this.#got = end;
    if (this.pending < 0) throw new Finding(`an answer on stream ${this.id} before its message`);
  }

  headers(fields: ReadonlyMap<string, string>, ends: boolean): void {
    if (this.isReset) return;
    if (!this.#headSeen) {
      this.#headSeen = true;
      const head = [fields.get(':status'), fields.get('content-type')];
      if (head.join() !== '200,application/grpc') throw new Finding(`stream ${this.id} begins with ${head.join()}`);
      if (!ends) return;
    }
    this.#ended = true;
    const status = fields.get('grpc-status');
    if (!ends || status !== '0') throw new Finding(`stream ${this.id} ends with ${JSON.stringify([...fields])}`);
    if (this.#got < this.script.expected.length) throw new Finding(`stream ${this.id} ends before its last answer`);
  }
}
