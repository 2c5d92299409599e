/**
 * @module
 * One caller, and a real Envoy that verifies its token, splits `scope` and writes the claims in any order: one token,
 * over both transports.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeJwt } from 'jose';
import { callerToken } from '../../demo/credentials.ts';
import type { EnvoyConfig } from '../../demo/envoy-config.ts';
import { seenHeader } from '../../demo/upstream.ts';
import { seenIn } from './harness/client.ts';
import { hmacPolicy } from './harness/policies.ts';
import { startStack } from './harness/stack.ts';

/** As Istio does it. */
function splitScope(config: EnvoyConfig): void {
  const provider = [...config.filter('envoy.filters.http.jwt_authn'), 'typed_config', 'providers', 'demo'];
  config.set([...provider, 'normalize_payload_in_metadata'], { space_delimited_claims: ['scope', 'permission'] });
}

const claims = {
  scope: 'read write',
  permission: 'all',
  roles: ['a', 'b'],
  realm: { z: 1, y: { d: 1, c: 2, b: 3, a: 4 }, x: 2 },
  account: 100002348117421 * 1000,
  tenant: 't',
  client_id: 'app-7',
};
const requests = 40;

for (const transport of ['native', 'grpc-js']) {
  test(`${transport}: one caller gets one token`, async () => {
    await using stack = await startStack({
      files: {
        'policy.yaml': hmacPolicy({
          caller: '#[authentication.properties.claims]',
          scopes: "#['s:' ++ authentication.properties.scope]",
          permission: '#[authentication.properties.permission]',
        }),
      },
      mintproc: {
        transport,
        policies: [{ name: 'p', file: 'policy.yaml', reuse: { for: '60s' } }],
        routes: [{ match: {}, policies: ['p'] }],
      },
      envoy: splitScope,
    });
    const caller = await callerToken(stack.credentials.callerKey, claims);
    const tokens = new Set<string>();
    for (let asked = 0; asked < requests; asked++) {
      const answer = await stack.ask({ headers: [['Authorization', `Bearer ${caller}`]] });
      tokens.add(seenHeader(seenIn(answer), 'authorization')[0] ?? '');
    }
    assert.equal(tokens.size, 1);
    const [token = ''] = tokens;
    const { scopes, permission, caller: seen } = decodeJwt(token.slice('Bearer '.length));
    assert.deepEqual([scopes, permission], ['s:read write', 'all']);
    const whole = seen as Readonly<Record<string, unknown>>;
    assert.deepEqual(Object.keys(whole), Object.keys(whole).toSorted());
    assert.equal(whole['scope'], 'read write');
    assert.deepEqual(whole['roles'], ['a', 'b']);
    assert.equal(JSON.stringify(whole['realm']), '{"x":2,"y":{"a":4,"b":3,"c":2,"d":1},"z":1}');
  });
}
