/**
 * @module
 * Every Envoy configuration that we hand out: Envoy itself finds nothing wrong with it, and it says what
 * docs/operations.md asks for.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { prepareCredentials } from '../../demo/credentials.ts';
import type { EnvoyConfig } from '../../demo/envoy-config.ts';
import { loadEnvoyNeeds } from '../../src/configuration/envoy-needs.ts';
import { diskFiles } from '../../src/configuration/files.ts';
import type { EnvoyReads } from '../../src/request/envoy-reads.ts';
import { makeCertificates } from '../e2e/harness/python-tools.ts';
import { envoyBinary } from '../e2e/harness/stack.ts';
import { istioEnvoy, kubernetesEnvoy, localEnvoy } from './samples/envoy-parts.ts';
import { project, SampleFolder } from './samples/sample-folder.ts';

const folder = mkdtempSync(join(tmpdir(), 'mintproc-deploy-'));
after(() => rmSync(folder, { recursive: true }));
before(async () => {
  await prepareCredentials(folder);
  const { ca } = await makeCertificates({ name: 'x', dns: 'x.example.com', uri: 'spiffe://example.com/x' });
  writeFileSync(join(folder, 'ca.pem'), ca);
});

function demo(): EnvoyConfig {
  const config = localEnvoy();
  config.setCallerKeys(join(folder, 'caller.jwks.json'));
  return config;
}

function kubernetes(): EnvoyConfig {
  const config = kubernetesEnvoy(new SampleFolder(join(project, 'deploy', 'kubernetes')));
  const authority = ['transport_socket', 'typed_config', 'common_tls_context', 'validation_context', 'trusted_ca'];
  // The image's own list of authorities may not be on this machine.
  config.set([...config.cluster('issuer'), ...authority, 'filename'], join(folder, 'ca.pem'));
  return config;
}

function istio(): EnvoyConfig {
  return istioEnvoy(
    new SampleFolder(join(project, 'deploy', 'istio')),
    readFileSync(join(folder, 'caller.jwks.json'), 'utf8'),
  );
}

const extProcName = 'envoy.filters.http.ext_proc';
const configs: [file: string, make: () => EnvoyConfig][] = [
  ['envoy.yaml', demo],
  ['deploy/kubernetes/config/envoy.yaml', kubernetes],
  ['deploy/istio/envoyfilter.yaml', istio],
];

const skipped = { request_body_mode: 'NONE', response_body_mode: 'NONE', response_header_mode: 'SKIP' };
const neededAttributes = [
  'source.address',
  'destination.address',
  'request.protocol',
  'request.id',
  'xds.route_name',
  'connection.mtls',
  'connection.subject_peer_certificate',
  'connection.uri_san_peer_certificate',
  'connection.dns_san_peer_certificate',
];

function needsOf(name: string): EnvoyReads {
  const path = join(project, 'deploy', name, 'config', 'mintproc.yaml');
  const { needs, problems } = loadEnvoyNeeds(path, diskFiles);
  assert.ok(needs, JSON.stringify(problems));
  return needs.reads;
}

test('deploy/kubernetes asks for all that its mintproc.yaml reads', () => {
  const config = kubernetes();
  const filter = [...config.filter(extProcName), 'typed_config'];
  const attributes = config.get([...filter, 'request_attributes']) as string[];
  assert.deepEqual(
    [...needsOf('kubernetes').attributes.keys()].filter((name) => !attributes.includes(name)),
    [],
  );
});

for (const [file, make] of configs.filter(([path]) => path.startsWith('deploy/'))) {
  // test/e2e/trailers.test.ts shows what this does.
  test(`${file}: trailers of a request go no further`, () => {
    const config = make();
    const [removal] = config.get([
      ...config.filter('envoy.filters.http.header_mutation'),
      ...['typed_config', 'mutations', 'request_trailers_mutations'],
    ]) as readonly object[];
    assert.deepEqual(removal, { remove_on_match: { key_matcher: { safe_regex: { regex: '.*' } } } });
  });
}

/** Attributes that the CRD of Envoy Gateway 1.9 takes (EnvoyExtensionPolicy); others refuse the same. */
const takenEverywhere =
  /^(?:connection\.|source\.|destination\.|request\.|response\.|upstream\.|xds\.route_)[a-z_1-9]*$/;

for (const [file, make] of configs.filter(([path]) => path.startsWith('deploy/'))) {
  test(`${file}: asks for no attribute that a product refuses`, () => {
    const config = make();
    const attributes = config.get([...config.filter(extProcName), 'typed_config', 'request_attributes']) as string[];
    assert.deepEqual(
      attributes.filter((name) => !takenEverywhere.test(name)),
      [],
    );
  });
}

for (const [file, make] of configs) {
  test(`${file}: envoy --mode validate`, async () => {
    const path = join(folder, 'envoy.yaml');
    writeFileSync(path, make().toString());
    const run = spawnSync(await envoyBinary(), ['--mode', 'validate', '-c', path, '--log-level', 'warning'], {
      encoding: 'utf8',
    });
    assert.equal(run.status, 0, run.stderr);
    // Envoy also warns of fields that are deprecated or unsafe where it listens.
    assert.deepEqual(run.stderr.match(/deprecated|Unable to use runtime/gi), null, run.stderr);
  });

  test(`${file}: fails closed and forwards what mintproc reads`, () => {
    const config = make();
    const filter = [...config.filter(extProcName), 'typed_config'];
    assert.equal(config.get([...filter, 'failure_mode_allow']), false);
    assert.equal(config.get([...filter, 'grpc_service', 'envoy_grpc', 'cluster_name']), 'mintproc');
    const modes = config.get([...filter, 'processing_mode']) as Record<string, string>;
    assert.equal(modes['request_header_mode'], 'SEND');
    assert.partialDeepStrictEqual(modes, skipped);
    const attributes = config.get([...filter, 'request_attributes']) as string[];
    // What is generated has what its own configuration reads.
    const needed = file.startsWith('deploy/istio') ? [...needsOf('istio').attributes.keys()] : neededAttributes;
    assert.deepEqual(
      needed.filter((name) => !attributes.includes(name)),
      [],
    );
    const namespaces = config.get([...filter, 'metadata_options', 'forwarding_namespaces', 'untyped']) as string[];
    assert.deepEqual(namespaces.toSorted(), ['envoy.filters.http.ext_authz', 'envoy.filters.http.jwt_authn']);
    const thresholds = config.get([...config.cluster('mintproc'), 'circuit_breakers', 'thresholds']);
    for (const threshold of thresholds as { max_requests: number; max_pending_requests: number }[]) {
      assert.ok(threshold.max_requests >= 100_000 && threshold.max_pending_requests >= 100_000);
    }
  });
}

test('an address that a client writes does not count', () => {
  // Istio's own gateways have this setting from the mesh.
  for (const config of [demo(), kubernetes()]) {
    assert.equal(config.get([...config.connectionManager, 'use_remote_address']), true);
  }
});

test('every connection manager of ours reads one spelling of a path and of a header', () => {
  for (const config of [demo(), kubernetes(), istio()]) {
    const manager = config.get(config.connectionManager);
    assert.partialDeepStrictEqual(manager, {
      normalize_path: true,
      merge_slashes: true,
      path_with_escaped_slashes_action: 'REJECT_REQUEST',
      common_http_protocol_options: { headers_with_underscores_action: 'DROP_HEADER' },
    });
  }
});
