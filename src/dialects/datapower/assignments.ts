/**
 * @module
 * The variables that `set-variable` actions set, as they are when a later action runs.
 */
import type { JsonValue } from '../../diagnostics/json.ts';
import type { SourceText } from '../../diagnostics/source-text.ts';
import type { LocatedYaml, YamlPath } from '../located-yaml.ts';
import { isRecord } from './record.ts';
import { canonicalName } from './variable-names.ts';

export type Assignment =
  | {
      readonly kind: 'text';
      /** May hold `$(…)`. */
      readonly text: SourceText;
      readonly type: ValueType;
      /** What was set when this was set: what its `$(…)` means. */
      readonly before: Assignments;
    }
  | { readonly kind: 'value'; readonly value: JsonValue }
  | { readonly kind: 'cleared' }
  /** An earlier policy sets it. */
  | { readonly kind: 'published' }
  /** Set in a branch that need not have run. */
  | { readonly kind: 'uncertain' };

/** By canonical name. */
export type Assignments = ReadonlyMap<string, Assignment>;

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
    // `add` appends to what is there, which is a header's business; a variable that was not set before is set by it.
    const isUncertain = one['set'] === undefined && before.has(canonicalName(name));
    const value: Assignment = isUncertain ? { kind: 'uncertain' } : readValue(document, path, one, before);
    return new Map([...before, [canonicalName(name), value]]);
  }
  const cleared = one['clear'];
  return typeof cleared === 'string' ? new Map([...before, [canonicalName(cleared), { kind: 'cleared' }]]) : before;
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

/** What was set in a branch is uncertain after it; everything else is as it was. */
export function becameUncertain(before: Assignments, inBranch: Assignments): Assignments {
  if (inBranch === before) return before;
  const changed = [...inBranch].filter(([name, value]) => before.get(name) !== value && value.kind !== 'published');
  const published = [...inBranch].filter(([name, value]) => value.kind === 'published' && !before.has(name));
  return new Map([...before, ...changed.map(([name]) => [name, { kind: 'uncertain' }] as const), ...published]);
}
