/**
 * @module
 * The error for a port in use names the port and the process that needs it.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { freePort, parseAddress, requireFree } from '../../demo/ports.ts';

test('a free port can be listened on', async () => {
  const port = await freePort();
  await requireFree({ host: '127.0.0.1', port }, 'a test');
});

test('two ports that are asked for before either is used differ', async () => {
  const [one, other] = await Promise.all([freePort(), freePort()]);
  assert.notEqual(one, other);
});

test('a port in use is refused; the message names it and the process that needs it', async () => {
  const port = await freePort();
  await using server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  await assert.rejects(requireFree({ host: '127.0.0.1', port }, 'the sidecar'), {
    name: 'SetupError',
    message: `Port ${port} on 127.0.0.1 is in use, but the sidecar needs it: free it and try again.`,
  });
});

test('an address of another machine is refused', async () => {
  await assert.rejects(requireFree({ host: '192.0.2.1', port: 1 }, 'the sidecar'), /not available \(EADDRNOTAVAIL\)/);
});

test('an address is split at its last colon', () => {
  assert.deepEqual(parseAddress('127.0.0.1:50051'), { host: '127.0.0.1', port: 50051 });
});
