/**
 * @module
 * The `keys` part of `mintproc.yaml`: keys by the names that policies use, such as a gateway's crypto objects and
 * variables that contain JWKs. A key is read when a policy uses it; unused keys are reported.
 */
import type { ProblemDetails, Problems } from '../../diagnostics/problem.ts';
import type { YamlPath } from '../../documents/yaml-places.ts';
import type { KeyFinding } from '../../jose/key-finding.ts';
import type { Origin } from '../configuration-part.ts';
import { resolveFrom } from '../files.ts';
import type { NamedKeyForm } from '../keys-schema.ts';
import type { DeclaredKey } from './declared-keys.ts';

export interface NamedKeyContext {
  /** The file that declares the key. */
  originOf(name: string): Origin;
  readonly problems: Problems;
}

export class NamedKeys {
  readonly #forms: ReadonlyMap<string, NamedKeyForm>;
  readonly #context: NamedKeyContext | undefined;
  readonly #used = new Set<string>();
  readonly #reported = new Set<string>();

  /** Whether the declarations could be read. */
  readonly isRead: boolean;

  /** @param forms undefined if they could not be read, which was reported */
  constructor(forms: Readonly<Record<string, NamedKeyForm>> | undefined, context: NamedKeyContext | undefined) {
    this.#forms = new Map(Object.entries(forms ?? {}));
    this.#context = context;
    this.isRead = forms !== undefined;
  }

  get names(): readonly string[] {
    return [...this.#forms.keys()];
  }

  /** The declaration of a key; undefined if the configuration has no key with this name. */
  declared(name: string): DeclaredKey | undefined {
    const form = this.#forms.get(name);
    const context = this.#context;
    if (form === undefined || context === undefined) return undefined;
    this.#used.add(name);
    return {
      form,
      resolve: (file) => resolveFrom(context.originOf(name).folder, file),
      report: (path, code, details) => this.#report(context, name, path, code, details),
      placeAt: (path) => context.originOf(name).document.placeAt(['keys', name, ...path]),
    };
  }

  /** All declarations, used or not. */
  get all(): readonly Pick<DeclaredKey, 'form' | 'resolve'>[] {
    const context = this.#context;
    if (context === undefined) return [];
    return Array.from(this.#forms, ([name, form]) => {
      const { folder } = context.originOf(name);
      return { form, resolve: (file: string) => resolveFrom(folder, file) };
    });
  }

  /** Reports each problem once, however many policies use the key. */
  #report(
    { originOf, problems }: NamedKeyContext,
    name: string,
    path: YamlPath,
    code: KeyFinding['code'],
    details: ProblemDetails,
  ): void {
    const problem = JSON.stringify([name, path, code, details.message]);
    if (this.#reported.has(problem)) return;
    this.#reported.add(problem);
    originOf(name).document.report(problems, ['keys', name, ...path], code, details);
  }

  /** Warns of keys that no policy uses. */
  reportUnused(): void {
    for (const name of this.names) {
      if (this.#used.has(name)) continue;
      // The name is not shown: in a malformed entry it may be the key itself.
      const message = 'No policy uses this key, so it is neither read nor published.';
      const context = this.#context;
      context?.originOf(name).document.report(context.problems, ['keys', name], 'keys.unused', {
        message,
        suggestion: "Write `key: NAME` or `recipient: NAME` with its name in a policy's entry, or remove it.",
      });
    }
  }
}

export const noNamedKeys = new NamedKeys({}, undefined);
