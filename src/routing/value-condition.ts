/**
 * @module
 * A condition on one header or query parameter: it must be present, or have one of some values.
 */

export interface ValueCondition {
  /** A header's name is in lower case. */
  readonly name: string;
  /** The accepted values; undefined if every value is. */
  readonly values: ReadonlySet<string> | undefined;
}

/** `ambiguous`: servers may disagree on whether the request meets the condition. */
export type Answer = 'yes' | 'no' | 'ambiguous';

/** The form of a condition in the configuration: one value, one of several, or present. */
export type ValueForm = string | readonly string[] | true;

/** Compiles `match.headers` or `match.query`; undefined if there is no condition. */
export function compileConditions(
  forms: Readonly<Record<string, ValueForm>> | undefined,
  nameOf: (name: string) => string,
): readonly ValueCondition[] | undefined {
  const compiled = Object.entries(forms ?? {}).map(([name, form]) => ({
    name: nameOf(name),
    values: form === true ? undefined : new Set([form].flat()),
  }));
  return compiled.length === 0 ? undefined : compiled;
}

export function accepts({ values }: ValueCondition, value: string): boolean {
  return values === undefined || values.has(value);
}

/** Whether every request that meets all of `b` meets all of `a`. */
export function coversConditions(
  a: readonly ValueCondition[] | undefined,
  b: readonly ValueCondition[] | undefined,
): boolean {
  return (a ?? []).every((wanted) =>
    (b ?? []).some(({ name, values }) => {
      if (name !== wanted.name) return false;
      return wanted.values === undefined || values?.isSubsetOf(wanted.values) === true;
    }),
  );
}
