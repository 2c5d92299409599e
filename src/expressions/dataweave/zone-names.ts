/**
 * @module
 * Parses offsets and names of time zones as Java does.
 */

/** The range of Java's `ZoneOffset` in either direction. */
const maxSeconds = 18 * 3600;

/**
 * Normalizes `+2`, `+02`, `+02:00`, `+0200`, `+02:00:00` and `+020000` to `+02:00`. Seconds that are not zero remain.
 * `Z` and an offset of zero are `Z`. Undefined if the string is not an offset, or is beyond 18 hours.
 */
export function offsetOf(text: string): string | undefined {
  if (text === 'Z') return text;
  const found =
    /^([+-])(\d{1,2})()()$/.exec(text) ??
    /^([+-])(\d\d):([0-5]\d)(?::([0-5]\d))?$/.exec(text) ??
    /^([+-])(\d\d)([0-5]\d)([0-5]\d)?$/.exec(text);
  if (found === null) return undefined;
  const [, sign = '+', hours, minutes, seconds] = found;
  return offsetFrom(sign, Number(hours), Number(minutes ?? 0), Number(seconds ?? 0));
}

/** Undefined beyond 18 hours. */
export function offsetFrom(sign: string, hours: number, minutes: number, seconds = 0): string | undefined {
  const total = hours * 3600 + minutes * 60 + seconds;
  return total > maxSeconds ? undefined : offsetText(sign === '-' ? -total : total);
}

/** `Z`, `+02:00`, or `+02:00:15`. */
export function offsetText(seconds: number): string {
  if (seconds === 0) return 'Z';
  const size = Math.abs(seconds);
  const two = (number: number): string => String(Math.floor(number)).padStart(2, '0');
  const rest = size % 60 === 0 ? '' : `:${two(size % 60)}`;
  return `${seconds < 0 ? '-' : '+'}${two(size / 3600)}:${two((size / 60) % 60)}${rest}`;
}

/** @param offset as `offsetText` writes it */
export function offsetSeconds(offset: string): number {
  if (offset === 'Z') return 0;
  const [hours = 0, minutes = 0, seconds = 0] = offset.slice(1).split(':').map(Number);
  return (offset.startsWith('-') ? -1 : 1) * (hours * 3600 + minutes * 60 + seconds);
}

/** Java's `ZoneId.SHORT_IDS`. */
const shortNames: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ACT: 'Australia/Darwin',
    AET: 'Australia/Sydney',
    AGT: 'America/Argentina/Buenos_Aires',
    ART: 'Africa/Cairo',
    AST: 'America/Anchorage',
    BET: 'America/Sao_Paulo',
    BST: 'Asia/Dhaka',
    CAT: 'Africa/Harare',
    CNT: 'America/St_Johns',
    CST: 'America/Chicago',
    CTT: 'Asia/Shanghai',
    EAT: 'Africa/Addis_Ababa',
    ECT: 'Europe/Paris',
    EST: 'America/Panama',
    HST: 'Pacific/Honolulu',
    IET: 'America/Indiana/Indianapolis',
    IST: 'Asia/Kolkata',
    JST: 'Asia/Tokyo',
    MIT: 'Pacific/Apia',
    MST: 'America/Phoenix',
    NET: 'Asia/Yerevan',
    NST: 'Pacific/Auckland',
    PLT: 'Asia/Karachi',
    PNT: 'America/Phoenix',
    PRT: 'America/Puerto_Rico',
    PST: 'America/Los_Angeles',
    SST: 'Pacific/Guadalcanal',
    VST: 'Asia/Ho_Chi_Minh',
  }),
);

/** Zones of old System V, which Java still has. */
const systemV: ReadonlyMap<string, string> = new Map(
  Object.entries({
    AST4: '-04:00',
    AST4ADT: 'America/Halifax',
    EST5: '-05:00',
    EST5EDT: 'America/New_York',
    CST6: '-06:00',
    CST6CDT: 'America/Chicago',
    MST7: '-07:00',
    MST7MDT: 'America/Denver',
    PST8: '-08:00',
    PST8PDT: 'America/Los_Angeles',
    YST9: '-09:00',
    YST9YDT: 'America/Anchorage',
    HST10: '-10:00',
  }).map(([name, zone]) => [`SystemV/${name}`, zone]),
);

/** `UTC`, `GMT` or `UT`, and an offset: `UTC+2`. */
const prefixed = /^(UTC|GMT|UT)([+-].*)$/;

/**
 * A time zone by its name, which is case-sensitive: an offset, `UTC+2`, a region, or one of Java's short names.
 *
 * @throws RangeError for an unknown name
 */
export function zoneNamed(text: string): string | undefined {
  const [, prefix, rest = ''] = prefixed.exec(text) ?? [];
  if (prefix === undefined) return offsetOf(text) ?? shortNames.get(text) ?? regionNamed(text);
  const offset = offsetOf(rest);
  return offset === 'Z' ? prefix : offset && prefix + offset;
}

/** The name in brackets after a date and time. Java takes offsets there only as it writes them, and no short names. */
export function zoneInBrackets(text: string): string | undefined {
  const [, prefix = '', offset = text] = prefixed.exec(text) ?? [];
  if (/^(?:Z|[+-]\d\d:[0-5]\d(?::[0-5]\d)?)$/.test(offset)) return zoneNamed(text);
  return prefix !== '' || shortNames.has(text) ? undefined : regionNamed(text);
}

/** @throws RangeError for an unknown name */
function regionNamed(text: string): string | undefined {
  if (text === 'UT' || systemV.has(text)) return text;
  if (text === 'ROC' || !/^[A-Za-z][A-Za-z0-9_+-]*(?:\/[A-Za-z0-9_+-]+)*$/.test(text)) return undefined;
  return new Temporal.ZonedDateTime(0n, text).timeZoneId === text ? text : undefined;
}

/** Whether Java writes the zone as it is named, by every letter: an offset, or one after `UTC`, `GMT` or `UT`. */
export function isOffsetZone(zone: string): boolean {
  return /^(?:(?:UTC|GMT|UT)?[+-].*|Z)$/.test(zone);
}

/** Whether the name is one of Java's short ones, which a date format with `VV` does not take. */
export function isShortName(text: string): boolean {
  return shortNames.has(text);
}

/** The zone in Temporal; the seconds of an offset that Temporal does not have. */
export function temporalZone(zone: string): string | number {
  const [, , offset = zone] = prefixed.exec(zone) ?? [];
  if (offset === 'Z' || offset === 'UT') return 'UTC';
  if (!/^[+-]/.test(offset)) return systemV.get(zone) ?? zone;
  const seconds = offsetSeconds(offset);
  return seconds % 60 === 0 ? offset : seconds;
}

/** The offset of a zone that has had only one since 2020; undefined for others. */
export function constantOffset(zone: string): string | undefined {
  const id = temporalZone(zone);
  if (typeof id === 'number') return offsetText(id);
  const at = new Temporal.PlainDateTime(2020, 1, 1).toZonedDateTime(id);
  return at.getTimeZoneTransition('next') === null ? offsetText(at.offsetNanoseconds / 1e9) : undefined;
}
