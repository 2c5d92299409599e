/**
 * @module
 * Absolute times as `NotBefore` takes them (vendor page, "Valid time values"): sortable, RFC 1123, RFC 850 and ANSI C.
 *
 * The vendor reads them by Java's SimpleDateFormat. Zones are read by offset or by the names in the table below; a time
 * without a zone is in UTC.
 */

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** Names that Java knows for zones of fixed offset, in minutes east of Greenwich. */
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
  // sortable; the vendor's own sample has neither milliseconds nor the zone form of its pattern, and both are read
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

/** Milliseconds since the epoch; undefined where the text is in none of the four formats or no date there is. */
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
  // The 31st of April is the 1st of May for Date.UTC, and a mistake for us.
  const exists = date.getUTCDate() === number('day') && date.getUTCHours() === number('hour');
  return exists && number('minute') < 60 && number('second') < 60 ? at - offset * 60_000 : undefined;
}

function readMonth(text: string): number | undefined {
  if (/^\d{2}$/.test(text)) return Number(text) >= 1 && Number(text) <= 12 ? Number(text) - 1 : undefined;
  const index = months.indexOf(text.slice(0, 3).toLowerCase());
  return index === -1 ? undefined : index;
}

/** Java puts two digits into the hundred years that end twenty years from now; 1950 to 2049 is the same until 2030. */
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
