/**
 * @module
 * The variables that a configuration declares, compiled: the source of each value is resolved when the configuration
 * loads, and a template or expression is evaluated at most once per request.
 *
 * Declarations are in layers: those of a policy's entry are over the global ones, and those of a route are over both. A
 * variable has the value of the innermost layer that declares it, also where an outer layer's template reads it. Layers
 * share everything that does not differ between them.
 *
 * Secrets (names that begin with `private.`) are strings from files and the environment, for keys and passwords.
 * Nothing else can read them unless their declaration has `readable: true`. With it, other forms may have such a name
 * too: vendors without secret variables use it for any value (DataPower's `private.claim`).
 */

import type { Code } from '../diagnostics/codes.ts';
import { exactDigits, isInexact } from '../diagnostics/exact-json.ts';
import { called, nameOr } from '../diagnostics/harmless.ts';
import type { JsonValue } from '../diagnostics/json.ts';
import { missingFileHint, noSuchFile } from '../diagnostics/missing-file.ts';
import { LocatedError, type ProblemDetails, type Problems } from '../diagnostics/problem.ts';
import type { SourceText } from '../diagnostics/source-text.ts';
import { compileDeclaredTemplate, type RuntimeVariable, TokenClaims } from '../dialects/index.ts';
import type { DeclaredVariables, ReadTokens } from '../dialects/policy-file.ts';
import { isPrivate } from '../dialects/private-names.ts';
import type { YamlPath } from '../documents/yaml-places.ts';
import type { KnownCallers } from '../expressions/caller-objects.ts';
import { compileExpression, type ProfileName } from '../expressions/expression.ts';
import { checkReads } from '../expressions/member-check.ts';
import { attributeValue, constantValue, expressionValue } from '../plan/request-values.ts';
import type { Computed } from '../plan/token-plan.ts';
import type { AbsentSecrets } from './absent-secrets.ts';
import { type ConfigurationPlace, reportIn } from './configuration-part.ts';
import { type FileReader, readTextFile, resolveFrom } from './files.ts';
import { headerOf, metadataAt, once } from './variable-values.ts';
import type { VariableForm } from './variables-schema.ts';

/** The way from `variables` to a part of a declaration. */
type VariablePath = readonly [name: string, ...YamlPath];

export interface VariableContext {
  /** The place of the `variables` that declare one. */
  placeOf(name: string): ConfigurationPlace;
  readonly files: FileReader;
  /** The process's environment. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Whether files and the environment are not asked for values. */
  readonly withoutValues: boolean | undefined;
  /** Collects the secrets that do not exist; undefined if each is reported at once. */
  readonly absentSecrets: AbsentSecrets | undefined;
  /** What the sources of the caller know. */
  readonly callers: readonly KnownCallers[] | undefined;
  /** The expression language. */
  readonly profile: ProfileName;
  readonly problems: Problems;
}

export interface VariableLayer {
  readonly forms: Readonly<Record<string, VariableForm>>;
  /** Variables of the runtime that the policy came from. A form of the same name wins. */
  readonly runtime?: ReadonlyMap<string, RuntimeVariable> | undefined;
  /** The declarations that these are over. */
  readonly outer?: Variables | undefined;
  /** Whether secrets are refused: a route must not change the key of a policy. */
  readonly refusesSecrets?: boolean;
}

/** A variable whose value is part of another's. */
export interface VariableSource {
  /** Tells apart variables of one name in different layers. */
  readonly id: string;
  /** Its strings that are known when the configuration loads. */
  readonly texts: readonly string[];
}

export class Variables implements DeclaredVariables {
  readonly #context: VariableContext;
  readonly #forms: ReadonlyMap<string, VariableForm>;
  readonly #runtime: ReadonlyMap<string, RuntimeVariable>;
  readonly #outer: Variables | undefined;
  readonly #refusesSecrets: boolean;
  readonly #compiled = new Map<string, Computed | undefined>();
  readonly #secrets = new Map<string, string>();
  /** The values of variables that come from files and the environment. */
  readonly #texts = new Map<string, string>();
  /** The variables whose templates are being compiled, outermost first. One that is here twice needs itself. */
  readonly #open: string[] = [];
  /** The variables of this layer that policies, keys and templates asked for. */
  readonly #asked = new Set<string>();
  /** The variables that each template reads. */
  readonly #reads = new Map<string, Set<string>>();
  /** How many values each template is made of, those that its variables are made of included. */
  readonly #sizes = new Map<string, number>();

