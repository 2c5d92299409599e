/**
 * @module
 * Whatever else Envoy is configured to send to a processor (bodies, trailers, responses), requests and responses come
 * through whole and with their token.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { seenHeader } from '../../demo/upstream.ts';
import { seenIn } from './harness/client.ts';
import { extProc, hmacPolicy, withoutJwtAuthn } from './harness/policies.ts';
import { startStack } from './harness/stack.ts';

type Modes = Readonly<Record<string, string>>;

const trailers = { request_trailer_mode: 'SEND', response_trailer_mode: 'SEND' };

const table: [name: string, modes: Modes, bodyBytes: number][] = [
  ['response headers', { response_header_mode: 'SEND' }, 1000],
  [
    'buffered',
    { request_body_mode: 'BUFFERED', response_body_mode: 'BUFFERED', response_header_mode: 'SEND' },
    300_000,
  ],
  [
    'buffered partly',
    { request_body_mode: 'BUFFERED_PARTIAL', response_body_mode: 'BUFFERED_PARTIAL', response_header_mode: 'SEND' },
    300_000,
  ],
  [
    'streamed',
    { request_body_mode: 'STREAMED', response_body_mode: 'STREAMED', response_header_mode: 'SEND', ...trailers },
    2_000_000,
  ],
  [
    'full duplex',
    {
      request_body_mode: 'FULL_DUPLEX_STREAMED',
      response_body_mode: 'FULL_DUPLEX_STREAMED',
      response_header_mode: 'SEND',
      ...trailers,
    },
    2_000_000,
  ],
];

const base = {
  files: { 'policy.yaml': hmacPolicy({ sub: 'x' }) },
  mintproc: { policies: [{ name: 'p', file: 'policy.yaml' }], routes: [{ match: {}, policies: ['p'] }] },
};

for (const [name, modes, bytes] of table) {
  test(name, async () => {
    await using stack = await startStack({
      ...base,
      envoy(config) {
        withoutJwtAuthn(config);
        for (const [key, mode] of Object.entries(modes)) config.set([...extProc(config), 'processing_mode', key], mode);
      },
    });
    const body = 'mintproc '.repeat(bytes / 8).slice(0, bytes);
    for (const question of [{ method: 'POST', body }, {}]) {
      const seen = seenIn(await stack.ask(question));
      assert.match(seenHeader(seen, 'authorization')[0] ?? '', /^Bearer ey/);
      const sha256 = createHash('sha256')
        .update(question.body ?? '')
        .digest('hex');
      assert.deepEqual(seen.body, { bytes: question.body?.length ?? 0, sha256 });
    }
    const stats = await stack.envoyStats('ext_proc');
    const bad = [...stats].filter(([stat, value]) => /failed|spurious|timeout|mismatch/.test(stat) && value > 0);
    assert.deepEqual(bad, []);
  });
}

test('observed only: Envoy does not wait, and the request goes on as it came', async () => {
  await using stack = await startStack({
    ...base,
    envoy(config) {
      withoutJwtAuthn(config);
      config.set([...extProc(config), 'observability_mode'], true);
    },
  });
  const seen = seenIn(await stack.ask({ headers: [['authorization', 'its own']] }));
  assert.deepEqual(seenHeader(seen, 'authorization'), ['its own']);
});
