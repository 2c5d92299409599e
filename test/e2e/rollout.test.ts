/**
 * @module
 * Two replicas of mintproc behind one Envoy are replaced one after the other while callers send 1,000 requests a second.
 * Each order is one in which Kubernetes starts and stops containers (docs/operations.md, "Start and stop"). The file
 * with the endpoints is what the control plane does: it follows readiness, and is late.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { stringify } from 'yaml';
import { freePort } from '../../demo/ports.ts';
import { ProcessGroup, type Running } from '../../demo/process-group.ts';
import { isUp, untilReady } from '../../demo/readiness.ts';
import { seenHeader, startUpstream } from '../../demo/upstream.ts';
import { hmacPolicy, patient, withoutJwtAuthn } from './harness/policies.ts';
import { envoyBinary, project, projectEnvoyConfig } from './harness/stack.ts';
import { startLoad } from './harness/steady-load.ts';

const perSecond = 1_000;

interface Replica {
  readonly port: number;
  readonly process: Running;
}

class Rollout implements AsyncDisposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'mintproc-rollout-'));
  readonly #group = new ProcessGroup(this.#folder);
  readonly #delay: string;
  readonly #endpoints = new Set<number>();
  #version = 0;
  #started = 0;

  constructor(delay: string) {
    this.#delay = delay;
    writeFileSync(join(this.#folder, 'policy.yaml'), hmacPolicy({ sub: 'x' }));
  }

  /** A replica that is ready. */
  async start(): Promise<Replica> {
    const [port, adminPort] = [await freePort(), await freePort()];
    const file = `mintproc-${++this.#started}.yaml`;
    const configuration = {
      listen: `127.0.0.1:${port}`,
      admin: `127.0.0.1:${adminPort}`,
      policies: [{ name: 'p', file: 'policy.yaml' }],
      routes: [{ match: {}, policies: ['p'] }],
      drain: { delay: this.#delay, timeout: '10s' },
    };
    writeFileSync(join(this.#folder, file), stringify(configuration));
    const args = [join(project, 'src', 'main.ts'), 'serve', '--config', file];
    const process_ = await this.#group.start({ name: file, file: process.execPath, args, cwd: this.#folder });
    await untilReady(process_, () => isUp(`http://127.0.0.1:${adminPort}/readyz`));
    return { port, process: process_ };
  }

  add({ port }: Replica): void {
    this.#endpoints.add(port);
    this.#write();
  }

  remove({ port }: Replica): void {
    this.#endpoints.delete(port);
    this.#write();
  }

  /** @returns the port for callers */
  async startEnvoy(upstreamPort: number): Promise<number> {
    const [port, adminPort] = [await freePort(), await freePort()];
    const config = projectEnvoyConfig();
    config.setPort('listener', port);
    config.setPort('admin', adminPort);
    config.setPort('upstream', upstreamPort);
    withoutJwtAuthn(config);
    patient(config);
    const cluster = config.cluster('mintproc');
    config.delete([...cluster, 'load_assignment']);
    config.set([...cluster, 'type'], 'EDS');
    const source = { path: join(this.#folder, 'endpoints.json'), watched_directory: { path: this.#folder } };
    config.set([...cluster, 'eds_cluster_config'], {
      eds_config: { path_config_source: source, resource_api_version: 'V3' },
    });
    writeFileSync(join(this.#folder, 'envoy.yaml'), config.toString());
    const node = ['--service-node', 'test', '--service-cluster', 'test'];
    const args = ['-c', 'envoy.yaml', '--disable-hot-restart', '--concurrency', '1', ...node];
    const envoy = await this.#group.start({ name: 'envoy', file: await envoyBinary(), args, cwd: this.#folder });
    await untilReady(envoy, () => isUp(`http://127.0.0.1:${adminPort}/ready`));
    return port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#group[Symbol.asyncDispose]();
    rmSync(this.#folder, { recursive: true });
  }

  /** Envoy sees only whole files: each is renamed into its place. */
  #write(): void {
    const lb_endpoints = Array.from(this.#endpoints, (port_value) => ({
      endpoint: { address: { socket_address: { address: '127.0.0.1', port_value } } },
    }));
    const assignment = {
      '@type': 'type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment',
      cluster_name: 'mintproc',
      endpoints: [{ lb_endpoints }],
    };
    const next = join(this.#folder, 'next.json');
    writeFileSync(next, JSON.stringify({ version_info: String(++this.#version), resources: [assignment] }));
    renameSync(next, join(this.#folder, 'endpoints.json'));
  }
}

type Step = 'signal' | 'remove' | 'ended' | number;

/** What happens to a replica that is stopped; a number is a wait in milliseconds. */
const orders: [name: string, delay: string, steps: readonly Step[], isLossless: boolean][] = [
  ['plain pods: endpoints follow half a second after SIGTERM', '2s', ['signal', 500, 'remove', 'ended'], true],
  [
    "Istio's native sidecars, istio-proxy first: Envoy drains for 1.5 s after mintproc's SIGTERM",
    '3s',
    ['signal', 1_500, 'remove', 'ended'],
    true,
  ],
  ['native sidecars, mintproc first: SIGTERM when Envoy has left', '0s', ['remove', 500, 'signal', 'ended'], true],
  ['no delay, and endpoints that follow half a second later', '0s', ['signal', 500, 'remove', 'ended'], false],
];

async function stop(rollout: Rollout, replica: Replica, steps: readonly Step[]): Promise<void> {
  for (const step of steps) {
    if (step === 'signal') replica.process.signal('SIGTERM');
    else if (step === 'remove') rollout.remove(replica);
    else if (step === 'ended') assert.equal(await replica.process.ended, 0);
    else await pause(step);
  }
}

async function replaced(t: TestContext, delay: string, steps: readonly Step[]): Promise<ReadonlyMap<string, number>> {
  await using rollout = new Rollout(delay);
  const upstreamPort = await freePort();
  let tokens = 0;
  const upstream = await startUpstream(upstreamPort, (seen) => {
    if (/^Bearer ey/.test(seenHeader(seen, 'authorization')[0] ?? '')) tokens++;
  });
  const outcomes = new Map<string, number>();
  const note = (outcome: string): void => void outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  try {
    const replicas = await Promise.all([rollout.start(), rollout.start()]);
    for (const replica of replicas) rollout.add(replica);
    const port = await rollout.startEnvoy(upstreamPort);
    const begin = performance.now();
    const load = startLoad(
      port,
      perSecond,
      () => ({}),
      (answer) => note(String(answer?.status ?? 'broken')),
    );
    await pause(500);
    for (const replica of replicas) {
      // As with `maxSurge: 1`: the new replica is ready, and then the old one is stopped.
      rollout.add(await rollout.start());
      await stop(rollout, replica, steps);
    }
    await pause(500);
    await load.stop();
    const total = [...outcomes.values()].reduce((sum, count) => sum + count, 0);
    const rate = total / ((performance.now() - begin) / 1000);
    t.diagnostic(`${total} requests, ${rate.toFixed(0)} a second: ${JSON.stringify([...outcomes])}`);
    assert.equal(tokens, outcomes.get('200'), 'each request that was forwarded had its token');
    return outcomes;
  } finally {
    upstream.close();
    upstream.closeAllConnections();
  }
}

for (const [name, delay, steps, isLossless] of orders) {
  test(`${name}: ${isLossless ? 'no request fails' : 'requests fail'}`, async (t) => {
    const outcomes = await replaced(t, delay, steps);
    assert.equal(
      [...outcomes.keys()].every((outcome) => outcome === '200'),
      isLossless,
      JSON.stringify([...outcomes]),
    );
  });
}
