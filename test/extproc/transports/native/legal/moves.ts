/**
 * @module
 * The actions that a legal client may perform at any time, one function each.
 */
import { setting } from '../../../../../src/extproc/transports/native/peer-settings.ts';
import { flag, frameType } from '../../../../../src/extproc/transports/native/protocol.ts';
import type { Dice } from '../../../../search/dice.ts';
import { callBlock, frame, uint32 } from '../raw-client.ts';
import { randomCall, randomSize } from './call-script.ts';
import { type LegalPeer, pair } from './legal-peer.ts';
import { PeerStream } from './peer-stream.ts';

type Action = (peer: LegalPeer, dice: Dice) => void | Promise<void>;

const maxOpen = 12;
const tableSizes = [0, 1, 100, 1024, 4095, 4096, 4097, 65_536];
const windows = [0, 1, 100, 16_384, 65_535, 1_000_000, 2 ** 31 - 1];
const empty = Buffer.alloc(0);

export function openStream(peer: LegalPeer, dice: Dice): void {
  if (peer.streams.filter(({ isOver }) => !isOver).length >= maxOpen) return;
  const id = (peer.streams.at(-1)?.id ?? -1) + 2 * (1 + (dice.chance(10) ? dice.roll(5) : 0));
  const script = randomCall(dice);
  peer.streams.push(new PeerStream(id, script, peer.initialWindow));
  const fields = callBlock({
    ':path': script.path,
    ...(script.gzip ? { 'grpc-encoding': 'gzip' } : {}),
    'x-pad': 'p'.repeat(dice.roll(200)),
  });
  writeBlock(peer, dice, id, Buffer.concat([tableUpdate(dice), fields]), false);
}

/** The client's encoder may change its table size too, within the server's 4,096 bytes. */
function tableUpdate(dice: Dice): Buffer {
  return Buffer.from(dice.chance(80) ? [] : dice.pick([[0x20], [0x3f, 0xe1, 0x1f], [0x20, 0x3f, 0xe1, 0x1f]]));
}

/** HEADERS with random padding and priority, and the rest in CONTINUATION. */
function writeBlock(peer: LegalPeer, dice: Dice, id: number, block: Buffer, ends: boolean): void {
  const cuts = Array.from({ length: dice.chance(30) ? dice.roll(5) : 0 }, () => dice.roll(block.length + 1)).sort(
    (a, b) => a - b,
  );
  const pieces = [0, ...cuts].map((from, at) => block.subarray(from, cuts[at] ?? block.length));
  const [first = empty, ...rest] = pieces;
  const priority = dice.chance(20);
  const padding = dice.chance(20) ? dice.roll(256) : undefined;
  const flags =
    (ends ? flag.endStream : 0) | (priority ? flag.priority : 0) | (padding === undefined ? 0 : flag.padded);
  const payload = [
    padding === undefined ? empty : Buffer.from([padding]),
    priority ? Buffer.from([0, 0, 0, 0, 16]) : empty,
    first,
    Buffer.alloc(padding ?? 0),
  ];
  peer.write(frame(frameType.headers, flags | (rest.length === 0 ? flag.endHeaders : 0), id, Buffer.concat(payload)));
  for (const [at, piece] of rest.entries()) {
    peer.write(frame(frameType.continuation, at === rest.length - 1 ? flag.endHeaders : 0, id, piece));
  }
}

/** A stream that is open on the client's side. */
function pickOpen(peer: LegalPeer, dice: Dice): PeerStream | undefined {
  const open = peer.streams.filter(({ isOver, endSent }) => !isOver && !endSent);
  return open.length === 0 ? undefined : dice.pick(open);
}

function sendSome(peer: LegalPeer, dice: Dice): void {
  const stream = pickOpen(peer, dice);
  if (stream !== undefined) sendData(peer, dice, stream, dice.chance(50) ? 16_384 : 1 + dice.roll(16_384));
}

/** The next data of a stream, or its end, within the windows and `maxBytes`. */
function sendData(peer: LegalPeer, dice: Dice, stream: PeerStream, maxBytes: number): void {
  const { script } = stream;
  if (script.resetsAt !== undefined && stream.sent >= script.resetsAt) {
    stream.isReset = true;
    peer.write(frame(frameType.reset, 0, stream.id, uint32(dice.pick([0, 5, 8]))));
    return;
  }
  const left = script.bytes.length - stream.sent;
  if (left === 0) {
    sendEnd(peer, dice, stream);
    return;
  }
  const room = Math.min(maxBytes, stream.window, peer.window, 16_384);
  if (room <= 0) return;
  const padded = room > 1 && dice.chance(script.frameBytes < 256 ? 90 : 20);
  const padding = padded ? dice.roll(Math.min(256, room)) : 0;
  const length = Math.min(left, script.frameBytes, script.resetsAt ?? left, room - (padded ? 1 + padding : 0));
  const last = length === left && script.ends === 'with its last data';
  const flags = (last ? flag.endStream : 0) | (padded ? flag.padded : 0);
  const payload = script.bytes.subarray(stream.sent, stream.sent + length);
  const whole = padded ? Buffer.concat([Buffer.from([padding]), payload, Buffer.alloc(padding)]) : payload;
  stream.sent += length;
  stream.window -= whole.length;
  peer.window -= whole.length;
  stream.endSent = last;
  peer.write(frame(frameType.data, flags, stream.id, whole));
}

