/**
 * @module
 * heimdall as a neighbour to compare with: the same claims, signed with the same kind of key and kept as long as heimdall
 * keeps a token by default. It has no unix socket and reads no metadata, so Envoy tells it the verified caller in headers.
 *
 * heimdall sets `sub` itself, so the caller is in another claim.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { EnvoyConfig } from '../../demo/envoy-config.ts';
import { freePort, portIsFree } from '../../demo/ports.ts';
import type { ProcessGroup } from '../../demo/process-group.ts';
import { untilReady } from '../../demo/readiness.ts';
import type { Keys } from '../algorithms.ts';
import { callersProvider } from './front.ts';

/** The claim of its tokens that names the caller. */
export const heimdallCaller = 'caller';

const callerHeader = 'x-verified-caller';
const clientHeader = 'x-verified-client';

export interface Heimdall {
  readonly pid: number;
  readonly port: number;
}

/** @param own the folder for its files @param program the path of heimdall's program */
export async function startHeimdall(group: ProcessGroup, own: string, program: string, keys: Keys): Promise<Heimdall> {
  mkdirSync(own);
  const [port, managementPort] = [await freePort(), await freePort()];
  const key = keys.own.export({ type: 'pkcs8', format: 'pem' });
  writeFileSync(join(own, 'key.pem'), key, { mode: 0o600 });
  writeFileSync(join(own, 'rules.yaml'), stringify(rules));
  writeFileSync(join(own, 'heimdall.yaml'), stringify(configuration(port, managementPort)));
  // Its files and what it listens at are on this machine alone, without TLS, as mintproc's.
  const args = ['serve', 'decision', '--envoy-grpc', '--insecure', '-c', 'heimdall.yaml'];
  const running = await group.start({ name: 'heimdall', file: program, args, cwd: own });
  await untilReady(running, async () => !(await portIsFree(port)));
  return { pid: running.pid, port };
}

function configuration(port: number, managementPort: number): object {
  return {
    serve: { host: '127.0.0.1', port },
    management: { host: '127.0.0.1', port: managementPort },
    log: { level: 'error', format: 'gelf', access_log_enabled: false },
    metrics: { enabled: false },
    tracing: { enabled: false },
    secret_management: { keys: { type: 'pem', config: { path: 'key.pem' } } },
    mechanisms: {
      authenticators: [{ id: 'anyone', type: 'anonymous' }],
      contextualizers: [{ id: 'request', type: 'map', config: { items } }],
      finalizers: [{ id: 'token', type: 'jwt', config: { signer: { secret: { source: 'keys' } }, ttl: '2h', claims } }],
    },
    providers: { file_system: { src: 'rules.yaml' } },
  };
}

const items = {
  caller: `{{ .Request.Header "${header(callerHeader)}" }}`,
  client: `{{ .Request.Header "${header(clientHeader)}" }}`,
  request: '{{ .Request.Method }} {{ .Request.URL.Path }}',
};

const claims = `{
  "aud": "https://upstream.example.com",
  "client_id": {{ quote .Outputs.request.client }},
  "${heimdallCaller}": {{ quote .Outputs.request.caller }},
  "request": {{ quote .Outputs.request.request }}
}`;

const rules = {
  version: '1beta1',
  rules: [
    {
      id: 'all',
      match: { http: { paths: [{ path: '/**' }] } },
      execute: [{ authenticator: 'anyone' }, { contextualizer: 'request' }, { finalizer: 'token' }],
    },
  ],
};

/** The name of a header as heimdall's templates write it. */
function header(name: string): string {
  return name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
}

/** Turns the configuration of mintproc by ext_authz into that of heimdall. */
export function useHeimdall(config: EnvoyConfig, port: number): void {
  const filter = [...config.filter('envoy.filters.http.ext_authz'), 'typed_config'];
  // heimdall reads the headers in the other form.
  config.delete([...filter, 'encode_raw_headers']);
  config.delete([...filter, 'metadata_context_namespaces']);
  config.setSidecar(`127.0.0.1:${port}`);
  const provider = callersProvider(config);
  if (provider === undefined) throw new TypeError('nothing of Envoy tells heimdall the caller');
  config.set(
    [...provider, 'claim_to_headers'],
    [
      { header_name: callerHeader, claim_name: 'sub' },
      { header_name: clientHeader, claim_name: 'client_id' },
    ],
  );
}
