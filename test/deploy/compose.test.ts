/**
 * @module
 * `deploy/compose.yaml`: what it mounts exists, Envoy and mintproc share the socket and its group, and mintproc has time
 * to stop. `sample-requests.test.ts` runs its configuration.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { project } from './samples/sample-folder.ts';

interface Service {
  readonly user?: string;
  readonly volumes: readonly string[];
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly stop_grace_period?: string;
  readonly healthcheck?: { readonly test: readonly string[] };
}

const deploy = join(project, 'deploy');
const { services, volumes }: Compose = parse(readFileSync(join(deploy, 'compose.yaml'), 'utf8'));
interface Compose {
  readonly services: Readonly<Record<'envoy' | 'mintproc' | 'prometheus', Service>>;
  readonly volumes: { readonly socket: { readonly driver_opts: { readonly o: string } } };
}

test('what the containers mount exists, but for the key', () => {
  const mounted = Object.values(services).flatMap((service) => service.volumes.map((text) => text.split(':')));
  const sources = mounted.map(([source = '']) => source).filter((source) => source.startsWith('./'));
  assert.deepEqual(
    sources.filter((source) => !existsSync(join(deploy, source))),
    ['./envoy/keys'],
  );
  const { context = '', dockerfile = '' } = services.mintproc.build ?? {};
  assert.ok(existsSync(join(deploy, context, dockerfile)));
});

test('Envoy may open the socket of mintproc, whose folder only the two have', () => {
  const mount = 'socket:/run/mintproc';
  assert.ok(services.envoy.volumes.includes(mount) && services.mintproc.volumes.includes(mount));
  const [, group] = services.envoy.user?.split(':') ?? [];
  assert.match(volumes.socket.driver_opts.o, new RegExp(`^uid=1000,gid=${group},mode=0750$`));
  const { listen, drain } = parse(readFileSync(join(deploy, 'envoy', 'config', 'mintproc.yaml'), 'utf8'));
  assert.equal(listen, 'unix:/run/mintproc/mintproc.sock');
  const seconds = (text: string): number => Number.parseInt(text, 10);
  assert.ok(seconds(services.mintproc.stop_grace_period ?? '') >= seconds(drain.delay) + seconds(drain.timeout) + 5);
});

test('the health check is the command of the image', () => {
  const dockerfile = readFileSync(join(deploy, 'Dockerfile'), 'utf8');
  const [, command = ''] = /^HEALTHCHECK .* CMD (\[.*\])$/m.exec(dockerfile) ?? [];
  assert.deepEqual(services.mintproc.healthcheck?.test, ['CMD', ...JSON.parse(command)]);
});
