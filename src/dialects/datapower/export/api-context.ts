/**
 * @module
 * What the policies of one file share: the API, its operations, and the assembly as a flow.
 */
import { isRecord } from '../../../diagnostics/json.ts';
import type { LocatedYaml } from '../../../documents/located-yaml.ts';
import type { YamlPath } from '../../../documents/yaml-places.ts';
import { type Api, readApi } from '../api.ts';
import { extensionName, placeOfApi } from '../api-place.ts';
import { type Assembly, readAssembly, rootOf } from '../assembly.ts';
import { type Flow, readFlow } from './flow.ts';
import { isPreferred, patternOf } from './patterns.ts';
import type { ExportedOperation } from './routes.ts';
import { type AssemblyFacts, actionsOf } from './setters.ts';

type YamlRecord = Readonly<Record<string, unknown>>;

export interface ApiContext {
  readonly document: LocatedYaml;
  readonly api: Api;
  /** The API's part of the document. */
  readonly value: YamlRecord;
  readonly path: YamlPath;
  /** Its `x-ibm-configuration`; undefined if the file is only a part of an assembly. */
  readonly extension: YamlRecord | undefined;
  readonly assembly: Assembly;
  readonly flow: Flow;
  readonly facts: AssemblyFacts;
  /** In the order in which the gateway prefers them. */
  readonly operations: readonly ExportedOperation[];
}

export function contextOf(document: LocatedYaml): ApiContext {
  const api = readApi(document, undefined);
  const { path, value } = placeOfApi(document.value);
  const found = value[extensionName];
  const extension = isRecord(found) ? found : undefined;
  const root = rootOf(document.value) ?? { value: undefined, path: [] };
  const flow = flowOf(root);
  const operations = extension === undefined ? [] : operationsOf(api, document, path);
  const facts = { document, rootLength: root.path.length, actions: actionsOf(flow), operations };
  return { document, api, value, path, extension, assembly: readAssembly(document), flow, facts, operations };
}

/** An assembly, a list of actions, or one action. */
function flowOf({ value, path }: { readonly value: unknown; readonly path: YamlPath }): Flow {
  if (!isRecord(value)) return readFlow(value, path);
  if (value['execute'] !== undefined) return readFlow(value['execute'], [...path, 'execute']);
  // The action has the path of its key, as in a list of one.
  return readFlow([value], path).map((step) =>
    step.kind === 'action' ? { ...step, path: [...path, step.name] } : step,
  );
}

function operationsOf(api: Api, document: LocatedYaml, root: YamlPath): readonly ExportedOperation[] {
  const all = api.operations.flatMap(({ path, segments, methods, ids }) =>
    methods.map((verb): ExportedOperation => {
      const at = [...root, 'paths', path, verb.toLowerCase()];
      const place = document.source.placeAt(document.keyOffsetOf(at));
      return { verb, path, id: ids.get(verb), pattern: patternOf(segments), place };
    }),
  );
  return all.toSorted(byPreference);
}

function byPreference({ pattern: a }: ExportedOperation, { pattern: b }: ExportedOperation): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  return Number(isPreferred(b, a)) - Number(isPreferred(a, b));
}
