/**
 * @module
 * The value of a variable at a request, by the order that all vendors' policies share: what the caller of mintproc
 * states, what policies before this one published, and only then what the dialect itself finds under the name.
 */
import type { JsonValue } from '../diagnostics/json.ts';
import type { Computed, Scope } from '../plan/token-plan.ts';

/** @param own where the dialect finds the variable; undefined where nothing but a policy before this one can set it */
export function namedVariable(name: string, own: Computed | undefined): Computed {
  return {
    evaluate(scope) {
      return stated(scope, name) ?? publishedValue(scope, name) ?? own?.evaluate(scope) ?? undefined;
    },
  };
}

function stated({ variables }: Scope, name: string): JsonValue | undefined {
  return variables.size === 0 ? undefined : variables.get(name);
}

function publishedValue({ published }: Scope, name: string): JsonValue | undefined {
  for (const variables of published) {
    const value = variables.read(name);
    if (value !== undefined) return value;
  }
  return undefined;
}
