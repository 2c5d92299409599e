/**
 * @module
 * Independent clients with settings that the protocol allows: each receives every answer. The transports must behave
 * the same. `test/e2e/peers.test.ts` has more clients, as separate programs.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ClientOptions } from '@grpc/grpc-js';
import { type ProcessorServer, startServer } from '../../../../src/extproc/server.ts';
import { type TransportName, transports } from '../../../../src/extproc/transports/index.ts';
import { defaultLimits } from '../../default-limits.ts';
import { RecordingObserver } from '../../recording-observer.ts';
import { askWithGrpcJs, askWithHttp2, type NodeSetup } from './node-peers.ts';
import { decide, faultsOf, type Talk, talks } from './talk.ts';

const { headers, small, many, large } = talks;

const http2Peers: [name: string, setup: NodeSetup, talks: readonly Talk[]][] = [
  ['a header table of 0', { steps: [{ headerTableSize: 0 }] }, [headers, many, large]],
  ['a header table of 1', { steps: [{ headerTableSize: 1 }] }, [headers, many]],
  ['a header table of 1024', { steps: [{ headerTableSize: 1024 }] }, [headers, many]],
  ['a header table of 4095', { steps: [{ headerTableSize: 4095 }] }, [headers, many]],
  ['a header table of 4096', { steps: [{ headerTableSize: 4096 }] }, [headers, many, large]],
  ['a header table of 65536', { steps: [{ headerTableSize: 65_536 }] }, [headers, many]],
  ['a header table lowered later', { steps: [{}, { headerTableSize: 0 }, {}] }, [headers, many]],
  [
    'a header table lowered, raised and lowered',
    { steps: [65_536, 100, 4096, 0, 4096, 4095].map((headerTableSize) => ({ headerTableSize })) },
    [headers, many],
  ],
  ['a header table lowered during streams', { steps: [{}, {}], during: { headerTableSize: 0 } }, [many, large]],
  ['windows of the streams of 1', { steps: [{ initialWindowSize: 1 }] }, [small]],
  ['windows of the streams of 1,000', { steps: [{ initialWindowSize: 1_000 }] }, [many, large]],
  ['windows of the streams of 16 KiB', { steps: [{ initialWindowSize: 16_384 }] }, [large]],
  ['windows of 65,535', { steps: [{ initialWindowSize: 65_535 }], window: 65_535 }, [large]],
  ['windows of 64 KiB, 1 MiB on the connection', { steps: [{ initialWindowSize: 65_536 }], window: 2 ** 20 }, [large]],
  [
    'windows of 1 MiB, 256 KiB on the connection',
    { steps: [{ initialWindowSize: 2 ** 20 }], window: 2 ** 18 },
    [large],
  ],
  [
    'windows of zero that settings raise during streams',
    { steps: [{ initialWindowSize: 0 }], during: { initialWindowSize: 300_000 } },
    [headers, many, large],
  ],
  [
    'windows lowered during streams',
    { steps: [{ initialWindowSize: 100_000 }], during: { initialWindowSize: 9 } },
    [many],
  ],
  ['frames of 1 MiB', { steps: [{ maxFrameSize: 2 ** 20 }] }, [large]],
  ['no push, and a short header list', { steps: [{ enablePush: false, maxHeaderListSize: 1_000 }] }, [many]],
];

const grpcJsPeers: [name: string, options: ClientOptions, talks: readonly Talk[]][] = [
  ['as it comes', {}, [headers, many, large]],
  ['windows of 65,535', { 'grpc-node.flow_control_window': 65_535 }, [large]],
  ['windows of 1 MiB', { 'grpc-node.flow_control_window': 2 ** 20 }, [large]],
];

for (const transport of Object.keys(transports) as TransportName[]) {
  let server: ProcessorServer;
  before(async () => {
    const settings = { transport, limits: defaultLimits, observer: new RecordingObserver(), pin: () => decide };
    server = await startServer({ ...settings, addresses: ['127.0.0.1:0'] });
  });
  after(() => server?.stop(0));
  const address = (): string => server.addresses[0] ?? '';

  for (const [name, setup, held] of http2Peers) {
    for (const talk of held) {
      test(`${transport}, asked by Node's http2 with ${name}: ${talk.name}`, async () => {
        const streams = talk.streams * setup.steps.length;
        assert.deepEqual(faultsOf({ ...talk, streams }, await askWithHttp2(address(), setup, talk)), []);
      });
    }
  }

  for (const [name, options, held] of grpcJsPeers) {
    for (const talk of held) {
      test(`${transport}, asked by grpc-js with ${name}: ${talk.name}`, async () => {
        assert.deepEqual(faultsOf(talk, await askWithGrpcJs(address(), options, talk)), []);
      });
    }
  }
}
