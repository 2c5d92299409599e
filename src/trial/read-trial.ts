/**
 * @module
 * Reads a request that an author has written, as YAML or JSON, and reports each mistake with its place.
 */
import type { JsonValue } from '../diagnostics/json.ts';
import { type Problem, Problems } from '../diagnostics/problem.ts';
import type { LocatedYaml } from '../documents/located-yaml.ts';
import type { YamlPath } from '../documents/yaml-places.ts';
import type { AuthenticationSettings } from '../identity/authentication-schema.ts';
import type { Identify } from '../identity/caller-sources.ts';
import { incomingOf, type WrittenRequest } from './incoming.ts';
import { readDocument } from './read-document.ts';
import { type TrialRequest, trialRequestSchema } from './request-schema.ts';
import type { TriedRequest } from './run-trial.ts';
import { TrialError } from './trial-error.ts';

/** A request and the document that it was read from. */
export interface ReadTrial {
  readonly trial: TrialRequest;
  readonly document: LocatedYaml;
  /** Where the document has it. */
  readonly path: YamlPath;
}

export type TrialReading<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** @param file names the text in problems */
export function readTrial(file: string, text: string): TrialReading<ReadTrial> {
  const problems = new Problems();
  const read = readDocument({ file, text, what: 'request' }, trialRequestSchema, problems);
  if (read === undefined) return { ok: false, problems: problems.all };
  return { ok: true, value: { trial: read.value, document: read.document, path: [] } };
}

/** The request as it can be tried. @param identify how the configuration knows callers */
export function triedOf(
  read: ReadTrial,
  authentication: AuthenticationSettings,
  identify: Identify,
): TrialReading<TriedRequest> {
  const placed = placeTrial(read, authentication);
  if (!placed.ok) return placed;
  const variables = new Map(Object.entries(read.trial.variables as Readonly<Record<string, JsonValue>>));
  return { ok: true, value: { incoming: placed.value, identify, variables } };
}

/** What Envoy would send. @param authentication the configuration's: it says where Envoy puts a caller */
function placeTrial(
  { trial, document, path: base }: ReadTrial,
  authentication: AuthenticationSettings,
): TrialReading<WrittenRequest> {
  try {
    return { ok: true, value: incomingOf(trial, authentication) };
  } catch (error) {
    if (!(error instanceof TrialError)) throw error;
    const { message, suggestion, path } = error;
    const problems = new Problems();
    document.report(problems, [...base, ...path], 'trial.invalid-value', { message, suggestion });
    return { ok: false, problems: problems.all };
  }
}
