/**
 * @module
 * `authentication` from sources other than a token: the metadata of another filter, or headers that the configuration
 * trusts. Headers that it does not trust name nobody.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeJwt } from 'jose';
import type { EnvoyConfig } from '../../demo/envoy-config.ts';
import { seenHeader } from '../../demo/upstream.ts';
import { seenIn } from './harness/client.ts';
import { extProc, hmacPolicy, withoutJwtAuthn } from './harness/policies.ts';
import { startStack } from './harness/stack.ts';

/** Puts a filter in front of ext_proc that says who the caller is, as a server behind ext_authz would. */
function saysInMetadata(namespace: string): (config: EnvoyConfig) => void {
  return (config) => {
    const jwtAuthn = config.filter('envoy.filters.http.jwt_authn');
    config.set(jwtAuthn, {
      name: 'envoy.filters.http.set_metadata',
      typed_config: {
        '@type': 'type.googleapis.com/envoy.extensions.filters.http.set_metadata.v3.Config',
        metadata: [{ metadata_namespace: namespace, value: { sub: 'bob', client_id: 'c-9', tier: 'gold' } }],
      },
    });
    const namespaces = [...extProc(config), 'metadata_options', 'forwarding_namespaces', 'untyped'];
    config.set(namespaces, ['envoy.filters.http.jwt_authn', 'envoy.filters.http.ext_authz', 'com.example.who']);
  };
}

const headers = [['x-user', 'bob'] as const, ['x-client', 'c-9'] as const, ['x-tier', 'gold'] as const];
const known = { principal: 'bob', clientId: 'c-9', tier: 'gold' };
const trusting = { from: 'headers', principal: 'x-user', clientId: 'x-client', properties: { tier: 'x-tier' } };
const who = { from: 'metadata', namespace: 'com.example.who' };

type Envoy = (config: EnvoyConfig) => void;
const table: [name: string, sources: object[] | undefined, envoy: Envoy, claims: object][] = [
  ['ext_authz, unasked', undefined, saysInMetadata('envoy.filters.http.ext_authz'), known],
  ['another namespace, named', [who], saysInMetadata('com.example.who'), known],
  ['another namespace, not named', undefined, saysInMetadata('com.example.who'), {}],
  ['headers, named', [trusting], withoutJwtAuthn, known],
  ['headers, not named', undefined, withoutJwtAuthn, {}],
];

for (const [name, sources, envoy, claims] of table) {
  test(name, async () => {
    await using stack = await startStack({
      files: {
        'policy.yaml': hmacPolicy({
          principal: '#[authentication.principal]',
          clientId: '#[authentication.clientId]',
          tier: '#[authentication.properties.tier]',
        }),
      },
      mintproc: {
        policies: [{ name: 'p', file: 'policy.yaml' }],
        routes: [{ match: {}, policies: ['p'] }],
        ...(sources === undefined ? {} : { authentication: { sources } }),
      },
      envoy,
    });
    const [value = ''] = seenHeader(seenIn(await stack.ask({ headers })), 'authorization');
    const { iat, exp, ...custom } = decodeJwt(value.slice('Bearer '.length));
    assert.deepEqual(custom, claims);
  });
}
