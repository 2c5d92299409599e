/**
 * @module
 * Reads a request that an author has written, as YAML or JSON, and reports each mistake with its place.
 */
import * as z from 'zod';
import type { JsonObject } from '../diagnostics/json.ts';
import { type Problem, Problems, problemAt } from '../diagnostics/problem.ts';
import { SourceText } from '../diagnostics/source-text.ts';
import { DocumentFile } from '../documents/document-file.ts';
import { type LocatedYaml, readYaml } from '../documents/located-yaml.ts';
import { wordsOf } from '../documents/schema-words.ts';
import { readShape, type ShapeCodes } from '../documents/shape.ts';
import { makeIdentify } from '../identity/authentication.ts';
import type { AuthenticationSettings } from '../identity/authentication-schema.ts';
import type { IncomingRequest } from '../request/incoming-request.ts';
import { incomingOf } from './incoming.ts';
import { type TrialRequest, trialRequestSchema } from './request-schema.ts';
import type { TriedRequest } from './run-trial.ts';
import { TrialError } from './trial-error.ts';

const shapeCodes: ShapeCodes = {
  unknownKey: 'trial.unknown-key',
  missingKey: 'trial.missing-key',
  wrongType: 'trial.wrong-type',
  invalidValue: 'trial.invalid-value',
};

/** A request and the document that it was read from. */
export interface ReadTrial {
  readonly trial: TrialRequest;
  readonly document: LocatedYaml;
}

export type TrialReading<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** @param file names the text in problems */
export function readTrial(file: string, text: string): TrialReading<ReadTrial> {
  const problems = new Problems();
  const source = SourceText.ofFile(file, text).describe({ words, ranges: () => [] });
  const [document] = readYaml(new DocumentFile(source), problems, 'trial.syntax');
  if (document === undefined && !problems.hasErrors) {
    problems.add(problemAt(source, 0, 'trial.missing-key', { message: 'The file has no request.' }));
  }
  const trial = document && readShape(trialRequestSchema, document, [], problems, shapeCodes);
  if (document === undefined || trial === undefined || problems.hasErrors) return { ok: false, problems: problems.all };
  return { ok: true, value: { trial, document } };
}

let known: ReadonlySet<string> | undefined;

/** Created at the first problem. */
function words(): ReadonlySet<string> {
  known ??= new Set(wordsOf(z.toJSONSchema(trialRequestSchema, { io: 'input' })));
  return known;
}

/** The request as it can be tried. @param authentication the configuration's: it says where Envoy puts a caller */
export function triedOf(read: ReadTrial, authentication: AuthenticationSettings): TrialReading<TriedRequest> {
  const placed = placeTrial(read, authentication);
  if (!placed.ok) return placed;
  const variables = new Map(Object.entries(read.trial.variables as JsonObject));
  return { ok: true, value: { incoming: placed.value, identify: makeIdentify(authentication), variables } };
}

/** What Envoy would send. */
function placeTrial(
  { trial, document }: ReadTrial,
  authentication: AuthenticationSettings,
): TrialReading<IncomingRequest> {
  try {
    return { ok: true, value: incomingOf(trial, authentication) };
  } catch (error) {
    if (!(error instanceof TrialError)) throw error;
    const { message, suggestion, path } = error;
    const problems = new Problems();
    document.report(problems, path, 'trial.invalid-value', { message, suggestion });
    return { ok: false, problems: problems.all };
  }
}
