/**
 * @module
 * Where the text of a policy's key is: in the file that its entry names, else in the policy itself, under a name in the
 * configuration, or in a secret variable.
 */
import { plainNames } from '../diagnostics/harmless.ts';
import { type ProblemDetails, type Problems, problemAt } from '../diagnostics/problem.ts';
import type { SourceText } from '../diagnostics/source-text.ts';
import { nearest } from '../diagnostics/suggest.ts';
import type { KeyForm } from '../keys/key-material.ts';
import type { UnlockedKeys } from '../keys/unlocked-keys.ts';
import type { KeySource, NamedKey, TextKey, VariableKey } from '../plan/token-plan.ts';
import { type FileReader, readText } from './files.ts';
import type { KeyText, NamedKeys } from './named-keys.ts';
import type { WantedPolicy } from './policy.ts';
import type { RingBook } from './signing-rings.ts';

/** The text of a secret variable; undefined where none of the name is declared. */
export type Secrets = (name: string) => string | undefined;

export interface KeySources {
  readonly files: FileReader;
  readonly secret: Secrets;
  readonly named: NamedKeys;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly strictFiles: boolean;
  readonly rings: RingBook;
  readonly unlocked: UnlockedKeys;
  readonly problems: Problems;
}

/** What a plan does with a key: the key of the entry for it, and the names of both in messages. */
export type Use = 'key' | 'recipient';

/** The text of a key that needs no configuration. */
export function ownKey(source: KeySource | undefined, problems: Problems): KeyText | undefined {
  switch (source?.kind) {
    case 'inline':
      return textAt(source.text.text, source.text, {}, problems);
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

/** The text of a key for one use; where there is none, that is reported. */
export function findKey(
  source: KeySource | undefined,
  use: Use,
  wanted: WantedPolicy,
  sources: KeySources,
  absent: (use: Use, message: string) => void,
): KeyText | undefined {
  const file = use === 'recipient' ? wanted.settings.recipient?.file : undefined;
  if (file !== undefined) return findRecipientFile(source, wanted.resolve(file), wanted, sources);
  switch (source?.kind) {
    case 'variable':
      return findVariableKey(source, use, sources);
    case 'named':
      return findNamedKey(source, sources);
    case undefined:
      absent(use, `The policy \`${wanted.name}\` holds no key${use === 'key' ? '' : ' to encrypt to'}.`);
      return undefined;
    default:
      return ownKey(source, sources.problems);
  }
}

function findNamedKey(source: NamedKey, { named, secret, problems }: KeySources): KeyText | undefined {
  const found = named.find(source.name);
  if (found === 'unreadable') return undefined;
  if (found !== undefined) return found;
  const variable = secret(source.name);
  if (variable !== undefined) {
    return textAt(variable, source.place, { jwk: source.holds === 'jwk' ? 'only' : true }, problems);
  }
  if (source.own !== undefined) return ownText(source.own, problems);
  problems.add(problemAt(source.place, 0, 'keys.missing', missingNamed(source, named.names)));
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

function findVariableKey(key: VariableKey, use: Use, { secret, problems }: KeySources): KeyText | undefined {
  const text = secret(key.name);
  if (text !== undefined) return textAt(text, key.place, formOf(key, secret), problems);
  const details = {
    message: "The policy's key is in the variable that is named here, and the configuration has no text for it.",
    suggestion: `Write \`variables: { NAME: { file: … } }\` in mintproc.yaml, with the NAME that stands here, or \`${use}: { file: … }\` in the policy's entry.`,
  };
  problems.add(problemAt(key.place, 0, 'keys.missing', details));
  return undefined;
}

function findRecipientFile(
  source: KeySource | undefined,
  file: string,
  { report }: WantedPolicy,
  { files, secret }: KeySources,
): KeyText | undefined {
  const text = readText(files, file);
  if (text.kind === 'failed') {
    report(['recipient', 'file'], 'config.unreadable-file', { message: `The key file ${text.reason}.` });
    return undefined;
  }
  // The file holds what the policy's variable would.
  const form = source?.kind === 'variable' ? formOf(source, secret) : { jwk: true };
  const reportFinding: KeyText['report'] = (finding) => report(['recipient', 'file'], finding.code, finding);
  return { text: text.text, origin: 'file', form, report: reportFinding };
}

/** How a variable's text stands for a key. */
export function formOf({ encoding, password }: VariableKey, secret: Secrets): KeyForm {
  return { encoding, password: password === undefined ? undefined : secret(password) };
}

function ownText({ text, place, kid, isJwk }: TextKey, problems: Problems): KeyText {
  return textAt(text, place, { jwk: isJwk === true ? 'only' : true, kid }, problems);
}

function textAt(text: string, place: SourceText, form: KeyForm, problems: Problems): KeyText {
  const report: KeyText['report'] = (finding) => problems.add(problemAt(place, 0, finding.code, finding));
  return { text, origin: 'policy', form, report };
}
