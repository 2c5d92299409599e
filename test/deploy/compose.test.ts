/**
 * @module
 * `deploy/compose.yaml`: it fits the schema of Compose, what it mounts exists, Envoy and mintproc share the socket and its
 * group, mintproc has time to stop, and Prometheus takes its configuration. `sample-requests.test.ts` runs mintproc and
 * Envoy with theirs. What a machine has no tool for is skipped, by name.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { parse } from 'yaml';
import { runJson, schemaPackages } from '../e2e/harness/python-tools.ts';
import { goModule } from './samples/manifest-schemas.ts';
import { project } from './samples/sample-folder.ts';

const scratch = mkdtempSync(join(tmpdir(), 'mintproc-compose-'));
after(() => rmSync(scratch, { recursive: true }));

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

const compose = goModule('github.com/compose-spec/compose-go/v2@v2.16.2');

/** What the schema of Compose says against each file; nothing for one that it accepts. */
async function objections(files: readonly unknown[]): Promise<readonly (readonly string[])[]> {
  const script = `
from jsonschema import Draft202012Validator
validator = Draft202012Validator(given['schema'])
print(json.dumps([[error.json_path + ': ' + error.message[:200] for error in validator.iter_errors(file)]
                  for file in given['files']]))`;
  const schema: unknown = JSON.parse(readFileSync(join(compose ?? '', 'schema', 'compose-spec.json'), 'utf8'));
  return (await runJson(script, { schema, files }, schemaPackages)) as readonly (readonly string[])[];
}

const needsGo = { skip: compose === undefined && 'no go to fetch the schema of Compose with' };
test('it fits the schema of Compose, and wrong files do not', needsGo, async () => {
  const text = readFileSync(join(deploy, 'compose.yaml'), 'utf8');
  const wrong = [
    text.replace('stop_grace_period:', 'stop_graceperiod:'),
    text.replace('cap_drop: [ALL]', 'cap_drop: ALL'),
    text.replace('condition: service_healthy', 'condition: healthy'),
    text.replace(/^volumes:$/m, 'volume:'),
  ];
  const [own, ...others] = await objections([text, ...wrong].map((one): unknown => parse(one)));
  assert.deepEqual(own, []);
  for (const [index, found] of others.entries()) assert.notDeepEqual(found, [], String(index));
});

const promtool = spawnSync('promtool', ['--version']);
test('promtool takes the configuration of Prometheus, with its alerts', {
  skip: promtool.error !== undefined && 'no promtool',
}, () => {
  const mounts = services.prometheus.volumes.map((text) => text.split(':'));
  const [source = ''] = mounts.find(([, target]) => target === '/etc/prometheus/prometheus.yml') ?? [];
  const config = mounts.reduce(
    (text, [file = '', target = '']) => text.replace(target, join(deploy, file)),
    readFileSync(join(deploy, source), 'utf8'),
  );
  const check = (text: string) => {
    const file = join(scratch, 'prometheus.yml');
    writeFileSync(file, text);
    return spawnSync('promtool', ['check', 'config', file], { encoding: 'utf8' });
  };
  const { status, stdout, stderr } = check(config);
  assert.equal(status, 0, stdout + stderr);
  assert.match(stdout, /1 rule files found/);
  assert.notEqual(check(config.replace('static_configs', 'static_config')).status, 0);
});
