/**
 * @module
 * How the value of a declared variable is read for a request.
 */
import type { JsonValue } from '../diagnostics/json.ts';
import { metadataPath } from '../identity/metadata-path.ts';
import type { Computed, Scope } from '../plan/token-plan.ts';
import { valueAt } from '../request/object-view.ts';

export function constant(value: JsonValue): Computed {
  return { evaluate: () => value ?? undefined };
}

/** @param name in any case */
export function headerOf(name: string): Computed {
  const header = name.toLowerCase();
  return { evaluate: ({ attributes }) => attributes.header(header) };
}

export function attributeOf(name: string): Computed {
  return { evaluate: ({ request }) => request.attributes.get(name) };
}

export function metadataAt(namespace: string, path: string | readonly string[] | undefined): Computed {
  const whole = metadataPath(namespace, path);
  return { evaluate: ({ request }) => valueAt(request.metadata, whole) ?? undefined };
}

/** A value that is computed at most once for a request, however many policies read it. */
export function once(compute: (scope: Scope) => JsonValue | undefined): Computed {
  const computed: Computed = {
    evaluate(scope) {
      if (scope.memo.has(computed)) return scope.memo.get(computed);
      const value = compute(scope);
      scope.memo.set(computed, value);
      return value;
    },
  };
  return computed;
}
