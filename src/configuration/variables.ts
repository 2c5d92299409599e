/**
 * @module
 * The variables that a configuration declares, compiled: the source of each value is resolved when the configuration
 * loads, and a template or expression is evaluated at most once per request.
 *
 * Secrets (names that begin with `private.`) are strings from files and the environment, for keys and passwords.
 * Nothing else can read them unless their declaration has `readable: true`. With it, other forms may have such a name
 * too: vendors without secret variables use it for any value (DataPower's `private.claim`).
 */

import type { Code } from '../diagnostics/codes.ts';
import { isInexact } from '../diagnostics/exact-json.ts';
import { called, nameOr } from '../diagnostics/harmless.ts';
import type { JsonValue } from '../diagnostics/json.ts';
import { LocatedError, type ProblemDetails, type Problems } from '../diagnostics/problem.ts';
import { compileDeclaredTemplate, TokenClaims } from '../dialects/index.ts';
import type { DeclaredVariables, ReadTokens } from '../dialects/policy-file.ts';
import { isPrivate } from '../dialects/private-names.ts';
import type { LocatedYaml } from '../documents/located-yaml.ts';
import type { YamlPath } from '../documents/yaml-places.ts';
import { compileExpression, type ProfileName } from '../expressions/expression.ts';
import { metadataPath } from '../identity/metadata-path.ts';
import type { Computed, Scope } from '../plan/token-plan.ts';
import { valueAt } from '../request/object-view.ts';
import { type FileReader, readTextFile } from './files.ts';
import type { VariableForm } from './variables-schema.ts';

export interface VariableContext {
  readonly document: LocatedYaml;
  readonly files: FileReader;
  /** The process's environment. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The expression language. */
  readonly profile: ProfileName;
  /** Resolves a path that the configuration contains. */
  resolve(file: string): string;
  readonly problems: Problems;
}

/** A variable whose value is part of another's. */
export interface VariableSource {
  readonly name: string;
  /** Its strings that are known when the configuration loads. */
  readonly texts: readonly string[];
}

export class Variables implements DeclaredVariables {
  readonly #context: VariableContext;
  readonly #forms: ReadonlyMap<string, VariableForm>;
  readonly #compiled = new Map<string, Computed | undefined>();
  readonly #secrets = new Map<string, string>();
  /** The values of variables that come from files and the environment. */
  readonly #texts = new Map<string, string>();
  /** The variables whose templates are being compiled, outermost first. One that is here twice needs itself. */
  readonly #open: string[] = [];
  /** The variables that each template reads. */
  readonly #reads = new Map<string, Set<string>>();

  readonly #tokens = new TokenClaims('templates');

  /** Reports all problems of the declarations. */
  constructor(forms: Readonly<Record<string, VariableForm>>, context: VariableContext) {
    this.#context = context;
    this.#forms = new Map(Object.entries(forms));
    for (const [name, form] of this.#forms) if (isSecret(name, form)) this.#readSecret(name, form);
    for (const name of this.#forms.keys()) this.#compile(name);
  }

  /** The tokens whose claims the templates read. */
  get tokens(): ReadTokens {
    return this.#tokens;
  }

  get names(): Iterable<string> {
    return this.#forms.keys();
  }

  find(name: string): Computed | undefined {
    const reader = this.#open.at(-1);
    if (reader !== undefined) this.#reads.set(reader, (this.#reads.get(reader) ?? new Set()).add(name));
    return this.#compile(name);
  }

  findForKeyId(name: string): Computed | undefined {
    const secret = this.#secrets.get(name);
    return secret === undefined ? this.#compile(name) : { evaluate: () => secret };
  }

  constant(name: string): JsonValue | undefined {
    const form = this.#forms.get(name);
    if (form === undefined || isSecret(name, form)) return undefined;
    if (typeof form !== 'object' || Array.isArray(form)) return form as JsonValue;
    if ('value' in form) return form.value as JsonValue;
    return this.#texts.get(name);
  }

  /** The value of a private variable. */
  secret(name: string): string | undefined {
    return this.#secrets.get(name);
  }

  /** The variable and those that its template reads, directly or through other templates. */
  sourcesOf(name: string): readonly VariableSource[] {
    const names = new Set([name]);
    for (const one of names) for (const read of this.#reads.get(one) ?? []) names.add(read);
    return Array.from(names, (one) => ({ name: one, texts: this.#stringsOf(one) }));
  }

  #stringsOf(name: string): readonly string[] {
    const value = this.#secrets.get(name) ?? this.constant(name);
    const items = Array.isArray(value) ? (value as readonly JsonValue[]) : [value];
    return items.flatMap((item) => (typeof item === 'string' || typeof item === 'number' ? [String(item)] : []));
  }

  #readSecret(name: string, form: VariableForm): void {
    const text = this.#readExternal(name, form);
    if (text !== undefined) this.#secrets.set(name, text);
    else if (!isExternal(form)) {
      this.#report([name], 'variables.private', {
        // The name is not shown: if name and value were swapped, it is the secret.
        message: 'This variable is a secret, and its value is in the configuration.',
        suggestion:
          'Write `{ file: … }` or `{ env: … }`. If it is not a secret, add `readable: true` to its `value` or other form.',
      });
    }
  }

  /** The text of a file or environment variable, without the line break that editors add at the end. */
  #readExternal(name: string, form: VariableForm): string | undefined {
    if (typeof form !== 'object') return undefined;
    if ('env' in form) {
      const text = this.#context.environment[form.env];
      if (text !== undefined) return text;
      this.#report([name, 'env'], 'variables.unreadable', {
        message: 'There is no environment variable with this name.',
      });
    }
    if ('file' in form) {
      const path = this.#context.resolve(form.file);
      const contents = readTextFile(this.#context.files, path);
      if (contents.kind === 'text') return contents.text.replace(/\r?\n$/, '');
      this.#report([name, 'file'], 'variables.unreadable', { message: `The file ${contents.reason}.` });
    }
    return undefined;
  }

