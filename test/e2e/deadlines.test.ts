/**
 * @module
 * What a real Envoy says of its patience, in `grpc-timeout` (docs/operations.md, "Deadlines").
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import type { EnvoyConfig } from '../../demo/envoy-config.ts';
import { ask } from './harness/client.ts';
import { startLoneEnvoy } from './harness/lone-envoy.ts';
import { extProc } from './harness/policies.ts';

/** Each member is a setting of the filter's `typed_config`; undefined deletes it. */
function extProcWith(timeout: string | undefined): (config: EnvoyConfig) => void {
  return (config) => {
    config.set([...extProc(config), 'message_timeout'], '1s');
    const path = [...extProc(config), 'grpc_service', 'timeout'];
    if (timeout === undefined) config.delete(path);
    else config.set(path, timeout);
  };
}

function extAuthzWith(timeout: string | undefined): (config: EnvoyConfig) => void {
  return (config) => {
    const service = { envoy_grpc: { cluster_name: 'mintproc' }, ...(timeout === undefined ? {} : { timeout }) };
    const type = 'type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3.ExtAuthz';
    config.set(config.filter('envoy.filters.http.ext_proc'), {
      name: 'envoy.filters.http.ext_authz',
      typed_config: { '@type': type, transport_api_version: 'V3', grpc_service: service },
    });
  };
}

const settings: [name: string, configure: (config: EnvoyConfig) => void, sent: string | undefined][] = [
  ['ext_proc with only message_timeout', extProcWith(undefined), undefined],
  ['ext_proc with grpc_service.timeout', extProcWith('3s'), undefined],
  ['ext_authz without a timeout', extAuthzWith(undefined), '200m'],
  ['ext_authz with grpc_service.timeout', extAuthzWith('3s'), '3000m'],
];

for (const [name, configure, sent] of settings) {
  test(`Envoy with ${name} sends ${sent ?? 'no grpc-timeout'}`, async () => {
    const heads: IncomingHttpHeaders[] = [];
    const server = createServer();
    server.on('stream', (stream: ServerHttp2Stream, head: IncomingHttpHeaders) => {
      heads.push(head);
      stream.respond({ ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '14' }, { endStream: true });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    try {
      await using envoy = await startLoneEnvoy({ processor: `127.0.0.1:${port}`, upstreamPort: port, configure });
      await ask(envoy.port);
      assert.deepEqual(
        heads.map((head) => head['grpc-timeout']),
        [sent],
      );
    } finally {
      server.close();
    }
  });
}
