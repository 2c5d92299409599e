/**
 * @module
 * Refuses a `kid` that is a secret of the same configuration. Tokens show the `kid`, and vendors' samples read it from
 * private variables, so a policy could otherwise show the key of another policy.
 *
 * The check runs after all policies have loaded: any of them may use the variable as its key.
 */
import type { Code } from '../../diagnostics/codes.ts';
import { type Problem, type Problems, problemAt } from '../../diagnostics/problem.ts';
import type { SourceText } from '../../diagnostics/source-text.ts';
import type { Steps } from '../../diagnostics/steps.ts';
import type { FoundPolicy, VariableUse } from '../../dialects/policy-file.ts';
import type { KeySource, TokenPlan } from '../../plan/token-plan.ts';
import { type FileReader, readTextFile } from '../files.ts';
import type { NamedKeyForm, VersionForm } from '../keys-schema.ts';
import type { Variables } from '../variables.ts';
import type { Secrets } from './own-key.ts';

/** A key that the configuration declares. */
export interface KeyDeclaration {
  readonly form: Pick<NamedKeyForm, 'versions'> & VersionForm;
  resolve(file: string): string;
}

export interface ShownKeysContext {
  readonly files: FileReader;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Files with secrets that are neither variables nor keys. */
  readonly otherSecrets: readonly string[];
  readonly problems: Problems;
}

/** The variables that one policy can read. */
export interface PolicyScope {
  /** Undefined if the policy is read without a configuration. */
  readonly variables: Variables | undefined;
  readonly secret: Secrets;
}

interface ShownVariable extends VariableUse {
  readonly code: Code;
  readonly scope: PolicyScope;
}

interface ShownText {
  readonly text: string;
  readonly problem: Problem;
}

const codes: Readonly<Record<string, Code>> = {
  apigee: 'apigee.private-variable',
  datapower: 'datapower.invalid-kid',
};

const suggestion =
  'Write the identifier of the key as text, or name a variable that no key uses: not one of `private.`, or one with `readable: true`.';

export class ShownKeys {
  readonly #context: ShownKeysContext;
  readonly #declarations: KeyDeclaration[] = [];
  /** The variables that hold keys and passwords, by `Variables.idOf`. */
  readonly #secrets = new Map<string, () => string | undefined>();
  readonly #texts = new Set<string>();
  readonly #variables: ShownVariable[] = [];
  readonly #fixed: ShownText[] = [];

  constructor(context: ShownKeysContext) {
    this.#context = context;
  }

  noteDeclaration(declaration: KeyDeclaration): void {
    this.#declarations.push(declaration);
  }

  notePolicy({ plan, variables = [], offset }: FoundPolicy, source: SourceText, scope: PolicyScope): void {
    for (const { name, use } of variables) if (use === 'secret') this.#noteSecret(name, scope);
    if (plan === undefined) return;
    const code = codes[plan.dialect] ?? 'policy.invalid-value';
    for (const use of variables) if (use.use === 'key-id') this.#variables.push({ ...use, code, scope });
    for (const text of fixedIds(plan)) {
      const message = 'The `kid` of this policy is a key or password of the configuration, and tokens would show it.';
      this.#fixed.push({ text, problem: problemAt(source, offset, code, { message, suggestion }) });
    }
    for (const key of [plan.key, plan.encryption?.key]) for (const text of ownTexts(key)) this.#add(text);
  }

  #noteSecret(name: string, { variables, secret }: PolicyScope): void {
    this.#secrets.set(variables?.idOf(name) ?? name, () => secret(name));
  }

  *report(): Steps<void> {
    if (this.#variables.length === 0 && this.#fixed.length === 0) return;
    for (const secret of this.#secrets.values()) this.#add(secret());
    for (const path of this.#context.otherSecrets) this.#addFile(path);
    for (const declaration of this.#declarations) {
      this.#addDeclared(declaration);
      yield;
    }
    const { problems } = this.#context;
    for (const { text, problem } of this.#fixed) if (this.#texts.has(text.trim())) problems.add(problem);
    for (const { name, place, code, scope } of this.#variables) {
      if (!this.#isKey(name, scope)) continue;
      const message = 'This variable holds a key or password of the configuration; as the `kid`, tokens would show it.';
      problems.add({ code, severity: 'error', message, suggestion, place });
    }
  }

  #isKey(variable: string, { variables }: PolicyScope): boolean {
    const sources = variables?.sourcesOf(variable) ?? [];
    return sources.some(({ id, texts }) => this.#secrets.has(id) || texts.some((text) => this.#texts.has(text.trim())));
  }

  #add(text: string | undefined): void {
    const trimmed = text?.trim();
    if (trimmed === undefined || trimmed === '') return;
    this.#texts.add(trimmed);
    // The members of a JWK or a JWK set that are secret (RFC 7518 section 6).
    for (const [, member] of trimmed.matchAll(/"(?:k|d|p|q|dp|dq|qi|priv)"\s*:\s*"([^"]+)"/g)) {
      if (member !== undefined) this.#texts.add(member);
    }
  }

  #addDeclared({ form, resolve }: KeyDeclaration): void {
    for (const version of [form, ...(form.versions ?? [])]) {
      const { file, jwks, pkcs12, directory, passphrase } = version;
      const inFile = passphrase !== undefined && 'file' in passphrase ? passphrase.file : undefined;
      for (const path of [file, jwks, pkcs12, inFile]) if (path !== undefined) this.#addFile(resolve(path));
      if (directory !== undefined) this.#addFolder(resolve(directory));
      this.#addWritten(version);
    }
  }

  /** Keys in the declaration itself or in the environment. */
  #addWritten({ text, jwk, env, passphrase }: VersionForm): void {
    this.#add(text);
    this.#add(typeof jwk === 'object' ? JSON.stringify(jwk) : jwk);
    const inEnvironment = passphrase !== undefined && 'env' in passphrase ? passphrase.env : undefined;
    for (const name of [env, inEnvironment]) if (name !== undefined) this.#add(this.#context.environment[name]);
  }

  #addFile(path: string): void {
    const contents = readTextFile(this.#context.files, path);
    if (contents.kind === 'text') this.#add(contents.text);
  }

  #addFolder(path: string): void {
    const listing = this.#context.files.list(path);
    if (listing.kind === 'failed') return;
    // Hidden files belong to kubelet or to editors, and no key is read from them.
    for (const name of listing.names) if (!name.startsWith('.')) this.#addFile(`${path}/${name}`);
  }
}

function fixedIds({ header, encryption }: TokenPlan): readonly string[] {
  return [...header, ...(encryption?.header ?? [])].flatMap((step) =>
    step.kind === 'fixed' && step.name === 'kid' && typeof step.value === 'string' ? [step.value] : [],
  );
}

/** The texts of a key that the policy itself contains. */
function ownTexts(key: KeySource | undefined): readonly string[] {
  switch (key?.kind) {
    case 'inline':
      return [key.text.text];
    case 'text':
      return [key.text];
    case 'named':
      return key.own === undefined ? [] : [key.own.text];
    default:
      return [];
  }
}
