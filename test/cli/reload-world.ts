/**
 * @module
 * Reloading with real files, links and notifications, and with what it leaves in the log, the metrics and the
 * readiness.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigurationReport } from '../../src/cli/configuration-report.ts';
import { startReloading } from '../../src/cli/reloading.ts';
import { diskFiles } from '../../src/configuration/files.ts';
import { JwksDocuments } from '../../src/configuration/keys/jwks-documents.ts';
import { AsyncFiles } from '../../src/configuration/reload/async-files.ts';
import { Checker } from '../../src/configuration/reload/checker.ts';
import { Reloader, type ReloadOptions } from '../../src/configuration/reload/reload.ts';
import { finish } from '../../src/diagnostics/steps.ts';
import { createLog } from '../../src/observe/log.ts';
import { Metrics } from '../../src/observe/metrics.ts';
import { Readiness } from '../../src/observe/readiness.ts';
import { InForce } from '../../src/serving/in-force.ts';
import { preparing } from '../../src/serving/serve-in-process.ts';
import type { Serving } from '../../src/serving/serving.ts';
import { flexPolicy } from '../configuration/memory-files.ts';

/** The pair of TLS is not what these tests are about. */
const plainConnections = { follow: async (): Promise<void> => undefined };

export interface World extends AsyncDisposable {
  readonly folder: string;
  readonly inForce: InForce;
  readonly readiness: Readiness;
  readonly lines: readonly string[];
  readonly metrics: Metrics;
  /** The claim `iss` of the policy in force. */
  issuer(): unknown;
  /** The `kid` of each published key. */
  published(): unknown[];
  hangUp(): void;
  /** Returns once `condition` holds. */
  until(condition: () => boolean): Promise<void>;
}

/** The real process that checks a configuration. */
export function startChecker(): ChildProcess {
  const main = join(import.meta.dirname, '..', '..', 'src', 'main.ts');
  return fork(main, ['check'], { serialization: 'advanced', stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
}

export const configuration = (more = ''): string =>
  `policies: [{ name: a, file: policy.yaml }]\nroutes: [{ match: {}, policies: [a] }]\nreload: { poll: 50ms, settle: 20ms${more} }\n`;

/** @param prepare writes the first files into the folder and names the configuration */
export async function startWorld(
  prepare: (folder: string) => string,
  options: Partial<ReloadOptions> = {},
  change: (serving: Pick<Serving, 'prepare'>) => Pick<Serving, 'prepare'> = (serving) => serving,
): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'mintproc-reload-'));
  const file = prepare(folder);
  const lines: string[] = [];
  const log = createLog('info', (line) => lines.push(line));
  const readiness = new Readiness();
  const metrics = new Metrics({ version: '0', outcomes: [] });
  const report = new ConfigurationReport(metrics, readiness, log, Date.now);
  const checker = new Checker({ start: startChecker });
  const reloader = new Reloader(file, { files: diskFiles, asyncFiles: new AsyncFiles(), checker, ...options });
  const first = await reloader.start();
  assert.equal(first.kind, 'loaded');
  const inForce = new InForce(first.snapshot, () => () => ({ kind: 'untouched', mints: [] }));
  reloader.adopt(first.snapshot);
  finish(report.loaded(first.snapshot, first.problems));
  let hangUp = (): void => {};
  const onReload = (reload: () => void): (() => void) => {
    hangUp = reload;
    return () => {};
  };
  const reloading = startReloading(
    reloader,
    change({ prepare: preparing(inForce) }),
    report,
    { onReload },
    plainConnections,
  );
  const documents = new JwksDocuments(
    () => reloader.inForce,
    Date.now,
    () => reloader.announced,
  );
  return {
    folder,
    inForce,
    readiness,
    lines,
    metrics,
    issuer() {
      const step = inForce.current.snapshot.policies
        .get('a')
        ?.plan.claims.find((claim) => 'name' in claim && claim.name === 'iss');
      return step?.kind === 'fixed' ? step.value : undefined;
    },
    published: () => JSON.parse(documents.keySet()).keys.map((jwk: { kid: unknown }) => jwk.kid),
    hangUp: () => hangUp(),
    async until(condition) {
      const limit = Date.now() + 60_000;
      while (!condition()) {
        assert.ok(Date.now() < limit, 'it does not come to pass');
        await new Promise((next) => setTimeout(next, 5));
      }
    },
    async [Symbol.asyncDispose]() {
      await reloading.close();
      rmSync(folder, { recursive: true });
    },
  };
}

export function plain(folder: string): string {
  writeFileSync(join(folder, 'policy.yaml'), flexPolicy({ iss: 'one' }));
  writeFileSync(join(folder, 'mintproc.yaml'), configuration());
  return join(folder, 'mintproc.yaml');
}

export const pem = (): string =>
  String(generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }));

const rsaPolicy = JSON.stringify([
  {
    policyRef: { name: 'jwt-generation-flex' },
    config: { signingMethod: 'EdDSA', iat: true, exp: 300, nbf: 0, customClaims: [], customHeaders: [] },
  },
]);

/** A policy that signs with the key in keys/a.pem, which is published. */
export function withKey(key: string): (folder: string) => string {
  return (folder) => {
    mkdirSync(join(folder, 'keys'));
    writeFileSync(join(folder, 'keys', 'a.pem'), pem(), { mode: 0o600 });
    writeFileSync(join(folder, 'policy.yaml'), rsaPolicy);
    const more = `jwks: { listen: "127.0.0.1:0", publishAhead: 1h }\nkeys: { k: ${key} }\n`;
    writeFileSync(
      join(folder, 'mintproc.yaml'),
      configuration().replace('policy.yaml }', 'policy.yaml, key: k }') + more,
    );
    return join(folder, 'mintproc.yaml');
  };
}
