/**
 * @module
 * The log: one JSON object per line. A line has a message and the fields below, and nothing else. No header, claim or
 * key can appear because a whole object was logged.
 */
import { pino, stdTimeFunctions } from 'pino';
import type { Code } from '../diagnostics/codes.ts';
import { MintError, memberField, type Origin } from '../diagnostics/mint-error.ts';
import { LocatedError } from '../diagnostics/problem.ts';
import { placeText } from '../diagnostics/source-text.ts';
import { ListenError } from '../net/listen-error.ts';
import type { Lost } from './line-writer.ts';

/** The minimum severity of the lines that are written. mintproc writes no lines at `fatal` or `trace`. */
export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';

/**
 * The fields of a line in addition to its message. Only `requestId` and `traceId` come from a request, and
 * `client` from a handshake.
 */
export interface LogFields {
  readonly code?: Code | undefined;
  /** Envoy's x-request-id. A value that does not look like an id is left out. */
  readonly requestId?: string | undefined;
  /** The trace of the request. Anything but hexadecimal digits is left out. */
  readonly traceId?: string | undefined;
  readonly policy?: string | undefined;
  readonly outcome?: string | undefined;
  /** The reason as a sentence without values, like the message of a MintError. */
  readonly reason?: string | undefined;
  /** What to write or to do instead, like the suggestion of a problem. */
  readonly suggestion?: string | undefined;
  /** The claim that failed, by its name in the policy. */
  readonly claim?: string | undefined;
  /** The header parameter that failed, by its name in the policy. */
  readonly headerParameter?: string | undefined;
  /** `file:line:column`. */
  readonly place?: string | undefined;
  readonly address?: string | undefined;
  /** The name of an environment variable. */
  readonly variable?: string | undefined;
  /** Which requests are traced. */
  readonly sampling?: string | undefined;
  /** A name in a client's certificate: a SPIFFE ID or a host, of plain characters. */
  readonly client?: string | undefined;
  readonly signal?: string | undefined;
  readonly exitCode?: number | undefined;
  /** The number of a worker process, from 1. */
  readonly worker?: number | undefined;
  readonly version?: string | undefined;
  readonly generation?: number | undefined;
  readonly policies?: number | undefined;
  /** The name of a key; never the key. */
  readonly kid?: string | undefined;
  /** The name of the key that signed before `kid`. */
  readonly replaces?: string | undefined;
  /** A time in ISO 8601. */
  readonly at?: string | undefined;
  /** The start and the end of a period, in ISO 8601. */
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  /** The names of what a reload added, removed and changed. */
  readonly changes?: string | undefined;
  readonly seconds?: number | undefined;
  /** CPU seconds. */
  readonly cpuSeconds?: number | undefined;
  /** What the process was doing. */
  readonly activity?: string | undefined;
  /** The number of lines that were left out before this one. */
  readonly suppressed?: number | undefined;
  /** How many of those were audit lines. */
  readonly suppressedAudit?: number | undefined;
  /** The class of an error. */
  readonly error?: string | undefined;
  /** An error's code from Node or the system, such as ECONNRESET. */
  readonly systemCode?: string | undefined;
  /** Places in the source code, one per line. */
  readonly stack?: string | undefined;
}

export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** Logs an error at level `error`: mintproc's own errors with code and message, others with class and code only. */
  failure(message: string, error: unknown, fields?: LogFields): void;
}

/** The type of each field, checked at run time. */
const fieldTypes: Readonly<Record<keyof LogFields, 'string' | 'number'>> = {
  code: 'string',
  requestId: 'string',
  traceId: 'string',
  policy: 'string',
  outcome: 'string',
  reason: 'string',
  suggestion: 'string',
  claim: 'string',
  headerParameter: 'string',
  place: 'string',
  address: 'string',
  variable: 'string',
  sampling: 'string',
  client: 'string',
  signal: 'string',
  exitCode: 'number',
  worker: 'number',
  version: 'string',
  generation: 'number',
  policies: 'number',
  kid: 'string',
  replaces: 'string',
  at: 'string',
  since: 'string',
  until: 'string',
  changes: 'string',
  seconds: 'number',
  cpuSeconds: 'number',
  activity: 'string',
  suppressed: 'number',
  suppressedAudit: 'number',
  error: 'string',
  systemCode: 'string',
  stack: 'string',
};

