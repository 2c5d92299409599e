/**
 * @module
 * A sample of deploy/ as an operator works with it: a copy of its folder, the commands and the edits that its README.md
 * tells, and what `kubectl apply -k` would put into the volumes of its pods.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parse, parseAllDocuments, parseDocument } from 'yaml';

export const project = join(import.meta.dirname, '..', '..', '..');

export interface Container {
  readonly name: string;
  readonly restartPolicy?: string;
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly securityContext?: object;
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string; readonly readOnly?: boolean }[];
  readonly startupProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly lifecycle?: { readonly preStop: { readonly sleep: { readonly seconds: number } } };
}

interface Probe {
  readonly httpGet?: { readonly path: string; readonly port: number };
}

export interface Deployment {
  readonly kind: 'Deployment';
  readonly spec: {
    readonly template: {
      readonly metadata: {
        readonly labels: Readonly<Record<string, string>>;
        readonly annotations: Readonly<Record<string, string>>;
      };
      readonly spec: PodSpec;
    };
  };
}

export interface PodSpec {
  readonly initContainers: readonly Container[];
  readonly containers: readonly Container[];
  readonly securityContext: object;
  readonly terminationGracePeriodSeconds: number;
  readonly volumes: readonly {
    readonly name: string;
    readonly configMap?: { readonly name: string };
    readonly secret?: { readonly secretName: string };
    readonly emptyDir?: object;
  }[];
}

export interface Generator {
  readonly name: string;
  readonly files: readonly string[];
  readonly options?: { readonly disableNameSuffixHash: boolean };
}

export interface Kustomization {
  readonly resources: readonly string[];
  readonly configMapGenerator: readonly Generator[];
  readonly secretGenerator: readonly Generator[];
}

interface Compose {
  readonly services: Readonly<Record<string, { readonly volumes: readonly string[] }>>;
}

/** What a volume that is not empty holds, and where mintproc's or Envoy's container has it. */
export interface Volume {
  /** The name of the ConfigMap or Secret. */
  readonly source: string;
  readonly mountPath: string;
  readonly files: Readonly<Record<string, string>>;
}

export class SampleFolder {
  readonly folder: string;

  /** @param folder of deploy/, or a copy of it */
  constructor(folder: string) {
    this.folder = folder;
  }

  /** Copies a sample, without the keys that may lie in it. */
  static copyOf(name: string, target: string): SampleFolder {
    const source = join(project, 'deploy', name);
    cpSync(source, target, { recursive: true, filter: (path) => path !== join(source, 'keys') });
    return new SampleFolder(target);
  }

  read(file: string): string {
    return readFileSync(join(this.folder, file), 'utf8');
  }

  /** The files of a folder in it, by name. */
  filesOf(folder: string): Readonly<Record<string, string>> {
    const names = readdirSync(join(this.folder, folder));
    return Object.fromEntries(names.map((name) => [name, this.read(join(folder, name))]));
  }

  get kustomization(): Kustomization {
    return parse(this.read('kustomization.yaml'));
  }

  /** Every object of the files that the kustomization names. */
  get objects(): readonly { readonly kind: string }[] {
    return this.kustomization.resources.flatMap((file) => {
      const documents = parseAllDocuments(this.read(file));
      return documents.map((document) => document.toJS() as { kind: string });
    });
  }

  /** The pods that the sample makes, or the changes to pods that a platform makes. */
  get pod(): PodSpec {
    const found = this.objects.map(podOf).find((pod) => pod !== undefined);
    if (found === undefined) throw new Error(`${this.folder} has no pods`);
    return found;
  }

  get deployment(): Deployment {
    const found = this.objects.find((object): object is Deployment => object.kind === 'Deployment');
    if (found === undefined) throw new Error(`${this.folder} has no Deployment`);
    return found;
  }

  /** Where the pods' containers have a volume. */
  get mountPaths(): readonly string[] {
    const { initContainers, containers } = this.pod;
    return [...initContainers, ...containers].flatMap(({ volumeMounts }) => volumeMounts.map((one) => one.mountPath));
  }

  /** What the pods find in their volumes once the folder is applied. */
  get volumes(): readonly Volume[] {
    const { configMapGenerator, secretGenerator } = this.kustomization;
    const generators = [...configMapGenerator, ...secretGenerator];
    const { initContainers, containers, volumes } = this.pod;
    const mounts = [...initContainers, ...containers].flatMap(({ volumeMounts }) => volumeMounts);
    return volumes.flatMap(({ name, configMap, secret }) => {
      const source = configMap?.name ?? secret?.secretName;
      const mountPath = mounts.find((mount) => mount.name === name)?.mountPath;
      const made = generators.find((generator) => generator.name === source);
      if (source === undefined || mountPath === undefined || made === undefined) return [];
      const files = Object.fromEntries(made.files.map((file) => [basename(file), this.read(file)]));
      return [{ source, mountPath, files }];
    });
  }

