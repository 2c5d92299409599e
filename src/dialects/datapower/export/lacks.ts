/**
 * @module
 * Reads a policy as with a configuration that declares the variables that the file does not have.
 */
import type { JsonValue } from '../../../diagnostics/json.ts';
import { type Problem, Problems } from '../../../diagnostics/problem.ts';
import { needsNothing } from '../../../plan/needs.ts';
import type { DeclaredVariables } from '../../policy-file.ts';
import type { FoundAction } from '../assembly.ts';
import { type ReadPolicy, readPolicy } from '../plan.ts';
import type { Lack } from '../policy-reader.ts';
import type { ApiContext } from './api-context.ts';

export interface ReadWithLacks {
  /** As it is read once they are declared. */
  readonly policy: ReadPolicy;
  /** The variables to declare. */
  readonly lacks: readonly Lack[];
  /** The problems that the declarations solve. */
  readonly solved: readonly Problem[];
  readonly remaining: readonly Problem[];
}

/** A declared variable hides the variables that its value inserts, so each turn but the last finds another one. */
const maxTurns = 64;

export function readWithLacks({ document, api }: ApiContext, action: FoundAction): ReadWithLacks {
  const lacks = new Map<string, Lack>();
  const earlier: Problem[] = [];
  for (let turn = 1; ; turn += 1) {
    const problems = new Problems();
    const settings = { variables: declaring(new Set(lacks.keys())) };
    const policy = readPolicy(document, api, action, settings, problems);
    const found = (policy.read?.reader.lacks ?? []).filter(({ name }) => !lacks.has(name));
    if (found.length > 0 && turn < maxTurns) {
      for (const lack of found) lacks.set(lack.name, lack);
      earlier.push(...problems.all);
      continue;
    }
    const remaining = problems.all;
    const keys = new Set(remaining.map(keyOf));
    const solved = earlier.filter((problem) => !keys.has(keyOf(problem)));
    return { policy, lacks: [...lacks.values()], solved, remaining };
  }
}

/** The same problem may be an error once and a warning later. */
function keyOf({ code, place: { line, column } }: Problem): string {
  return `${code} ${line} ${column}`;
}

/** Declared variables whose values are not known. */
function declaring(names: ReadonlySet<string>): DeclaredVariables {
  const find = (name: string) => (names.has(name) ? { evaluate: () => undefined, needs: needsNothing } : undefined);
  return { names, find, findForKeyId: find, constant: (): JsonValue | undefined => undefined };
}
