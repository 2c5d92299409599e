/**
 * @module
 * Clients that are not ours, in this process: Node's own `http2` (nghttp2) and grpc-js.
 */
import { once } from 'node:events';
import { type ClientHttp2Session, connect, type IncomingHttpHeaders, type Settings } from 'node:http2';
import * as grpc from '@grpc/grpc-js';
import { bytesOf, callFields, framed, type Heard, messagesOf, processPath, type Talk } from './talk.ts';

/** Milliseconds for one talk. */
const patience = 5_000;

/** How a client of Node's `http2` sets itself up. */
export interface NodeSetup {
  /** What it announces: at first, then on the living connection before each further talk. */
  readonly steps: readonly Settings[];
  /** What it announces while the streams of each talk are open and have asked. */
  readonly amid?: Settings;
  /** Of the connection, in bytes. */
  readonly window?: number;
}

/** Holds the talk on one connection after each step. */
export async function askWithHttp2(address: string, { steps, amid, window }: NodeSetup, talk: Talk): Promise<Heard[]> {
  const [first = {}, ...later] = steps;
  const session = connect(`http://${address}`, { settings: first });
  session.on('error', () => undefined); // each stream tells
  const late = setTimeout(() => session.destroy(new Error('late')), patience);
  try {
    await once(session, 'connect');
    if (window !== undefined) session.setLocalWindowSize(window);
    const heard = await talkWithHttp2(session, talk, amid);
    for (const step of later) {
      await announce(session, step);
      heard.push(...(await talkWithHttp2(session, talk, amid)));
    }
    return heard;
  } finally {
    clearTimeout(late);
    session.destroy();
  }
}

/** Returns once the server has acknowledged. @throws when the session is over */
function announce(session: ClientHttp2Session, settings: Settings): Promise<void> {
  return new Promise((resolve, reject) => {
    session.once('close', () => reject(new Error('The session ended before its settings were acknowledged.')));
    session.settings(settings, () => resolve());
  });
}

async function talkWithHttp2(session: ClientHttp2Session, talk: Talk, amid: Settings | undefined): Promise<Heard[]> {
  const bytes = bytesOf(talk);
  const streams = Array.from({ length: talk.streams }, () => heardByHttp2(session, bytes));
  if (amid !== undefined) await announce(session, amid);
  return await Promise.all(streams);
}

function heardByHttp2(session: ClientHttp2Session, bytes: Buffer): Promise<Heard> {
  const stream = session.request({ ':method': 'POST', ':path': processPath, ...callFields });
  const { promise, resolve } = Promise.withResolvers<Heard>();
  const chunks: Buffer[] = [];
  let status = 'none';
  const note = (fields: IncomingHttpHeaders): void => {
    status = String(fields['grpc-status'] ?? status);
  };
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  stream.on('response', note);
  stream.on('trailers', note);
  stream.on('error', (error) => {
    status = error.message;
  });
  stream.on('close', () => resolve({ answers: Buffer.concat(chunks), status }));
  stream.end(bytes);
  return promise;
}

export async function askWithGrpcJs(address: string, options: grpc.ClientOptions, talk: Talk): Promise<Heard[]> {
  const client = new grpc.Client(address, grpc.credentials.createInsecure(), options);
  try {
    const messages = messagesOf(talk);
    return await Promise.all(Array.from({ length: talk.streams }, () => heardByGrpcJs(client, messages)));
  } finally {
    client.close();
  }
}

function heardByGrpcJs(client: grpc.Client, messages: readonly Buffer[]): Promise<Heard> {
  const same = (bytes: Buffer): Buffer => bytes;
  const deadline = Date.now() + patience;
  const call = client.makeBidiStreamRequest(processPath, same, same, new grpc.Metadata(), { deadline });
  const { promise, resolve } = Promise.withResolvers<Heard>();
  const answers: Buffer[] = [];
  call.on('data', (answer: Buffer) => answers.push(answer));
  call.on('error', () => undefined);
  call.on('status', ({ code }) => resolve({ answers: framed(answers), status: String(code) }));
  for (const message of messages) call.write(message);
  call.end();
  return promise;
}
