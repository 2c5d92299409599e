/**
 * @module
 * Dates as Java reads them by ISO 8601: by month, by week or by day of the year, with a sign before a year that has more
 * than four digits. Temporal knows the first form alone, and wants six digits behind a sign.
 */

/** What `as` takes for a year, before the year 0 with four digits, too; and what a literal does. */
const year = String.raw`(?:\d{4}|\+\d{5,10}|-(?!0+-)\d{4,10})`;
const writtenYear = String.raw`(?:\d{4}|(?:\+|-(?!0+-))\d{5})`;

/** Year, month and day, as the beginning of a pattern. */
export const calendarDate = String.raw`${year}-\d\d-\d\d`;
export const writtenCalendarDate = String.raw`${writtenYear}-\d\d-\d\d`;

const countedDate = String.raw`(?:-W\d\d-\d|-\d{3})`;
/** It says nothing of a date, and so may be farther than 18 hours. */
const anyOffset = String.raw`(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?)?`;
const anyWrittenOffset = String.raw`(?:Z|[+-]\d\d:[0-5]\d)?`;

/** What `as Date` takes. Only a week or a day of the year may have an offset. */
export const date = new RegExp(`^(?:${calendarDate}|${year}${countedDate}${anyOffset})$`, 'i');
export const writtenDate = new RegExp(`^${writtenYear}(?:-\\d\\d-\\d\\d|${countedDate})${anyWrittenOffset}$`);

/** @throws RangeError where there is no such day, or Temporal does not reach it */
export function readDate(text: string): Temporal.PlainDate | undefined {
  const byMonth = /^([+-]?\d+-\d\d-\d\d)(?:Z|[+-].*)?$/.exec(text);
  if (byMonth !== null) return Temporal.PlainDate.from(temporalText(byMonth[1] ?? ''), strict);
  const [, inYear = '', week, day, dayOfYear] = /^([+-]?\d+)(?:-W(\d\d)-(\d)|-(\d{3}))/i.exec(text) ?? [];
  if (week !== undefined) return ofWeek(Number(inYear), Number(week), Number(day));
  return dayOfYear === undefined ? undefined : ofYear(Number(inYear), Number(dayOfYear));
}

const strict = { overflow: 'reject' } as const;

function ofWeek(inYear: number, week: number, day: number): Temporal.PlainDate | undefined {
  if (day < 1 || day > 7) return undefined;
  // The fourth of January is always in the first week.
  const fourth = new Temporal.PlainDate(inYear, 1, 4);
  const found = fourth.add({ days: 7 * (week - 1) + day - fourth.dayOfWeek });
  return found.weekOfYear === week && found.yearOfWeek === inYear ? found : undefined;
}

function ofYear(inYear: number, day: number): Temporal.PlainDate | undefined {
  const found = new Temporal.PlainDate(inYear, 1, 1).add({ days: day - 1 });
  return found.year === inYear ? found : undefined;
}

/** The text with its year as Temporal wants it. */
export function temporalText(text: string): string {
  return text.replace(/^([+-])0*(\d+)/, (_, sign, digits) => sign + digits.padStart(6, '0'));
}
