import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ListenError } from '../../src/net/listen-error.ts';
import type { HttpListener } from '../../src/observe/http-server.ts';
import { createLog } from '../../src/observe/log.ts';
import { Metrics } from '../../src/observe/metrics.ts';
import { Readiness } from '../../src/observe/readiness.ts';
import { keySetPath, startKeyServer } from '../../src/publishing/key-server.ts';

const log = createLog('silent', () => {});
const metrics = new Metrics({ version: '0', outcomes: [] });

interface Serving extends AsyncDisposable {
  readonly url: string;
  readonly server: HttpListener;
  body: string;
}

async function serve(): Promise<Serving> {
  const serving = { body: '{"keys":[]}\n' };
  const server = await startKeyServer({
    address: { host: '127.0.0.1', port: 0 },
    maxAge: () => 300,
    documents: { [keySetPath]: () => serving.body },
    metrics,
    log,
    readiness: new Readiness(),
  });
  return Object.assign(serving, {
    server,
    url: `http://${server.address}`,
    [Symbol.asyncDispose]: () => server.close(),
  });
}

test('the key set is sent with caching headers', async () => {
  await using serving = await serve();
  const response = await fetch(serving.url + keySetPath);
  assert.equal(response.status, 200);
  assert.equal(response.headers.get('content-type'), 'application/json');
  assert.equal(response.headers.get('cache-control'), 'public, max-age=300');
  assert.match(response.headers.get('etag') ?? '', /^"[\w-]{22}"$/);
  assert.equal(await response.text(), serving.body);
});

const conditions: readonly [name: string, ifNoneMatch: (etag: string) => string, status: number][] = [
  ['the same', (etag) => etag, 304],
  ['a weak one', (etag) => `W/${etag}`, 304],
  ['one of several', (etag) => `"other", ${etag}`, 304],
  ['any', () => '*', 304],
  ['another', () => '"other"', 200],
];

for (const [name, ifNoneMatch, status] of conditions) {
  test(`a client with ${name} gets ${status}`, async () => {
    await using serving = await serve();
    const etag = (await fetch(serving.url + keySetPath)).headers.get('etag') ?? '';
    const response = await fetch(serving.url + keySetPath, { headers: { 'if-none-match': ifNoneMatch(etag) } });
    assert.equal(response.status, status);
    assert.equal(response.headers.get('etag'), etag);
    assert.equal(await response.text(), status === 304 ? '' : serving.body);
  });
}

test('a different key set has a different ETag', async () => {
  await using serving = await serve();
  const before = await fetch(serving.url + keySetPath);
  serving.body = '{"keys":[{}]}\n';
  const after = await fetch(serving.url + keySetPath, {
    headers: { 'if-none-match': before.headers.get('etag') ?? '' },
  });
  assert.equal(after.status, 200);
  assert.equal(await after.text(), serving.body);
});

const others: readonly [method: string, path: string, status: number][] = [
  ['GET', '/', 404],
  ['GET', '/metrics', 404],
  ['POST', keySetPath, 405],
  ['HEAD', keySetPath, 200],
];

for (const [method, path, status] of others) {
  test(`${method} ${path}: ${status}`, async () => {
    await using serving = await serve();
    assert.equal((await fetch(serving.url + path, { method })).status, status);
  });
}

test('an address in use is an error with its own code', async () => {
  await using serving = await serve();
  const port = Number(new URL(serving.url).port);
  const address = { host: '127.0.0.1', port };
  const again = startKeyServer({ address, maxAge: () => 1, documents: {}, metrics, log, readiness: new Readiness() });
  await assert.rejects(again, (error) => error instanceof ListenError && error.code === 'observe.keys-listen-failed');
});