function sendEnd(peer: LegalPeer, dice: Dice, stream: PeerStream): void {
  stream.endSent = true;
  if (stream.script.ends === 'with trailers')
    writeBlock(peer, dice, stream.id, Buffer.from([0, 1, 0x61, 1, 0x62]), true);
  else peer.write(frame(frameType.data, flag.endStream, stream.id));
}

function announce(peer: LegalPeer, dice: Dice): void {
  const sizes = Array.from({ length: dice.roll(3) }, () =>
    dice.chance(50) ? dice.pick(tableSizes) : dice.roll(65_537),
  );
  const windowsToo = Array.from({ length: dice.roll(3) }, () => dice.pick(windows));
  const room = peer.roomToGrant(peer.streams);
  if (windowsToo.some((size) => size - peer.initialWindow > room)) return;
  const more = [
    pair(setting.maxFrameSize, 16_384 + dice.roll(2 ** 24 - 16_384)),
    pair(setting.enablePush, dice.roll(2)),
    pair(setting.maxConcurrentStreams, dice.roll(100)),
    pair(setting.maxHeaderListSize, 65_536),
    pair(0xfafa, dice.roll(2 ** 31)),
  ].filter(() => dice.chance(20));
  peer.announce(sizes, windowsToo, more);
}

function grantSome(peer: LegalPeer, dice: Dice): void {
  const open = peer.streams.filter(({ isOver }) => !isOver);
  const stream = open.length === 0 || dice.chance(40) ? undefined : dice.pick(open);
  grantUpTo(peer, stream, dice.chance(10) ? 2 ** 31 - 1 : 1 + randomSize(dice));
}

function grantUpTo(peer: LegalPeer, stream: PeerStream | undefined, wanted: number): void {
  const room = stream === undefined ? 2 ** 31 - 1 - peer.granted : peer.roomToGrant([stream]);
  if (room > 0) peer.grant(stream, Math.min(wanted, room));
}

/** Frames that change nothing, on any stream that was opened. */
function aside(peer: LegalPeer, dice: Dice): void {
  const id = peer.streams.length === 0 ? 1 : dice.pick(peer.streams).id;
  const isOver = peer.streams.find((stream) => stream.id === id)?.isOver === true;
  switch (dice.roll(5)) {
    case 0:
      peer.ping(Buffer.from(Uint8Array.from({ length: 8 }, () => dice.roll(256))));
      break;
    case 1:
      peer.write(frame(frameType.priority, 0, id + 2 * dice.roll(3), Buffer.from([0, 0, 0, 0, dice.roll(256)])));
      break;
    case 2:
      peer.write(frame(0x40 + dice.roll(100), dice.roll(256), id, Buffer.alloc(dice.roll(100))));
      break;
    case 3:
      // Late, on a closed stream.
      if (isOver) peer.write(frame(frameType.windowUpdate, 0, id, uint32(100)));
      break;
    default:
      acknowledge(peer);
  }
}

function acknowledge(peer: LegalPeer): void {
  if (peer.unanswered === 0) return;
  peer.unanswered--;
  peer.write(frame(frameType.settings, flag.ack, 0));
}

async function decide(peer: LegalPeer, dice: Dice): Promise<void> {
  const waiting = peer.streams.filter(({ awaited }) => awaited !== undefined);
  if (waiting.length === 0) return;
  const stream = dice.pick(waiting);
  const { awaited } = stream;
  stream.awaited = undefined;
  awaited?.settle(stream.script.decision);
  // Output outside `turn` is flushed in a microtask.
  await Promise.resolve();
}

async function stopReading(peer: LegalPeer): Promise<void> {
  if (peer.socket.isFull) await peer.socket.empty();
  else peer.socket.fill();
}

export const actions: readonly Action[] = [
  sendSome,
  sendSome,
  sendSome,
  sendSome,
  sendSome,
  sendSome,
  announce,
  grantSome,
  grantSome,
  grantSome,
  aside,
  decide,
  stopReading,
];

/** One step to the end of all calls. */
export async function finish(peer: LegalPeer, dice: Dice): Promise<void> {
  if (peer.socket.isFull || peer.socket.isPaused()) await peer.socket.empty();
  peer.flush();
  while (peer.streams.some(({ awaited }) => awaited !== undefined)) await decide(peer, dice);
  acknowledge(peer);
  for (const stream of peer.streams) sendMuch(peer, dice, stream);
  peer.flush();
  // One kind of grant per round, so that each must be sufficient on its own.
  const wanted = 1 + dice.roll(100_000);
  if (dice.chance(50)) grantUpTo(peer, undefined, wanted);
  else if (dice.chance(30)) announce(peer, dice);
  else for (const stream of peer.streams) if (!stream.isOver) grantUpTo(peer, stream, wanted);
}

function sendMuch(peer: LegalPeer, dice: Dice, stream: PeerStream): void {
  for (let left = stream.script.frameBytes < 256 ? 200 : 5; left > 0 && !stream.endSent && !stream.isReset; left--)
    sendData(peer, dice, stream, 16_384);
}
