/**
 * @module
 * The same random calls by Node's HTTP/2 client, with random settings, on both transports: the native transport must
 * answer like `transport: grpc-js`, which uses Node's HTTP/2 server.
 */
import { once } from 'node:events';
import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2';
import { setImmediate as turn } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Decision } from '../../../../../src/decision/decision.ts';
import { Later } from '../../../../../src/diagnostics/later.ts';
import { policyMetadata } from '../../../../../src/extproc/call-metadata.ts';
import { type ProcessorServer, startServer } from '../../../../../src/extproc/server.ts';
import { type TransportName, transports } from '../../../../../src/extproc/transports/index.ts';
import type { IncomingRequest } from '../../../../../src/request/incoming-request.ts';
import { Dice } from '../../../../search/dice.ts';
import { Finding } from '../../../../search/search.ts';
import { defaultLimits } from '../../../default-limits.ts';
import { RecordingObserver } from '../../../recording-observer.ts';
import { checkMethod, processMethod } from '../../../stream-client.ts';
import { checkPath, processPath } from '../raw-client.ts';
import { type CallScript, randomCall } from './call-script.ts';

/** Ten times what any call takes. */
const patience = 20_000;

export class Reference {
  readonly #servers: ReadonlyMap<TransportName, ProcessorServer>;
  readonly #decoders = new Map<string, (bytes: Buffer) => object>([
    [processPath, processMethod().responseDeserialize],
    [checkPath, checkMethod().responseDeserialize],
  ]);
  /** The current calls, by the policy that each names. */
  readonly #calls: CallScript[];

  private constructor(servers: ReadonlyMap<TransportName, ProcessorServer>, calls: CallScript[]) {
    this.#servers = servers;
    this.#calls = calls;
  }

  static async start(): Promise<Reference> {
    const calls: CallScript[] = [];
    const pin = () => (request: IncomingRequest) => decisionOf(calls[Number(request.routePolicy)]);
    const servers = new Map<TransportName, ProcessorServer>();
    for (const transport of Object.keys(transports) as TransportName[]) {
      const observer = new RecordingObserver();
      servers.set(
        transport,
        await startServer({ limits: defaultLimits, addresses: ['127.0.0.1:0'], transport, pin, observer }),
      );
    }
    return new Reference(servers, calls);
  }

  async stop(): Promise<void> {
    for (const server of this.#servers.values()) await server.stop(0);
  }

  /** @throws Finding when a transport gives a wrong answer */
  async compare(seed: number): Promise<void> {
    const dice = new Dice(seed);
    this.#calls.splice(0, this.#calls.length, ...Array.from({ length: 1 + dice.roll(8) }, () => randomCall(dice)));
    const wanted = this.#calls.map(({ expected, path }) => this.#messages(expected, path));
    for (const [name, server] of this.#servers) {
      const answers = await answersOf(server.addresses[0] ?? '', this.#calls, new Dice(seed + 1));
      for (const [index, { status, bytes }] of answers.entries()) {
        if (status !== '0') throw new Finding(`${name} ends call ${index} with ${status}`);
        if (!isDeepStrictEqual(this.#messages(bytes, this.#calls[index]?.path ?? ''), wanted[index])) {
          throw new Finding(`${name} gives other answers to call ${index} than it should`);
        }
      }
    }
  }

  #messages(bytes: Buffer, path: string): object[] {
    const decode = this.#decoders.get(path);
    if (decode === undefined) throw new Error('an unknown method');
    const messages: object[] = [];
    for (let at = 0; at < bytes.length; ) {
      const end = at + 5 + bytes.readUInt32BE(at + 1);
      messages.push(decode(bytes.subarray(at + 5, end)));
      at = end;
    }
    return messages;
  }
}

function decisionOf(script: CallScript | undefined): Decision | Later<Decision> {
  if (script === undefined) throw new Error('an unknown call');
  if (!script.later) return script.decision;
  const later = new Later<Decision>();
  setImmediate(() => later.settle(script.decision));
  return later;
}

interface Answered {
  readonly status: string;
  readonly bytes: Buffer;
}

async function answersOf(address: string, calls: readonly CallScript[], dice: Dice): Promise<Answered[]> {
  const { PADDING_STRATEGY_NONE, PADDING_STRATEGY_MAX } = constants;
  const paddingStrategy = dice.pick([PADDING_STRATEGY_NONE, PADDING_STRATEGY_MAX]);
  const session = connect(`http://${address}`, { settings: randomSettings(dice), paddingStrategy });
  const failed = new Promise<never>((_, reject) => {
    const fail = (error: Error): void => reject(new Finding(`a session ends with ${error.message}`));
    session.on('error', fail);
    session.setTimeout(patience, () => fail(new Error('silence')));
  });
  try {
    await Promise.race([failed, once(session, 'connect')]);
    if (dice.chance(50)) session.setLocalWindowSize(65_535 + dice.roll(1_000_000));
    const all = calls.map((script, index) => answerTo(session, script, index, dice));
    if (dice.chance(50)) session.settings(randomSettings(dice));
    return await Promise.race([failed, Promise.all(all)]);
  } finally {
    session.destroy();
  }
}

function randomSettings(dice: Dice) {
  return {
    headerTableSize: dice.pick([0, 1, 1024, 4095, 4096, 65_536]),
    initialWindowSize: dice.pick([1000, 16_384, 65_535, 1_000_000]),
    maxFrameSize: 16_384 + dice.roll(100_000),
  };
}

async function answerTo(session: ClientHttp2Session, script: CallScript, index: number, dice: Dice): Promise<Answered> {
  const stream = session.request({
    ':method': 'POST',
    ':path': script.path,
    te: 'trailers',
    'content-type': 'application/grpc',
    [policyMetadata]: String(index),
    ...(script.gzip ? { 'grpc-encoding': 'gzip' } : {}),
  });
  const answered = taken(stream, dice);
  for (let at = 0; at < script.bytes.length; ) {
    const length = 1 + dice.roll(dice.pick([100, 20_000, 200_000]));
    stream.write(script.bytes.subarray(at, at + length));
    at += length;
    if (dice.chance(20)) await turn();
  }
  stream.end();
  return answered;
}

/** Reads a stream with pauses. */
function taken(stream: ClientHttp2Stream, dice: Dice): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let status = 'no status';
    stream.on('response', (headers) => {
      status = String(headers['grpc-status'] ?? status);
    });
    stream.on('trailers', (trailers) => {
      status = String(trailers['grpc-status']);
    });
    stream.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      if (dice.chance(80)) return;
      stream.pause();
      setImmediate(() => stream.resume());
    });
    stream.on('error', (error) => reject(new Finding(`a stream ends with ${error.message}`)));
    stream.on('close', () => resolve({ status, bytes: Buffer.concat(chunks) }));
  });
}
