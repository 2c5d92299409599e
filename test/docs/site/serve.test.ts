/**
 * The server of `npm run site -- --serve`: which file each address gets, and that nobody else on the network does.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { serveSite } from '../../../site/serve.ts';

const root = mkdtempSync(join(tmpdir(), 'mintproc-site-'));
const folder = join(root, 'site');
mkdirSync(join(folder, 'guides'), { recursive: true });
writeFileSync(join(root, 'outside.html'), 'outside');
for (const name of ['index.html', '404.html', 'start.html', 'guides/envoy.html', 'logo.svg']) {
  writeFileSync(join(folder, name), name);
}
const server = serveSite(folder, '/docs/', 0);
await once(server, 'listening');
const { address, port } = server.address() as AddressInfo;
after(() => {
  server.close();
  rmSync(root, { recursive: true });
});

/** `fetch` would remove the dots of a path. */
async function get(path: string): Promise<readonly [number | undefined, string | undefined, string]> {
  const sent = request({ host: '127.0.0.1', port, path }).end();
  const [response] = await once(sent, 'response');
  return [response.statusCode, response.headers['content-type'], await text(response)];
}

const addresses: [path: string, status: number, type: string, file: string][] = [
  ['/docs/', 200, 'text/html', 'index.html'],
  ['/docs/start', 200, 'text/html', 'start.html'],
  ['/docs/start.html?a=b', 200, 'text/html', 'start.html'],
  ['/docs/guides/envoy.html', 200, 'text/html', 'guides/envoy.html'],
  ['/docs/logo.svg', 200, 'image/svg+xml', 'logo.svg'],
  ['/docs/none.html', 404, 'text/html', '404.html'],
  ['/docs/guides', 404, 'text/html', '404.html'],
  ['/start.html', 404, 'text/html', '404.html'],
  ['/docs/../outside.html', 404, 'text/html', '404.html'],
  ['/docs/..%2foutside.html', 404, 'text/html', '404.html'],
  ['/docs/..%5coutside.html', 404, 'text/html', '404.html'],
];

for (const [path, ...expected] of addresses) {
  test(`the site at ${path}`, async () => assert.deepEqual(await get(path), expected));
}

test('the site is served to this machine only', () => assert.equal(address, '127.0.0.1'));
