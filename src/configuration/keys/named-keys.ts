/**
 * @module
 * The `keys` part of `mintproc.yaml`: keys under the names that policies use, such as a gateway's crypto objects and the
 * variables that hold JWKs. A key is read when a policy asks for it; what no policy asks for is reported.
 */
import type { ProblemDetails, Problems } from '../../diagnostics/problem.ts';
import type { LocatedYaml } from '../../documents/located-yaml.ts';
import type { YamlPath } from '../../documents/yaml-places.ts';
import type { KeyFinding } from '../../jose/key-finding.ts';
import type { NamedKeyForm } from '../keys-schema.ts';
import type { DeclaredKey } from './declared-keys.ts';

export interface NamedKeyContext {
  readonly document: LocatedYaml;
  /** A path of the configuration as it can be opened. */
  resolve(file: string): string;
  readonly problems: Problems;
}

export class NamedKeys {
  readonly #forms: ReadonlyMap<string, NamedKeyForm>;
  readonly #context: NamedKeyContext | undefined;
  readonly #used = new Set<string>();
  readonly #told = new Set<string>();

  /** Whether the declarations could be read at all. */
  readonly isRead: boolean;

  /** @param forms undefined where something in the configuration keeps them from being read, which was reported */
  constructor(forms: Readonly<Record<string, NamedKeyForm>> | undefined, context: NamedKeyContext | undefined) {
    this.#forms = new Map(Object.entries(forms ?? {}));
    this.#context = context;
    this.isRead = forms !== undefined;
  }

  get names(): readonly string[] {
    return [...this.#forms.keys()];
  }

  /** The declaration of a key; undefined where the configuration has no key of this name. */
  declared(name: string): DeclaredKey | undefined {
    const form = this.#forms.get(name);
    const context = this.#context;
    if (form === undefined || context === undefined) return undefined;
    this.#used.add(name);
    return {
      form,
      resolve: (file) => context.resolve(file),
      report: (path, code, details) => this.#report(context, ['keys', name, ...path], code, details),
    };
  }

  /** Once, however many policies use the key. */
  #report(context: NamedKeyContext, path: YamlPath, code: KeyFinding['code'], details: ProblemDetails): void {
    const told = JSON.stringify([path, code, details.message]);
    if (this.#told.has(told)) return;
    this.#told.add(told);
    context.document.report(context.problems, path, code, details);
  }

  /** Warns of keys that no policy asked for. */
  reportUnused(): void {
    for (const name of this.names) {
      if (this.#used.has(name)) continue;
      // Not the name itself: where an entry has gone wrong, the key may stand in its place.
      const message = 'No policy uses this key, so it is neither read nor published.';
      this.#context?.document.report(this.#context.problems, ['keys', name], 'keys.unused', {
        severity: 'warning',
        message,
        suggestion: "Write `key: NAME` or `recipient: NAME`, with its name, in a policy's entry, or leave it out.",
      });
    }
  }
}

export const noNamedKeys = new NamedKeys({}, undefined);
