/**
 * @module
 * Reads the policies and routes of one file of a configuration, entry by entry, so that one mistake does not hide the
 * next. The files are `mintproc.yaml` and those that it includes.
 */
import type * as z from 'zod';
import type { Code } from '../diagnostics/codes.ts';
import { type ProblemDetails, type Problems, problemAt } from '../diagnostics/problem.ts';
import { eachInSteps, type Steps } from '../diagnostics/steps.ts';
import { isPolicyFile } from '../dialects/index.ts';
import type { DocumentFile } from '../documents/document-file.ts';
import { type LocatedYaml, readYaml } from '../documents/located-yaml.ts';
import { readShape, type ShapeCodes } from '../documents/shape.ts';
import type { YamlPath } from '../documents/yaml-places.ts';
import { type PolicyEntry, policySchema, type RouteEntry, routeSchema } from './configuration-schema.ts';
import { reportFillIns } from './fill-in.ts';
import { harmlessConfiguration } from './harmless-configuration.ts';
import { ownFileOf } from './own-files.ts';

export const shapeCodes: ShapeCodes = {
  unknownKey: 'config.unknown-key',
  missingKey: 'config.missing-key',
  wrongType: 'config.wrong-type',
  invalidValue: 'config.invalid-value',
};

/** The file in which something is written. */
export interface Origin {
  readonly document: LocatedYaml;
  /** Relative paths in the file start in this folder, its own. */
  readonly folder: string;
}

/** A place in one of the files. */
export interface ConfigurationPlace {
  readonly origin: Origin;
  /** In the origin's document. */
  readonly path: YamlPath;
}

/** An entry of a list and its place. */
export interface Placed<T> extends ConfigurationPlace {
  readonly entry: T;
}

/** Reports a problem; `path` leads to its place from where the function was made for. */
export type Report = (path: YamlPath, code: Code, details: ProblemDetails) => void;

/** Reports problems with the parts of an entry. */
export function reportIn({ origin, path }: ConfigurationPlace, problems: Problems): Report {
  return (inner, code, details) => origin.document.report(problems, [...path, ...inner], code, details);
}

export interface ConfigurationPart {
  /** The well-formed entries. */
  readonly policies: readonly Placed<PolicyEntry>[];
  readonly routes: readonly Placed<RouteEntry>[];
  /** The names of all policies, including those of malformed entries. */
  readonly policyNames: ReadonlySet<string>;
  /** The lists with entries that could not be read, or that could not be read as lists. */
  readonly incomplete: ReadonlySet<'policies' | 'routes'>;
}

/** A key that every configuration has, and no policy file. */
const requiredKey = /\b(?:policies|routes|include)\b["']?\s*:/;

/** The only document of a file. Undefined if the file is empty or a value is to be filled in, which is reported. */
export function readDocument(file: DocumentFile, problems: Problems): LocatedYaml | undefined {
  const { source } = file;
  file.describe(harmlessConfiguration);
  if (isPolicyFile(source.text) && !requiredKey.test(source.text)) {
    problems.add(
      problemAt(source, 0, shapeCodes.wrongType, {
        message: 'This is a policy file, not a mintproc.yaml.',
        suggestion: 'Write a mintproc.yaml that names it: `policies: [{ name: …, file: … }]`.',
      }),
    );
    return undefined;
  }
  const before = problems.all.length;
  const [document, second] = readYaml(file, problems, 'config.syntax');
  if (document === undefined) {
    if (problems.all.length === before) {
      problems.add(problemAt(source, 0, shapeCodes.missingKey, { message: 'The configuration is empty.' }));
    }
    return undefined;
  }
  if (second !== undefined) {
    const message = 'The configuration must be one YAML document; a second one begins here.';
    second.report(problems, [], shapeCodes.invalidValue, { message });
  }
  const kind = ownFileOf(document.value, source.text);
  if (kind === 'a test file' || kind === 'a request') {
    document.report(problems, [], shapeCodes.wrongType, {
      message: `This is ${kind}, not a mintproc.yaml.`,
      suggestion: 'Write the `mintproc.yaml` that it is for.',
    });
    return undefined;
  }
  // The rest is checked when the author has decided these.
  return reportFillIns(document, problems) ? undefined : document;
}

/** @param isWellFormed whether the keys of the file are known: a mistyped one may be a list that is absent */
export function* readPart(origin: Origin, isWellFormed: boolean, problems: Problems): Steps<ConfigurationPart> {
  const policies = yield* readEntries(policySchema, origin, 'policies', problems);
  const routes = yield* readEntries(routeSchema, origin, 'routes', problems);
  const isWhole = (key: string, entries: readonly unknown[]): boolean => {
    const list = valueAt(origin.document, key);
    return list === undefined ? isWellFormed : Array.isArray(list) && list.length === entries.length;
  };
  return {
    policies,
    routes,
    policyNames: new Set(listAt(origin.document, 'policies').map(nameOf)),
    incomplete: new Set([
      ...(isWhole('policies', policies) ? [] : (['policies'] as const)),
      ...(isWhole('routes', routes) ? [] : (['routes'] as const)),
    ]),
  };
}

function* readEntries<S extends z.ZodType>(
  schema: S,
  origin: Origin,
  key: string,
  problems: Problems,
): Steps<Placed<z.output<S>>[]> {
  const entries = yield* eachInSteps(listAt(origin.document, key), (_, index) => {
    const path = [key, index];
    const entry = readShape(schema, origin.document, path, problems, shapeCodes);
    return entry === undefined ? [] : [{ entry, origin, path }];
  });
  return entries.flat();
}

function listAt(document: LocatedYaml, key: string): readonly unknown[] {
  const list = valueAt(document, key);
  return Array.isArray(list) ? list : [];
}

function valueAt(document: LocatedYaml, key: string): unknown {
  return (document.value as Record<string, unknown> | null)?.[key];
}

function nameOf(entry: unknown): string {
  return typeof entry === 'object' && entry !== null && 'name' in entry ? String(entry.name) : '';
}
