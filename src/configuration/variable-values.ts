/**
 * @module
 * How the value of a declared variable is read for a request.
 */
import { metadataPath } from '../identity/metadata-path.ts';
import { distinctNeeds, headerNeeds, type Need } from '../plan/needs.ts';
import { metadataValue, sentValue } from '../plan/request-values.ts';
import type { Computed } from '../plan/token-plan.ts';

/** @param name in any case */
export function headerOf(name: string): Computed {
  const header = name.toLowerCase();
  return sentValue(headerNeeds(header), ({ attributes }) => attributes.header(header));
}

export function metadataAt(namespace: string, path: string | readonly string[] | undefined): Computed {
  return metadataValue(metadataPath(namespace, path));
}

/**
 * A value that is computed at most once for a request, however many policies read it. So are its needs: each template
 * of a long chain may read the next one twice.
 */
export function once(value: Computed): Computed {
  let needs: readonly Need[] | undefined;
  return {
    needs() {
      needs ??= distinctNeeds(value.needs());
      return needs;
    },
    evaluate(scope) {
      if (scope.memo.has(value)) return scope.memo.get(value);
      const computed = value.evaluate(scope);
      scope.memo.set(value, computed);
      return computed;
    },
  };
}
