/**
 * @module
 * The products of an export: which APIs they name, by file or by name and version.
 */
import { posix } from 'node:path';
import { called, isPlainName } from '../../../diagnostics/harmless.ts';
import { isRecord } from '../../../diagnostics/json.ts';
import { problemAt } from '../../../diagnostics/problem.ts';
import type { LocatedYaml } from '../../../documents/located-yaml.ts';
import { unknownPolicy } from '../../export-reasons.ts';
import type { ExportedApi, ExportFile } from '../../exported.ts';

/** An API file of the export. */
export interface ApiFile {
  readonly file: ExportFile;
  /** `NAME:VERSION`; undefined if it has none. */
  readonly id: string | undefined;
}

interface NamedApi {
  readonly key: string;
  readonly at: readonly (string | number)[];
  /** The file, or the name and version. */
  readonly by: { readonly file: string } | { readonly id: string };
}

export interface Product {
  readonly file: ExportFile;
  readonly document: LocatedYaml;
  readonly apis: readonly NamedApi[];
}

/** Undefined if the document is not a product. */
export function readProduct(file: ExportFile, document: LocatedYaml): Product | undefined {
  const { value } = document;
  if (!isRecord(value) || value['product'] === undefined || !isRecord(value['apis'])) return undefined;
  const apis = Object.entries(value['apis']).flatMap(([key, one]): NamedApi[] => {
    if (!isRecord(one)) return [];
    const { $ref: reference, name } = one;
    if (typeof reference === 'string') {
      const path = posix.normalize(posix.join(posix.dirname(file.name), reference));
      return [{ key, at: ['apis', key, '$ref'], by: { file: path } }];
    }
    return typeof name === 'string' ? [{ key, at: ['apis', key, 'name'], by: { id: name } }] : [];
  });
  return { file, document, apis };
}

/** Whether a product names the API. */
export function isNamed({ file, id }: ApiFile, products: readonly Product[]): boolean {
  return products.some(({ apis }) => apis.some(({ by }) => ('file' in by ? by.file === file.name : by.id === id)));
}

/** An entry for each API that a product names and that is not in the export: its policies are not known. */
export function missingApis(products: readonly Product[], known: readonly ApiFile[]): readonly ExportedApi[] {
  const files = new Set(known.map(({ file }) => file.name));
  const ids = new Set(known.map(({ id }) => id));
  return products.flatMap(({ file, document, apis }) =>
    apis
      .filter(({ by }) => ('file' in by ? !files.has(by.file) : !ids.has(by.id)))
      .map(({ key, at }): ExportedApi => {
        const problem = problemAt(document.source, document.offsetOf(at), 'datapower.missing-api', {
          message: `${called('The API', key)} of the product is not in the export, so its policies are not known.`,
          suggestion: 'Add its file to the folder or archive, and import again.',
        });
        const name = isPlainName(key) ? key : 'API of a product';
        return { name, policies: [unknownPolicy({ file, name, dialect: 'datapower' }, [problem])] };
      }),
  );
}
