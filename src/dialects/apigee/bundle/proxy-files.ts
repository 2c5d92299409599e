/**
 * @module
 * The files of each proxy in a folder or archive: what is in and below `apiproxy/` (SAP: `APIProxy/`) or
 * `sharedflowbundle/`.
 */
import { Problems } from '../../../diagnostics/problem.ts';
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

/** The files of one proxy or shared flow. */
export interface ProxyFiles {
  /** Relative to the folder or archive; empty for the folder itself. */
  readonly folder: string;
  readonly documents: readonly ProxyDocument[];
  /** JavaScript, Python and property sets by their names in `resources/`, such as `jsc/claims.js`. */
  readonly resources: ReadonlyMap<string, ExportFile>;
}

/** What of a proxy is read; installed packages are not. */
export function isBundleFile(name: string): boolean {
  const isScript = /(?:^|[\\/])(?:resources|FileResource)[\\/].*\.(?:js|py|properties)$/i.test(name);
  return (isScript || /\.xml$/i.test(name)) && !/(?:^|[\\/])node_modules[\\/]/.test(name);
}

/** In the order of their folders' names. Files that are not XML are skipped. */
export function proxiesIn(files: readonly ExportFile[]): readonly ProxyFiles[] {
  const groups = new Map<string, ExportFile[]>();
  for (const file of files) {
    const folder = /^(?:.*?\/)?(?:apiproxy|APIProxy|sharedflowbundle)(?=\/)/.exec(file.name)?.[0] ?? '';
    groups.set(folder, [...(groups.get(folder) ?? []), file]);
  }
  return [...groups].map(([folder, own]) => ({
    folder,
    documents: own.flatMap(readDocument),
    resources: new Map(own.flatMap((file) => resource(file))),
  }));
}

function resource(file: ExportFile): [string, ExportFile][] {
  const name = /(?:^|\/)resources\/(.+)$/.exec(file.name)?.[1] ?? sapScript(file.name);
  return name === undefined || isXml(file) ? [] : [[name, file]];
}

/** SAP keeps all scripts in one folder. */
function sapScript(name: string): string | undefined {
  const [, script, language] = /(?:^|\/)FileResource\/(.+\.(js|py))$/.exec(name) ?? [];
  return script === undefined ? undefined : `${language === 'py' ? 'py' : 'jsc'}/${script}`;
}

function isXml({ name }: ExportFile): boolean {
  return name.toLowerCase().endsWith('.xml');
}

/** A GenerateJWT that is not well-formed XML is kept, so that it is reported and not skipped. */
function readDocument(file: ExportFile): ProxyDocument[] {
  if (!isXml(file)) return [];
  const source = SourceText.ofFile(file.path, file.text);
  const root = new Problems().attempt(() => readXml(new DocumentFile(source)));
  if (root !== undefined) return [{ file, source, root: inApigeesElements(root) }];
  // A UTF-16 file has zero bytes between its letters.
  if (!/<GenerateJWT\b/.test(file.text.replaceAll('\0', ''))) return [];
  const unread = { name: 'GenerateJWT', offset: 0, attributes: [], children: [], text: source.slice(0, 0) };
  return [{ file, source, root: unread }];
}

/** The name by which steps call a policy: its `name`, or that of its file. */
export function policyName({ file, root }: ProxyDocument): string {
  const own = attributeOf(root, 'name')?.text ?? '';
  return own === '' ? file.name.replace(/^.*\//, '').replace(/\.xml$/i, '') : own;
}
