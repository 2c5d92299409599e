/**
 * @module
 * Reads what API Connect exports: API files, products that name them, and folders or archives of both.
 */
import { isRecord } from '../../../diagnostics/json.ts';
import { type Problem, Problems, problemAt } from '../../../diagnostics/problem.ts';
import { SourceText } from '../../../diagnostics/source-text.ts';
import { DocumentFile } from '../../../documents/document-file.ts';
import { type LocatedYaml, readYaml } from '../../../documents/located-yaml.ts';
import { type ExportedApi, type ExportedPolicy, type ExportFile, Open, type Writable } from '../../exported.ts';
import { placeOfApi } from '../api-place.ts';
import { readAssembly } from '../assembly.ts';
import { datapower } from '../dialect.ts';
import { harmless } from '../harmless.ts';
import { type ExportedPart, exportedPart } from './policies.ts';
import { type ApiFile, isNamed, missingApis, type Product, planLimits, readProduct } from './products.ts';

/**
 * The APIs whose assemblies have a `jwt-generate`, and those that a product names and the export does not have. An API
 * that no product names is among them.
 */
export function readDatapowerExport(files: readonly ExportFile[]): readonly ExportedApi[] {
  const opened = distinct(files).filter(mayBeRead).map(open);
  const products = opened.flatMap(({ file, documents }) =>
    documents.flatMap((document) => readProduct(file, document) ?? []),
  );
  const known = opened.flatMap(({ file, documents }) =>
    documents.flatMap((document): ApiFile[] => (isApi(document) ? [{ file, id: idOf(document) }] : [])),
  );
  const hasPolicies = opened.some(({ file }) => datapower.recognises(file.text));
  return [...opened.flatMap((one) => apiOf(one, products, hasPolicies)), ...missingApis(products, known)];
}

/** Copies of one file are one API. */
function distinct(files: readonly ExportFile[]): readonly ExportFile[] {
  return [...new Map(files.toReversed().map((file) => [file.text, file])).values()].toReversed();
}

/** Cheap: an export may have many other files. */
function mayBeRead({ name, text }: ExportFile): boolean {
  if (!/\.(?:ya?ml|json)$/i.test(name)) return false;
  return datapower.recognises(text) || /^\s*["']?(?:product|swagger|openapi)["']?\s*:/m.test(text);
}

interface OpenedFile {
  readonly file: ExportFile;
  readonly documents: readonly LocatedYaml[];
  readonly errors: readonly Problem[];
}

function open(file: ExportFile): OpenedFile {
  const problems = new Problems();
  const opened = new DocumentFile(SourceText.ofFile(file.path, file.text));
  opened.describe(harmless);
  const documents = readYaml(opened, problems, 'policy.syntax');
  return { file, documents, errors: problems.all.filter(({ severity }) => severity === 'error') };
}

function isApi({ value }: LocatedYaml): boolean {
  return isRecord(value) && (value['swagger'] !== undefined || value['openapi'] !== undefined);
}

/** @param hasPolicies whether the export has any that mint: without them, nothing else of it matters */
function apiOf(
  { file, documents, errors }: OpenedFile,
  products: readonly Product[],
  hasPolicies: boolean,
): readonly ExportedApi[] {
  const [first] = documents;
  const id = first && idOf(first);
  const name = id?.replace(':', ' ') ?? file.name;
  if (errors.length > 0) return hasPolicies && matters(file) ? [{ name, policies: [unreadable(file, errors)] }] : [];
  const parts = partsOf(file, documents);
  const policies = parts.flatMap((part) => part.policies);
  // An API without policies takes requests too.
  const takes = parts.flatMap((part) => part.takes ?? []);
  if (first === undefined || (policies.length === 0 && takes.length === 0)) return [];
  const limits = planLimits({ file, id }, products);
  const isPublished = products.length === 0 || isNamed({ file, id }, products);
  return [
    {
      name,
      policies: (isPublished ? policies : policies.map(unpublished(first))).map((policy) => withLimits(policy, limits)),
      ...(takes.length === 0 ? {} : { takes }),
      isExclusive: true,
    },
  ];
}

/** Which requests an API takes, and which APIs a product has, matters to others too. */
function matters({ text }: ExportFile): boolean {
  return datapower.recognises(text) || /\bx-ibm-configuration|^\s*["']?product["']?\s*:/m.test(text);
}

function partsOf(file: ExportFile, documents: readonly LocatedYaml[]): readonly ExportedPart[] {
  let first = 0;
  return documents.map((document) => {
    const part = exportedPart(file, document, documents.length === 1 ? undefined : first);
    first += readAssembly(document).policies.length;
    return part;
  });
}

/** A policy that can run waits until somebody has compared its routes with the plans. */
function withLimits(policy: ExportedPolicy, limits: readonly Problem[]): ExportedPolicy {
  if (limits.length === 0 || policy.reasons.some(({ kind }) => kind === 'cannot')) return policy;
  const codes = (policy.entry['allow'] as readonly Writable[] | undefined) ?? [];
  const [{ suggestion = '' } = {}] = limits;
  return {
    ...policy,
    reasons: [...policy.reasons, ...limits.map((problem) => ({ kind: 'value', problem }) as const)],
    entry: { ...policy.entry, allow: [...codes, new Open(suggestion)] },
  };
}

function unpublished(document: LocatedYaml): (policy: ExportedPolicy) => ExportedPolicy {
  const offset = document.offsetOf(placeOfApi(document.value).path);
  const problem = problemAt(document.source, offset, 'datapower.unpublished', {
    message: 'No product of the export has this API, so whether the gateway served it is not known.',
    suggestion: "If it did not, remove the policy's entry and routes.",
  });
  return (policy) => ({ ...policy, reasons: [...policy.reasons, { kind: 'note', problem }] });
}

/** A file that cannot be read has policies that are not known. */
function unreadable(file: ExportFile, errors: readonly Problem[]): ExportedPolicy {
  const [first] = errors;
  return {
    file,
    place: first?.place ?? { file: file.path, line: 1, column: 1 },
    name: 'jwt-generate',
    dialect: 'datapower',
    select: undefined,
    reasons: errors.map((problem) => ({ kind: 'cannot', problem })),
    routes: [],
    output: undefined,
    entry: {},
    variables: [],
    keys: [],
  };
}

/** `NAME:VERSION` of an API. */
function idOf(document: LocatedYaml): string | undefined {
  const { value } = placeOfApi(document.value);
  const info = isRecord(value['info']) ? value['info'] : {};
  const name = info['x-ibm-name'] ?? info['title'];
  const { version } = info;
  if (typeof name !== 'string') return undefined;
  return typeof version === 'string' || typeof version === 'number' ? `${name}:${version}` : name;
}