  /** Shared with the outer layers. */
  readonly #tokens: TokenClaims;

  /** Reports all problems of the declarations. */
  constructor(layer: VariableLayer, context: VariableContext) {
    this.#context = context;
    this.#forms = new Map(Object.entries(layer.forms));
    this.#runtime = layer.runtime ?? new Map();
    this.#outer = layer.outer;
    this.#refusesSecrets = layer.refusesSecrets ?? false;
    this.#tokens = layer.outer === undefined ? new TokenClaims('templates') : layer.outer.#tokens;
    for (const [name, form] of this.#forms) if (isSecret(name, form)) this.#readSecret(name, form);
    for (const name of this.#forms.keys()) this.#compile(name);
  }

  /** The tokens whose claims the templates read. */
  get tokens(): ReadTokens {
    return this.#tokens;
  }

  get names(): Iterable<string> {
    return new Set([...this.#forms.keys(), ...this.#runtime.keys(), ...(this.#outer?.names ?? [])]);
  }

  find(name: string): Computed | undefined {
    this.#noteUse(name);
    const reader = this.#open.at(-1);
    if (reader === undefined) return this.#compile(name);
    this.#reads.set(reader, (this.#reads.get(reader) ?? new Set()).add(name));
    const value = this.#compile(name);
    this.#sizes.set(reader, (this.#sizes.get(reader) ?? 0) + (this.#homeOf(name).#sizes.get(name) ?? 1));
    return value;
  }

  findForKeyId(name: string): Computed | undefined {
    this.#noteUse(name);
    const secret = this.secret(name);
    if (secret !== undefined) return constantValue(secret);
    const isLeftUnread = this.#context.absentSecrets?.areAll === true && this.isUnread(name);
    return isLeftUnread ? constantValue(unreadKeyId) : this.#compile(name);
  }

  constant(name: string): JsonValue | undefined {
    this.#noteUse(name);
    const form = this.#forms.get(name);
    if (form === undefined) {
      const known = this.#runtime.get(name);
      if (known === undefined) return this.#outer?.constant(name);
      return known.kind === 'constant' ? known.text : undefined;
    }
    if (isSecret(name, form)) return undefined;
    if (!isSource(form)) return form as JsonValue;
    if ('value' in form) return form.value as JsonValue;
    return this.#texts.get(name);
  }

  /** The value of a private variable. */
  secret(name: string): string | undefined {
    this.#noteUse(name);
    return this.#declares(name) ? this.#secrets.get(name) : this.#outer?.secret(name);
  }

  /** Whether the variable is declared as a secret that could not be read, which was reported. */
  isUnread(name: string): boolean {
    const home = this.#homeOf(name);
    const form = home.#forms.get(name);
    if (form === undefined || home.#secrets.has(name)) return false;
    return !isSource(form) || isExternal(form) || form.readable !== true;
  }

  /** Whether nothing gives the variable a value: it has no declaration, or its source does not exist. */
  isAbsent(name: string): boolean {
    const home = this.#homeOf(name);
    return !home.#declares(name) || this.#context.absentSecrets?.has(home.idOf(name)) === true;
  }

  /** Reports the variables of this layer that nothing reads. */
  reportUnused(): void {
    for (const name of this.#forms.keys()) {
      if (this.#asked.has(name)) continue;
      this.#report([name], 'variables.unused', {
        // The name is not shown: if name and value were swapped, it is the secret.
        message: 'Nothing reads this variable: neither the policy nor a template.',
        suggestion: 'Write the name as the policy writes it, or remove the variable.',
      });
    }
  }

  /** The variable and those that its template reads, directly or through other templates. */
  sourcesOf(name: string): readonly VariableSource[] {
    return Array.from(this.#namesRead(name), (one) => ({ id: this.idOf(one), texts: this.#stringsOf(one) }));
  }

  /** Tells apart variables of one name in different layers. */
  idOf(name: string): string {
    const { origin, path } = this.#homeOf(name).#context.placeOf(name);
    return JSON.stringify([origin.document.source.file, ...path, name]);
  }

  #noteUse(name: string): void {
    this.#homeOf(name).#asked.add(name);
  }

  #declares(name: string): boolean {
    return this.#forms.has(name) || this.#runtime.has(name);
  }

  /** The innermost layer that declares the variable, or the outermost one if none does. */
  #homeOf(name: string): Variables {
    const outer = this.#outer;
    return outer === undefined || this.#declares(name) ? this : outer.#homeOf(name);
  }

  /** The name, and all names that its template reads, directly or through other templates. */
  #namesRead(name: string): ReadonlySet<string> {
    const names = new Set([name]);
    for (const one of names) for (const read of this.#homeOf(one).#reads.get(one) ?? []) names.add(read);
    return names;
  }

  #stringsOf(name: string): readonly string[] {
    const value = this.secret(name) ?? this.constant(name);
    const items = Array.isArray(value) ? (value as readonly JsonValue[]) : [value];
    return items.flatMap((item) => textOf(item ?? null));
  }

  #readSecret(name: string, form: VariableForm): void {
    if (this.#refusesSecrets) {
      this.#report([name], 'variables.route-key', {
        message: 'A route cannot declare a secret: the keys of a policy are the same on all of its routes.',
        suggestion:
          "Declare it in the policy's entry, and write a second entry for another key. If it is not a secret, add `readable: true` to its `value` or other form.",
      });
      return;
    }
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
    if (typeof form !== 'object' || this.#context.withoutValues === true) return undefined;
    if (this.#isLeftUnread(name, form)) return undefined;
    if ('env' in form) {
      const text = this.#context.environment[form.env];
      if (text !== undefined) return text;
      this.#reportUnreadable(name, 'env', { message: 'There is no environment variable with this name.' }, true);
    }
    if ('file' in form) {
      const path = resolveFrom(this.#context.placeOf(name).origin.folder, form.file);
      const contents = readTextFile(this.#context.files, path);
      if (contents.kind === 'text') return contents.text.replace(/\r?\n$/, '');
      const suggestion = missingFileHint(path, (folder) => this.#context.files.list(folder));
      const details = { message: `The file ${contents.reason}.`, suggestion };
      this.#reportUnreadable(name, 'file', details, contents.reason === noSuchFile);
    }
    return undefined;
  }

  /** Whether the variable may be a key, and keys are made in place of all. */
  #isLeftUnread(name: string, form: VariableForm): boolean {
    const { absentSecrets } = this.#context;
    if (absentSecrets?.areAll !== true || !isSecret(name, form) || isReadable(form)) return false;
    absentSecrets.note(this.idOf(name), () => undefined);
    return true;
  }

  /** @param isAbsence whether the file or environment variable does not exist */
  #reportUnreadable(name: string, key: 'file' | 'env', details: ProblemDetails, isAbsence: boolean): void {
    const report = () => this.#report([name, key], 'variables.unreadable', details);
    const form = this.#forms.get(name);
    const { absentSecrets } = this.#context;
    // What may be shown is more than a key.
    const isKeyOnly = isAbsence && isPrivate(name) && form !== undefined && !isReadable(form);
    if (isKeyOnly && absentSecrets !== undefined) absentSecrets.note(this.idOf(name), report);
    else report();
  }

  #compile(name: string): Computed | undefined {
    if (this.#compiled.has(name)) return this.#compiled.get(name);
    const form = this.#forms.get(name);
    if (form === undefined) return this.#runtimeValue(name) ?? this.#inherited(name);
    return this.#compiling(name, () =>
      isSecret(name, form) ? this.#readableSecret(name, form) : this.#attempt(() => this.#producer(name, form)),
    );
  }

  #compiling(name: string, compile: () => Computed | undefined): Computed | undefined {
    if (this.#open.includes(name)) {
      const circle = [...this.#open.slice(this.#open.indexOf(name)), name].map((one) => nameOr(one, '…')).join(' → ');
      this.#reportAt(this.#homeOf(name), [name], 'variables.cycle', {
        message: `${called('The variable', name)} needs its own value: ${circle}.`,
      });
      return undefined;
    }
    if (this.#open.length === maxNested) return this.#reportSize(name);
    this.#open.push(name);
    const computed = compile();
    this.#open.pop();
    if ((this.#sizes.get(name) ?? 0) > maxParts) {
      this.#sizes.delete(name);
      this.#reportSize(name);
    }
    this.#compiled.set(name, computed);
    return computed;
  }

  #reportSize(name: string): undefined {
    this.#reportAt(this.#homeOf(name), [name], 'variables.too-deep', {
      message: `The templates of variables read each other more than ${maxNested} levels deep, or this one is made of more than ${maxParts} values.`,
      suggestion: 'Declare a variable that such templates read with a value of its own.',
    });
  }

  #runtimeValue(name: string): Computed | undefined {
    const variable = this.#runtime.get(name);
    if (variable === undefined) return undefined;
    return variable.kind === 'constant' ? constantValue(variable.text) : variable.value;
  }

  /** A variable of an outer layer. Its template is compiled again if it reads a variable that this layer declares. */
  #inherited(name: string): Computed | undefined {
    const outer = this.#outer;
    if (outer === undefined) return undefined;
    const shared = outer.#compile(name);
    const isChanged =
      shared !== undefined &&
      outer
        .#namesRead(name)
        .keys()
        .some((read) => this.#declares(read));
    return isChanged
      ? this.#compiling(name, () => this.#attempt(() => outer.#homeOf(name).#template(name, this)))
      : shared;
  }

  #readableSecret(name: string, form: VariableForm): Computed | undefined {
    if (!isExternal(form) || !form.readable) return undefined;
    const secret = this.#secrets.get(name);
    if (secret === undefined) return this.#context.withoutValues === true ? absent : undefined;
    return constantValue(secret);
  }

  #attempt(compile: () => Computed | undefined): Computed | undefined {
    try {
      return compile();
    } catch (error) {
      if (!(error instanceof LocatedError)) throw error;
      this.#context.problems.add(error.problem);
      return undefined;
    }
  }

  /** @throws LocatedError if a template or expression is not valid */
  #producer(name: string, form: VariableForm): Computed | undefined {
    if (!isSource(form)) return this.#constant(name, [], form as JsonValue);
    if ('value' in form) return this.#constant(name, ['value'], form.value as JsonValue);
    if ('header' in form) return headerOf(form.header);
    if ('attribute' in form) return attributeValue(form.attribute);
    if ('metadata' in form) return metadataAt(form.metadata, form.path);
    if ('template' in form) return this.#template(name, this);
    if ('expression' in form) return this.#expression(name);
    const text = this.#readExternal(name, form as VariableForm);
    if (text === undefined) return this.#context.withoutValues === true ? absent : undefined;
    this.#texts.set(name, text);
    return constantValue(text);
  }

  #constant(name: string, path: YamlPath, value: JsonValue): Computed {
    if (isInexact(value)) {
      this.#report([name, ...path], 'variables.inexact-number', {
        message: 'A number here is larger than 2^53 - 1 and not written as in JSON, so its last digits are lost.',
        suggestion: 'Write it with decimal digits.',
      });
    }
    return constantValue(value);
  }

  /** @param layer where the template finds what it reads */
  #template(name: string, layer: Variables): Computed {
    return once(compileDeclaredTemplate(this.#scalar(name, 'template'), layer, this.#tokens, this.#context.callers));
  }

  #expression(name: string): Computed {
    const source = this.#scalar(name, 'expression');
    const expression = compileExpression(source, { profile: this.#context.profile, isChoosable: false });
    checkReads(source, expression.reads, this.#context.callers, this.#context.problems);
    return once(expressionValue(expression));
  }

  #scalar(name: string, key: 'template' | 'expression'): SourceText {
    const { origin, path } = this.#context.placeOf(name);
    return origin.document.scalarAt([...path, name, key]);
  }

  #report(path: VariablePath, code: Code, details: ProblemDetails): void {
    this.#reportAt(this, path, code, details);
  }

  /** @param layer the one that declares the variable */
  #reportAt(layer: Variables, inner: VariablePath, code: Code, details: ProblemDetails): void {
    const { placeOf, problems } = layer.#context;
    reportIn(placeOf(inner[0]), problems)(inner, code, details);
  }
}

/** Templates that read each other. @internal Exported for the test at the limit. */
export const maxNested = 32;

/**
 * Values in one template. If each of thirty templates reads the next one twice, the first one has a thousand million.
 * @internal Exported for the test at the limit.
 */
export const maxParts = 1000;

/** In place of the identifier of a key, if keys are made in place of all and none of their variables is read. */
const unreadKeyId = 'identifier-is-not-read';

/** A value that is not read when the configuration loads without values. */
const absent = constantValue(null);

type SourceForm = Extract<VariableForm, { readonly readable: boolean }>;

/** Whether the declaration says where the value comes from. Otherwise it is the value itself. */
function isSource(form: VariableForm): form is SourceForm {
  return typeof form === 'object' && !Array.isArray(form) && exactDigits(form as JsonValue) === undefined;
}

function textOf(value: JsonValue): readonly string[] {
  if (typeof value === 'string' || typeof value === 'number') return [String(value)];
  const digits = exactDigits(value);
  return digits === undefined ? [] : [digits];
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
