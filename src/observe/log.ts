/**
 * @module
 * The log: one JSON object a line. It takes a message and the fields below and nothing else, so that no header, claim
 * or key can slip in with an object that was logged whole.
 */
import { pino, stdTimeFunctions } from 'pino';
import type { Code } from '../diagnostics/codes.ts';
import { MintError, memberField, type Origin } from '../diagnostics/mint-error.ts';
import { LocatedError } from '../diagnostics/problem.ts';
import { placeText } from '../diagnostics/source-text.ts';
import { ListenError } from '../net/listen-error.ts';
import type { Lost } from './line-writer.ts';

/** The least severe line that is written; nothing is written at `fatal` or `trace` itself. */
export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';

/** Everything a line may say beside its message; none of it comes from a request but its id. */
export interface LogFields {
  readonly code?: Code | undefined;
  /** Envoy's x-request-id, in the form of an id; anything else is left out. */
  readonly requestId?: string | undefined;
  readonly policy?: string | undefined;
  readonly outcome?: string | undefined;
  /** The reason in a sentence that holds no value, as a MintError's message does. */
  readonly reason?: string | undefined;
  /** The claim that could not be made, as the policy names it. */
  readonly claim?: string | undefined;
  /** The header parameter that could not be made, as the policy names it. */
  readonly headerParameter?: string | undefined;
  /** `file:line:column`. */
  readonly place?: string | undefined;
  readonly address?: string | undefined;
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
  /** A time, as ISO 8601 has it. */
  readonly at?: string | undefined;
  /** Times too, from which and until which something holds. */
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  /** What a reload added, removed and changed: names alone. */
  readonly changes?: string | undefined;
  readonly seconds?: number | undefined;
  /** Seconds of CPU. */
  readonly cpuSeconds?: number | undefined;
  /** What the program was doing. */
  readonly activity?: string | undefined;
  /** How many lines were left out before this one. */
  readonly suppressed?: number | undefined;
  /** How many of them were lines of the audit. */
  readonly suppressedAudit?: number | undefined;
  /** The class of an error. */
  readonly error?: string | undefined;
  /** An error's code from Node or the system, such as ECONNRESET. */
  readonly systemCode?: string | undefined;
  /** Places in the source, one a line. */
  readonly stack?: string | undefined;
}

export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** An error at level `error`: our own with code and sentence, any other by its class and code alone. */
  failure(message: string, error: unknown, fields?: LogFields): void;
}

/** The guard at run time: what each field may hold. */
const fieldTypes: Readonly<Record<keyof LogFields, 'string' | 'number'>> = {
  code: 'string',
  requestId: 'string',
  policy: 'string',
  outcome: 'string',
  reason: 'string',
  claim: 'string',
  headerParameter: 'string',
  place: 'string',
  address: 'string',
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

/** UTF-16 units of a text in a line; longer ones are cut. */
export const longestText = 2_000;

/** Ids that lines of the log and of the audit take. */
export const requestIdForm = /^[\w.:-]{1,128}$/;

/**
 * @param write takes each line, with its line feed
 * @param worker stands in every line; left out in a process that is no worker
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

/** What stands in the place of lines that could not be written, at any level. */
export function gapLine({ log: ofLog, audit }: Lost, worker?: number): string {
  const written: string[] = [];
  const log = createLog('error', (line) => written.push(line), worker);
  const suppressedAudit = audit === 0 ? undefined : audit;
  const fields = { suppressed: ofLog + audit, suppressedAudit };
  log.error('Lines of the log could not be written and are lost.', fields);
  return written.join('');
}

function admitted(fields: LogFields | undefined): Record<string, string | number> {
  const taken: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(fields ?? {})) {
    if (!isField(name) || typeof value !== fieldTypes[name]) continue;
    if (name === 'requestId' && !requestIdForm.test(value)) continue;
    taken[name] = typeof value === 'string' ? cut(value) : value;
  }
  return taken;
}

function isField(name: string): name is keyof LogFields {
  return Object.hasOwn(fieldTypes, name);
}

function cut(text: string): string {
  return text.length > longestText ? `${text.slice(0, longestText)}…` : text;
}

/** Which member of the token failed, and where the policy says what its value is. */
export function describeOrigin(origin: Origin): LogFields {
  return { ...memberField(origin), place: placeText(origin.place) };
}

/** Messages of errors that are not ours may quote what they worked on, so they stay out. */
function describe(error: unknown): LogFields {
  if (error instanceof LocatedError) {
    const { code, message, place } = error.problem;
    return { error: error.name, code, reason: message, place: placeText(place) };
  }
  if (error instanceof MintError || error instanceof ListenError) {
    return { error: error.name, code: error.code, reason: error.message };
  }
  if (!(error instanceof Error)) return { error: typeof error };
  const systemCode = 'code' in error && typeof error.code === 'string' ? { systemCode: error.code } : {};
  const stack = error.stack ?? '';
  // A message may hold line breaks, and then anything; the places begin behind it.
  const places = stack.slice(stack.indexOf(error.message) + error.message.length);
  const frames = places.split('\n').filter((line) => line.startsWith('    at '));
  return { error: error.name, ...systemCode, stack: frames.map((frame) => frame.trim()).join('\n') };
}
