import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { AsyncFiles } from '../../../src/configuration/reload/async-files.ts';
import { heldKey } from '../../../src/keys/held-key.ts';
import { publishedJwk } from '../../../src/keys/key-set.ts';
import { askPeer, longestSet, NoAnswer, peerLimit } from '../../../src/publishing/publisher/ask-peer.ts';
import { concurrentAsks, Publisher, type PublisherOptions } from '../../../src/publishing/publisher/publisher.ts';
import { maxKeysOfSource, readSet, type Sight } from '../../../src/publishing/publisher/seen-keys.ts';
import { parseSource, type Source } from '../../../src/publishing/publisher/source.ts';
import { StateKeeper, slack } from '../../../src/publishing/state-keeper.ts';
import { Told } from '../history.ts';

const ec = (): KeyObject => generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).publicKey;
const es256 = new Set(['ES256']);

function setOf(...keys: readonly (readonly [kid: string, key: KeyObject])[]): string {
  return JSON.stringify({ keys: keys.map(([kid, key]) => publishedJwk(heldKey(key, { kid }), es256)) });
}

async function serving(listener: RequestListener): Promise<Server & AsyncDisposable> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

const peers = (port: number, path = ''): Source => ({ kind: 'peers', url: new URL(`http://peers:${port}${path}`) });

interface Collected {
  readonly publisher: Publisher;
  readonly keeper: StateKeeper;
  readonly told: Told;
  sights: readonly Sight[];
  time: number;
  names(): readonly string[];
}

const now = Date.UTC(2026, 0, 1);
const keep = 3_600_000;

function collecting(options: Pick<PublisherOptions, 'sources'> & Partial<PublisherOptions>): Collected {
  const told = new Told();
  const files = new AsyncFiles();
  const whole: Collected = {
    told,
    sights: [],
    time: now,
    publisher: new Publisher({
      ...{ files, resolve: async () => ['127.0.0.1'], keep, every: 1_000, random: () => 0.5, authorities: undefined },
      ...options,
      now: () => whole.time,
      async seen(sights) {
        whole.sights = sights;
        await whole.keeper.look();
      },
      failed: (error) => {
        throw error;
      },
    }),
    keeper: new StateKeeper(
      { path: undefined, files, witness: told, own: () => whole.publisher.own, now: () => whole.time },
      [],
    ),
    names: () => whole.keeper.keys.map(({ held }) => String(held.kid)).sort(),
  };
  return whole;
}

test('of 50 pods behind one name, 10 are away: all others are published, and those that were seen stay', async () => {
  const keys = new Map<string, KeyObject>(
    Array.from({ length: 50 }, (_, index) => [`127.0.1.${index + 1}`, ec()] as const),
  );
  const away = new Set<string>();
  let [open, most] = [0, 0];
  await using server = createServer((request, response) => {
    most = Math.max(most, ++open);
    response.on('close', () => open--);
    const address = request.socket.localAddress ?? '';
    const key = keys.get(address);
    if (key === undefined || away.has(address)) request.socket.destroy();
    else setTimeout(() => response.end(setOf([address, key])), 5);
  }).listen(0, '0.0.0.0');
  await once(server, 'listening');
  const addresses = [...keys.keys()];
  const collected = collecting({ sources: [peers(portOf(server))], resolve: async () => addresses });
  for (const address of addresses.slice(0, 10)) away.add(address);
  await collected.publisher.round();
  assert.deepEqual(collected.names(), addresses.slice(10).toSorted());
  assert.equal(collected.sights.filter((sight) => sight.keys === undefined).length, 10);
  // They come back, and ten others go.
  away.clear();
  await collected.publisher.round();
  for (const address of addresses.slice(40)) away.add(address);
  collected.time += keep;
  await collected.publisher.round();
  assert.deepEqual(collected.names(), addresses.toSorted());
  // When their last tokens have ended, they are withdrawn.
  collected.time += slack + 120_000;
  await collected.publisher.round();
  assert.deepEqual(collected.names(), addresses.slice(0, 40).toSorted());
  assert.ok(most <= concurrentAsks, `${most} questions at the same time`);
});

