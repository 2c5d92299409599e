/**
 * @module
 * The assembly as a flow: which actions run for an operation, in which order, and on which conditions.
 */
import { isRecord } from '../../../diagnostics/json.ts';
import type { YamlPath } from '../../../documents/yaml-places.ts';
import {
  always,
  type Condition,
  negated,
  never,
  type OperationFacts,
  readCondition,
  reduced,
  unknown,
} from './condition.ts';

export interface Action {
  readonly kind: 'action';
  readonly name: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly path: YamlPath;
}

/** The first case whose condition holds runs. */
interface Choice {
  readonly kind: 'choice';
  readonly cases: readonly Case[];
}

export interface Case {
  readonly condition: Condition;
  /** As the file writes it; undefined for `otherwise` and for operations. */
  readonly text: string | undefined;
  readonly path: YamlPath;
  readonly flow: Flow;
}

export type Flow = readonly (Action | Choice)[];

/** Nesting of choices. No assembly nests deeper. */
const maxDepth = 32;

/** @param list of actions, such as `execute` */
export function readFlow(list: unknown, path: YamlPath, depth = 0): Flow {
  if (!Array.isArray(list) || depth > maxDepth) return [];
  return list.flatMap((item: unknown, index) =>
    isRecord(item)
      ? Object.entries(item).map(([name, value]) => readStep(name, value, [...path, index, name], depth))
      : [],
  );
}

function readStep(name: string, value: unknown, path: YamlPath, depth: number): Action | Choice {
  const properties = isRecord(value) ? value : {};
  const readCases = choices.get(name);
  return readCases === undefined
    ? { kind: 'action', name, properties, path }
    : { kind: 'choice', cases: readCases(properties, path, depth + 1) };
}

type ReadCases = (properties: Readonly<Record<string, unknown>>, path: YamlPath, depth: number) => readonly Case[];

const choices: ReadonlyMap<string, ReadCases> = new Map<string, ReadCases>([
  ['if', (properties, path, depth) => [readCase(properties, path, depth)]],
  ['switch', readSwitch],
  ['operation-switch', readSwitch],
]);

function readSwitch(properties: Readonly<Record<string, unknown>>, path: YamlPath, depth: number): readonly Case[] {
  const { case: list, otherwise } = properties;
  const cases = Array.isArray(list)
    ? list.map((one: unknown, index) => readCase(isRecord(one) ? one : {}, [...path, 'case', index], depth))
    : [];
  if (otherwise === undefined) return cases;
  const flow = readFlow(otherwise, [...path, 'otherwise'], depth);
  return [...cases, { condition: always, text: undefined, path: [...path, 'otherwise'], flow }];
}

function readCase(one: Readonly<Record<string, unknown>>, path: YamlPath, depth: number): Case {
  if (one['otherwise'] !== undefined) {
    const at = [...path, 'otherwise'];
    return { condition: always, text: undefined, path: at, flow: readFlow(one['otherwise'], at, depth) };
  }
  const flow = readFlow(one['execute'], [...path, 'execute'], depth);
  if (Array.isArray(one['operations'])) {
    return {
      condition: { kind: 'any', parts: one['operations'].map(operationCondition) },
      text: undefined,
      path,
      flow,
    };
  }
  const text = one['condition'];
  return typeof text === 'string'
    ? { condition: readCondition(text), text, path, flow }
    : { condition: unknown, text: undefined, path, flow };
}

/** An operation of an `operation-switch`: a verb and a path, or an identifier. */
function operationCondition(one: unknown): Condition {
  if (typeof one === 'string') return { kind: 'fact', fact: 'id', value: one };
  if (!isRecord(one)) return never;
  const { verb, path } = one;
  const parts: Condition[] = [];
  if (typeof verb === 'string') parts.push({ kind: 'fact', fact: 'verb', value: verb.toUpperCase() });
  if (typeof path === 'string') parts.push({ kind: 'fact', fact: 'path', value: path });
  return parts.length === 0 ? unknown : { kind: 'all', parts };
}

/** A condition that an operation does not decide. */
export interface Guard {
  readonly condition: Condition;
  readonly of: Case;
}

/** An action that may run. */
export interface Run {
  readonly action: Action;
  readonly guards: readonly Guard[];
}

/** The actions that may run for an operation, in their order; those of different cases exclude each other. */
export function runsOf(flow: Flow, operation: OperationFacts, guards: readonly Guard[] = []): readonly Run[] {
  return flow.flatMap((step) =>
    step.kind === 'action' ? [{ action: step, guards }] : runsOfCases(step.cases, operation, guards),
  );
}

function runsOfCases(cases: readonly Case[], operation: OperationFacts, guards: readonly Guard[]): readonly Run[] {
  const runs: Run[] = [];
  let open = guards;
  for (const one of cases) {
    const condition = reduced(one.condition, operation);
    if (condition === never) continue;
    if (condition === always) return [...runs, ...runsOf(one.flow, operation, open)];
    runs.push(...runsOf(one.flow, operation, [...open, { condition, of: one }]));
    open = [...open, { condition: negated(condition), of: one }];
  }
  return runs;
}

/** Whether the action is the one at this path. */
export function isAt(action: Action, path: YamlPath): boolean {
  return action.path.length === path.length && action.path.every((part, index) => part === path[index]);
}

/** Whether `one` runs whenever `other` does. */
export function alwaysWith(one: Run, other: Run): boolean {
  return one.guards.every((guard) => other.guards.includes(guard));
}

/** Whether two actions are in different cases of one choice. */
export function excludes(one: Run, other: Run): boolean {
  return one.guards.some((a) => other.guards.some((b) => a.of === b.of && a.condition !== b.condition));
}
