/**
 * @module
 * Times as policies write them: durations such as `60m` (`ExpiresIn`, and `NotBefore` relative to now) and dates
 * (`NotBefore`; vendor page, "Valid time values").
 */
import type { Edition } from './editions.ts';

const units: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** 100 million days. A later date is not valid in JavaScript. */
const maxDuration = 8_640_000_000_000_000;

export interface Duration {
  readonly milliseconds: number;
  /** The unit that is written; undefined if there is none, so that the edition decides which it is. */
  readonly unit: string | undefined;
}

/** Undefined if the text is not a duration. */
export function readDuration(text: string, edition: Edition): Duration | undefined {
  const match = /^([0-9]{1,16})(ms|[smhdw])?$/.exec(text);
  if (match === null) return undefined;
  const [, digits, unit] = match;
  const milliseconds = Number(digits) * (unit === undefined ? edition.bareUnit : (units[unit] ?? 1));
  return milliseconds > maxDuration ? undefined : { milliseconds, unit };
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** Java's names for zones with a fixed offset, in minutes east of Greenwich. */
const zones: ReadonlyMap<string, number> = new Map([
  ['GMT', 0],
  ['UTC', 0],
  ['UT', 0],
  ['Z', 0],
  ['WET', 0],
  ['WEST', 60],
  ['BST', 60],
  ['CET', 60],
  ['CEST', 120],
  ['MET', 60],
  ['MEST', 120],
  ['EET', 120],
  ['EEST', 180],
  ['MSK', 180],
  ['IST', 330],
  ['SGT', 480],
  ['HKT', 480],
  ['AWST', 480],
  ['JST', 540],
  ['KST', 540],
  ['ACST', 570],
  ['AEST', 600],
  ['AEDT', 660],
  ['NZST', 720],
  ['NZDT', 780],
  ['BRT', -180],
  ['NST', -210],
  ['AST', -240],
  ['ADT', -180],
  ['EST', -300],
  ['EDT', -240],
  ['CST', -360],
  ['CDT', -300],
  ['MST', -420],
  ['MDT', -360],
  ['PST', -480],
  ['PDT', -420],
  ['AKST', -540],
  ['AKDT', -480],
  ['HST', -600],
]);

const time = '(?<hour>\\d{1,2}):(?<minute>\\d{2}):(?<second>\\d{2})';
const weekday = '(?:Mon|Tue(?:s)?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?';
const month = '(?<month>[A-Za-z]{3,9})';

const formats: readonly RegExp[] = [
  // Sortable. The vendor's pattern has milliseconds and its sample does not; both are accepted.
  new RegExp(
    `^(?<year>\\d{4})-(?<month>\\d{2})-(?<day>\\d{2})T${time}(?:\\.(?<fraction>\\d{1,9}))?(?<zone>Z|[+-]\\d{2}:?\\d{2})$`,
  ),
  // RFC 1123
  new RegExp(
    `^${weekday}, (?<day>\\d{1,2}) ${month} (?<year>\\d{4}) ${time} (?<zone>[A-Z]+[A-Z:+\\d-]*|[+-]\\d{4})$`,
    'i',
  ),
  // RFC 850
  new RegExp(
    `^${weekday}, (?<day>\\d{1,2})-${month}-(?<year>\\d{2}|\\d{4}) ${time} (?<zone>[A-Z]+[A-Z:+\\d-]*|[+-]\\d{4})$`,
    'i',
  ),
  // ANSI C
  new RegExp(`^${weekday} ${month} +(?<day>\\d{1,2}) ${time} (?<year>\\d{4})$`, 'i'),
];

/**
 * A date in one of the four formats, in milliseconds since the epoch; undefined if the text is not such a date. The
 * vendor uses Java's SimpleDateFormat. Zones are offsets or the names in the table above; a date without a zone is in
 * UTC.
 */
export function readDate(text: string): number | undefined {
  for (const format of formats) {
    const groups = format.exec(text)?.groups;
    if (groups !== undefined) return toTime(groups);
  }
  return undefined;
}

function toTime(groups: Readonly<Record<string, string | undefined>>): number | undefined {
  const monthIndex = readMonth(groups['month'] ?? '');
  const offset = readZone(groups['zone'] ?? 'UTC');
  if (monthIndex === undefined || offset === undefined) return undefined;
  const number = (name: string): number => Number(groups[name] ?? 0);
  const milliseconds = Math.floor(Number(`0.${groups['fraction'] ?? 0}`) * 1000);
  const at = Date.UTC(
    readYear(groups['year'] ?? ''),
    monthIndex,
    number('day'),
    number('hour'),
    number('minute'),
    number('second'),
    milliseconds,
  );
  const date = new Date(at);
  // Date.UTC reads April 31 as May 1; here it is an error.
  const exists = date.getUTCDate() === number('day') && date.getUTCHours() === number('hour');
  return exists && number('minute') < 60 && number('second') < 60 ? at - offset * 60_000 : undefined;
}

function readMonth(text: string): number | undefined {
  if (/^\d{2}$/.test(text)) return Number(text) >= 1 && Number(text) <= 12 ? Number(text) - 1 : undefined;
  const index = months.indexOf(text.slice(0, 3).toLowerCase());
  return index === -1 ? undefined : index;
}

/** Java places two digits in the hundred years that end 20 years from now. Until 2030, 1950 to 2049 is equivalent. */
function readYear(text: string): number {
  const year = Number(text);
  if (text.length > 2) return year;
  return year < 50 ? 2000 + year : 1900 + year;
}

/** Minutes east of Greenwich. */
function readZone(text: string): number | undefined {
  const offset = /^(?:GMT|UTC)?([+-])(\d{1,2}):?(\d{2})$/i.exec(text);
  if (offset === null) return zones.get(text.toUpperCase());
  const minutes = Number(offset[2]) * 60 + Number(offset[3]);
  if (Number(offset[2]) > 23 || Number(offset[3]) > 59) return undefined;
  return offset[1] === '-' ? -minutes : minutes;
}
