/**
 * @module
 * Independent clients in this process: Node's `http2` (nghttp2) and grpc-js.
 */
import { once } from 'node:events';
import { type ClientHttp2Session, connect, type IncomingHttpHeaders, type Settings } from 'node:http2';
import * as grpc from '@grpc/grpc-js';
import { bytesOf, callFields, framed, type Heard, messagesOf, processPath, type Talk } from './talk.ts';

/** Milliseconds for one conversation. */
const patience = 5_000;

/** The settings of a client with Node's `http2`. */
export interface NodeSetup {
  /** The SETTINGS that it sends: first at the start, then on the open connection before each further conversation. */
  readonly steps: readonly Settings[];
  /** The SETTINGS that it sends while the streams of a conversation wait for their answers. */
  readonly during?: Settings;
  /** The window of the connection, in bytes. */
  readonly window?: number;
}

/** Runs the conversation on one connection after each step. */
export async function askWithHttp2(
  address: string,
  { steps, during, window }: NodeSetup,
  talk: Talk,
): Promise<Heard[]> {
  const [first = {}, ...later] = steps;
  const session = connect(`http://${address}`, { settings: first });
  session.on('error', () => undefined); // each stream reports it
  const late = setTimeout(() => session.destroy(new Error('late')), patience);
  try {
    await once(session, 'connect');
    if (window !== undefined) session.setLocalWindowSize(window);
    const heard = await talkWithHttp2(session, talk, during);
    for (const step of later) {
      await announce(session, step);
      heard.push(...(await talkWithHttp2(session, talk, during)));
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

async function talkWithHttp2(session: ClientHttp2Session, talk: Talk, during: Settings | undefined): Promise<Heard[]> {
  const bytes = bytesOf(talk);
  const streams = Array.from({ length: talk.streams }, () => heardByHttp2(session, bytes));
  if (during !== undefined) await announce(session, during);
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
