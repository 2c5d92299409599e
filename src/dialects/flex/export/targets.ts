/**
 * @module
 * Which APIs of an export a policy applies to: the instance around it, the one that `targetRef` names, or all with the
 * labels of a selector.
 */

import { called } from '../../../diagnostics/harmless.ts';
import type { YamlPath } from '../../../documents/yaml-places.ts';
import { field } from '../carriers.ts';
import { type AppliedPolicy, type Resource, textAt } from './documents.ts';
import { type Instance, labelsOf } from './instances.ts';

/** An API, and the upstream service to which the policy is narrowed. */
export interface Target {
  readonly instance: Instance;
  readonly service: string | undefined;
}

export type Targets =
  | { readonly kind: 'known'; readonly targets: readonly Target[] }
  /** `at` is what does not say it. */
  | { readonly kind: 'unknown'; readonly at: YamlPath; readonly message: string };

export class TargetFinder {
  readonly #instances: readonly Instance[];
  /** Folders of several gateways may have instances of one name. */
  readonly #named = new Map<string, Instance[]>();
  readonly #services: ReadonlySet<string>;

  constructor(instances: readonly Instance[], resources: readonly Resource[]) {
    this.#instances = instances;
    for (const instance of instances) {
      const { kind, name, namespace } = instance.resource;
      if (kind === undefined || name === undefined) continue;
      const full = fullName(namespace, name);
      this.#named.set(full, [...(this.#named.get(full) ?? []), instance]);
    }
    const services = resources.filter(({ kind }) => kind === 'Service');
    this.#services = new Set(services.map(({ namespace, name = '' }) => fullName(namespace, name)));
  }

  find(policy: AppliedPolicy): Targets {
    const { carried, owner, in: within } = policy;
    const around = owner && this.#instances.find(({ resource }) => resource === owner);
    if (around !== undefined) return known([{ instance: around, service: upstreamOf(carried.upstream) }]);
    if (carried.managed) return this.#besideManaged(policy);
    const at = [...carried.item, 'targetRef'];
    const target = at.reduce<unknown>(field, within.document.value);
    const namespace = owner?.namespace ?? 'default';
    if (field(target, 'selector') !== undefined) return this.#selected(field(target, 'selector'), namespace, at);
    const name = textAt(target, 'name');
    if (name === undefined) return unknown(carried.item, 'The export does not say to which API the policy applies.');
    const full = fullName(textAt(target, 'namespace') ?? namespace, name);
    return this.#referredTo({ full, name, kind: textAt(target, 'kind'), at, from: within.file.name });
  }

  #referredTo({ full, name, kind, at, from }: Reference): Targets {
    const instances = kind === 'Service' ? [] : nearest(this.#named.get(full) ?? [], from);
    const [instance] = instances;
    if (instances.length > 1)
      return unknown(at, `The export has several API instances of the name of ${called('the target', name)}.`);
    if (instance !== undefined) return known([{ instance, service: undefined }]);
    const targets = kind === 'ApiInstance' ? [] : this.#routingTo(name);
    if (targets.length > 0) return known(targets);
    const what = this.#services.has(full) ? 'No route of the export leads to' : 'The export does not have';
    return unknown(at, `${what} ${called('the target', name)}.`);
  }

  #routingTo(service: string): readonly Target[] {
    return this.#instances
      .filter(({ routes }) => routes.some(({ services }) => services.includes(service)))
      .map((instance) => ({ instance, service }));
  }

  #selected(selector: unknown, namespace: string, at: YamlPath): Targets {
    const kind = textAt(selector, 'kind') ?? 'ApiInstance';
    if (kind !== 'ApiInstance') return unknown(at, 'The selector is not one of API instances.');
    const wanted = [...labelsOf(field(selector, 'labels') ?? field(selector, 'matchLabels'))];
    const found = this.#instances.filter(
      ({ resource, labels }) =>
        resource.kind !== undefined && wanted.every(([name, value]) => labels.get(name) === value),
    );
    if (found.length === 0) return unknown(at, 'No API instance of the export has the labels of the selector.');
    if (found.some(({ resource }) => resource.namespace !== namespace)) {
      return unknown(at, 'API instances of another namespace have the labels of the selector.');
    }
    return known(found.map((instance) => ({ instance, service: undefined })));
  }

  /** API Manager's policies do not name their API: it is the one in the same folder. */
  #besideManaged({ carried, in: within }: AppliedPolicy): Targets {
    const folder = folderOf(within.file.name);
    const beside = this.#instances.filter(
      ({ resource }) => resource.kind === undefined && folderOf(resource.in.file.name) === folder,
    );
    const [instance, ...others] = beside;
    if (instance === undefined || others.length > 0) {
      return unknown(carried.item, 'The policy does not name its API, and not exactly one API is in the same folder.');
    }
    return known([{ instance, service: upstreamIdOf(carried.upstream, within.document.value) }]);
  }
}

interface Reference {
  readonly full: string;
  readonly name: string;
  readonly kind: string | undefined;
  readonly at: YamlPath;
  /** The file that refers. */
  readonly from: string;
}

/** Those in the folder that has most in common with that of the file. */
function nearest(instances: readonly Instance[], from: string): readonly Instance[] {
  const shared = instances.map(({ resource }) => sharedFolders(resource.in.file.name, from));
  const most = Math.max(...shared);
  return instances.filter((_, at) => shared[at] === most);
}

/** How many folders two names have in common, and one more for the same file. */
function sharedFolders(one: string, other: string): number {
  const [a, b] = [one.split('/'), other.split('/')];
  const end = a.findIndex((part, at) => part !== b[at]);
  return end === -1 ? a.length : end;
}

function known(targets: readonly Target[]): Targets {
  return { kind: 'known', targets };
}

function unknown(at: YamlPath, message: string): Targets {
  return { kind: 'unknown', at, message };
}

function fullName(namespace: string, name: string): string {
  return JSON.stringify([namespace, name]);
}

function folderOf(name: string): string {
  return name.slice(0, name.lastIndexOf('/') + 1);
}

/** `spec.services.NAME` */
function upstreamOf(path: YamlPath | undefined): string | undefined {
  return path === undefined ? undefined : String(path.at(-1));
}

/** `upstreamId`, or the only one of `upstreams`. */
function upstreamIdOf(path: YamlPath | undefined, value: unknown): string | undefined {
  const said = path?.reduce<unknown>(field, value);
  const only: unknown = Array.isArray(said) && said.length === 1 ? said[0] : said;
  if (path === undefined) return undefined;
  return typeof only === 'string' ? only : (textAt(only, 'id') ?? '');
}
