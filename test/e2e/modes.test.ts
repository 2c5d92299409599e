/**
 * @module
 * Every processing mode of a real Envoy against the server alone: bodies and trailers come through whole in both
 * directions, a refusal is a refusal in every mode, and Envoy has nothing to complain about.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import * as grpc from '@grpc/grpc-js';
import type { Decide } from '../../src/decision/decision.ts';
import { type ProcessorServer, startServer } from '../../src/extproc/server.ts';
import { serviceDefinition } from '../../src/extproc/transports/grpc-js.ts';
import { serviceNames } from '../../src/extproc/transports/transport.ts';
import { defaultLimits } from '../extproc/default-limits.ts';
import { RecordingObserver } from '../extproc/recording-observer.ts';
import { denyHeader, type ModeProxy, type ModeRoute, type Modes, startModeProxy } from './harness/mode-proxy.ts';

const trailers = { request_trailer_mode: 'SEND', response_trailer_mode: 'SEND' };

/** Request and response alike. */
function both(mode: string): Modes {
  return { request_body_mode: mode, response_body_mode: mode, response_header_mode: 'SEND', ...trailers };
}

const whole: ModeRoute[] = [
  { name: 'request-headers', modes: {} },
  { name: 'response-headers', modes: { response_header_mode: 'SEND' } },
  { name: 'trailers', modes: trailers },
  { name: 'buffered', modes: both('BUFFERED') },
  { name: 'buffered-partial', modes: both('BUFFERED_PARTIAL') },
  { name: 'streamed', modes: both('STREAMED') },
  { name: 'full-duplex', modes: both('FULL_DUPLEX_STREAMED') },
  { name: 'duplex-request', modes: { request_body_mode: 'FULL_DUPLEX_STREAMED', request_trailer_mode: 'SEND' } },
  { name: 'duplex-response', modes: { ...both('STREAMED'), response_body_mode: 'FULL_DUPLEX_STREAMED' } },
];

/** Request headers are kept from mintproc, which then cannot know what token a request should carry. */
const headless: ModeRoute[] = [
  { name: 'headless-buffered', modes: { request_header_mode: 'SKIP', request_body_mode: 'BUFFERED' } },
  { name: 'headless-streamed', modes: { request_header_mode: 'SKIP', request_body_mode: 'STREAMED' } },
  { name: 'headless-trailers', modes: { request_header_mode: 'SKIP', request_trailer_mode: 'SEND' } },
];

const grpcRoute: ModeRoute = {
  name: 'grpc',
  grpc: true,
  modes: { ...both('GRPC'), response_trailer_mode: 'SEND' },
};

/** Mints for all but those who ask to be refused. */
const decide: Decide = (incoming) =>
  incoming.headers.first('x-refuse') !== undefined
    ? { kind: 'refuse', refusal: { status: 401, contentType: 'text/plain', body: 'no' }, mints: [] }
    : { kind: 'forward', set: [['x-token', 'minted']], remove: ['x-token', 'x-spoofed'], mints: [] };

const observer = new RecordingObserver();
let processor: ProcessorServer;
let upstream: Server;
let proxy: ModeProxy;

before(async () => {
  processor = await startServer({ limits: defaultLimits, addresses: ['127.0.0.1:0'], observer, pin: () => decide });
  upstream = await startEcho();
  proxy = await startModeProxy({ ...shared(), routes: [...whole, ...headless, grpcRoute] });
});
after(async () => {
  await proxy?.[Symbol.asyncDispose]();
  upstream?.close();
  await processor?.stop(0);
});

function shared() {
  const [address = ''] = processor.addresses;
  return { processor: address, grpcUpstream: address, upstreamPort: (upstream.address() as AddressInfo).port };
}

