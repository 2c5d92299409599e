/**
 * @module
 * Calls of both services that go wrong in every way that a client can think of: afterwards no request is in flight. The
 * count is read from outside: exactly as many streams as the limit are decided.
 */
import { once } from 'node:events';
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2';
import { setTimeout as pause } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { Decide, Decision } from '../../../src/decision/decision.ts';
import { Later } from '../../../src/diagnostics/later.ts';
import { MintError } from '../../../src/diagnostics/mint-error.ts';
import { type ProcessorServer, startServer } from '../../../src/extproc/server.ts';
import { type TransportName, transports } from '../../../src/extproc/transports/index.ts';
import { serviceNames } from '../../../src/extproc/transports/transport.ts';
import { Dice } from '../../search/dice.ts';
import { type Effort, Finding, type Search } from '../../search/search.ts';
import { defaultLimits } from '../default-limits.ts';
import { RecordingObserver } from '../recording-observer.ts';
import { checkMethod, processMethod } from '../stream-client.ts';

export const search: Search = {
  name: 'in-flight',
  property:
    'However calls go wrong, each is closed once, no request stays in flight, and no check succeeds unanswered.',
  inputs: 4_000,
  share: 60,
  run,
};

const inFlight = 6;
/** Calls of one input, on one connection: more than the limit. */
const maxCalls = 14;
const patience = 10_000;

const processPath = `/${serviceNames.processor}/Process`;
const checkPath = `/${serviceNames.authorization}/Check`;
const processMessage = processMethod().requestSerialize({ request_headers: {} });
const checkMessage = checkMethod().requestSerialize({ attributes: { request: { http: { path: '/' } } } });

interface Server {
  readonly transport: TransportName;
  readonly observer: RecordingObserver;
  readonly server: ProcessorServer;
  /** Decisions that have not arrived yet. */
  readonly pending: Set<Later<Decision>>;
}

async function run(effort: Effort): Promise<string> {
  const dice = new Dice(effort.seed);
  const servers: Server[] = [];
  try {
    for (const transport of Object.keys(transports) as TransportName[]) servers.push(await started(transport, dice));
    for await (const input of effort.inputs()) {
      const server = servers[input % servers.length];
      if (server === undefined) throw new Error('no server');
      await round(server, new Dice(Math.imul(effort.seed + input, 0x9e3779b1)), `input ${input}`);
    }
    const counted = servers.map(({ transport, observer }) => `${transport}: ${summary(observer)}`);
    return counted.join('; ');
  } finally {
    for (const { server } of servers) await server.stop(0);
  }
}

async function started(transport: TransportName, dice: Dice): Promise<Server> {
  const observer = new RecordingObserver();
  const pending = new Set<Later<Decision>>();
  const server = await startServer({
    limits: { ...defaultLimits, inFlight },
    addresses: ['127.0.0.1:0'],
    transport,
    observer,
    pin: () => {
      if (dice.chance(3)) throw new TypeError('a defect at the opening');
      return decideBy(dice, pending);
    },
  });
  return { transport, observer, server, pending };
}

const untouched: Decision = { kind: 'untouched', mints: [] };
const decisions: readonly Decision[] = [
  untouched,
  { kind: 'forward', set: [['x-token', 'minted']], remove: [], mints: [] },
  { kind: 'refuse', refusal: { status: 401, contentType: 'text/plain', body: 'no' }, mints: [], code: 'route.denied' },
];

function decideBy(dice: Dice, pending: Set<Later<Decision>>): Decide {
  return () => {
    const decision = dice.pick(decisions);
    if (dice.chance(50)) return decision;
    if (dice.chance(10)) throw new TypeError('a defect of the decision');
    const later = new Later<Decision>();
    const arrive = (): void => {
      pending.delete(later);
      if (dice.chance(80)) later.settle(decision);
      else later.fail(new MintError('extproc.internal', 'a defect of the signature'));
    };
    pending.add(later);
    if (dice.chance(50)) setImmediate(arrive);
    else setTimeout(arrive, dice.roll(8));
    return later;
  };
}

/** @throws Finding */
async function round({ transport, observer, server, pending }: Server, dice: Dice, name: string): Promise<void> {
  const told: string[] = [];
  const client = connectTo(server);
  const calls = Array.from({ length: 1 + dice.roll(maxCalls) }, () => play(client, dice, told));
  if (dice.chance(15)) {
    await pause(dice.roll(6));
    told.push('the connection breaks');
    client.destroy();
  }
  await Promise.all(calls);
  client.destroy();
  const isOver = (): boolean => observer.opened === observer.closed && pending.size === 0;
  const finding = (reason: string): Finding => new Finding(`${transport}, ${name}: ${reason}\n${told.join('\n')}`);
  if (!(await inTime(isOver))) throw finding(`${observer.opened} calls opened, ${observer.closed} closed`);
  let admitted = await admittedOf(server);
  // The server may still find calls that the client has given up.
  for (let more = 0; more < 5 && admitted !== inFlight; more++) {
    await pause(20);
    admitted = await admittedOf(server);
  }
  if (admitted !== inFlight) throw finding(`${admitted} instead of ${inFlight} requests are decided afterwards`);
}

