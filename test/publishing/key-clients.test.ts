import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createLog } from '../../src/observe/log.ts';
import { Metrics } from '../../src/observe/metrics.ts';
import { Readiness } from '../../src/observe/readiness.ts';
import { clientKinds, kindOfClient } from '../../src/publishing/key-clients.ts';
import { keySetPath, startKeyServer } from '../../src/publishing/key-server.ts';

const clients: readonly [headers: Readonly<Record<string, string>>, kind: string][] = [
  [{}, 'unnamed'],
  [{ 'user-agent': '' }, 'unnamed'],
  [{ 'x-envoy-expected-rq-timeout-ms': '5000' }, 'envoy'],
  [{ 'user-agent': 'Go-http-client/1.1' }, 'go'],
  [{ 'user-agent': 'Java/21.0.2' }, 'java'],
  [{ 'user-agent': 'ReactorNetty/1.2' }, 'java'],
  [{ 'user-agent': 'python-requests/2.32' }, 'python'],
  [{ 'user-agent': 'Python-urllib/3.11' }, 'python'],
  [{ 'user-agent': 'node' }, 'node'],
  [{ 'user-agent': 'curl/7.88' }, 'curl'],
  [{ 'user-agent': 'alice@example.com' }, 'other'],
];

for (const [headers, kind] of clients) {
  test(`${JSON.stringify(headers)} is ${kind}`, () => assert.equal(kindOfClient(headers), kind));
}

test('whatever the client says, the label is one of a closed set', () => {
  fc.assert(
    fc.property(fc.string(), (agent) => clientKinds.has(kindOfClient({ 'user-agent': agent }))),
    { seed: 25, numRuns: 200 },
  );
});

test('a request for the keys is counted, with what the client got', async () => {
  const metrics = new Metrics({ version: '0', outcomes: [] });
  const keys = await startKeyServer({
    address: { host: '127.0.0.1', port: 0 },
    maxAge: () => 1,
    documents: { [keySetPath]: () => '{"keys":[]}' },
    metrics,
    log: createLog('silent', () => {}),
    readiness: new Readiness(),
  });
  const ask = (etag: string) =>
    fetch(`http://${keys.address}${keySetPath}`, { headers: { 'if-none-match': etag, 'user-agent': 'secret me' } });
  const etag = (await ask('"none"')).headers.get('etag') ?? '';
  for (let i = 0; i < 2; i++) await ask(etag);
  await keys.close();
  const lines = (await metrics.text()).split('\n').filter((line) => line.startsWith('mintproc_jwks_'));
  assert.deepEqual(lines.slice(0, 2), [
    'mintproc_jwks_requests_total{document="jwks",client="other",result="sent"} 1',
    'mintproc_jwks_requests_total{document="jwks",client="other",result="unchanged"} 2',
  ]);
  const at = Number(lines[2]?.split(' ')[1]);
  assert.ok(Math.abs(at - Date.now() / 1000) < 60, String(at));
});
