/**
 * @module
 * The request of `--request FILE`, in one of its two forms: the one of `trial/request-schema.ts`, which says what a
 * client sends and what Envoy has verified, or the one of `request-objects.ts`, whose objects expressions read.
 */
import type { JsonValue } from '../diagnostics/json.ts';
import { formatProblem, type Problem } from '../diagnostics/problem.ts';
import { nearest } from '../diagnostics/suggest.ts';
import { makeIdentify } from '../identity/authentication.ts';
import type { AuthenticationSettings } from '../identity/authentication-schema.ts';
import { emptyView } from '../request/object-view.ts';
import { connectionAttributes } from '../request/request-view.ts';
import { type ReadTrial, readTrial, type TrialReading, triedOf } from '../trial/read-trial.ts';
import type { TriedRequest } from '../trial/run-trial.ts';
import { givenKeys } from './given-variables.ts';
import { type JsonRecord, parseJsonRecord, readInput } from './input-file.ts';
import { checkRequestKeys, readRequest } from './request-objects.ts';
import { CommandError } from './terminal.ts';

export type RequestFile = { readonly form: 'sent'; readonly file: string; readonly read: ReadTrial } | ObjectsFile;

interface ObjectsFile {
  readonly form: 'objects';
  /** Names the request in errors. */
  readonly file: string;
  readonly record: JsonRecord;
}

/** A map of YAML in braces has keys without quotes. */
const looksLikeJson = /^\s*\{\s*["}]/;

/** @throws CommandError with every mistake */
export function readRequestFile(file: string): RequestFile {
  const text = readInput(file);
  if (looksLikeJson.test(text)) {
    const record = parseJsonRecord(text, file);
    if (!isSent(record)) {
      checkRequestKeys(record, file, ['variables']);
      return { form: 'objects', file, record };
    }
  }
  return { form: 'sent', file, read: successOf(readTrial(file, text)) };
}

const onlyIfSent = ['request', 'caller', 'certificate', 'metadata'];
const onlyOfObjects = ['authentication'];
const ofBoth = ['attributes', 'variables'];

/** Whether a record says what is sent, misspelt keys included. */
function isSent(record: JsonRecord): boolean {
  const known = [...onlyOfObjects, ...onlyIfSent, ...ofBoth];
  return Object.keys(record).some((key) => onlyIfSent.includes(nearest(key, known) ?? ''));
}

/** @throws CommandError if the caller cannot be known by the sources of the configuration */
export function tryRequest(request: RequestFile, authentication: AuthenticationSettings): TriedRequest {
  return request.form === 'sent'
    ? successOf(triedOf(request.read, authentication, makeIdentify(authentication)))
    : objectRequest(request);
}

/** `authentication` is the object itself, so no source is asked. */
export function objectRequest({ record, file }: Pick<ObjectsFile, 'record' | 'file'>): TriedRequest {
  const { attributes, authentication, variables } = readRequest(record, file);
  const connection = Object.entries(connectionAttributes).map(
    ([member, name]) => [name, attributes[member as keyof typeof connectionAttributes]] as const,
  );
  return {
    incoming: {
      headers: attributes.headers,
      attributes: new Map<string, JsonValue>(connection),
      metadata: emptyView,
      routePolicy: undefined,
    },
    identify: () => authentication,
    variables,
  };
}

/** Keys and secret variables that the file gives, by the names of their variables. */
export function keysGivenBy(request: RequestFile): ReadonlyMap<string, string> {
  return givenKeys(request.form === 'sent' ? { variables: request.read.trial.variables } : request.record);
}

function successOf<T>(reading: TrialReading<T>): T {
  if (reading.ok) return reading.value;
  throw new CommandError(asOneText(reading.problems));
}

function asOneText(problems: readonly Problem[]): string {
  return `the request cannot be used.\n${problems.map(formatProblem).join('\n')}`;
}