function connectTo({ addresses }: ProcessorServer): ClientHttp2Session {
  const client = connect(`http://${addresses[0]}`);
  client.on('error', () => undefined);
  return client;
}

/** A call of either service; it may be damaged. Resolves when it is over for the client. */
async function play(client: ClientHttp2Session, dice: Dice, told: string[]): Promise<void> {
  const isCheck = dice.chance(60);
  const timeout = dice.chance(35) ? dice.pick(timeouts) : undefined;
  const encoding = dice.chance(10) ? dice.pick(['gzip', 'identity', 'deflate']) : undefined;
  const type = dice.chance(4) ? dice.pick(['text/plain', 'application/grpc+json', '']) : 'application/grpc';
  const frames = Array.from({ length: dice.pick([0, 1, 1, 1, 1, 1, 2, 3]) }, () => frameOf(dice, isCheck));
  const end = dice.pick(['end', 'end', 'end', 'reset', 'reset', 'leave'] as const);
  told.push(
    JSON.stringify({ isCheck, timeout, encoding, type, frames: frames.map((one) => one.toString('hex')), end }),
  );
  const more = Object.entries({ 'grpc-timeout': timeout, 'grpc-encoding': encoding }).filter(([, value]) => value);
  const path = isCheck ? checkPath : processPath;
  const head = { ':method': 'POST', ':path': path, 'content-type': type, te: 'trailers' };
  const stream = client.request({ ...head, ...Object.fromEntries(more) });
  stream.on('error', () => undefined);
  const seen = { status: '', bytes: 0 };
  stream.on('data', (chunk: Buffer) => {
    seen.bytes += chunk.length;
  });
  for (const event of ['response', 'trailers'])
    stream.on(event, (fields) => (seen.status += fields['grpc-status'] ?? ''));
  const closed = new Promise<void>((resolve) => stream.once('close', resolve));
  for (const frame of frames) await send(stream, frame, dice);
  if (end === 'end') stream.end();
  if (dice.chance(50)) await pause(dice.roll(6));
  if (end === 'reset') stream.close(dice.pick([0, 1, 2, 8]));
  // What is not ended by either side is given up after a while.
  await Promise.race([closed, pause(40)]);
  stream.destroy();
  // A message has five bytes before it, and an answer is never empty.
  if (isCheck && seen.status === '0' && seen.bytes <= 5)
    throw new Finding(`a check succeeds unanswered: ${told.at(-1)}`);
}

/** In one or two pieces. */
async function send(stream: ClientHttp2Stream, frame: Buffer, dice: Dice): Promise<void> {
  if (dice.chance(30)) await pause(dice.roll(4));
  if (!stream.writable) return;
  const cut = dice.chance(20) ? dice.roll(frame.length) : 0;
  if (cut > 0) stream.write(frame.subarray(0, cut));
  stream.write(frame.subarray(cut));
}

const timeouts = [
  '0n',
  '0m',
  '1n',
  '1u',
  '1m',
  '3m',
  '5S',
  '1H',
  '99999999H',
  '100000000m',
  '-1m',
  '1',
  'm',
  '1x',
  ' 1m',
];

function frameOf(dice: Dice, isCheck: boolean): Buffer {
  if (dice.chance(4)) return Buffer.from([0, 0, 0]);
  const message = dice.chance(90) ? (isCheck ? checkMessage : processMessage) : Buffer.from([0x0a, 0xff, 0x01]);
  const isPacked = dice.chance(6);
  const body = isPacked ? gzipSync(message) : message;
  const head = Buffer.alloc(5);
  head.writeUInt8(isPacked ? 1 : dice.chance(3) ? 2 : 0, 0);
  head.writeUInt32BE(dice.chance(3) ? 2 ** 31 : body.length + (dice.chance(4) ? 3 : 0), 1);
  return Buffer.concat([head, body]);
}

/** How many of one stream more than the limit are not refused as too many. */
async function admittedOf(server: ProcessorServer): Promise<number> {
  const client = connectTo(server);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(processMessage.length, 1);
  const answers = Array.from({ length: inFlight + 1 }, async () => {
    const stream = client.request({ ':method': 'POST', ':path': processPath, 'content-type': 'application/grpc' });
    stream.on('error', () => undefined);
    stream.write(Buffer.concat([head, processMessage]));
    const [answer] = (await Promise.race([once(stream, 'data'), pause(patience, [''] as const, { ref: false })])) as [
      Buffer | string,
    ];
    return String(answer);
  });
  const all = await Promise.all(answers);
  client.destroy();
  if (all.includes('')) throw new Finding(`a stream after all others has no answer: ${all.length}`);
  return all.filter((answer) => !answer.includes('extproc.overloaded')).length;
}

async function inTime(condition: () => boolean): Promise<boolean> {
  const giveUp = performance.now() + patience;
  while (!condition()) {
    if (performance.now() > giveUp) return false;
    await pause(1);
  }
  return true;
}

function summary({ outcomes, deadlines, opened }: RecordingObserver): string {
  const counts = Map.groupBy(outcomes, (outcome) => outcome);
  const shown = Array.from(counts, ([outcome, { length }]) => `${length} ${outcome}`);
  return `${opened} calls, ${deadlines} too late, ${shown.join(', ')}`;
}
