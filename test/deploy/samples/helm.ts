/**
 * @module
 * Helm, and what it makes of the chart in deploy/helm.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments, stringify } from 'yaml';
import { isExecutable } from '../../../demo/executable.ts';
import { project, SampleFolder, type Volume } from './sample-folder.ts';

export const chart = join(project, 'deploy', 'helm', 'mintproc');

/** `$HELM`, `helm` on the PATH, or the one that `go install` made. */
export function findHelm(): string | undefined {
  const named = process.env['HELM'];
  if (named !== undefined && named !== '') return named;
  if (spawnSync('helm', ['version']).error === undefined) return 'helm';
  const { stdout } = spawnSync('go', ['env', 'GOPATH'], { encoding: 'utf8' });
  const installed = join((stdout ?? '').trim(), 'bin', 'helm');
  return isExecutable(installed) ? installed : undefined;
}

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: Readonly<Record<string, unknown>>;
}

/** @throws Error with what Helm says if it refuses the values */
export function rendered(helm: string, folder: string, args: readonly string[]): readonly Manifest[] {
  // A Helm that `go install` made takes the cluster for an old one.
  const line = ['template', 'release', folder, '--kube-version', '1.34.0', ...args];
  const { status, stdout, stderr } = spawnSync(helm, line, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return parseAllDocuments(stdout).flatMap((document) => (document.toJS() as Manifest | null) ?? []);
}

/** A chart of one's own with this chart as its dependency, and a Deployment as README.md shows it. */
export function parentChart(folder: string, deployment: string, values: object): string {
  mkdirSync(join(folder, 'templates'), { recursive: true });
  cpSync(chart, join(folder, 'charts', 'mintproc'), { recursive: true });
  const dependencies = [{ name: 'mintproc', version: '0.1.0' }];
  writeFileSync(
    join(folder, 'Chart.yaml'),
    stringify({ apiVersion: 'v2', name: 'parent', version: '1.0.0', dependencies }),
  );
  writeFileSync(join(folder, 'values.yaml'), stringify({ mintproc: values }));
  writeFileSync(join(folder, 'templates', 'deployment.yaml'), deployment);
  return folder;
}

/** The rendered objects as a sample whose pods can be started; keys and certificates lie in the folder. */
export class RenderedChart extends SampleFolder {
  readonly #manifests: readonly Manifest[];

  constructor(folder: string, manifests: readonly Manifest[]) {
    super(folder);
    this.#manifests = manifests;
    const data = manifests.find(({ kind }) => kind === 'ConfigMap')?.data ?? {};
    mkdirSync(join(folder, 'config'), { recursive: true });
    for (const [name, text] of Object.entries(data)) writeFileSync(join(folder, 'config', name), text);
  }

  override get objects(): readonly Manifest[] {
    return this.#manifests;
  }

  /** Each volume of mintproc's container has the files of the folder of its last part. */
  override get volumes(): readonly Volume[] {
    const { initContainers, containers } = this.pod;
    const mintproc = [...initContainers, ...containers].find(({ name }) => name === 'mintproc');
    const folders: Readonly<Record<string, string>> = {
      '/etc/mintproc': 'config',
      '/etc/mintproc-keys': 'keys',
      '/etc/mintproc-tls': 'tls',
    };
    return (mintproc?.volumeMounts ?? []).flatMap(({ name, mountPath }) => {
      const from = folders[mountPath];
      return from === undefined ? [] : [{ source: name, mountPath, files: this.filesOf(from) }];
    });
  }
}
