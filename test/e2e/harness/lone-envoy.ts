/**
 * @module
 * A real Envoy without a sidecar process: in front of a server of this process, with what a test changes in the
 * project's own `envoy.yaml`.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EnvoyConfig } from '../../../demo/envoy-config.ts';
import { freePort } from '../../../demo/ports.ts';
import { ProcessGroup } from '../../../demo/process-group.ts';
import { isUp, untilReady } from '../../../demo/readiness.ts';
import { ask } from './client.ts';
import { withoutJwtAuthn } from './policies.ts';
import { envoyBinary, projectEnvoyConfig } from './stack.ts';

export interface LoneEnvoyOptions {
  /** Where the server of this process listens. */
  readonly processor: string;
  readonly upstreamPort: number;
  readonly configure: (config: EnvoyConfig) => void;
}

export interface LoneEnvoy extends AsyncDisposable {
  readonly port: number;
  /** Envoy's counters whose names match and that have grown since the last look, as `name: +2`. */
  grown(pattern: string): Promise<string[]>;
}

/** One worker thread, so one connection to the server for each of Envoy's clusters. */
export async function startLoneEnvoy({ processor, upstreamPort, configure }: LoneEnvoyOptions): Promise<LoneEnvoy> {
  const folder = mkdtempSync(join(tmpdir(), 'mintproc-envoy-'));
  const group = new ProcessGroup(folder);
  const [port, adminPort] = [await freePort(), await freePort()];
  const config = projectEnvoyConfig();
  config.setPort('listener', port);
  config.setPort('admin', adminPort);
  config.setPort('upstream', upstreamPort);
  config.setSidecar(processor);
  withoutJwtAuthn(config);
  configure(config);
  writeFileSync(join(folder, 'envoy.yaml'), config.toString());
  const args = ['-c', 'envoy.yaml', '--disable-hot-restart', '--concurrency', '1'];
  async function dispose(): Promise<void> {
    await group[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  }
  try {
    const envoy = await group.start({ name: 'envoy', file: await envoyBinary(), args, cwd: folder });
    await untilReady(envoy, () => isUp(`http://127.0.0.1:${adminPort}/ready`));
  } catch (error) {
    await dispose();
    throw error;
  }
  const known = new Map<string, number>();
  return {
    port,
    async grown(pattern) {
      const path = `/stats?type=Counters&filter=${encodeURIComponent(pattern)}`;
      const { body } = await ask(adminPort, { path });
      return Array.from(body.matchAll(/^(\S+): (\d+)$/gm), ([, name = '', value]) => {
        const growth = Number(value) - (known.get(name) ?? 0);
        known.set(name, Number(value));
        return growth > 0 ? [`${name}: +${growth}`] : [];
      }).flat();
    },
    [Symbol.asyncDispose]: dispose,
  };
}
