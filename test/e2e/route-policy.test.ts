/**
 * @module
 * A route of Envoy's names the policy by gRPC metadata, where the configuration allows it.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeJwt } from 'jose';
import type { EnvoyConfig } from '../../demo/envoy-config.ts';
import { seenHeader } from '../../demo/upstream.ts';
import { seenIn } from './harness/client.ts';
import { hmacPolicy, withoutJwtAuthn } from './harness/policies.ts';
import { type StackOptions, startStack } from './harness/stack.ts';

function options(named: string, allowRoutePolicy: boolean): StackOptions {
  return {
    files: { 'general.yaml': hmacPolicy({ by: 'general' }), 'special.yaml': hmacPolicy({ by: 'special' }) },
    mintproc: {
      allowRoutePolicy,
      policies: [
        { name: 'general', file: 'general.yaml' },
        { name: 'special', file: 'special.yaml' },
      ],
      routes: [
        { match: { pathPrefix: '/' }, policies: ['general'] },
        { match: {}, policies: ['special'] },
      ],
    },
    envoy(config: EnvoyConfig) {
      withoutJwtAuthn(config);
      config.set([...config.route, 'typed_per_filter_config'], {
        'envoy.filters.http.ext_proc': {
          '@type': 'type.googleapis.com/envoy.extensions.filters.http.ext_proc.v3.ExtProcPerRoute',
          overrides: { grpc_initial_metadata: [{ key: 'x-mintproc-policy', value: named }] },
        },
      });
    },
  };
}

/** The client's own header of that name is no metadata and changes nothing. */
const question = { headers: [['x-mintproc-policy', 'general'] as const] };

test('allowed: the named policy runs', async () => {
  await using stack = await startStack(options('special', true));
  const [value = ''] = seenHeader(seenIn(await stack.ask(question)), 'authorization');
  assert.equal(decodeJwt(value.slice('Bearer '.length))['by'], 'special');
});

const refused: [name: string, named: string, allowed: boolean, code: string][] = [
  ['a name that no policy has', 'missing', true, 'route.unknown-policy'],
  ['a name where the configuration allows none', 'special', false, 'route.policy-not-allowed'],
];
for (const [name, named, allowed, code] of refused) {
  test(`refused: ${name}`, async () => {
    await using stack = await startStack(options(named, allowed));
    const answer = await stack.ask(question);
    assert.equal(answer.status, 500);
    assert.deepEqual(JSON.parse(answer.body), { error: { code } });
    assert.equal(stack.seen.length, 0);
  });
}
