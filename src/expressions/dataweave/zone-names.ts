/**
 * @module
 * Parses offsets and names of time zones as Java does.
 */

/** The range of Java's `ZoneOffset` in either direction. */
const maxMinutes = 18 * 60;

/**
 * Normalizes `+2`, `+02`, `+02:00` and `+0200` to `+02:00`; seconds are allowed if they are zero. `Z` remains.
 * Undefined if the string is not an offset, or is beyond 18 hours.
 */
export function offsetOf(text: string): string | undefined {
  if (text === 'Z') return text;
  const found = /^([+-])(?:(\d{1,2})|(\d\d)(?::([0-5]\d)(?::00)?|([0-5]\d)(?:00)?))$/.exec(text);
  if (found === null) return undefined;
  const [, sign = '+', narrow, wide = '0', minutes, alone] = found;
  return offsetFrom(sign, Number(narrow ?? wide), Number(minutes ?? alone ?? 0));
}

/** Undefined beyond 18 hours. */
export function offsetFrom(sign: string, hours: number, minutes: number): string | undefined {
  const total = hours * 60 + minutes;
  if (total > maxMinutes) return undefined;
  const two = (number: number): string => String(number).padStart(2, '0');
  return `${sign}${two(Math.floor(total / 60))}:${two(total % 60)}`;
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

/**
 * A region by its name, which is case-sensitive. `UTC+2` and the like are not regions.
 *
 * @param withShort whether Java's short names are accepted
 * @throws RangeError for an unknown name
 */
export function zoneNamed(text: string, withShort = false): string | undefined {
  const full = shortNames.get(text);
  if (full !== undefined) return withShort ? full : undefined;
  if (!/^[A-Za-z][A-Za-z0-9_+-]*(?:\/[A-Za-z0-9_+-]+)*$/.test(text) || /^(?:UTC|GMT|UT)[+-]/.test(text))
    return undefined;
  return new Temporal.ZonedDateTime(0n, text).timeZoneId === text ? text : undefined;
}
