/**
 * @module
 * Finds each `jwt-generate` of an assembly, and what the assembly has set before it.
 *
 * An assembly is a list of actions; some contain other lists (`if`, `switch`, `operation-switch`, `catch`). Only the
 * path to the policies and `set-variable` are read here, and leniently: other actions are left to the gateway.
 */

import { isRecord } from '../../diagnostics/json.ts';
import type { LocatedYaml } from '../../documents/located-yaml.ts';
import type { YamlPath } from '../../documents/yaml-places.ts';
import { type Assignments, afterBranch, assign, withAssignment } from './assignments.ts';

export interface FoundAction {
  /** The path to the policy's properties. */
  readonly path: YamlPath;
  /** The path from the assembly to the action, such as `execute[0].if.execute[1]`. */
  readonly position: string;
  /** What the assembly has set when the policy runs. */
  readonly before: Assignments;
}

export interface Assembly {
  readonly policies: readonly FoundAction[];
  /** The assembly's error handler. */
  readonly catches: YamlPath | undefined;
}

export const actionName = 'jwt-generate';

/** Nesting of lists and maps. No assembly nests deeper. */
const maxDepth = 64;

/** Every `jwt-generate` of a document: a bare list of actions, one action, or a whole API. */
export function readAssembly(document: LocatedYaml): Assembly {
  const root = rootOf(document.value);
  if (root === undefined) return { policies: [], catches: undefined };
  const walk = new Walk(document, root.path.length);
  walk.visit(root.value, root.path, undefined, true);
  const caught = isRecord(root.value) ? root.value['catch'] : undefined;
  const hasCatch = Array.isArray(caught) ? caught.length > 0 : isRecord(caught);
  return { policies: walk.found, catches: hasCatch ? [...root.path, 'catch'] : undefined };
}

function rootOf(value: unknown): { readonly value: unknown; readonly path: YamlPath } | undefined {
  if (!isRecord(value)) return Array.isArray(value) ? { value, path: [] } : undefined;
  const extension = value['x-ibm-configuration'];
  if (isRecord(extension)) return { value: extension['assembly'], path: ['x-ibm-configuration', 'assembly'] };
  if (isRecord(value['assembly'])) return { value: value['assembly'], path: ['assembly'] };
  return { value, path: [] };
}

/** The keys of lists whose actions run in sequence. Other lists hold alternatives. */
const sequences = new Set(['execute', 'otherwise', 'default', 'finally', 'catch-all']);

class Walk {
  readonly found: FoundAction[] = [];
  readonly #document: LocatedYaml;
  readonly #rootLength: number;

  constructor(document: LocatedYaml, rootLength: number) {
    this.#document = document;
    this.#rootLength = rootLength;
  }

  /**
   * What is set after `value` has run, as far as that is certain. @param inOrder whether a list's items run in sequence
   */
  visit(value: unknown, path: YamlPath, before: Assignments, inOrder: boolean): Assignments {
    if (path.length - this.#rootLength > maxDepth) return before;
    if (Array.isArray(value)) return this.#visitList(value, path, before, inOrder);
    return isRecord(value) ? this.#visitMap(value, path, before) : before;
  }

  #visitList(list: readonly unknown[], path: YamlPath, before: Assignments, inOrder: boolean): Assignments {
    let now = before;
    for (const [index, item] of list.entries()) {
      const after = this.visit(item, [...path, index], inOrder ? now : before, false);
      now = inOrder ? after : afterBranch(now, before, after);
    }
    return now;
  }

  #visitMap(map: Readonly<Record<string, unknown>>, path: YamlPath, before: Assignments): Assignments {
    let now = before;
    for (const [key, value] of Object.entries(map)) {
      const inner = [...path, key];
      if (key === actionName && (isRecord(value) || value === null)) now = this.#visitPolicy(value, inner, now);
      else if (key === 'set-variable') now = assign(this.#document, inner, value, now);
      else if (typeof value === 'object') {
        now = afterBranch(now, now, this.visit(value, inner, now, sequences.has(key)));
      }
    }
    return now;
  }

  #visitPolicy(value: Readonly<Record<string, unknown>> | null, path: YamlPath, before: Assignments): Assignments {
    this.found.push({ path, position: positionOf(path.slice(this.#rootLength, -1)), before });
    const variable = value?.['jwt'];
    const names = ['jwt-generate.error-message', ...(typeof variable === 'string' ? [variable] : [])];
    return names.reduce((now, name) => withAssignment(now, name, { kind: 'published' }), before);
  }
}

function positionOf(path: YamlPath): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`))
    .join('')
    .replace(/^\./, '');
}
