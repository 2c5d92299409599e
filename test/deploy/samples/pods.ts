/**
 * @module
 * A pod of a sample as processes of this machine: `mintproc serve` and Envoy, each with the sample's own files.
 *
 * What is rewritten, and nothing else: a path below /etc or /run gets the pod's own folder before it; ports become free
 * ones of the loopback address; the names of the upstream and of the issuer become their addresses here.
 */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { EnvoyConfig } from '../../../demo/envoy-config.ts';
import { freePort } from '../../../demo/ports.ts';
import { ProcessGroup, type Running } from '../../../demo/process-group.ts';
import { isUp, untilReady } from '../../../demo/readiness.ts';
import { publishVolume } from '../../configuration/mounted-volume.ts';
import { type Answer, ask, type Question } from '../../e2e/harness/client.ts';
import { envoyBinary } from '../../e2e/harness/stack.ts';
import { istioAuthzEnvoy, istioEnvoy, kubernetesEnvoy, localEnvoy } from './envoy-parts.ts';
import { envoyGatewayEnvoy, kgatewayEnvoy } from './gateway-parts.ts';
import type { Neighbours } from './neighbours.ts';
import { project, type SampleFolder, type Volume } from './sample-folder.ts';

export interface Pod extends AsyncDisposable {
  readonly sidecar: Running;
  /** Where the sample publishes its keys; undefined for one that publishes none. */
  readonly keySet: string | undefined;
  /** Where Envoy listens. */
  readonly port: number;
  /** The port of this machine that stands for one of mintproc's in the pod. */
  portOf(port: number): number;
  ask(question?: Question): Promise<Answer>;
  /** Exchanges the files of a ConfigMap or Secret as the kubelet does, for those that the folder has now. */
  update(source: string): void;
}

/** How the Envoy part of a folder of deploy/ becomes a configuration. */
export type EnvoyPart = (sample: SampleFolder, neighbours: Neighbours) => EnvoyConfig;

/** Each folder of deploy/ with manifests has a row: what we publish is tried. */
export const deployed: Readonly<Record<string, EnvoyPart>> = {
  istio: ofIstio,
  'istio-sidecar': ofIstio,
  'istio-outbound': ofIstio,
  'istio-waypoint': ofIstio,
  'istio-ext-authz': (sample, { callerKeys }) => istioAuthzEnvoy(sample, callerKeys),
  'envoy-gateway-ext-authz': (sample, { callerKeys }) => envoyGatewayEnvoy(sample, callerKeys),
  'envoy-gateway': (sample, { callerKeys }) => envoyGatewayEnvoy(sample, callerKeys),
  kgateway: (sample, { callerKeys }) => kgatewayEnvoy(sample, callerKeys),
  kubernetes: kubernetesEnvoy,
};

function ofIstio(sample: SampleFolder, { callerKeys }: Neighbours): EnvoyConfig {
  return istioEnvoy(sample, callerKeys);
}

interface Layout {
  readonly root: string;
  /** `mintproc.yaml` in the pod. */
  readonly configuration: string;
  /** The free ports in the places of those that the configuration writes. */
  readonly ports: Ports;
  readonly envoy: EnvoyConfig;
  update(source: string): void;
}

/** Starts a pod of a folder of deploy/ with the files that the folder has now. */
export async function startPod(sample: SampleFolder, part: EnvoyPart, neighbours: Neighbours): Promise<Pod> {
  const root = mkdtempSync(join(tmpdir(), 'mp-pod-'));
  const ports = await Ports.for(sample.read('config/mintproc.yaml'));
  const lay = ({ mountPath, files }: Volume): void => {
    mkdirSync(join(root, mountPath), { recursive: true });
    const entries = Object.entries(files).map(([name, text]) => [name, ports.rewritten(withRoot(text, root))]);
    publishVolume(join(root, mountPath), Object.fromEntries(entries));
  };
  for (const volume of sample.volumes) lay(volume);
  mkdirSync(join(root, 'run', 'mintproc'), { recursive: true });
  mkdirSync(join(root, 'etc', 'ssl', 'certs'), { recursive: true });
  writeFileSync(join(root, 'etc', 'ssl', 'certs', 'ca-certificates.crt'), neighbours.authority);
  const layout: Layout = {
    root,
    configuration: join(root, 'etc', 'mintproc', 'mintproc.yaml'),
    ports,
    envoy: new EnvoyConfig(withRoot(part(sample, neighbours).toString(), root)),
    update: (source) => sample.volumes.filter((volume) => volume.source === source).forEach(lay),
  };
  return await startProcesses(layout, neighbours);
}

