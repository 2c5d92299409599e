/**
 * @module
 * The case of the page: a request and its caller as in a case of a test, without what is expected.
 */
import * as z from 'zod';
import type { JsonObject, JsonValue } from '../diagnostics/json.ts';
import { type Problem, Problems } from '../diagnostics/problem.ts';
import { exactValue } from '../documents/exact-values.ts';
import { readMoment, writtenMoment } from '../trial/moment.ts';
import { readDocument } from '../trial/read-document.ts';
import type { ReadTrial } from '../trial/read-trial.ts';
import { trialRequestShape } from '../trial/request-schema.ts';
import type { CaseForm } from './interface.ts';

const caseSchema = z.strictObject({
  name: z.string().min(1).optional(),
  at: writtenMoment.optional(),
  ...trialRequestShape,
});

export interface ReadCase {
  readonly read: ReadTrial;
  /** Milliseconds since the epoch; undefined for now. */
  readonly at: number | undefined;
  readonly name: string | undefined;
  /** `at` as it is written. */
  readonly written: string | number | undefined;
}

export type CaseReading =
  | { readonly ok: true; readonly value: ReadCase }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** How the page names the text. */
export const caseName = 'case';

/** An empty text is an ordinary request of nobody. */
export function readCase(text: string): CaseReading {
  const problems = new Problems();
  const source = {
    file: caseName,
    text: /^\s*(?:#.*\s*)*$/.test(text) ? `${text}\n{}` : text,
    what: 'request',
  } as const;
  const read = readDocument(source, caseSchema, problems);
  if (read === undefined) return { ok: false, problems: problems.all };
  const { document, value } = read;
  const { name, at, ...trial } = value;
  const moment = at === undefined ? undefined : readMoment(at);
  return { ok: true, value: { read: { trial, document, path: [] }, at: moment, name, written: at } };
}

export function formOf({ read, at }: ReadCase): CaseForm {
  const { request, caller, certificate } = read.trial;
  const { method, path, host, headers } = request;
  return {
    ...{ method, path, host },
    headers: headerPairs(headers),
    ...(caller === undefined ? {} : { claims: claimsOf(read) }),
    ...(caller?.from === undefined ? {} : { from: caller.from }),
    ...(certificate === undefined ? {} : { certificate: certificate as JsonObject }),
    ...(at === undefined ? {} : { at: new Date(at).toISOString() }),
  };
}

/** A repeated header is a pair for each value. */
export function headerPairs(
  headers: ReadTrial['trial']['request']['headers'],
): readonly (readonly [name: string, value: string])[] {
  return Object.entries(headers).flatMap(([name, values]) => [values].flat().map((value) => [name, value] as const));
}

function claimsOf({ trial, document }: ReadTrial): JsonObject {
  return exactValue(document, ['caller', 'claims'], trial.caller?.claims as JsonValue) as JsonObject;
}
