import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { askPeer, NoAnswer } from '../../../src/publishing/publisher/ask-peer.ts';
import { questionsTo, resolveAll } from '../../../src/publishing/publisher/peers.ts';
import { Authority } from '../../net/made-certificates.ts';

const noAuthorities = { authorities: undefined };

test('an address is its own, and a name has the addresses that the system knows', async () => {
  assert.deepEqual(await resolveAll('192.0.2.1'), ['192.0.2.1']);
  assert.deepEqual(await resolveAll('::1'), ['::1']);
  const local = await resolveAll('localhost');
  assert.ok(local.includes('127.0.0.1') || local.includes('::1'));
});

const names: readonly [name: string, addresses: readonly string[] | Error, asks: number, objection: RegExp][] = [
  ['one address', ['192.0.2.1'], 1, /^$/],
  ['one address twice', ['192.0.2.1', '192.0.2.1'], 1, /^$/],
  ['no address', [], 0, /has no address/],
  ['512 addresses', Array.from({ length: 512 }, (_, index) => `10.0.${index >> 8}.${index & 255}`), 512, /^$/],
  [
    '513 addresses',
    Array.from({ length: 513 }, (_, index) => `10.0.${index >> 8}.${index & 255}`),
    512,
    /more than 512/,
  ],
  ['an error', Object.assign(new Error('x'), { code: 'ENOTFOUND' }), 0, /cannot be resolved \(ENOTFOUND\)/],
  ['no answer in time', new NoAnswer('The name is not resolved after 5 s.'), 0, /not resolved after 5 s/],
];

for (const [name, addresses, asks, objection] of names) {
  test(`a name with ${name}`, async () => {
    const resolve = async (): Promise<readonly string[]> => {
      if (addresses instanceof Error) throw addresses;
      return addresses;
    };
    const found = await questionsTo(new URL('http://pods:1/'), resolve, noAuthorities);
    assert.equal(found.asks.length, asks);
    assert.match(found.sights.flatMap(({ objections }) => objections).join(' '), objection);
  });
}

test('over TLS, the name of the source must be in the certificate, and its authority must be known', async () => {
  const authority = new Authority();
  const { certificate, key } = authority.leaf([['DNS', 'pods.example']], {});
  await using server = createServer({ cert: certificate, key }, (_, response) => void response.end('{"keys":[]}'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const ask = (host: string, authorities: string | undefined): Promise<string> =>
    askPeer(new URL(`https://${host}:${port}/`), '127.0.0.1', { authorities });
  assert.equal(await ask('pods.example', authority.certificate), '{"keys":[]}');
  await assert.rejects(ask('other.example', authority.certificate), /ERR_TLS_CERT_ALTNAME_INVALID/);
  await assert.rejects(ask('pods.example', undefined), NoAnswer);
});
