/**
 * @module
 * The files of each proxy in a folder or archive: what is in and below `apiproxy/` (SAP: `APIProxy/`) or
 * `sharedflowbundle/`.
 */
import { type Problem, Problems } from '../../../diagnostics/problem.ts';
import { SourceText } from '../../../diagnostics/source-text.ts';
import { DocumentFile } from '../../../documents/document-file.ts';
import { readXml } from '../../../documents/located-xml.ts';
import type { XmlElement } from '../../../documents/xml-element.ts';
import type { ExportFile } from '../../exported.ts';
import { attributeOf } from '../xml-parts.ts';
import { inApigeesElements } from './sap-endpoint.ts';

export interface ProxyDocument {
  readonly file: ExportFile;
  readonly source: SourceText;
  readonly root: XmlElement;
}

/** A file of a proxy whose flows or policies are not known. */
export interface UnreadableFile {
  readonly file: ExportFile;
  readonly problems: readonly Problem[];
}

/** The files of one proxy or shared flow. */
export interface ProxyFiles {
  /** Relative to the folder or archive; empty for the folder itself. */
  readonly folder: string;
  readonly documents: readonly ProxyDocument[];
  readonly unreadable: readonly UnreadableFile[];
  /** JavaScript, Python and property sets by their names in `resources/`, such as `jsc/claims.js`. */
  readonly resources: ReadonlyMap<string, ExportFile>;
}

/** What of a proxy is read; installed packages are not. */
export function isBundleFile(name: string): boolean {
  const isScript = /(?:^|[\\/])(?:resources|FileResource)[\\/].*\.(?:js|py|properties)$/i.test(name);
  return (isScript || /\.xml$/i.test(name)) && !/(?:^|[\\/])node_modules[\\/]/.test(name);
}

/** In the order of their folders' names. Other XML files are skipped if they cannot be read. */
export function proxiesIn(files: readonly ExportFile[]): readonly ProxyFiles[] {
  const groups = new Map<string, ExportFile[]>();
  for (const file of files) {
    const folder = /^(?:.*?\/)?(?:apiproxy|APIProxy|sharedflowbundle)(?=\/)/.exec(file.name)?.[0] ?? '';
    groups.set(folder, [...(groups.get(folder) ?? []), file]);
  }
  return [...groups].map(([folder, own]) => {
    const read = own.filter(isXml).map((file) => readDocument(file, folder));
    return {
      folder,
      documents: read.flatMap(({ document }) => document ?? []),
      unreadable: read.flatMap(({ unreadable }) => unreadable ?? []),
      resources: new Map(own.flatMap((file) => resource(file))),
    };
  });
}

function resource(file: ExportFile): [string, ExportFile][] {
  const name = /(?:^|\/)resources\/(.+)$/.exec(file.name)?.[1] ?? sapScript(file.name);
  return name === undefined ? [] : [[name, file]];
}

/** SAP keeps all scripts in one folder. */
function sapScript(name: string): string | undefined {
  const [, script, language] = /(?:^|\/)FileResource\/(.+\.(js|py))$/.exec(name) ?? [];
  return script === undefined ? undefined : `${language === 'py' ? 'py' : 'jsc'}/${script}`;
}

function isXml({ name }: ExportFile): boolean {
  return name.toLowerCase().endsWith('.xml');
}

interface ReadFile {
  readonly document?: ProxyDocument;
  readonly unreadable?: UnreadableFile;
}

/** A GenerateJWT that is not well-formed XML is kept, so that it is reported as a policy. */
function readDocument(file: ExportFile, folder: string): ReadFile {
  const source = SourceText.ofFile(file.path, file.text);
  const problems = new Problems();
  const root = problems.attempt(() => readXml(new DocumentFile(source)));
  if (root !== undefined) return { document: { file, source, root: inApigeesElements(root) } };
  // A UTF-16 file has zero bytes between its letters.
  const text = file.text.replaceAll('\0', '');
  if (/<GenerateJWT\b/.test(text)) {
    const unread = { name: 'GenerateJWT', offset: 0, attributes: [], children: [], text: source.slice(0, 0) };
    return { document: { file, source, root: unread } };
  }
  const belongs = folder === '' ? flowRoot.test(text) : !other.test(file.name.slice(folder.length));
  return belongs ? { unreadable: { file, problems: problems.all } } : {};
}

const flowRoot = /<(?:APIProxy|ProxyEndpoint|SharedFlow|SharedFlowBundle|TargetEndpoint)\b/;
/** XML files of a proxy that are neither flows nor policies. */
const other = /^\/?(?:FileResource|manifests|resources)\//;

/** The name by which steps call a policy: its `name`, or that of its file. */
export function policyName({ file, root }: ProxyDocument): string {
  const own = attributeOf(root, 'name')?.text ?? '';
  return own === '' ? file.name.replace(/^.*\//, '').replace(/\.xml$/i, '') : own;
}
