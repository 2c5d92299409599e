/**
 * @module
 * The products of an export: which APIs they name, by file or by name and version.
 */
import { posix } from 'node:path';
import { called, isPlainName } from '../../../diagnostics/harmless.ts';
import { isRecord } from '../../../diagnostics/json.ts';
import { type Problem, problemAt } from '../../../diagnostics/problem.ts';
import type { LocatedYaml } from '../../../documents/located-yaml.ts';
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
export function isNamed({ file, id }: ApiFile, products: readonly Pick<Product, 'apis'>[]): boolean {
  return products.some(({ apis }) => apis.some(({ by }) => ('file' in by ? by.file === file.name : by.id === id)));
}

/** Where plans of the products have a list of operations of the API: the gateway refuses the others. */
export function planLimits(api: ApiFile, products: readonly Product[]): readonly Problem[] {
  return products.flatMap(({ document, apis }) => {
    const keys = apis.filter((one) => isNamed(api, [{ apis: [one] }])).map(({ key }) => key);
    return limitedPlans(document.value, keys).map((at) =>
      problemAt(document.source, document.offsetOf(at), 'import.open-route', {
        message: 'A plan of the product has a list of operations of the API, and the routes are for all of its operations.',
        suggestion: 'Remove the routes for operations that no plan has, then remove this line.',
      }),
    );
  });
}

function limitedPlans(product: unknown, keys: readonly string[]): readonly (readonly string[])[] {
  const plans = isRecord(product) && isRecord(product['plans']) ? product['plans'] : {};
  return Object.entries(plans).flatMap(([plan, value]) => {
    const apis = isRecord(value) && isRecord(value['apis']) ? value['apis'] : {};
    return keys.flatMap((key) => {
      const api = apis[key];
      return isRecord(api) && api['operations'] !== undefined ? [['plans', plan, 'apis', key, 'operations']] : [];
    });
  });
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
        return {
          name,
          policies: [
            {
              file,
              place: problem.place,
              name,
              dialect: 'datapower',
              select: undefined,
              reasons: [{ kind: 'cannot', problem }],
              routes: [],
              output: undefined,
              entry: {},
              variables: [],
              keys: [],
            },
          ],
        };
      }),
  );
}
