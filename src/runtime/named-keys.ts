/**
 * @module
 * The `keys` part of `mintproc.yaml`: keys under the names that policies use, such as a gateway's crypto objects and the
 * variables that hold JWKs. A key is read when a policy asks for it; what no policy asks for is reported.
 */
import type { ProblemDetails, Problems } from '../diagnostics/problem.ts';
import type { LocatedYaml } from '../dialects/located-yaml.ts';
import type { YamlPath } from '../dialects/yaml-places.ts';
import type { KeyFinding } from '../jose/signing-key.ts';
import type { KeyForm, KeyOrigin } from '../keys/key-material.ts';
import { type FileReader, readText } from './files.ts';
import type { NamedKeyForm } from './keys-schema.ts';

/** The text of a key, and where what is wrong with it is reported. */
export interface KeyText {
  readonly text: string;
  readonly origin: KeyOrigin;
  readonly form: KeyForm;
  report(finding: KeyFinding & ProblemDetails): void;
}

export interface NamedKeyContext {
  readonly document: LocatedYaml;
  readonly files: FileReader;
  /** A path of the configuration as it can be opened. */
  resolve(file: string): string;
  readonly problems: Problems;
}

/** A key that signs, as the configuration declares it. */
export interface DeclaredKey {
  readonly form: NamedKeyForm;
  /** A path of the configuration as it can be opened. */
  resolve(file: string): string;
  /** Reports a problem; `path` leads to a key inside the declaration. */
  report(path: YamlPath, code: KeyFinding['code'], details: ProblemDetails): void;
  /** What the policy's vendor makes of a finding. */
  judge?(finding: KeyFinding): KeyFinding;
}

export class NamedKeys {
  readonly #forms: ReadonlyMap<string, NamedKeyForm>;
  readonly #context: NamedKeyContext | undefined;
  readonly #texts = new Map<string, KeyText | 'unreadable'>();
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

  /** The declaration of a key that signs; undefined where the configuration has no key of this name. */
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

  /**
   * The text of a key to encrypt to. Undefined where the configuration has no key of this name; `unreadable` where it has
   * one and cannot be read, which is reported.
   */
  find(name: string): KeyText | 'unreadable' | undefined {
    const declared = this.declared(name);
    if (declared === undefined) return undefined;
    const text = this.#texts.get(name) ?? readOne(declared, this.#context?.files);
    this.#texts.set(name, text);
    return text;
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
        suggestion: "Write `key: NAME`, with its name, in a policy's entry, or leave it out.",
      });
    }
  }
}

export const noNamedKeys = new NamedKeys({}, undefined);

function readOne({ form, resolve, report }: DeclaredKey, files: FileReader | undefined): KeyText | 'unreadable' {
  const reportAt =
    (part: string): KeyText['report'] =>
    (finding) =>
      report([part], finding.code, finding);
  if (form.jwk !== undefined) {
    const text = typeof form.jwk === 'string' ? form.jwk : JSON.stringify(form.jwk);
    return { text, origin: 'policy', form: { jwk: true }, report: reportAt('jwk') };
  }
  if (form.text !== undefined) {
    return {
      text: form.text,
      origin: 'policy',
      form: { jwk: true, encoding: form.encoding },
      report: reportAt('text'),
    };
  }
  if (form.file === undefined || files === undefined) {
    const message = 'A key to encrypt to is read from `file`, `jwk` or `text`.';
    report([], 'config.invalid-value', { message });
    return 'unreadable';
  }
  const path = resolve(form.file);
  const contents = readText(files, path);
  if (contents.kind === 'text') {
    return {
      text: contents.text,
      origin: 'file',
      form: { jwk: true, encoding: form.encoding },
      report: reportAt('file'),
    };
  }
  report(['file'], 'config.unreadable-file', { message: `The key file ${contents.reason}.` });
  return 'unreadable';
}
