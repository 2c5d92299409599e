/**
 * @module
 * The documents of an export with the resources of Flex Gateway and API Manager in them, and the policies that they
 * carry.
 */
import { Problems } from '../../../diagnostics/problem.ts';
import { type Place, SourceText } from '../../../diagnostics/source-text.ts';
import { DocumentFile } from '../../../documents/document-file.ts';
import { type LocatedYaml, readYaml } from '../../../documents/located-yaml.ts';
import type { YamlPath } from '../../../documents/yaml-places.ts';
import type { ExportFile } from '../../exported.ts';
import { type CarriedPolicy, field, findAllPolicies } from '../carriers.ts';
import { harmless } from '../harmless.ts';
import { isPolicyName } from '../policy-name.ts';

/** An object of a document: an `ApiInstance`, a `PolicyBinding`, an API of API Manager. */
export interface Resource {
  readonly in: FlexDocument;
  readonly path: YamlPath;
  readonly value: unknown;
  /** Undefined for objects of API Manager. */
  readonly kind: string | undefined;
  readonly name: string | undefined;
  readonly namespace: string;
}

export interface FlexDocument {
  readonly file: ExportFile;
  readonly document: LocatedYaml;
}

/** A policy of any name, where the export has it. */
export interface AppliedPolicy {
  readonly in: FlexDocument;
  readonly carried: CarriedPolicy;
  /** The innermost resource around it; undefined for an item of a list that is no resource. */
  readonly owner: Resource | undefined;
  /** Its number among the JWT generation policies of its file, from 1; undefined for other policies. */
  readonly number: number | undefined;
}

/** A file that may be a part of what a policy needs, and that cannot be read. */
export interface UnreadableFile {
  readonly file: ExportFile;
  readonly problems: Problems;
}

export interface ReadDocuments {
  readonly resources: readonly Resource[];
  readonly policies: readonly AppliedPolicy[];
  readonly unreadable: readonly UnreadableFile[];
}

export function readDocuments(files: readonly ExportFile[]): ReadDocuments {
  const read = files.filter(mayHaveResources).map(readFile);
  return {
    resources: read.flatMap(({ resources }) => resources),
    policies: read.flatMap(({ policies }) => policies),
    unreadable: read.flatMap(({ unreadable }) => unreadable),
  };
}

function readFile(file: ExportFile): ReadDocuments {
  const opened = new DocumentFile(SourceText.ofFile(file.path, file.text));
  opened.describe(harmless);
  const problems = new Problems();
  const resources: Resource[] = [];
  const policies: AppliedPolicy[] = [];
  let count = 0;
  for (const document of readYaml(opened, problems, 'policy.syntax')) {
    const within = { file, document };
    const own = resourcesIn(document.value, within, [], 0);
    resources.push(...own);
    const owners = new Map(own.filter(isOwner).map((one) => [JSON.stringify(one.path), one] as const));
    for (const carried of findAllPolicies(document.value)) {
      const number = isPolicyName(carried.policy) ? ++count : undefined;
      policies.push({ in: within, carried, owner: ownerOf(carried, owners), number });
    }
  }
  return { resources, policies, unreadable: problems.hasErrors ? [{ file, problems }] : [] };
}

/** Cheap: it is called for every file. */
function mayHaveResources({ name, text }: ExportFile): boolean {
  if (!/\.(?:ya?ml|json)$/i.test(name)) return false;
  return /\b(?:ApiInstance|PolicyBinding|policyRef|configurationData|proxyUri|gateway\.mulesoft\.com)\b/.test(text);
}

/** Deeper than a `List` in a list of documents. */
const maxDepth = 4;

function resourcesIn(value: unknown, within: FlexDocument, path: YamlPath, depth: number): readonly Resource[] {
  if (depth > maxDepth) return [];
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => resourcesIn(item, within, [...path, index], depth + 1));
  }
  if (typeof value !== 'object' || value === null) return [];
  const inner = ['items', 'apis', 'assets'].flatMap((key) => {
    const list = field(value, key);
    return Array.isArray(list) ? resourcesIn(list, within, [...path, key], depth + 1) : [];
  });
  return [resourceOf(value, within, path), ...inner];
}

/** Where the vendor's resources are if they do not say it. */
const defaultNamespace = 'default';

function resourceOf(value: object, within: FlexDocument, path: YamlPath): Resource {
  const metadata = field(value, 'metadata');
  return {
    in: within,
    path,
    value,
    kind: textAt(value, 'kind'),
    name: textAt(metadata, 'name'),
    namespace: textAt(metadata, 'namespace') ?? defaultNamespace,
  };
}

/** The resource of the longest path that leads to the policy. */
function ownerOf({ item }: CarriedPolicy, resources: ReadonlyMap<string, Resource>): Resource | undefined {
  for (let length = item.length; length >= 0; length--) {
    const found = resources.get(JSON.stringify(item.slice(0, length)));
    if (found !== undefined) return found;
  }
  return undefined;
}

function isOwner({ kind, value }: Resource): boolean {
  return kind !== undefined || field(value, 'endpoint') !== undefined;
}

export function textAt(value: unknown, key: string): string | undefined {
  const text = field(value, key);
  return typeof text === 'string' ? text : undefined;
}

export function placeIn({ document }: FlexDocument, path: YamlPath): Place {
  return document.source.placeAt(document.offsetOf(path));
}
