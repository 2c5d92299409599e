/**
 * @module
 * Finds each `jwt-generate` of an assembly, and what the assembly has set before it.
 *
 * An assembly is a list of actions; some contain other lists (`if`, `switch`, `operation-switch`, `catch`). It is read
 * leniently: of other actions, only what they set is of interest, because they do not run here.
 */

import { isRecord } from '../../diagnostics/json.ts';
import type { LocatedYaml } from '../../documents/located-yaml.ts';
import type { YamlPath } from '../../documents/yaml-places.ts';
import { extensionName, placeOfApi } from './api-place.ts';
import { type Assignments, afterBranch, assign, withAssignment, withOpenAction } from './assignments.ts';
import { conditional, effectsOf } from './other-actions.ts';

export interface FoundAction {
  /** The path to the policy's properties. */
  readonly path: YamlPath;
  /** The path from the assembly to the action, such as `execute[0].if.execute[1]`. */
  readonly position: string;
  /** What the assembly has set when the policy runs. */
  readonly before: Assignments;
  /** The innermost action whose condition decides whether the policy runs; undefined if it always does. */
  readonly condition: Condition | undefined;
}

export interface Condition {
  /** Such as `switch`. */
  readonly kind: string;
  readonly path: YamlPath;
}

export interface Assembly {
  readonly policies: readonly FoundAction[];
  /** The assembly's error handler. */
  readonly catches: YamlPath | undefined;
}

export const actionName = 'jwt-generate';

/** Where `jwt-validate` puts the claims by default (vendor page, "Validate JWT"). */
const defaultClaims = 'decoded.claims';

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

/** The assembly of a document; undefined if the document is not a map or list. */
export function rootOf(document: unknown): { readonly value: unknown; readonly path: YamlPath } | undefined {
  if (!isRecord(document)) return Array.isArray(document) ? { value: document, path: [] } : undefined;
  const { path, value } = placeOfApi(document);
  const extension = value[extensionName];
  if (isRecord(extension)) return { value: extension['assembly'], path: [...path, extensionName, 'assembly'] };
  if (isRecord(document['assembly'])) return { value: document['assembly'], path: ['assembly'] };
  return { value: document, path: [] };
}

/** The keys of lists whose actions run in sequence. Other lists hold alternatives. */
const sequences = new Set(['execute', 'otherwise', 'default', 'finally', 'catch-all']);

class Walk {
  readonly found: FoundAction[] = [];
  readonly #document: LocatedYaml;
  readonly #rootLength: number;
  #condition: Condition | undefined;

  constructor(document: LocatedYaml, rootLength: number) {
    this.#document = document;
    this.#rootLength = rootLength;
  }

  /**
   * What is set after `value` has run, as far as that is certain.
   *
   * @param inOrder whether it is a list whose items are actions that run in sequence
   */
  visit(value: unknown, path: YamlPath, before: Assignments, inOrder: boolean): Assignments {
    if (path.length - this.#rootLength > maxDepth) return before;
    if (Array.isArray(value)) return this.#visitList(value, path, before, inOrder);
    return isRecord(value) ? this.#visitMap(value, path, before, false) : before;
  }

  #visitList(list: readonly unknown[], path: YamlPath, before: Assignments, inOrder: boolean): Assignments {
    let now = before;
    for (const [index, item] of list.entries()) {
      const inner = [...path, index];
      if (inOrder) now = isRecord(item) ? this.#visitMap(item, inner, now, true) : this.visit(item, inner, now, false);
      else now = afterBranch(now, before, this.visit(item, inner, before, false));
    }
    return now;
  }

  /** @param isAction whether the keys of the map are the names of actions */
  #visitMap(
    map: Readonly<Record<string, unknown>>,
    path: YamlPath,
    before: Assignments,
    isAction: boolean,
  ): Assignments {
    let now = before;
    for (const [key, value] of Object.entries(map)) now = this.#visitEntry(key, value, [...path, key], now, isAction);
    return now;
  }

  #visitEntry(key: string, value: unknown, path: YamlPath, now: Assignments, isAction: boolean): Assignments {
    if (key === actionName && (isRecord(value) || value === null)) return this.#visitPolicy(value, path, now);
    if (key === 'set-variable') return assign(this.#document, path, value, now);
    if (key === 'jwt-validate' && isRecord(value)) return verified(value, now);
    const outer = this.#condition;
    if (conditional.has(key)) this.#condition = { kind: key, path };
    const after = typeof value === 'object' ? this.visit(value, path, now, sequences.has(key)) : now;
    this.#condition = outer;
    const inside = afterBranch(now, now, after);
    return isAction && !conditional.has(key) && !sequences.has(key) ? afterOther(key, value, path, inside) : inside;
  }

  #visitPolicy(value: Readonly<Record<string, unknown>> | null, path: YamlPath, before: Assignments): Assignments {
    const position = positionOf(path.slice(this.#rootLength, -1));
    this.found.push({ path, position, before, condition: this.#condition });
    return publishedBy(value ?? {}).reduce((now, name) => withAssignment(now, name, { kind: 'published' }), before);
  }
}

/** The variables that a `jwt-generate` with these properties sets. */
export function publishedBy({ jwt }: Readonly<Record<string, unknown>>): readonly string[] {
  return ['jwt-generate.error-message', ...(typeof jwt === 'string' ? [jwt] : [])];
}

/** The variable that a `jwt-validate` with these properties sets to the claims. */
export function verifiedBy({ 'output-claims': name }: Readonly<Record<string, unknown>>): string {
  return typeof name === 'string' && name !== '' ? name : defaultClaims;
}

function verified(properties: Readonly<Record<string, unknown>>, before: Assignments): Assignments {
  return withAssignment(before, verifiedBy(properties), { kind: 'claims' });
}

function afterOther(name: string, properties: unknown, path: YamlPath, before: Assignments): Assignments {
  const { names, fills = [], isOpen } = effectsOf(name, properties);
  const action = { name, path };
  let now = isOpen ? withOpenAction(before, action) : before;
  for (const variable of names) now = withAssignment(now, variable, { kind: 'other', action });
  for (const variable of fills) now = withAssignment(now, variable, { kind: 'other', action, fills: true });
  return now;
}

/** @param path from the assembly to the action */
export function positionOf(path: YamlPath): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`))
    .join('')
    .replace(/^\./, '');
}
