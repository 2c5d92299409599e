/**
 * @module
 * The variables that `set-variable` actions have set when a later action runs.
 */
import type { JsonValue } from '../../diagnostics/json.ts';
import { isRecord } from '../../diagnostics/json.ts';
import type { SourceText } from '../../diagnostics/source-text.ts';
import type { LocatedYaml } from '../../documents/located-yaml.ts';
import type { YamlPath } from '../../documents/yaml-places.ts';
import { canonicalName } from './variable-names.ts';

export type Assignment =
  | {
      readonly kind: 'text';
      /** May contain `$(…)`. */
      readonly text: SourceText;
      readonly type: ValueType;
      /** What was set before: the values of its `$(…)`. */
      readonly before: Assignments;
    }
  | { readonly kind: 'value'; readonly value: JsonValue }
  | { readonly kind: 'cleared' }
  /** An earlier policy sets it. */
  | { readonly kind: 'published' }
  /** Set in a branch that may not have run. */
  | { readonly kind: 'uncertain' };

/** A linked list of assignments, the latest first; undefined if nothing is set. Lists share their common tail. */
export type Assignments = AssignmentList | undefined;

interface AssignmentList {
  /** Canonical. */
  readonly name: string;
  readonly assignment: Assignment;
  readonly before: Assignments;
}

/** The last assignment of a variable. @param name canonical */
export function assignmentOf(assignments: Assignments, name: string): Assignment | undefined {
  for (let list = assignments; list !== undefined; list = list.before) if (list.name === name) return list.assignment;
  return undefined;
}

export function withAssignment(before: Assignments, name: string, assignment: Assignment): Assignments {
  return { name: canonicalName(name), assignment, before };
}

export type ValueType = 'string' | 'number' | 'boolean' | 'any';

/** What is set after the action at `path`. */
export function assign(document: LocatedYaml, path: YamlPath, action: unknown, before: Assignments): Assignments {
  const list = isRecord(action) ? action['actions'] : undefined;
  if (!Array.isArray(list)) return before;
  let now = before;
  for (const [index, one] of list.entries()) {
    if (isRecord(one)) now = assignOne(document, [...path, 'actions', index], one, now);
  }
  return now;
}

function assignOne(
  document: LocatedYaml,
  path: YamlPath,
  one: Readonly<Record<string, unknown>>,
  before: Assignments,
): Assignments {
  const name = one['set'] ?? one['add'];
  if (typeof name === 'string') {
    // `add` appends to an existing value, which is meant for headers. It sets a variable that was not set before.
    const isUncertain = one['set'] === undefined && assignmentOf(before, canonicalName(name)) !== undefined;
    const value: Assignment = isUncertain ? { kind: 'uncertain' } : readValue(document, path, one, before);
    return withAssignment(before, name, value);
  }
  const cleared = one['clear'];
  return typeof cleared === 'string' ? withAssignment(before, cleared, { kind: 'cleared' }) : before;
}

function readValue(
  document: LocatedYaml,
  path: YamlPath,
  { value, type }: Readonly<Record<string, unknown>>,
  before: Assignments,
): Assignment {
  if (value === undefined || value === null) return { kind: 'cleared' };
  if (typeof value === 'object') return { kind: 'value', value: value as JsonValue };
  const known = type === 'number' || type === 'boolean' || type === 'any' ? type : 'string';
  return { kind: 'text', text: document.scalarAt([...path, 'value']), type: known, before };
}

/**
 * `now` after a branch that may not have run: what was set in it is uncertain, everything else is unchanged.
 *
 * @param before what was set at the start of the branch
 * @param after what was set at its end
 */
export function afterBranch(now: Assignments, before: Assignments, after: Assignments): Assignments {
  const seen = new Set<string>();
  let result = now;
  for (let list = after; list !== before && list !== undefined; list = list.before) {
    if (seen.has(list.name)) continue;
    seen.add(list.name);
    const { assignment } = list;
    // The routes decide whether an earlier policy runs. If it does, its variable has a value.
    const isNew = assignment.kind === 'published' && assignmentOf(before, list.name) === undefined;
    result = withAssignment(result, list.name, isNew ? assignment : { kind: 'uncertain' });
  }
  return result;
}