  /** Runs the commands under a heading of a README.md, but for those that need something that is not here. */
  runCommands(readme: string, heading: string): void {
    for (const line of commandsOf(section(readme, heading))) {
      if (!isElsewhere.test(line)) execFileSync('sh', ['-ec', line], { cwd: this.folder, stdio: 'pipe' });
    }
  }

  /** Makes the edits under a heading of a README.md: each block replaces the keys of the file that is before it. */
  makeEdits(readme: string, heading: string, changed: (text: string) => string): void {
    for (const { file, block } of editsOf(section(readme, heading))) {
      const document = parseDocument(this.read(file));
      for (const [key, value] of Object.entries(parse(changed(block)))) document.set(key, document.createNode(value));
      writeFileSync(join(this.folder, file), document.toString());
    }
  }

  /** Sets one value of a file of the copy. */
  set(file: string, path: readonly string[], value: unknown): void {
    const document = parseDocument(this.read(file));
    document.setIn(path, value);
    writeFileSync(join(this.folder, file), document.toString());
  }
}

/** The sample for an Envoy of one's own, whose pod is that of `deploy/compose.yaml`. */
export class ComposeFolder extends SampleFolder {
  /** @param folder a copy of deploy/envoy */
  static override copyOf(name: string, target: string): ComposeFolder {
    return new ComposeFolder(SampleFolder.copyOf(name, target).folder);
  }

  /** The folders of the sample that mintproc's container has. */
  override get volumes(): readonly Volume[] {
    const { services }: Compose = parse(readFileSync(join(project, 'deploy', 'compose.yaml'), 'utf8'));
    return (services['mintproc']?.volumes ?? []).flatMap((text) => {
      const [source = '', mountPath = ''] = text.split(':');
      if (!source.startsWith('./envoy/')) return [];
      const folder = source.slice('./envoy/'.length);
      const files = readdirSync(join(this.folder, folder)).map(
        (file) => [file, this.read(join(folder, file))] as const,
      );
      return [{ source, mountPath, files: Object.fromEntries(files) }];
    });
  }
}

/** Where each kind of object has the spec of pods. Platforms that make pods of their own take parts of one. */
const podsByKind: Readonly<Record<string, (object: Nested) => Partial<PodSpec> | undefined>> = {
  Deployment: ({ spec }) => spec?.template?.spec,
  EnvoyProxy({ spec }) {
    const { initContainers, container, pod } = spec?.provider?.kubernetes?.envoyDeployment ?? {};
    return { initContainers, containers: [{ name: 'envoy', ...container }], ...pod };
  },
  GatewayParameters: ({ spec }) => spec?.kube?.deploymentOverlay?.spec?.template?.spec,
  // Of the Gateway of a waypoint.
  ConfigMap: ({ data }) => parse(data?.deployment ?? '{}').spec?.template?.spec,
};

// biome-ignore lint/suspicious/noExplicitAny: objects of several kinds, read by their paths
type Nested = Record<string, any>;

function podOf(object: { readonly kind: string }): PodSpec | undefined {
  const found = podsByKind[object.kind]?.(object);
  if (found === undefined) return undefined;
  const { initContainers = [], containers = [], volumes = [], ...rest } = found;
  return { securityContext: {}, terminationGracePeriodSeconds: 30, ...rest, initContainers, containers, volumes };
}

/** The text under a heading, up to the next one. */
export function section(page: string, heading: string): string {
  const parts = page.split(/^#+ (?=[^\n]+\n)/m);
  const found = parts.find((part) => part.startsWith(`${heading}\n`));
  if (found === undefined) throw new Error(`The page has no heading "${heading}"`);
  return found;
}

/** The lines of the shell blocks of a page. */
export function commandsOf(page: string): readonly string[] {
  const blocks = page.matchAll(/^```sh\n([\s\S]*?)^```$/gm);
  return Array.from(blocks, ([, text = '']) => text.replaceAll('\\\n', '').split('\n')).flatMap((lines) =>
    lines.filter(Boolean),
  );
}

/** Writes the files of `try/` that a page says to write. @returns how many */
export function writeFilesOf(page: string, folder: string): number {
  const found = Array.from(
    page.matchAll(/`(try\/[\w./-]+\.yaml)`[^`]*?:\n\n(?:<!-- .* -->\n)?```yaml\n([\s\S]*?)^```$/gm),
  );
  for (const [, file = '', content = ''] of found) {
    mkdirSync(join(folder, dirname(file)), { recursive: true });
    writeFileSync(join(folder, file), content);
  }
  return found.length;
}

/** Programs that need a cluster, Docker, the installed mintproc, or a person who may become root. */
const isElsewhere = /^(?:kubectl|docker|mintproc|sudo) /;

function editsOf(page: string): readonly { readonly file: string; readonly block: string }[] {
  const found = page.matchAll(/`([\w./-]+\.yaml)`[^`]*?:[^`]*?\n\n```yaml\n([\s\S]*?)^```$/gm);
  return Array.from(found, ([, file = '', block = '']) => ({ file, block }));
}
