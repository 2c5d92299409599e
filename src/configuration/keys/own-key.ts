/**
 * @module
 * The text of a policy's own key: in the policy itself, or in a secret variable that it names.
 */
import { theyAre } from '../../diagnostics/harmless.ts';
import { type ProblemDetails, type Problems, problemAt } from '../../diagnostics/problem.ts';
import type { SourceText } from '../../diagnostics/source-text.ts';
import { nearest } from '../../diagnostics/suggest.ts';
import type { KeyFinding } from '../../jose/key-finding.ts';
import type { KeyForm } from '../../keys/key-material.ts';
import type { KeySource, NamedKey, TextKey, VariableKey } from '../../plan/token-plan.ts';

/** The value of a secret variable; undefined if it is not declared. */
export type Secrets = (name: string) => string | undefined;

/** The text of a key, and how its problems are reported. */
export interface KeyText {
  readonly text: string;
  readonly form: KeyForm;
  report(finding: KeyFinding & ProblemDetails): void;
}

/** How a plan uses a key. Also its name in the policy's entry and in messages. */
export type KeyRole = 'key' | 'recipient';

export interface SecretSources {
  readonly secret: Secrets;
  /** Whether a secret variable is declared but could not be read, which was reported, or may be. */
  isUnread(name: string): boolean;
  /** Whether nothing gives the variable a value: it has no declaration, or its source does not exist. */
  isAbsent(name: string): boolean;
  /** Says that a key was made in place of an absent variable, so that its absence is no error. */
  excuse(name: string): void;
}

export interface OwnKeyContext extends SecretSources {
  /** The names of the keys that the configuration has. */
  readonly names: readonly string[];
  readonly problems: Problems;
}

/** Whether nothing is where the policy finds its own key. */
export function isOwnKeyAbsent(source: KeySource, { secret, isAbsent }: SecretSources): boolean {
  switch (source.kind) {
    case 'variable':
      return secret(source.name) === undefined && isAbsent(source.name);
    case 'named': {
      const isElsewhere = source.own !== undefined || source.unusable !== undefined;
      return !isElsewhere && secret(source.name) === undefined && isAbsent(source.name);
    }
    case 'inline':
    case 'text':
      return false;
  }
}

/** The secret variables of a policy's own key: the key, and its password. */
export function secretNames(source: KeySource | undefined): readonly string[] {
  switch (source?.kind) {
    case 'variable':
      return source.password === undefined ? [source.name] : [source.name, source.password];
    case 'named':
      return [source.name];
    default:
      return [];
  }
}

/** The text of a key that is in the policy file. If only a configuration can have it, that is a warning. */
export function textWithoutConfiguration(source: KeySource, problems: Problems): KeyText | undefined {
  switch (source.kind) {
    case 'inline':
      if (source.unusable !== undefined) {
        problems.add(problemAt(source.text, 0, 'keys.placeholder', source.unusable));
        return undefined;
      }
      return textAt(source.text.text, source.text, { jwk: false }, problems);
    case 'text':
      return ownText(source, problems);
    case 'named': {
      if (source.own !== undefined) return ownText(source.own, problems);
      problems.add(
        problemAt(source.place, 0, 'keys.not-in-file', { ...missingNamed(source, []), severity: undefined }),
      );
      return undefined;
    }
    case 'variable':
      return undefined;
  }
}

/** The text of a key that the configuration does not declare. Undefined if there is none, which is reported. */
export function ownKeyText(source: KeySource, role: KeyRole, context: OwnKeyContext): KeyText | undefined {
  switch (source.kind) {
    case 'variable':
      return variableText(source, role, context);
    case 'named':
      return namedText(source, context);
    case 'inline':
    case 'text':
      return textWithoutConfiguration(source, context.problems);
  }
}

function namedText(source: NamedKey, { names, secret, problems }: OwnKeyContext): KeyText | undefined {
  const variable = secret(source.name);
  if (variable !== undefined) {
    return textAt(variable, source.place, { jwk: source.holds === 'jwk' ? 'only' : true }, problems);
  }
  if (source.own !== undefined) return ownText(source.own, problems);
  problems.add(problemAt(source.place, 0, source.unusable?.code ?? 'keys.missing', missingNamed(source, names)));
  return undefined;
}

/** The name is not shown: it may be the key, written where its name belongs. */
function missingNamed({ name, unusable }: NamedKey, names: readonly string[]): ProblemDetails {
  const guess = nearest(name, names);
  return {
    severity: 'error',
    message: unusable?.message ?? 'The policy names a key here that is neither in its file nor in the configuration.',
    suggestion:
      guess === undefined
        ? `Write \`keys: { NAME: { file: … } }\` in mintproc.yaml, with the name that is written here, or \`key: { file: … }\` in the policy's entry.${namesOf(names)}`
        : `Did you mean \`${guess}\`?`,
  };
}

function namesOf(names: readonly string[]): string {
  const known = theyAre('keys of the configuration', names);
  return known === undefined ? '' : ` ${known}`;
}

function variableText(key: VariableKey, role: KeyRole, context: OwnKeyContext): KeyText | undefined {
  const { secret, problems } = context;
  const text = secret(key.name);
  if (text !== undefined) return textAt(text, key.place, formOf(key, secret), problems);
  if (context.isUnread(key.name)) return undefined;
  const details = {
    message: "The policy's key is in the variable that is named here, which the configuration does not have.",
    suggestion: `Write \`variables: { NAME: { file: … } }\` in mintproc.yaml, with the name that is written here, or \`${role}: { file: … }\` in the policy's entry.`,
  };
  problems.add(problemAt(key.place, 0, 'keys.missing', details));
  return undefined;
}

/** The encoding and password of a key in a variable. */
function formOf({ encoding, password }: VariableKey, secret: Secrets): KeyForm {
  return { encoding, password: password === undefined ? undefined : secret(password) };
}

/** The form of a declared key that replaces the policy's own: its file has the form of the policy's variable. */
export function declaredForm(source: KeySource | undefined, role: KeyRole, secret: Secrets): KeyForm {
  if (source?.kind === 'variable') return formOf(source, secret);
  // A secret to sign with may be any string, so it is a JWK only if the gateway has a JWK under this name.
  return role === 'recipient' || (source?.kind === 'named' && source.holds === 'jwk') ? { jwk: true } : {};
}

function ownText({ text, place, kid, isJwk }: TextKey, problems: Problems): KeyText {
  return textAt(text, place, { jwk: isJwk === true ? 'only' : true, kid }, problems);
}

function textAt(text: string, place: SourceText, form: KeyForm, problems: Problems): KeyText {
  return { text, form, report: (finding) => problems.add(problemAt(place, 0, finding.code, finding)) };
}