/** Starts `config/mintproc.yaml` and `envoy.yaml`, the sample for one machine, in a folder like the repository's. */
export async function startLocal(neighbours: Neighbours): Promise<Pod> {
  const root = mkdtempSync(join(tmpdir(), 'mp-pod-'));
  cpSync(join(project, 'config'), join(root, 'config'), { recursive: true });
  cpSync(neighbours.demoFolder, join(root, '.demo'), { recursive: true });
  const configuration = join(root, 'config', 'mintproc.yaml');
  const text = readFileSync(configuration, 'utf8');
  const ports = await Ports.for(text);
  writeFileSync(configuration, ports.rewritten(text));
  return await startProcesses({ root, configuration, ports, envoy: localEnvoy(), update: () => {} }, neighbours);
}

async function startProcesses(layout: Layout, neighbours: Neighbours): Promise<Pod> {
  const { root, configuration, ports, envoy, update } = layout;
  const group = new ProcessGroup(root);
  const [port, adminPort] = [await freePort(), await freePort()];
  const written: { admin: string; jwks?: { listen: string } } = parse(readFileSync(configuration, 'utf8'));
  setAddresses(envoy, { port, adminPort, ports, neighbours });
  writeFileSync(join(root, 'envoy.yaml'), envoy.toString());
  let sidecar: Running | undefined;
  async function dispose(): Promise<void> {
    // The second one, after Envoy has ended, ends the sample's delay.
    sidecar?.signal('SIGTERM');
    await group[Symbol.asyncDispose]();
    rmSync(root, { recursive: true });
  }
  try {
    const serve = [join(project, 'src', 'main.ts'), 'serve', '--config', configuration];
    sidecar = await group.start({ name: 'mintproc', file: process.execPath, args: serve, cwd: root });
    await untilReady(sidecar, () => isUp(`http://${written.admin}/readyz`));
    const args = ['-c', 'envoy.yaml', '--disable-hot-restart', '--concurrency', '1', '--log-level', 'warning'];
    const proxy = await group.start({ name: 'envoy', file: await envoyBinary(), args, cwd: root });
    await untilReady(proxy, () => isUp(`http://127.0.0.1:${adminPort}/ready`));
    return {
      sidecar,
      keySet: written.jwks && `http://${written.jwks.listen}/.well-known/jwks.json`,
      port,
      portOf: (own) => ports.inPlaceOf(own),
      ask: (question) => ask(port, question),
      update,
      [Symbol.asyncDispose]: dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

interface Addresses {
  readonly port: number;
  readonly adminPort: number;
  readonly ports: Ports;
  readonly neighbours: Neighbours;
}

function setAddresses(envoy: EnvoyConfig, { port, adminPort, ports, neighbours }: Addresses): void {
  envoy.setPort('listener', port);
  envoy.setPort('admin', adminPort);
  envoy.set(endpointOf(envoy, 'upstream'), loopback(neighbours.upstreamPort));
  const clusters = envoy.get(['static_resources', 'clusters']) as readonly { readonly name: string }[];
  if (clusters.some(({ name }) => name === 'issuer')) {
    envoy.set(endpointOf(envoy, 'issuer'), loopback(neighbours.issuerPort));
  }
  for (const { name } of clusters.filter((cluster) => !['upstream', 'issuer'].includes(cluster.name))) {
    const sidecar = endpointOf(envoy, name);
    const { socket_address } = envoy.get(sidecar) as { socket_address?: { port_value: number } };
    // Only a port that mintproc.yaml has as well: else the two do not fit, and the request shows it.
    if (socket_address !== undefined) envoy.set(sidecar, loopback(ports.inPlaceOf(socket_address.port_value)));
  }
}

function endpointOf(envoy: EnvoyConfig, cluster: string): readonly (string | number)[] {
  return [...envoy.cluster(cluster), 'load_assignment', 'endpoints', 0, 'lb_endpoints', 0, 'endpoint', 'address'];
}

function loopback(port: number): object {
  return { socket_address: { address: '127.0.0.1', port_value: port } };
}

function withRoot(text: string, root: string): string {
  return text.replace(/(?<=[\s:])\/(?=(?:etc|run)\/)/g, `${root}/`);
}

const written = /\b(?:0\.0\.0\.0|127\.0\.0\.1):(\d+)\b/g;

class Ports {
  readonly #free: ReadonlyMap<number, number>;

  private constructor(free: ReadonlyMap<number, number>) {
    this.#free = free;
  }

  /** A free port for each address that the text listens at. */
  static async for(text: string): Promise<Ports> {
    const free = new Map<number, number>();
    for (const [, port] of text.matchAll(written)) free.set(Number(port), await freePort());
    return new Ports(free);
  }

  inPlaceOf(port: number): number {
    return this.#free.get(port) ?? port;
  }

  rewritten(text: string): string {
    return text.replace(written, (_, port: string) => `127.0.0.1:${this.inPlaceOf(Number(port))}`);
  }
}
