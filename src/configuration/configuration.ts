/**
 * @module
 * Reads the text of `mintproc.yaml`, as far as it can be read: each entry on its own, so that one mistake does not hide
 * the next.
 */
import type * as z from 'zod';
import { type Problems, problemAt } from '../diagnostics/problem.ts';
import { eachInSteps, type Steps } from '../diagnostics/steps.ts';
import { nearest } from '../diagnostics/suggest.ts';
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

/** An entry of a list, and where it stands. */
export interface Placed<T> {
  readonly entry: T;
  readonly path: YamlPath;
}

/** What could be read of a configuration. */
export interface Configuration {
  readonly document: LocatedYaml;
  /** Undefined where some setting is wrong. */
  readonly settings: Settings | undefined;
  /** The entries that are well formed. */
  readonly policies: readonly Placed<PolicyEntry>[];
  readonly routes: readonly Placed<RouteEntry>[];
  /** Every name that a policy's entry bears, malformed entries included. */
  readonly policyNames: ReadonlySet<string>;
  /** Whether everything is well formed, so that what is missing is missing indeed. */
  readonly complete: boolean;
}

/** Keys that no policy file has at its top level. */
const telling = ['policies', 'routes', 'listen', 'admin', 'authentication', 'allowRoutePolicy', 'variables'];

/** Whether a text is, or tries to be, a configuration: its top level has telling keys, mistyped ones included. */
export function looksLikeConfiguration(text: string): boolean {
  if (/^\s*(?:-\s+)?(?:policyRef|kind)\s*:/m.test(text)) return false;
  return Array.from(text.matchAll(/^([A-Za-z]+)\s*:/gm)).some(([, key = '']) => nearest(key, telling) !== undefined);
}

/** Reports what is wrong; undefined where the file holds no document at all. */
export function* readConfiguration(file: DocumentFile, problems: Problems): Steps<Configuration | undefined> {
  const { source } = file;
  file.describe(harmlessConfiguration);
  const before = problems.all.length;
  const [document, second] = readYaml(file, problems, 'config.syntax');
  if (document === undefined) {
    if (problems.all.length === before) {
      problems.add(problemAt(source, 0, shapeCodes.missingKey, { message: 'The configuration is empty.' }));
    }
    return undefined;
  }
  if (second !== undefined) {
    const message = 'The configuration is one document; here begins a second one.';
    second.report(problems, [], shapeCodes.invalidValue, { message });
  }
  const outline = readShape(outlineSchema, document, [], problems, shapeCodes);
  const policies = yield* readEntries(policySchema, document, 'policies', problems);
  const routes = yield* readEntries(routeSchema, document, 'routes', problems);
  return {
    document,
    settings: settingsOf(outline),
    policies,
    routes,
    policyNames: new Set(listAt(document, 'policies').map(nameOf)),
    complete: problems.all.length === before,
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

function listAt(document: LocatedYaml, key: string): readonly unknown[] {
  const list: unknown = (document.value as Record<string, unknown> | null)?.[key];
  return Array.isArray(list) ? list : [];
}

function nameOf(entry: unknown): string {
  return typeof entry === 'object' && entry !== null && 'name' in entry ? String(entry.name) : '';
}
