/**
 * @module
 * The text of a key that a policy brings along: in the policy itself, or in a secret variable that it names.
 */
import { plainNames } from '../../diagnostics/harmless.ts';
import { type ProblemDetails, type Problems, problemAt } from '../../diagnostics/problem.ts';
import type { SourceText } from '../../diagnostics/source-text.ts';
import { nearest } from '../../diagnostics/suggest.ts';
import type { KeyFinding } from '../../jose/key-finding.ts';
import type { KeyForm } from '../../keys/key-material.ts';
import type { KeySource, NamedKey, TextKey, VariableKey } from '../../plan/token-plan.ts';

/** The text of a secret variable; undefined where none of the name is declared. */
export type Secrets = (name: string) => string | undefined;

/** The text of a key, and where what is wrong with it is reported. */
export interface KeyText {
  readonly text: string;
  readonly form: KeyForm;
  report(finding: KeyFinding & ProblemDetails): void;
}

/** What a plan does with a key: the key of the entry for it, and its name in messages. */
export type KeyRole = 'key' | 'recipient';

export interface OwnKeyContext {
  readonly secret: Secrets;
  /** The names of the keys that the configuration has. */
  readonly names: readonly string[];
  readonly problems: Problems;
}

/** The text of a key that needs no configuration. */
export function textWithoutConfiguration(source: KeySource | undefined, problems: Problems): KeyText | undefined {
  switch (source?.kind) {
    case 'inline':
      return textAt(source.text.text, source.text, { jwk: false }, problems);
    case 'text':
      return ownText(source, problems);
    case 'named': {
      if (source.own !== undefined) return ownText(source.own, problems);
      problems.add(problemAt(source.place, 0, 'keys.missing', { ...missingNamed(source, []), severity: 'warning' }));
      return undefined;
    }
    default:
      return undefined;
  }
}

/** The text of a key that no declaration of the configuration replaces; where there is none, that is reported. */
export function ownKeyText(source: KeySource, role: KeyRole, context: OwnKeyContext): KeyText | undefined {
  switch (source.kind) {
    case 'variable':
      return variableText(source, role, context);
    case 'named':
      return namedText(source, context);
    default:
      return textWithoutConfiguration(source, context.problems);
  }
}

function namedText(source: NamedKey, { names, secret, problems }: OwnKeyContext): KeyText | undefined {
  const variable = secret(source.name);
  if (variable !== undefined) {
    return textAt(variable, source.place, { jwk: source.holds === 'jwk' ? 'only' : true }, problems);
  }
  if (source.own !== undefined) return ownText(source.own, problems);
  problems.add(problemAt(source.place, 0, 'keys.missing', missingNamed(source, names)));
  return undefined;
}

/** Not the name itself: it may be the key, written where its name belongs. */
function missingNamed({ name }: NamedKey, names: readonly string[]): ProblemDetails {
  const guess = nearest(name, names);
  return {
    message: 'The policy names a key here that neither its file nor the configuration has.',
    suggestion:
      guess === undefined
        ? `Write \`keys: { NAME: { file: … } }\` in mintproc.yaml, with the NAME that stands here.${namesOf(names)}`
        : `Did you mean \`${guess}\`?`,
  };
}

function namesOf(names: readonly string[]): string {
  return names.length === 0 ? '' : ` The keys of the configuration are: ${plainNames(names)}.`;
}

function variableText(key: VariableKey, role: KeyRole, { secret, problems }: OwnKeyContext): KeyText | undefined {
  const text = secret(key.name);
  if (text !== undefined) return textAt(text, key.place, formOf(key, secret), problems);
  const details = {
    message: "The policy's key is in the variable that is named here, and the configuration has no text for it.",
    suggestion: `Write \`variables: { NAME: { file: … } }\` in mintproc.yaml, with the NAME that stands here, or \`${role}: { file: … }\` in the policy's entry.`,
  };
  problems.add(problemAt(key.place, 0, 'keys.missing', details));
  return undefined;
}

/** How a variable's text stands for a key. */
function formOf({ encoding, password }: VariableKey, secret: Secrets): KeyForm {
  return { encoding, password: password === undefined ? undefined : secret(password) };
}

/** How a declaration that replaces a policy's own key is written: its file holds what the policy's variable would. */
export function declaredForm(source: KeySource | undefined, role: KeyRole, secret: Secrets): KeyForm {
  if (source?.kind === 'variable') return formOf(source, secret);
  // A secret to sign with may be any text, so it is a JWK only where the gateway has one under the name.
  return role === 'recipient' || (source?.kind === 'named' && source.holds === 'jwk') ? { jwk: true } : {};
}

function ownText({ text, place, kid, isJwk }: TextKey, problems: Problems): KeyText {
  return textAt(text, place, { jwk: isJwk === true ? 'only' : true, kid }, problems);
}

function textAt(text: string, place: SourceText, form: KeyForm, problems: Problems): KeyText {
  return { text, form, report: (finding) => problems.add(problemAt(place, 0, finding.code, finding)) };
}
