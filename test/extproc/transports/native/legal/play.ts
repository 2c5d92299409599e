/**
 * @module
 * One input of the search: a connection of a legal client that performs random legal actions, and then reads everything
 * that the server has to send.
 */

import { Later } from '../../../../../src/diagnostics/later.ts';
import { checkSettings } from '../../../../../src/extproc/authz/check-exchange.ts';
import { Exchange } from '../../../../../src/extproc/exchange.ts';
import { authorizationMethod } from '../../../../../src/extproc/transports/native/check-call.ts';
import { Connection } from '../../../../../src/extproc/transports/native/connection.ts';
import { Deadlines } from '../../../../../src/extproc/transports/native/deadlines.ts';
import { Memory, type MemoryBounds, memoryBounds } from '../../../../../src/extproc/transports/native/memory.ts';
import { processMethod } from '../../../../../src/extproc/transports/native/process-call.ts';
import type { Dice } from '../../../../search/dice.ts';
import { Finding } from '../../../../search/search.ts';
import { alone, defaultLimits } from '../../../default-limits.ts';
import { RecordingObserver } from '../../../recording-observer.ts';
import { checkPath, processPath } from '../raw-client.ts';
import { LegalPeer } from './legal-peer.ts';
import { actions, finish, openStream } from './moves.ts';
import type { PeerStream } from './peer-stream.ts';

export interface Played {
  readonly streams: number;
  readonly bytes: number;
}

/** Messages up to 100,000 bytes and what is around them. */
const maxMessageBytes = 120_000;
/** Memory for one large message at a time; others wait. */
const tight: MemoryBounds = { ...memoryBounds, largeOfConnection: 1, large: 1 };

/** @throws Finding */
export async function play(dice: Dice): Promise<Played> {
  const isTight = dice.chance(20);
  const peer = new LegalPeer(dice);
  const observer = new RecordingObserver();
  const defects: unknown[] = [];
  const memory = new Memory(maxMessageBytes, () => defects.push('no memory'), isTight ? tight : memoryBounds);
  connect(peer, observer, memory, (error) => defects.push(error));
  peer.announce([], [], []);
  for (let left = 10 + dice.roll(100); left > 0; left--) {
    const action = dice.chance(15) ? openStream : dice.pick(actions);
    await action(peer, dice);
    peer.flush();
    check(peer, defects, isTight);
  }
  await takeAll(peer, dice, () => check(peer, defects, isTight));
  peer.socket.destroy();
  await new Promise((resolve) => peer.socket.once('close', resolve));
  if (observer.opened !== observer.closed)
    throw new Finding(`${observer.opened - observer.closed} exchanges stay open`);
  return {
    streams: peer.streams.length,
    bytes: peer.streams.reduce((sum, { script }) => sum + script.expected.length, 0),
  };
}

function connect(peer: LegalPeer, observer: RecordingObserver, memory: Memory, defect: (error: unknown) => void): void {
  let opened = 0;
  const pin = () => {
    const stream = peer.streams[opened++];
    return () => decisionFor(stream);
  };
  const limits = { ...defaultLimits };
  const exchange = { pin, observer, limits, admission: alone(), now: () => 0 };
  const checking = checkSettings(exchange);
  const methods = new Map([
    [processPath, processMethod({ open: () => new Exchange(exchange, undefined) })],
    [checkPath, authorizationMethod({ check: () => new Exchange(checking, undefined) })],
  ]);
  const deadlines = new Deadlines(() => undefined);
  new Connection(peer.socket, { methods, maxMessageBytes, memory, deadlines, defect }, 1000);
}

function decisionFor(stream: PeerStream | undefined) {
  if (stream === undefined) throw new Error('a call that no stream opened');
  if (!stream.script.later) return stream.script.decision;
  stream.awaited = new Later();
  return stream.awaited;
}

/**
 * While both sides have credit and data to send, no stream stalls.
 *
 * @param mayWait whether a stream may wait for memory
 */
function check(peer: LegalPeer, defects: readonly unknown[], mayWait: boolean): void {
  if (defects.length > 0) throw new Finding(`a defect: ${String(defects[0])}`);
  if (!peer.isQuiet) return;
  if (peer.window <= 0) throw new Finding('the connection gives its window not back');
  for (const stream of peer.streams) {
    const { id, pending, granted, hasMoreToSend, window, awaited } = stream;
    if (pending > 0 && granted > 0 && peer.granted > 0) {
      throw new Finding(
        `stream ${id} has ${pending} bytes of answers pending and stalls; windows ${granted} and ${peer.granted}`,
      );
    }
    if (stream.endPending) throw new Finding(`stream ${id} has its end pending and stalls`);
    if (!mayWait && hasMoreToSend && window <= 0 && pending === 0 && awaited === undefined) {
      throw new Finding(`stream ${id} has more to send and no pending answer, but its window is not restored`);
    }
  }
}

/** Grants windows and sends until each call has ended, with one random kind of action per round. */
async function takeAll(peer: LegalPeer, dice: Dice, checked: () => void): Promise<void> {
  for (let rounds = 0; peer.streams.some((stream) => !stream.isOver); rounds++) {
    if (rounds > 5_000) throw new Finding('5,000 rounds do not end the calls');
    await finish(peer, dice);
    peer.flush();
    checked();
  }
}
