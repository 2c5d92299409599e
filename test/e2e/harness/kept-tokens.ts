/**
 * @module
 * An Envoy that keeps tokens: the filters, removals and routes that `mintproc gen envoy --reuse-in-envoy` writes for the
 * configuration of a stack, in the stack's own `envoy.yaml`.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { EnvoyConfig } from '../../../demo/envoy-config.ts';
import { envoyPartOf } from '../../../src/cli/envoy-part-of.ts';
import { loadEnvoyNeeds } from '../../../src/configuration/envoy-needs.ts';
import { diskFiles } from '../../../src/configuration/files.ts';
import { formatProblem } from '../../../src/diagnostics/problem.ts';
import { platforms } from '../../../src/envoy/platforms.ts';

const { envoy } = platforms;
const names = ['mintproc', 'caller-header', 'tls-name', 'tls-files', ...Object.keys(envoy.options)];
const unset = Object.fromEntries(names.map((name) => [name, '']));
const given = { port: '10000', 'admin-port': '9901', upstream: '127.0.0.1:8080', issuer: 'demo', audience: 'orders' };

/** @param folder the one with `mintproc.yaml` and `caller.jwks.json` */
export function keepTokens(config: EnvoyConfig, folder: string): void {
  const { needs, problems } = loadEnvoyNeeds(join(folder, 'mintproc.yaml'), diskFiles);
  if (needs === undefined) throw new Error(problems.map(({ message }) => message).join('\n'));
  if (needs.reuse.kind === 'refused') throw new Error(needs.reuse.problems.map(formatProblem).join('\n'));
  const values = { ...unset, ...given, jwks: join(folder, 'caller.jwks.json') };
  const part = { ...envoyPartOf(needs, values), reuse: needs.reuse.kept };
  assert.deepEqual([...envoy.problems(part), ...envoy.refusals(part, values)], []);
  const written = new EnvoyConfig(envoy.generate(part, values).files[0]?.text ?? '');
  const settings = ['http_filters', 'early_header_mutation_extensions', 'common_http_protocol_options'];
  for (const name of settings) {
    config.set([...config.connectionManager, name], written.get([...written.connectionManager, name]));
  }
  const removed = ['route_config', 'request_headers_to_remove'];
  config.set([...config.connectionManager, ...removed], written.get([...written.connectionManager, ...removed]));
  const opted = 'typed_per_filter_config';
  config.set([...config.route, 'name'], written.get([...written.route, 'name']));
  config.set([...config.route, opted], written.get([...written.route, opted]));
  const processor = [...config.filter('envoy.filters.http.ext_proc'), ...wrapped];
  config.set([...processor, 'message_timeout'], '20s');
  config.set([...processor, 'grpc_service', 'timeout'], '20s');
}

/** The settings of mintproc's filter inside the one that may skip it. */
const wrapped = ['typed_config', 'extension_config', 'typed_config'] as const;
