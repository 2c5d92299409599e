/**
 * @module
 * Reads `mintproc.yaml` and the files that it includes, and joins them to one configuration.
 */
import { dirname } from 'node:path';
import type * as z from 'zod';
import { missingFileHint } from '../diagnostics/missing-file.ts';
import { type Problems, problemAt } from '../diagnostics/problem.ts';
import { placeText, SourceText } from '../diagnostics/source-text.ts';
import type { Steps } from '../diagnostics/steps.ts';
import type { LocatedYaml } from '../documents/located-yaml.ts';
import { readShape } from '../documents/shape.ts';
import type { YamlPath } from '../documents/yaml-places.ts';
import { type ConfigurationPart, type Origin, readDocument, readPart, shapeCodes } from './configuration-part.ts';
import { outlineSchema, type Settings } from './configuration-schema.ts';
import { readTextFile } from './files.ts';
import { type IncludeContext, type Included, readIncluded } from './included-files.ts';
import type { NamedKeyForm } from './keys-schema.ts';
import type { VariableForm } from './variables-schema.ts';

/** The parts of a configuration that could be read, of all its files. Those of `mintproc.yaml` come first. */
export interface Configuration extends ConfigurationPart {
  /** `mintproc.yaml`. */
  readonly origin: Origin;
  /** Its document. */
  readonly document: LocatedYaml;
  /** The settings of `mintproc.yaml`, with the variables and keys of all files. Undefined if one of them is invalid. */
  readonly settings: Settings | undefined;
  /** Whether the variables and keys of all files could be read. */
  readonly areDeclared: boolean;
  /** The file that declares a variable or key. */
  originOf(kind: DeclaredKind, name: string): Origin;
  /** Whether everything is well formed, so that nothing is missing because it could not be read. */
  readonly complete: boolean;
}

export type DeclaredKind = 'variables' | 'keys';

/** Reads all files and reports all problems. Undefined if the file contains no document. */
export function* readConfiguration(file: string, context: IncludeContext): Steps<Configuration | undefined> {
  const { files, documents, problems } = context;
  const text = readTextFile(files, file);
  if (text.kind === 'failed') {
    const message = `The configuration ${file} ${text.reason}.`;
    const suggestion = missingFileHint(file, (folder) => files.list(folder), '');
    problems.add(problemAt(SourceText.ofFile(file, ''), 0, 'config.unreadable-file', { message, suggestion }));
    return undefined;
  }
  const before = problems.all.length;
  const document = readDocument(documents.open(SourceText.ofFile(file, text.text)), problems);
  if (document === undefined) return undefined;
  const origin = { document, folder: dirname(file) };
  const outline = readShape(outlineSchema, document, [], problems, shapeCodes);
  const own = yield* readPart(origin, outline !== undefined, problems);
  if (outline !== undefined) checkPolicies(outline, document, problems);
  const complete = problems.all.length === before;
  if (complete) document.reportUnclear(problems, [], 'config.unclear-value');
  const patterns = outline?.include;
  const included = patterns === undefined ? noFiles : yield* readIncluded(patterns, origin, context);
  return {
    origin,
    document,
    ...joined([own, ...included.parts], included.isWhole),
    ...declared(outline, origin, included, problems),
    complete: complete && included.complete,
  };
}

const noFiles: Included = { parts: [], isWhole: true, complete: true };

/** Only a file that includes others may have no policies. */
function checkPolicies(
  { policies, include }: z.output<typeof outlineSchema>,
  document: LocatedYaml,
  problems: Problems,
): void {
  if (policies !== undefined || include !== undefined) return;
  document.report(problems, [], shapeCodes.missingKey, {
    message: '`policies` is missing.',
    suggestion: 'Write `policies: …`; it must be a list. Or write `include: [FILE]` with files that have some.',
  });
}

function joined(parts: readonly ConfigurationPart[], isWhole: boolean): ConfigurationPart {
  return {
    policies: parts.flatMap(({ policies }) => policies),
    routes: parts.flatMap(({ routes }) => routes),
    policyNames: new Set(parts.flatMap(({ policyNames }) => [...policyNames])),
    incomplete: isWhole ? new Set(parts.flatMap(({ incomplete }) => [...incomplete])) : new Set(['policies', 'routes']),
  };
}

type Declared = Pick<Configuration, 'settings' | 'areDeclared' | 'originOf'>;

function declared(
  outline: z.output<typeof outlineSchema> | undefined,
  main: Origin,
  { parts, isWhole }: Included,
  problems: Problems,
): Declared {
  const variables = new Declarations<VariableForm>('variables', problems);
  const keys = new Declarations<NamedKeyForm>('keys', problems);
  const all = [{ origin: main, declarations: outline }, ...parts];
  for (const { origin, declarations } of all) {
    variables.add(declarations?.variables, origin);
    keys.add(declarations?.keys, origin);
  }
  const origins = { variables, keys };
  return {
    settings: outline && { ...settingsOf(outline), variables: variables.forms, keys: keys.forms },
    areDeclared: isWhole && all.every(({ declarations }) => declarations !== undefined),
    originOf: (kind, name) => origins[kind].originOf(name) ?? main,
  };
}

function settingsOf({ policies: _policies, routes: _routes, ...settings }: z.output<typeof outlineSchema>): Settings {
  return settings;
}

/** The variables, or the keys, of all files. */
class Declarations<T> {
  readonly #kind: DeclaredKind;
  readonly #problems: Problems;
  readonly #byName = new Map<string, { readonly form: T; readonly origin: Origin }>();

  constructor(kind: DeclaredKind, problems: Problems) {
    this.#kind = kind;
    this.#problems = problems;
  }

  add(forms: Readonly<Record<string, T>> = {}, origin: Origin): void {
    for (const [name, form] of Object.entries(forms)) {
      const earlier = this.#byName.get(name);
      if (earlier === undefined) this.#byName.set(name, { form, origin });
      else this.#reportTwice([this.#kind, name], earlier.origin, origin);
    }
  }

  /** The name is not shown: in a malformed entry it may be the key itself. */
  #reportTwice(path: YamlPath, earlier: Origin, origin: Origin): void {
    const noun = this.#kind === 'keys' ? 'key' : 'variable';
    const place = earlier.document.source.placeAt(earlier.document.keyOffsetOf(path));
    origin.document.report(this.#problems, path, 'config.duplicate-declaration', {
      message: `The ${noun} at ${placeText(place)} has this name too.`,
      suggestion: `Give each a different name, or declare one ${noun} for all files.`,
    });
  }

  get forms(): Record<string, T> {
    return Object.fromEntries(Array.from(this.#byName, ([name, { form }]) => [name, form]));
  }

  originOf(name: string): Origin | undefined {
    return this.#byName.get(name)?.origin;
  }
}
