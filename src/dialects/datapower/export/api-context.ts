/**
 * @module
 * What the policies of one file share: the API, its operations, and the assembly as a flow.
 */
import { nameOr } from '../../../diagnostics/harmless.ts';
import { isRecord } from '../../../diagnostics/json.ts';
import type { LocatedYaml } from '../../../documents/located-yaml.ts';
import type { YamlPath } from '../../../documents/yaml-places.ts';
import { type Api, readApi } from '../api.ts';
import { extensionName, placeOfApi } from '../api-place.ts';
import { type Assembly, readAssembly, rootOf } from '../assembly.ts';
import type { OperationFacts } from './condition.ts';
import { type Flow, type Run, readFlow, runsOf } from './flow.ts';
import { ApiKeys } from './keys.ts';
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
  readonly facts: AssemblyFacts;
  /** In the order in which the gateway prefers them; empty if the API is too large. */
  readonly operations: readonly ExportedOperation[];
  readonly isTooLarge: boolean;
  readonly keys: ApiKeys;
  /** The actions that may run for an operation. */
  readonly runsFor: (operation: OperationFacts) => readonly Run[];
}

/** Generated APIs have some hundred. @internal Exported for the test at the limit. */
export const maxOperations = 1000;
/** Actions that are followed: all of the assembly for each operation and each policy. */
const maxFollowed = 20_000_000;

export function contextOf(document: LocatedYaml): ApiContext {
  const api = readApi(document, undefined);
  const { path, value } = placeOfApi(document.value);
  const found = value[extensionName];
  const extension = isRecord(found) ? found : undefined;
  const root = rootOf(document.value) ?? { value: undefined, path: [] };
  const flow = flowOf(root);
  const assembly = readAssembly(document);
  const actions = actionsOf(flow);
  const all = extension === undefined ? [] : operationsOf(api, document, path);
  const followed = all.length * actions.length * assembly.policies.length;
  const isTooLarge = all.length > maxOperations || followed > maxFollowed;
  const operations = isTooLarge ? [] : all;
  const facts = { document, rootLength: root.path.length, actions, operations };
  const runsFor = remembered(flow);
  const name = api.constants.get('api.name');
  const keys = new ApiKeys(typeof name === 'string' ? nameOr(name, 'api') : 'api');
  return { document, api, value, path, extension, assembly, facts, operations, isTooLarge, keys, runsFor };
}

/** Each policy asks for the same operations. */
function remembered(flow: Flow): ApiContext['runsFor'] {
  const known = new Map<OperationFacts, readonly Run[]>();
  return (operation) => {
    const runs = known.get(operation) ?? runsOf(flow, operation);
    known.set(operation, runs);
    return runs;
  };
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