  #compile(name: string): Computed | undefined {
    const form = this.#forms.get(name);
    if (form === undefined || this.#compiled.has(name)) return this.#compiled.get(name);
    if (this.#open.includes(name)) {
      const circle = [...this.#open.slice(this.#open.indexOf(name)), name].map((one) => nameOr(one, '…')).join(' → ');
      this.#report([name], 'variables.cycle', {
        message: `${called('The variable', name)} needs its own value: ${circle}.`,
      });
      return undefined;
    }
    this.#open.push(name);
    const computed = isSecret(name, form) ? this.#readableSecret(name, form) : this.#attempt(name, form);
    this.#open.pop();
    this.#compiled.set(name, computed);
    return computed;
  }

  #readableSecret(name: string, form: VariableForm): Computed | undefined {
    const secret = this.#secrets.get(name);
    return secret !== undefined && isExternal(form) && form.readable ? { evaluate: () => secret } : undefined;
  }

  #attempt(name: string, form: VariableForm): Computed | undefined {
    try {
      return this.#producer(name, form);
    } catch (error) {
      if (!(error instanceof LocatedError)) throw error;
      this.#context.problems.add(error.problem);
      return undefined;
    }
  }

  /** @throws LocatedError if a template or expression is not valid */
  #producer(name: string, form: VariableForm): Computed | undefined {
    if (typeof form !== 'object' || Array.isArray(form)) return this.#constant([name], form as JsonValue);
    if ('value' in form) return this.#constant([name, 'value'], form.value as JsonValue);
    if ('header' in form) {
      const header = form.header.toLowerCase();
      return { evaluate: ({ attributes }) => attributes.header(header) };
    }
    if ('attribute' in form) return attributeOf(form.attribute);
    if ('metadata' in form) return metadataAt(form.metadata, form.path);
    if ('template' in form) return this.#template(name);
    if ('expression' in form) return this.#expression(name);
    const text = this.#readExternal(name, form as VariableForm);
    if (text === undefined) return undefined;
    this.#texts.set(name, text);
    return constant(text);
  }

  #constant(path: YamlPath, value: JsonValue): Computed {
    if (isInexact(value)) {
      this.#report(path, 'variables.inexact-number', {
        message: 'A number here is larger than 9007199254740991 (2^53 - 1), so its last digits are lost.',
        suggestion: 'Write it in quotes: a string keeps all digits.',
      });
    }
    return constant(value);
  }

  #template(name: string): Computed {
    const source = this.#context.document.scalarAt(['variables', name, 'template']);
    return once(compileDeclaredTemplate(source, this, this.#tokens));
  }

  #expression(name: string): Computed {
    const source = this.#context.document.scalarAt(['variables', name, 'expression']);
    const expression = compileExpression(source, { profile: this.#context.profile });
    return once((scope) => expression.evaluate(scope) ?? undefined);
  }

  #report(path: YamlPath, code: Code, details: ProblemDetails): void {
    this.#context.document.report(this.#context.problems, ['variables', ...path], code, details);
  }
}

type External = Extract<VariableForm, { file: string } | { env: string }>;

/** Values of files and the environment stay secrets even if they are readable: keys use them as well. */
function isSecret(name: string, form: VariableForm): boolean {
  return isPrivate(name) && (isExternal(form) || !isReadable(form));
}

function isReadable(form: VariableForm): boolean {
  return typeof form === 'object' && 'readable' in form && form.readable;
}

function isExternal(form: VariableForm): form is External {
  return typeof form === 'object' && ('file' in form || 'env' in form);
}

function constant(value: JsonValue): Computed {
  return { evaluate: () => value ?? undefined };
}

function attributeOf(name: string): Computed {
  return { evaluate: ({ request }) => request.attributes.get(name) };
}

function metadataAt(namespace: string, path: string | readonly string[] | undefined): Computed {
  const whole = metadataPath(namespace, path);
  return { evaluate: ({ request }) => valueAt(request.metadata, whole) ?? undefined };
}

function once(compute: (scope: Scope) => JsonValue | undefined): Computed {
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
