/**
 * @module
 * Clients that are not ours, as programs of their own, with settings that the protocol allows: each hears every answer.
 * Those in this process are in `test/extproc/transports/peers/`.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type ProcessorServer, startServer } from '../../src/extproc/server.ts';
import { defaultLimits } from '../extproc/default-limits.ts';
import { RecordingObserver } from '../extproc/recording-observer.ts';
import { decide, faultsOf, type Heard, type Talk, talks } from '../extproc/transports/peers/talk.ts';
import { absenceOf, askWithCurl, askWithH2load, askWithNghttp, type Command } from './harness/command-peers.ts';
import { askWithGrpcio, askWithH2, type H2Setup } from './harness/python-peers.ts';
import { transport } from './harness/stack.ts';

let server: ProcessorServer;
let port: number;
let folder: string;

before(async () => {
  const observer = new RecordingObserver();
  server = await startServer({
    limits: defaultLimits,
    addresses: ['127.0.0.1:0'],
    transport,
    observer,
    pin: () => decide,
  });
  port = Number(server.addresses[0]?.split(':')[1]);
  folder = mkdtempSync(join(tmpdir(), 'mintproc-peers-'));
});
after(async () => {
  await server?.stop(0);
  rmSync(folder, { recursive: true });
});

const { headers, small, many, large } = talks;
/** The numbers of SETTINGS (RFC 9113, 6.5.2). */
const [table, window, frame] = [1, 4, 5];

const h2Peers: [name: string, setup: H2Setup, talk: Talk][] = [
  ['a header table of 0', { steps: [{ [table]: 0 }], gives: 'at once' }, many],
  ['a header table of 4095', { steps: [{ [table]: 4095 }], gives: 'at once' }, headers],
  [
    'a header table lowered, raised and lowered',
    { steps: [{}, { [table]: 0 }, { [table]: 65_536 }, { [table]: 1 }], gives: 'at once' },
    many,
  ],
  ['windows given back at once', { steps: [{}], gives: 'at once' }, large],
  ['the connection’s window given back first', { steps: [{}], gives: 'connection' }, large],
  ['the streams’ windows given back first', { steps: [{}], gives: 'stream' }, large],
  ['windows that settings raise', { steps: [{}], gives: 'settings' }, large],
  ['small windows that settings raise', { steps: [{ [window]: 1_000 }], gives: 'settings' }, large],
  ['windows of 1', { steps: [{ [window]: 1 }], gives: 'connection' }, small],
  ['padding', { steps: [{ [frame]: 2 ** 20 }], gives: 'connection', padding: 200 }, large],
];

for (const [name, setup, talk] of h2Peers) {
  test(`Python's h2 with ${name}: ${talk.name}`, async () => {
    const streams = talk.streams * setup.steps.length;
    assert.deepEqual(faultsOf({ ...talk, streams }, await askWithH2(port, setup, talk)), []);
  });
}

const fixed = { 'grpc.http2.bdp_probe': 0 };
const grpcioPeers: [name: string, options: Readonly<Record<string, number>>, talk: Talk][] = [
  ['as it comes', {}, large],
  ['a header table of 0', { 'grpc.http2.hpack_table_size.decoder': 0 }, many],
  ['a header table of 65536', { 'grpc.http2.hpack_table_size.decoder': 65_536 }, many],
  ['an encoder without a table', { 'grpc.http2.hpack_table_size.encoder': 0 }, many],
  ['windows of 65,535', { ...fixed, 'grpc.http2.lookahead_bytes': 65_535 }, large],
  ['windows of 1,000', { ...fixed, 'grpc.http2.lookahead_bytes': 1_000 }, large],
  ['windows of 1 MiB', { ...fixed, 'grpc.http2.lookahead_bytes': 2 ** 20 }, large],
  ['frames of 1 MiB', { 'grpc.http2.max_frame_size': 2 ** 20 }, large],
];

for (const [name, options, talk] of grpcioPeers) {
  test(`Python's grpcio with ${name}: ${talk.name}`, async () => {
    assert.deepEqual(faultsOf(talk, await askWithGrpcio(port, options, talk)), []);
  });
}

type Ask = (port: number, folder: string, args: readonly string[], talk: Talk) => Promise<Heard[]>;
const commandPeers: [command: Command, ask: Ask, args: string[], talk: Talk][] = [
  ['curl', askWithCurl, [], headers],
  ['curl', askWithCurl, [], large],
  ['curl', askWithCurl, ['--limit-rate', '1M'], small],
  ['nghttp', askWithNghttp, ['--header-table-size=0'], small],
  ['nghttp', askWithNghttp, ['--header-table-size=65536', '--header-table-size=1'], small],
  ['nghttp', askWithNghttp, ['-w10', '-W10', '-b100'], { ...large, streams: 1 }],
];

for (const [command, ask, args, talk] of commandPeers) {
  test(`${[command, ...args].join(' ')}: ${talk.name}`, { skip: absenceOf(command) }, async () => {
    assert.deepEqual(faultsOf(talk, await ask(port, folder, args, talk)), []);
  });
}

const h2loadPeers: [args: string[], talk: Talk][] = [
  [['--header-table-size=0'], many],
  [['--encoder-header-table-size=0'], many],
  [['-w16', '-W16'], large],
  [['-w12', '-W20'], large],
  [['-w20', '-W16', '--max-frame-size=1M'], large],
];

for (const [args, talk] of h2loadPeers) {
  test(`${['h2load', ...args].join(' ')}: ${talk.name}, ten times`, { skip: absenceOf('h2load') }, async () => {
    const [one] = await askWithGrpcio(port, {}, { ...talk, streams: 1 });
    const succeeded = 10 * talk.streams;
    const bytes = succeeded * (one?.answers.length ?? 0);
    assert.deepEqual(await askWithH2load(port, folder, args, talk), { succeeded, bytes });
  });
}