test('a pod that is gone from the name keeps its key until its tokens have ended', async () => {
  const keys = new Map<string, KeyObject>([ec(), ec()].map((key, index) => [`127.0.2.${index + 1}`, key] as const));
  await using server = createServer((request, response) => {
    const address = request.socket.localAddress ?? '';
    response.end(setOf([address, keys.get(address) ?? ec()]));
  }).listen(0, '0.0.0.0');
  await once(server, 'listening');
  let addresses = [...keys.keys()];
  const collected = collecting({ sources: [peers(portOf(server))], resolve: async () => addresses });
  await collected.publisher.round();
  addresses = addresses.slice(1);
  await collected.publisher.round();
  assert.deepEqual(collected.names(), ['127.0.2.1', '127.0.2.2']);
  collected.time += keep + slack + 60_001;
  await collected.publisher.round();
  assert.deepEqual(collected.names(), ['127.0.2.2']);
});

test('a key counts until its last token has ended by every clock, and what the file may lack, in whole minutes', async () => {
  await using server = createServer((_, response) => response.end(setOf(['k', ec()]))).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const collected = collecting({ sources: [peers(portOf(server))], resolve: async () => ['127.0.0.1'] });
  const minute = 60_000;
  for (const [at, rounded] of [
    [0, 0],
    [1, minute],
  ] as const) {
    collected.time = now + at;
    await collected.publisher.round();
    const [key] = collected.publisher.own.keys;
    assert.equal(key?.until, now + rounded + keep + minute + slack);
  }
});

test('two pods with different keys of one name: the first stays, and it is reported', async () => {
  const [one, two] = [ec(), ec()];
  const texts = new Map([
    ['/a', setOf(['k', one], ['a', ec()])],
    ['/b', setOf(['k', two])],
  ]);
  await using server = await serving((request, response) => void response.end(texts.get(request.url ?? '')));
  const collected = collecting({ sources: [peers(portOf(server), '/a')] });
  await collected.publisher.round();
  const later = collecting({ sources: [peers(portOf(server), '/a'), peers(portOf(server), '/b')] });
  await later.publisher.round();
  assert.deepEqual(later.names(), ['a', 'k']);
  assert.deepEqual([collected.told.clashing, later.told.clashing], [[], ['k']]);
});

const answers: readonly [name: string, listener: RequestListener, reason: RegExp][] = [
  [
    'a redirect',
    (_, response) => void response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
    /redirects to another address/,
  ],
  ['an error', (_, response) => void response.writeHead(500).end('x'), /the status 500/],
  ['a reset', (request) => void request.socket.destroy(), /connection failed \(ECONNRESET\)/],
  [
    'half an answer',
    (_, response) => void response.writeHead(200, { 'content-length': 9 }).end('x', () => response.destroy()),
    /connection failed \(ECONNRESET\)/,
  ],
  ['one byte too many', (_, response) => void response.end(' '.repeat(longestSet + 1)), /larger than/],
];

for (const [name, listener, reason] of answers) {
  test(`no keys are taken of ${name}`, async () => {
    await using server = await serving(listener);
    const asked = askPeer(new URL(`http://peers:${portOf(server)}/`), '127.0.0.1', { authorities: undefined });
    await assert.rejects(asked, (error) => error instanceof NoAnswer && reason.test(error.message));
  });
}

test('the largest set is taken', async () => {
  const text = setOf(['k', ec()]).padEnd(longestSet);
  await using server = await serving((_, response) => void response.end(text));
  const url = new URL(`http://peers:${portOf(server)}/`);
  assert.equal(await askPeer(url, '127.0.0.1', { authorities: undefined }), text);
});

test('a peer that sends without end is left in time', async () => {
  await using server = await serving((_, response) => {
    const timer = setInterval(() => response.write(' '), 50);
    response.on('close', () => clearInterval(timer));
  });
  const url = new URL(`http://peers:${portOf(server)}/`);
  await assert.rejects(askPeer(url, '127.0.0.1', { authorities: undefined }), {
    message: `There is no whole answer after ${peerLimit / 1000} s.`,
  });
});

const secretJwk = { kty: 'oct', k: 'c2VjcmV0', kid: 's' };
const privateJwk = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
const jwk = publishedJwk(heldKey(ec(), { kid: 'k' }), es256);

