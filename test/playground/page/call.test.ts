import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mock, test } from 'node:test';
import { call } from '../../../src/playground/page/call.ts';

/** What the browser's `fetch` would do: addresses are relative to the page. */
async function callAt(origin: string): ReturnType<typeof call<'open'>> {
  const real = globalThis.fetch;
  const relative = mock.method(globalThis, 'fetch', (path: string, options: RequestInit) =>
    real(origin + path, options),
  );
  try {
    return await call('open', {});
  } finally {
    relative.mock.restore();
  }
}

const answers: [name: string, status: number, body: string, reply: object][] = [
  ['an answer', 200, '{"version":"1"}', { kind: 'answer', answer: { version: '1' } }],
  ['no key', 403, '{"message":"Open it."}', { kind: 'refused', isLocked: true, message: 'Open it.' }],
  ['a body too large', 413, '{"message":"Less."}', { kind: 'refused', isLocked: false, message: 'Less.' }],
  ['a plain page', 403, 'Another host.', { kind: 'refused', isLocked: true, message: 'Another host.' }],
  ['another JSON', 500, '[]', { kind: 'refused', isLocked: false, message: '[]' }],
  ['nothing', 500, '', { kind: 'refused', isLocked: false, message: 'The playground answered with status 500.' }],
  ['an answer that is cut', 200, '{"ver', { kind: 'lost' }],
];

for (const [name, status, body, reply] of answers) {
  test(`a call that gets ${name}`, async () => {
    const server = createServer((request, response) => {
      const isRight = request.method === 'POST' && request.url === '/api/open';
      response.writeHead(isRight ? status : 404).end(body);
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    assert.deepEqual(await callAt(`http://127.0.0.1:${port}`), reply);
    server.closeAllConnections();
    server.close();
  });
}

test('a call that nobody answers', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  assert.deepEqual(await callAt(`http://127.0.0.1:${port}`), { kind: 'lost' });
});