/**
 * Maximum UTF-16 code units of a string in a line; longer strings are cut. @internal Exported for the test at the
 * limit.
 */
export const maxTextLength = 2_000;

/** The pattern of request ids in the log and the audit. */
export const requestIdForm = /^[\w.:-]{1,128}$/;

/** The pattern of trace ids in the log and the audit. */
export const traceIdForm = /^(?:[0-9a-f]{16}){1,2}$/;

/**
 * @param write takes each line, with its line feed
 * @param worker the worker's number, written in every line; undefined outside a worker
 */
export function createLog(level: LogLevel, write: (line: string) => void, worker?: number): Log {
  const logger = pino(
    {
      level,
      base: worker === undefined ? null : { worker },
      messageKey: 'message',
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write },
  );
  return {
    debug: (message, fields) => logger.isLevelEnabled('debug') && logger.debug(admitted(fields), cut(message)),
    info: (message, fields) => logger.info(admitted(fields), cut(message)),
    warn: (message, fields) => logger.warn(admitted(fields), cut(message)),
    error: (message, fields) => logger.error(admitted(fields), cut(message)),
    failure: (message, error, fields) => logger.error(admitted({ ...fields, ...describe(error) }), cut(message)),
  };
}

/** The line that replaces lines that could not be written. It is written at any log level. */
export function gapLine({ log: ofLog, audit }: Lost, worker?: number): string {
  const written: string[] = [];
  const log = createLog('error', (line) => written.push(line), worker);
  const suppressedAudit = audit === 0 ? undefined : audit;
  const fields = { suppressed: ofLog + audit, suppressedAudit };
  log.error('Log lines could not be written and are lost.', fields);
  return written.join('');
}

/** The forms of the fields that a request decides. */
const idForms: ReadonlyMap<string, RegExp> = new Map([
  ['requestId', requestIdForm],
  ['traceId', traceIdForm],
]);

function admitted(fields: LogFields | undefined): Record<string, string | number> {
  const taken: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(fields ?? {})) {
    if (!isField(name) || typeof value !== fieldTypes[name]) continue;
    if (idForms.get(name)?.test(`${value}`) === false) continue;
    taken[name] = typeof value === 'string' ? cut(value) : toMicroseconds(value);
  }
  return taken;
}

/** More digits of a duration would only be noise. Counts do not change. */
function toMicroseconds(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}

function isField(name: string): name is keyof LogFields {
  return Object.hasOwn(fieldTypes, name);
}

function cut(text: string): string {
  return text.length > maxTextLength ? `${text.slice(0, maxTextLength)}…` : text;
}

/** The member of the token that failed, and the place in the policy that defines it. */
export function describeOrigin(origin: Origin): LogFields {
  return { ...memberField(origin), place: placeText(origin.place) };
}

/** Leaves out the messages of foreign errors, because they may quote values. */
function describe(error: unknown): LogFields {
  if (error instanceof LocatedError) {
    const { code, message, suggestion, place } = error.problem;
    return { error: error.name, code, reason: message, suggestion, place: placeText(place) };
  }
  if (error instanceof ListenError) {
    return { error: error.name, code: error.code, reason: error.message, suggestion: error.suggestion };
  }
  if (error instanceof MintError) return { error: error.name, code: error.code, reason: error.message };
  if (!(error instanceof Error)) return { error: typeof error };
  const systemCode = 'code' in error && typeof error.code === 'string' ? { systemCode: error.code } : {};
  const stack = error.stack ?? '';
  // The message may contain line breaks, so the stack frames are taken from behind it.
  const places = stack.slice(stack.indexOf(error.message) + error.message.length);
  const frames = places.split('\n').filter((line) => line.startsWith('    at '));
  return { error: error.name, ...systemCode, stack: frames.map((frame) => frame.trim()).join('\n') };
}