/** Answers with the request's body, its tokens and its trailer. */
async function startEcho(): Promise<Server> {
  const server = createServer(async (incoming, response) => {
    const body = await buffer(incoming).catch(() => undefined);
    // Cut off: without its request headers a request is refused only when its body shows.
    if (body === undefined) return;
    response.setHeader('x-seen-token', incoming.headersDistinct['x-token']?.join() ?? 'none');
    response.setHeader('x-seen-spoofed', incoming.headersDistinct['x-spoofed']?.join() ?? 'none');
    response.setHeader('trailer', 'x-tail');
    response.write(body);
    response.addTrailers({ 'x-tail': incoming.trailers['x-tail'] ?? 'none' });
    response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

interface Reply {
  readonly status: number | undefined;
  readonly token: string | string[] | undefined;
  readonly spoofed: string | string[] | undefined;
  readonly body: string;
  readonly tail: string | undefined;
}

/** Sends `body` in pieces and, when there is one, a trailer after it. */
async function send(port: number, path: string, body: string, headers: Record<string, string> = {}): Promise<Reply> {
  const chunked = body === '' ? {} : { 'transfer-encoding': 'chunked', trailer: 'x-tail' };
  const sent = { 'x-token': 'spoofed', 'x-spoofed': 'spoofed', ...chunked, ...headers };
  const outgoing = request({ host: '127.0.0.1', port, path, method: body === '' ? 'GET' : 'POST', headers: sent });
  // A refusal comes, and the connection goes, while the body is still on its way.
  outgoing.on('error', () => undefined);
  const piece = 50_000;
  for (let at = 0; at < body.length; at += piece) outgoing.write(body.slice(at, at + piece));
  if (body !== '') outgoing.addTrailers({ 'x-tail': 'end' });
  outgoing.end();
  const [response]: IncomingMessage[] = await once(outgoing, 'response');
  if (response === undefined) throw new Error('no response');
  const received = String(await buffer(response));
  const { 'x-seen-token': token, 'x-seen-spoofed': spoofed } = response.headers;
  return { status: response.statusCode, token, spoofed, body: received, tail: response.trailers['x-tail'] };
}

const bodies: [name: string, body: string][] = [
  ['no body', ''],
  ['a short body', 'short'],
  ['a long body', 'mintproc '.repeat(50_000)],
];

for (const { name } of whole) {
  for (const [size, body] of bodies) {
    test(`${name}, ${size}: all of it arrives, with the token`, async () => {
      const reply = await send(proxy.port, `/${name}`, body);
      const tail = body === '' ? 'none' : 'end';
      assert.deepEqual(reply, { status: 200, token: 'minted', spoofed: 'none', body, tail });
      assert.equal(observer.outcomes.at(-1), 'forwarded');
      assert.deepEqual(await proxy.complaints(), []);
    });

    test(`${name}, ${size}: a refusal is the answer`, async () => {
      const reply = await send(proxy.port, `/${name}`, body, { 'x-refuse': 'yes' });
      assert.deepEqual({ ...reply, tail: undefined }, refusalOf(401, 'no'));
      assert.equal(observer.outcomes.at(-1), 'refused');
      assert.deepEqual(await proxy.complaints(), []);
    });
  }
}

for (const { name } of headless) {
  test(`${name}: a request that mintproc sees too late is refused`, async () => {
    const reply = await send(proxy.port, `/${name}`, 'short');
    const body = '{"error":{"code":"extproc.no-request-headers"}}';
    assert.deepEqual({ ...reply, tail: undefined }, refusalOf(500, body));
    assert.equal(observer.outcomes.at(-1), 'malformed');
  });
}

function refusalOf(status: number, body: string): Reply {
  return { status, token: undefined, spoofed: undefined, body, tail: undefined };
}

test('gRPC messages come through whole, and a refusal is a gRPC status', async () => {
  const Client = grpc.makeGenericClientConstructor(serviceDefinition('health.proto', serviceNames.health), 'Health');
  const client = new Client(`127.0.0.1:${proxy.port}`, grpc.credentials.createInsecure());
  const results: [metadata: Record<string, string>, expected: unknown][] = [
    [{}, 'SERVING'],
    [{ 'x-refuse': 'yes' }, grpc.status.UNAUTHENTICATED],
  ];
  for (const [metadata, expected] of results) {
    const headers = new grpc.Metadata();
    for (const [name, value] of Object.entries(metadata)) headers.set(name, value);
    const result = await new Promise((resolve) => {
      client['Check']?.(
        { service: serviceNames.processor },
        headers,
        (error: grpc.ServiceError | null, response?: { status: string }) => resolve(error?.code ?? response?.status),
      );
    });
    assert.equal(result, expected);
  }
  client.close();
  assert.deepEqual(await proxy.complaints(), []);
});

for (const name of ['request-headers', 'response-headers', 'full-duplex']) {
  test(`${name}: a reply of an earlier filter goes to the caller as it is`, async () => {
    const seen = observer.records.length;
    const { status } = await send(proxy.port, `/${name}`, '', { [denyHeader]: 'yes' });
    assert.equal(status, 403);
    assert.deepEqual(observer.outcomes.slice(seen), name === 'request-headers' ? [] : ['response-only']);
    assert.deepEqual(await proxy.complaints(), []);
  });
}

test('in observability mode nothing is answered and nothing changes', async () => {
  await using watched = await startModeProxy({
    ...shared(),
    routes: [{ name: 'watched', modes: both('STREAMED') }],
    observabilityMode: true,
  });
  const reply = await send(watched.port, '/watched', 'short');
  assert.deepEqual(reply, { status: 200, token: 'spoofed', spoofed: 'spoofed', body: 'short', tail: 'end' });
  assert.equal(observer.outcomes.at(-1), 'observed');
  assert.deepEqual(await watched.complaints(), []);
});