const sets: readonly [name: string, keys: readonly unknown[], taken: readonly string[], objections: RegExp][] = [
  ['a key', [jwk], ['k'], /^$/],
  ['a private key beside it', [privateJwk, jwk], ['k'], /private key or a secret/],
  ['a secret beside it', [jwk, secretJwk], ['k'], /private key or a secret/],
  ['a key to encrypt to', [{ ...jwk, use: 'enc' }], [], /not for signatures/],
  ['a key that may only encrypt', [{ ...jwk, key_ops: ['encrypt'] }], [], /not for signatures/],
  ['a damaged key', [{ ...jwk, x: 'AA' }, jwk], ['k'], /do not fit each other/],
  ['a long kid', [{ ...jwk, kid: 'k'.repeat(257) }], [], /longer than 256/],
  ['the longest kid', [{ ...jwk, kid: 'k'.repeat(256) }], ['k'.repeat(256)], /^$/],
  ['no key', [], [], /^$/],
];

for (const [name, keys, taken, objections] of sets) {
  test(`a set with ${name}`, () => {
    const sight = readSet(JSON.stringify({ keys }), 'x');
    assert.deepEqual(
      sight.keys?.map(({ held }) => held.kid),
      taken,
    );
    assert.match(sight.objections.join(' '), objections);
  });
}

test('a set has a maximum, a key without a name gets its thumbprint, and other members are not repeated', () => {
  const many = Array.from({ length: maxKeysOfSource + 1 }, (_, index) => ({ ...jwk, kid: `k${index}` }));
  assert.equal(readSet(JSON.stringify({ keys: many }), 'x').keys?.length, maxKeysOfSource);
  assert.match(readSet(JSON.stringify({ keys: many }), 'x').objections.join(), /more than 256/);
  assert.deepEqual(readSet(JSON.stringify({ keys: many.slice(1) }), 'x').objections, []);
  const [first] = readSet(JSON.stringify({ ...jwk, kid: undefined, note: 'x', x5u: 'http://x/' }), 'x').keys ?? [];
  assert.ok(first);
  assert.equal(first.held.kid, first.held.thumbprint);
  assert.deepEqual(publishedJwk(first.held, first.algorithms), { ...jwk, kid: first.held.thumbprint });
  assert.equal(readSet('not a set', 'x').keys, undefined);
});

const addresses: readonly [text: string, allowsHttp: boolean, expected: string | RegExp][] = [
  ['keys/a.crt', false, 'keys/a.crt'],
  ['https://a.example', false, 'https://a.example/.well-known/jwks.json'],
  ['https://a.example/keys', false, 'https://a.example/keys'],
  ['http://127.0.0.1:9465', false, 'http://127.0.0.1:9465/.well-known/jwks.json'],
  ['http://pods:9465', true, 'http://pods:9465/.well-known/jwks.json'],
  ['http://pods:9465', false, /Use https, or write --allow-http/],
  ['ftp://pods/', true, /an http or https URL/],
  ['https://u:p@a.example', true, /no user and no password/],
];

for (const [text, allowsHttp, expected] of addresses) {
  test(`the source ${text}${allowsHttp ? ' with --allow-http' : ''}`, () => {
    const source = parseSource(text, allowsHttp);
    const shown = typeof source === 'string' ? source : source.kind === 'path' ? source.path : source.url.href;
    if (typeof expected === 'string') assert.equal(shown, expected);
    else assert.match(shown, expected);
  });
}

test('of two peers with one name for their keys, the one that is named first stays, however late it answers', async () => {
  const [slow, quick] = [ec(), ec()];
  await using late = await serving((_, response) => void setTimeout(() => response.end(setOf(['k', slow])), 200));
  await using soon = await serving((_, response) => response.end(setOf(['k', quick])));
  const collected = collecting({ sources: [peers(portOf(late)), peers(portOf(soon))] });
  await collected.publisher.round();
  const [published] = collected.keeper.keys;
  assert.equal(published?.held.thumbprint, heldKey(slow).thumbprint);
});

test('an answer in another protocol is no answer', async () => {
  await using server = await serving((request) => {
    request.socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n');
  });
  const url = new URL(`http://peers:${portOf(server)}`);
  await assert.rejects(askPeer(url, '127.0.0.1', { authorities: undefined }), /another protocol than HTTP/);
});
