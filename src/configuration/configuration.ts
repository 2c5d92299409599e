/**
 * @module
 * Reads `mintproc.yaml` entry by entry, so that one mistake does not hide the next.
 */
import type * as z from 'zod';
import { type Problems, problemAt } from '../diagnostics/problem.ts';
import { eachInSteps, type Steps } from '../diagnostics/steps.ts';
import { nearest } from '../diagnostics/suggest.ts';
import { isPolicyFile } from '../dialects/index.ts';
import type { DocumentFile } from '../documents/document-file.ts';
import { type LocatedYaml, readYaml } from '../documents/located-yaml.ts';
import { readShape, type ShapeCodes } from '../documents/shape.ts';
import type { YamlPath } from '../documents/yaml-places.ts';
import {
  outlineSchema,
  type PolicyEntry,
  policySchema,
  type RouteEntry,
  routeSchema,
  type Settings,
} from './configuration-schema.ts';
import { harmlessConfiguration } from './harmless-configuration.ts';

export const shapeCodes: ShapeCodes = {
  unknownKey: 'config.unknown-key',
  missingKey: 'config.missing-key',
  wrongType: 'config.wrong-type',
  invalidValue: 'config.invalid-value',
};

/** An entry of a list and its place in the document. */
export interface Placed<T> {
  readonly entry: T;
  readonly path: YamlPath;
}

/** The parts of a configuration that could be read. */
export interface Configuration {
  readonly document: LocatedYaml;
  /** Undefined if a setting is invalid. */
  readonly settings: Settings | undefined;
  /** The well-formed entries. */
  readonly policies: readonly Placed<PolicyEntry>[];
  readonly routes: readonly Placed<RouteEntry>[];
  /** The names of all policies, including those of malformed entries. */
  readonly policyNames: ReadonlySet<string>;
  /** The lists with entries that could not be read, or that could not be read as lists. */
  readonly incomplete: ReadonlySet<'policies' | 'routes'>;
  /** Whether everything is well formed, so that nothing is missing because it could not be read. */
  readonly complete: boolean;
}

/** Top-level keys that no policy file has. */
const distinctiveKeys = ['policies', 'routes', 'listen', 'admin', 'authentication', 'allowRoutePolicy', 'variables'];

/** Whether a text is meant as a configuration: its top level has distinctive keys, perhaps mistyped. */
export function looksLikeConfiguration(text: string): boolean {
  if (/^\s*(?:-\s+)?(?:\{\s*)?(?:policyRef|kind|configurationData|assetId)\s*:/m.test(text)) return false;
  return Array.from(text.matchAll(/^([A-Za-z]+)\s*:/gm)).some(
    ([, key = '']) => nearest(key, distinctiveKeys) !== undefined,
  );
}

/** A key that every configuration has, and no policy file. */
const requiredKey = /\b(?:policies|routes)\b["']?\s*:/;

/** Reports all problems. Undefined if the file contains no document. */
export function* readConfiguration(file: DocumentFile, problems: Problems): Steps<Configuration | undefined> {
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
  const outline = readShape(outlineSchema, document, [], problems, shapeCodes);
  const policies = yield* readEntries(policySchema, document, 'policies', problems);
  const routes = yield* readEntries(routeSchema, document, 'routes', problems);
  const complete = problems.all.length === before;
  if (complete) document.reportUnclear(problems, [], 'config.unclear-value');
  return {
    document,
    settings: settingsOf(outline),
    policies,
    routes,
    policyNames: new Set(listAt(document, 'policies').map(nameOf)),
    incomplete: new Set([
      ...(isWhole(document, 'policies', policies) ? [] : (['policies'] as const)),
      ...(isWhole(document, 'routes', routes) ? [] : (['routes'] as const)),
    ]),
    complete,
  };
}

function settingsOf(outline: z.output<typeof outlineSchema> | undefined): Settings | undefined {
  if (outline === undefined) return undefined;
  const { policies: _policies, routes: _routes, ...settings } = outline;
  return settings;
}

function* readEntries<S extends z.ZodType>(
  schema: S,
  document: LocatedYaml,
  key: string,
  problems: Problems,
): Steps<Placed<z.output<S>>[]> {
  const entries = yield* eachInSteps(listAt(document, key), (_, index) => {
    const path = [key, index];
    const entry = readShape(schema, document, path, problems, shapeCodes);
    return entry === undefined ? [] : [{ entry, path }];
  });
  return entries.flat();
}

function isWhole(document: LocatedYaml, key: string, entries: readonly unknown[]): boolean {
  const list = valueAt(document, key);
  return Array.isArray(list) && list.length === entries.length;
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
