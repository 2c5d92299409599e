/**
 * @module
 * The variables of each policy: those of its entry over the global ones, and those of a route over both. Policies with
 * the same declarations share them, so that thousands of routes with the same variables cost what one does.
 */
import type { Code } from '../../diagnostics/codes.ts';
import type { JsonValue } from '../../diagnostics/json.ts';
import type { ProblemDetails, Problems } from '../../diagnostics/problem.ts';
import { runtimeVariables } from '../../dialects/index.ts';
import type { ReadTokens } from '../../dialects/policy-file.ts';
import { exactValue } from '../../documents/exact-values.ts';
import type { CallerKind, KnownCallers } from '../../expressions/caller-objects.ts';
import type { ApigeeSettings } from '../apigee-schema.ts';
import { type ConfigurationPlace, reportIn } from '../configuration-part.ts';
import { type VariableContext, type VariableLayer, Variables } from '../variables.ts';
import type { VariableForm } from '../variables-schema.ts';
import type { WantedPolicy } from '../wanted-policy.ts';

/** The variables that a route declares, and the place of its `variables`. */
export interface RouteVariables extends ConfigurationPlace {
  readonly forms: Readonly<Record<string, VariableForm>>;
}

interface Shared
  extends Pick<VariableContext, 'files' | 'environment' | 'withoutValues' | 'absentSecrets' | 'problems'> {
  /** What the sources of the caller know; `as` is that of a policy's entry. */
  readonly callers: ((as: CallerKind | undefined) => readonly KnownCallers[]) | undefined;
}

export class PolicyVariables {
  readonly #global: Variables | undefined;
  readonly #shared: Shared;
  readonly #layers = new Map<Variables | undefined, Map<string, Variables>>();

  /** @param global undefined if policies are read without a configuration */
  constructor(global: Variables | undefined, shared: Shared) {
    this.#global = global;
    this.#shared = shared;
  }

  /** Undefined if neither the configuration nor the entry can declare any. */
  of({ settings, place }: WantedPolicy, route: RouteVariables | undefined): Variables | undefined {
    const { variables: forms = {}, apigee } = settings;
    const as = settings.authentication?.as;
    const isEmpty = Object.keys(forms).length === 0 && apigee === undefined;
    const inEntry =
      isEmpty || place === undefined
        ? this.#global
        : this.#layer(this.#global, { forms, apigee }, { ...place, path: [...place.path, 'variables'] }, as);
    if (route === undefined) return inEntry;
    return this.#layer(inEntry, { forms: route.forms, refusesSecrets: true }, route, as);
  }

  /** The tokens whose claims the templates read. Layers share those of their outermost layer. */
  get tokens(): readonly ReadTokens[] {
    if (this.#global !== undefined) return [this.#global.tokens];
    return Array.from(this.#layers.get(undefined)?.values() ?? [], (layer) => layer.tokens);
  }

  /** Reports each variable of an entry or a route that nothing reads. For use after all policies have loaded. */
  reportUnused(): void {
    for (const layers of this.#layers.values()) for (const layer of layers.values()) layer.reportUnused();
  }

  #layer(
    outer: Variables | undefined,
    { apigee, ...layer }: Omit<VariableLayer, 'runtime' | 'outer'> & { readonly apigee?: ApigeeSettings | undefined },
    place: ConfigurationPlace,
    as: CallerKind | undefined,
  ): Variables {
    const { callers, ...shared } = this.#shared;
    const known = this.#layers.get(outer) ?? new Map<string, Variables>();
    this.#layers.set(outer, known);
    const forms = exactForms(layer.forms, () => place);
    const key = JSON.stringify([place.origin.document.source.file, apigee, layer.refusesSecrets, as, forms]);
    const made =
      known.get(key) ??
      new Variables(
        { ...layer, forms, outer, runtime: apigee && runtimeVariables(apigee) },
        { ...shared, placeOf: () => place, callers: callers?.(as), profile: 'flex' },
      );
    known.set(key, made);
    return made;
  }
}

/** The declarations with the order of members and the digits of numbers as they are written. */
export function exactForms(
  forms: Readonly<Record<string, VariableForm>>,
  placeOf: VariableContext['placeOf'],
): Readonly<Record<string, VariableForm>> {
  const exact = Object.entries(forms).map(([name, form]): [string, VariableForm] => {
    const { origin, path } = placeOf(name);
    return [name, exactValue(origin.document, [...path, name], form as JsonValue) as VariableForm];
  });
  return Object.fromEntries(exact);
}

/** Reports a problem of a route's variables. */
export function reportRoute(route: RouteVariables, problems: Problems, code: Code, details: ProblemDetails): void {
  reportIn(route, problems)([], code, details);
}
