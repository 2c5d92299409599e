/**
 * @module
 * The trace that a request belongs to: the header `traceparent` of W3C Trace Context (w3.org/TR/trace-context). The
 * caller may have chosen it, so it is only taken in exactly its form.
 */
import type { HeaderFields } from './header-fields.ts';

/** The parts of a valid `traceparent`. Ids are lower-case hexadecimal digits, and never all zeros. */
export interface TraceContext {
  /** From 0 to 254. A version above 0 may have more parts, which are ignored (section 3.2.4). */
  readonly version: number;
  /** 32 digits. */
  readonly traceId: string;
  /** 16 digits: the caller's span. */
  readonly parentId: string;
  /** One byte. The lowest bit says that the caller samples the trace (section 3.2.2.5.1). */
  readonly flags: number;
  /** The lowest bit of `flags`. */
  readonly isSampled: boolean;
}

/** The length of version 00, which is the beginning of every later version. */
const length = 55;

/** A later version may be longer. What is longer than this is not looked at. */
const maxLength = 512;

/** Version, trace id, parent id and flags. No id is all zeros, and no version is ff (sections 3.2.2.1 to 3.2.2.4). */
const form = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-|$)/;

/** @returns undefined without a valid `traceparent`, or with several: nobody can say which one is the caller's */
export function traceContextOf(headers: HeaderFields): TraceContext | undefined {
  const value = headers.first('traceparent');
  if (value === undefined || headers.last('traceparent') !== value) return undefined;
  return parseTraceparent(value);
}

/**
 * Maximum length of `tracestate`: the length that section 3.3.1.5 asks everybody to pass on.
 */
export const maxStateLength = 512;

/**
 * `tracestate`, with the values of a repeated header joined by commas (section 3.3.1). Its members are not checked.
 *
 * @returns undefined without it, or if it is too long
 */
export function traceStateOf(headers: HeaderFields): string | undefined {
  const values = headers.values('tracestate');
  const length = values.reduce((sum, value) => sum + value.length + 1, -1);
  return values.length === 0 || length > maxStateLength ? undefined : values.join(',');
}

/** @returns undefined if the value does not have the form of section 3.2 */
export function parseTraceparent(value: string): TraceContext | undefined {
  if (value.length < length || value.length > maxLength || !form.test(value)) return undefined;
  const version = Number.parseInt(value.slice(0, 2), 16);
  // Version 00 ends after its flags.
  if (version === 0 && value.length > length) return undefined;
  const flags = Number.parseInt(value.slice(53, 55), 16);
  return {
    version,
    traceId: value.slice(3, 35),
    parentId: value.slice(36, 52),
    flags,
    isSampled: (flags & 1) === 1,
  };
}
