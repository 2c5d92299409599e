/**
 * @module
 * A server that mints no token, or a different one, is not measured.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { type JWTPayload, SignJWT } from 'jose';
import { algorithms, bareCost } from '../../bench/algorithms.ts';
import { quick } from '../../bench/effort.ts';
import { prove } from '../../bench/proof.ts';
import { measureInTurns } from '../../bench/rounds.ts';
import { ownRows, type Row } from '../../bench/rows.ts';
import type { Minting } from '../../bench/servers/policy-files.ts';

const keys = algorithms.HS256.makeKeys();
const minting: Minting = { algorithm: 'HS256', claims: 1, reuse: false };
const row: Row = {
  name: 'a',
  title: 'a',
  over: 'tcp',
  serving: { kind: 'sidecar', minting },
  requests: 1,
  traceparent: 'none',
};
const claims = { sub: 'alice', client_id: 'partner-42', claim_0: 'x' };

function tokenOf(payload: JWTPayload, by = keys): Promise<string> {
  return new SignJWT(payload).setProtectedHeader({ alg: 'HS256' }).sign(by.own);
}

/** The `authorization` header at the backend, as Envoy echoes it. */
let reaching: string | undefined;
const server = createServer((_, response) => {
  if (reaching !== undefined) response.setHeader('x-echo', reaching);
  response.end();
});
let port: number;
before(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
});
after(() => void server.close());

test('the token of the row gives what the bare operation works on', async () => {
  const token = await tokenOf(claims);
  reaching = `Bearer ${token}`;
  assert.equal(String(await prove(row, port, keys)), token.slice(0, token.lastIndexOf('.')));
});

const refused: readonly (readonly [name: string, header: Promise<string> | undefined, message: RegExp])[] = [
  ['no header', undefined, /^a adds no header/],
  ['no token', Promise.resolve('Bearer abc'), /Invalid Compact JWS/],
  ['a token of another key', tokenOf(claims, algorithms.HS256.makeKeys()), /signature verification failed/],
  ['a token of another caller', tokenOf({ ...claims, sub: 'bob' }), /other claims: sub, client_id, claim_0\.$/],
  ['a token with fewer claims', tokenOf({ ...claims, claim_0: undefined }), /other claims: sub, client_id\.$/],
  ['a token with more claims', tokenOf({ ...claims, claim_1: 'y' }), /other claims/],
];

for (const [name, header, message] of refused) {
  test(`${name} is refused`, async () => {
    reaching = await header;
    await assert.rejects(prove(row, port, keys), ({ message: said }: Error) => message.test(said));
  });
}

test('every bare operation has a cost', () => {
  for (const { serving } of ownRows) {
    if (serving.kind !== 'sidecar') continue;
    const { algorithm } = serving.minting;
    assert.ok(bareCost(algorithm, algorithms[algorithm].makeKeys(), Buffer.from('a.b'), 0.005) > 0, algorithm);
  }
});

test('a round is invalid if not every request had a token minted', async () => {
  const counts = [7, 11];
  const own = {
    pid: process.pid,
    address: 'unix:/nowhere.sock',
    readyAfter: 0,
    minted: async () => counts.shift(),
    stop: async () => undefined,
  };
  const subject = { row, server: own, port, requests: [], keys, input: Buffer.alloc(8), idle: 0 };
  const load = async () => ({ count: 5, seconds: 1, took: Float64Array.of(1, 1, 1, 1, 1) });
  await assert.rejects(
    measureInTurns([subject], quick, () => undefined, load),
    /^Error: a minted 4 tokens for 5 requests\.$/,
  );
});
