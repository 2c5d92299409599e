/**
 * @module
 * What is written for the filter ext_authz, over random parts: `test/e2e/generated-authz.test.ts` shows that Envoy
 * runs it.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parse } from 'yaml';
import { EnvoyConfig } from '../../demo/envoy-config.ts';
import { envoyPlatform } from '../../src/envoy/envoy.ts';
import { envoyGatewayPlatform } from '../../src/envoy/envoy-gateway.ts';
import type { EnvoyPart } from '../../src/envoy/envoy-part.ts';
import { istioPlatform } from '../../src/envoy/istio.ts';
import { defaultsOf, envoyPart } from './envoy-parts.ts';

const values = defaultsOf(envoyPlatform);
const authzPart = envoyPart.map((part) => ({ ...part, filter: 'ext_authz' as const, routeNames: [] }));

test('any part is written with the filter, fails closed, and lists exactly the metadata that is read', () => {
  fc.assert(
    fc.property(authzPart, (part) => {
      assert.deepEqual(envoyPlatform.refusals(part, values), []);
      const { files, notes } = envoyPlatform.generate(part, values);
      const text = files[0]?.text ?? '';
      const config = new EnvoyConfig(text);
      const settings = config.get([...config.filter('envoy.filters.http.ext_authz'), 'typed_config']);
      const {
        failure_mode_allow,
        encode_raw_headers,
        metadata_context_namespaces = [],
      } = settings as {
        readonly [name: string]: unknown;
      };
      assert.deepEqual([failure_mode_allow, encode_raw_headers], [false, true]);
      assert.deepEqual(metadata_context_namespaces, [...part.reads.namespaces.keys()].sort());
      assert.doesNotMatch(JSON.stringify(parse(text)), /ext_proc/);
      for (const name of part.reads.attributes.keys()) {
        const isSent = ['source.address', 'destination.address', 'request.protocol'].includes(name);
        assert.equal(
          notes.some((note) => note.includes(name)),
          !isSent,
          name,
        );
      }
    }),
  );
});

test('a route name is refused, since no request would have it', () => {
  const [part] = fc.sample(envoyPart, 1);
  assert.ok(part !== undefined);
  const refused = envoyPlatform.refusals({ ...part, filter: 'ext_authz', routeNames: ['orders'] }, values);
  assert.match(refused.join(' '), /ext_authz does not send the name of the route/);
  assert.deepEqual(envoyPlatform.refusals({ ...part, filter: 'ext_proc', routeNames: ['orders'] }, values), []);
});

test('a route that names its policy is proposed with a context extension', () => {
  const [part] = fc.sample(authzPart, 1);
  assert.ok(part !== undefined);
  const { files } = envoyPlatform.generate({ ...part, routePolicy: 'partner' }, values);
  assert.match(files[0]?.text ?? '', /# +context_extensions: \{ ?x-mintproc-policy: partner ?\}/);
});

for (const [name, platform] of Object.entries({ istio: istioPlatform, 'envoy-gateway': envoyGatewayPlatform })) {
  test(`${name}: what it cannot send by ext_authz is refused or said`, () => {
    const [any] = fc.sample(envoyPart, { numRuns: 1, seed: 3 });
    assert.ok(any !== undefined);
    const given = defaultsOf(platform);
    const plain: EnvoyPart = {
      ...any,
      filter: 'ext_authz',
      address: { kind: 'tcp', host: 'mintproc.default.svc', port: 50_051 },
      tls: undefined,
      routeNames: [],
      reads: { attributes: new Map([['connection.mtls', ['a policy']]]), namespaces: new Map() },
    };
    assert.deepEqual(platform.refusals(plain, given), []);
    const { notes } = platform.generate({ ...plain, publishesVariables: true }, given);
    for (const said of ['connection.mtls', 'encode_raw_headers', 'metadata envoy.filters.http.ext_authz']) {
      assert.equal(notes.filter((note) => note.includes(said)).length, 1, said);
    }
    const namespaces = new Map([['envoy.filters.http.jwt_authn', ['a policy']]]);
    for (const part of [
      { ...plain, routeNames: ['orders'] },
      { ...plain, reads: { ...plain.reads, namespaces } },
    ]) {
      assert.equal(platform.refusals(part, given).length, 1);
    }
  });
}

test('istio: a provider is a Service, over the TLS of the mesh', () => {
  const [any] = fc.sample(authzPart, { numRuns: 1, seed: 3 });
  assert.ok(any !== undefined);
  const plain: EnvoyPart = { ...any, reads: { attributes: new Map(), namespaces: new Map() }, tls: undefined };
  const refusals = (part: Partial<EnvoyPart>): readonly string[] =>
    istioPlatform.refusals({ ...plain, ...part }, defaultsOf(istioPlatform));
  const service = { kind: 'tcp', host: 'mintproc.default.svc', port: 1 } as const;
  assert.deepEqual(refusals({ address: service }), []);
  for (const host of ['10.0.0.7', 'localhost', '::1']) {
    assert.match(refusals({ address: { ...service, host } }).join(), /by its Service/);
  }
  assert.match(refusals({ address: { kind: 'unix', path: '/m.sock' } }).join(), /by its Service/);
  const tls = { name: 'mintproc', folder: '/x', needsClientCertificate: true };
  assert.match(refusals({ address: service, tls }).join(), /mesh's own TLS/);
});
