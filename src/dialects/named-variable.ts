/**
 * @module
 * The value of a variable for a request. All dialects use this order: variables given with the request, variables that
 * earlier policies set, and then the variable that the dialect itself finds.
 */
import type { JsonValue } from '../diagnostics/json.ts';
import { needsNothing, time } from '../plan/needs.ts';
import type { Computed, Scope } from '../plan/token-plan.ts';

/** What an earlier policy says of its token that changes while the token does not. */
const untilExpiry = /^jwt\.[^.]+\.(?:seconds_remaining|time_remaining_formatted|is_expired|valid)$/;

/** @param own the variable that the dialect finds; undefined if only an earlier policy can set it */
export function namedVariable(name: string, own: Computed | undefined): Computed {
  return {
    needs: () => [...(untilExpiry.test(name) ? [time] : []), ...(own?.needs() ?? [])],
    evaluate(scope) {
      return givenValue(scope, name) ?? publishedValue(scope, name) ?? own?.evaluate(scope) ?? undefined;
    },
  };
}

/** A private variable, which no policy publishes: as it is given with the request, else as it is declared. */
export function privateVariable(name: string, declared: Computed | undefined): Computed {
  return {
    needs: declared?.needs ?? needsNothing,
    evaluate: (scope) => givenValue(scope, name) ?? declared?.evaluate(scope) ?? undefined,
  };
}

function givenValue({ variables }: Scope, name: string): JsonValue | undefined {
  return variables.size === 0 ? undefined : variables.get(name);
}

function publishedValue({ published }: Scope, name: string): JsonValue | undefined {
  for (const variables of published) {
    const value = variables.read(name);
    if (value !== undefined) return value;
  }
  return undefined;
}
