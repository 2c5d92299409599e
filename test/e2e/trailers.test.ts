/**
 * @module
 * H20: trailers of a request from an HTTP/2 client, at an HTTP/2 upstream. A client's own copy of the token's header
 * does not arrive there either.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttp1 } from 'node:http';
import { connect, createServer, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo, Server } from 'node:net';
import { after, before, test } from 'node:test';
import type { EnvoyConfig } from '../../demo/envoy-config.ts';
import { loadConfiguration } from '../../src/configuration/load.ts';
import { makeDecide } from '../../src/decision/decide.ts';
import { type ProcessorServer, startServer } from '../../src/extproc/server.ts';
import { flexPolicy, memoryFiles } from '../configuration/memory-files.ts';
import { defaultLimits } from '../extproc/default-limits.ts';
import { RecordingObserver } from '../extproc/recording-observer.ts';
import { startLoneEnvoy } from './harness/lone-envoy.ts';
import { addClusters, clusterTo } from './harness/mode-proxy.ts';
import { extProc, trailersFilter } from './harness/policies.ts';

const configuration = {
  policies: [
    { name: 'standard', file: 'policy.yaml' },
    { name: 'custom', file: 'policy.yaml', output: { header: 'x-backend-token', prefix: '' } },
  ],
  routes: [{ match: { pathPrefix: '/orders' }, policies: ['standard', 'custom'] }],
};

interface Arrived {
  readonly path: string | undefined;
  readonly authorization: string | undefined;
  readonly trailers: readonly string[];
}

let processor: ProcessorServer;
let upstream: Server;
let upstream1: Server;
const arrived: Arrived[] = [];

before(async () => {
  const files = memoryFiles({ 'policy.yaml': flexPolicy({ iss: 'mint' }), 'conf.yaml': JSON.stringify(configuration) });
  const { snapshot } = loadConfiguration('conf.yaml', { files });
  assert.ok(snapshot);
  const decide = makeDecide(snapshot, { clock: Date.now, randomId: () => 'id' });
  processor = await startServer({
    limits: defaultLimits,
    addresses: ['127.0.0.1:0'],
    observer: new RecordingObserver(),
    pin: () => decide,
  });
  const server = createServer();
  server.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
    let trailers: string[] = [];
    stream.on('trailers', (fields: IncomingHttpHeaders) => {
      trailers = Object.keys(fields);
    });
    stream.on('end', () => {
      arrived.push({ path: headers[':path'], authorization: headers.authorization, trailers });
      stream.respond({ ':status': 200 });
      stream.end();
    });
    stream.resume();
  });
  upstream = server.listen(0, '127.0.0.1');
  upstream1 = createHttp1((incoming, response) => {
    incoming.on('end', () => {
      const { url, headers, trailers } = incoming;
      arrived.push({ path: url, authorization: headers.authorization, trailers: Object.keys(trailers) });
      response.end();
    });
    incoming.resume();
  }).listen(0, '127.0.0.1');
  for (const one of [upstream, upstream1]) if (!one.listening) await once(one, 'listening');
});
after(async () => {
  upstream?.close();
  upstream1?.close();
  await processor?.stop(0);
});

/** Sends a body and, behind it, trailers that a policy's header has to be missing from. */
async function send(port: number, path: string): Promise<number | undefined> {
  const session = connect(`http://127.0.0.1:${port}`);
  try {
    const stream = session.request({ ':method': 'POST', ':path': path }, { waitForTrailers: true });
    stream.on('wantTrailers', () =>
      stream.sendTrailers({
        authorization: 'spoof',
        'x-backend-token': 'spoof',
        'x.backend-token': 'spoof',
        'x-sum': '1',
      }),
    );
    stream.end('body');
    const [headers] = await once(stream, 'response');
    stream.resume();
    await once(stream, 'close');
    return headers[':status'];
  } finally {
    session.close();
  }
}

const toHttp2 = (config: EnvoyConfig, address: string): void => {
  addClusters(config, [clusterTo('second', address)]);
  config.set([...config.route, 'route', 'cluster'], 'second');
};
const keepTrailers = (config: EnvoyConfig): void => config.delete(config.filter(trailersFilter));
const sendTrailers = (config: EnvoyConfig): void =>
  config.set([...extProc(config), 'processing_mode', 'request_trailer_mode'], 'SEND');

const all = ['authorization', 'x-backend-token', 'x.backend-token', 'x-sum'];
const table: [
  name: string,
  changes: ((config: EnvoyConfig, address: string) => void)[],
  path: string,
  trailers: string[],
][] = [
  ['envoy.yaml with an upstream of HTTP/2 lets none through', [toHttp2], '/orders', []],
  ['request_trailer_mode: SEND lets all others through', [toHttp2, keepTrailers, sendTrailers], '/orders', ['x-sum']],
  ['SEND touches nothing where no route matches', [toHttp2, keepTrailers, sendTrailers], '/else', all],
  ['without either of the two they go on: Envoy does not report them', [toHttp2, keepTrailers], '/orders', all],
  ['an upstream of HTTP/1 gets none', [keepTrailers], '/orders', []],
];
for (const [name, changes, path, trailers] of table) {
  test(name, async () => {
    const [address = ''] = processor.addresses;
    const { port } = upstream.address() as AddressInfo;
    const { port: port1 } = upstream1.address() as AddressInfo;
    await using envoy = await startLoneEnvoy({
      processor: address,
      upstreamPort: port1,
      configure(config) {
        for (const change of changes) change(config, `127.0.0.1:${port}`);
      },
    });
    assert.equal(await send(envoy.port, path), 200);
    const seen = arrived.at(-1);
    assert.equal(seen?.path, path);
    assert.match(seen?.authorization ?? '', path === '/orders' ? /^Bearer eyJ/ : /^$/);
    assert.deepEqual(seen?.trailers.toSorted(), trailers.toSorted());
  });
}
