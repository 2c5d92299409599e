/**
 * @module
 * The variables that earlier actions of the assembly have set when a later one runs.
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
  /** A `jwt-validate` sets it to the claims of the token that it verifies. */
  | { readonly kind: 'claims' }
  /** Set by an action that mintproc does not run. */
  | {
      readonly kind: 'other';
      readonly action: OtherAction;
      /** Whether what the assembly has set before stays. */
      readonly fills?: true;
    }
  /** Set in a branch that may not have run. */
  | { readonly kind: 'uncertain' };

/** An action that mintproc does not run. */
export interface OtherAction {
  /** Such as `gatewayscript`. */
  readonly name: string;
  readonly path: YamlPath;
}

/** What the policy reads of the variables that such an action sets. */
export interface OtherUse {
  readonly action: OtherAction;
  readonly names: Set<string>;
  how: 'sets' | 'may set';
}

/** A linked list of assignments, the latest first; undefined if nothing is set. Lists share their common tail. */
export type Assignments = AssignmentList | undefined;

interface AssignmentList {
  /** Canonical. Undefined for an action that may have set any variable. */
  readonly name: string | undefined;
  readonly assignment: Assignment;
  readonly before: Assignments;
}

/** The last assignment of a variable. @param name canonical */
export function assignmentOf(assignments: Assignments, name: string): Assignment | undefined {
  for (let list = assignments; list !== undefined; list = list.before) if (list.name === name) return list.assignment;
  return undefined;
}

export interface FoundAssignment {
  readonly assignment: Assignment;
  /** The name that is set: that of the variable, or of the object whose member it is. */
  readonly name: string;
  /** The way from that object to the variable; empty if the variable itself is set. */
  readonly members: readonly string[];
}

/** The last assignment of a variable, or of the claims or the message that it is a member of. */
export function findAssignment(assignments: Assignments, variable: string): FoundAssignment | undefined {
  const canonical = canonicalName(variable);
  let filled: FoundAssignment | undefined;
  for (let list = assignments; list !== undefined; list = list.before) {
    const found = foundIn(list, variable, canonical);
    if (found !== undefined && !fills(found)) return found;
    filled ??= found;
  }
  return filled;
}

/** Whether an earlier assignment wins. */
function fills({ assignment }: FoundAssignment): boolean {
  return assignment.kind === 'other' && assignment.fills === true;
}

function foundIn(
  { name, assignment }: AssignmentList,
  variable: string,
  canonical: string,
): FoundAssignment | undefined {
  if (name === undefined) return undefined;
  if (name === canonical) return { assignment, name, members: [] };
  const hasMembers = assignment.kind === 'claims' || assignment.kind === 'other';
  if (!hasMembers || !variable.startsWith(`${name}.`)) return undefined;
  return { assignment, name, members: variable.slice(name.length + 1).split('.') };
}

/** The last action before the policy that may have set any variable. */
export function openAction(assignments: Assignments): OtherAction | undefined {
  for (let list = assignments; list !== undefined; list = list.before) {
    if (list.name === undefined && list.assignment.kind === 'other') return list.assignment.action;
  }
  return undefined;
}

export function withAssignment(before: Assignments, name: string, assignment: Assignment): Assignments {
  return { name: canonicalName(name), assignment, before };
}

/** Any variable may be set by `action`. */
export function withOpenAction(before: Assignments, action: OtherAction): Assignments {
  return { name: undefined, assignment: { kind: 'other', action }, before };
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
    const { name, assignment } = list;
    if (name === undefined) result = { name, assignment, before: result };
    if (name === undefined || seen.has(name)) continue;
    seen.add(name);
    result = withAssignment(result, name, keeps(assignment, before, name) ? assignment : { kind: 'uncertain' });
  }
  return result;
}

/** Whether an assignment in a branch is as certain as one outside of it. */
function keeps({ kind }: Assignment, before: Assignments, name: string): boolean {
  // The action is named, which says more than that its branch may not have run.
  if (kind === 'other') return true;
  // The routes decide whether an earlier policy runs, and Envoy whether there is a verified token.
  if (kind !== 'published' && kind !== 'claims') return false;
  const earlier = assignmentOf(before, name)?.kind;
  return earlier === undefined || earlier === kind;
}
