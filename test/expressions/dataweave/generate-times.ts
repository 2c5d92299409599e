/**
 * @module
 * Random literals and coercions of dates, times, offsets, time zones and periods, valid and almost valid.
 */
import type { Dice } from '../../search/dice.ts';

function list(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}

const years = list(`2020 2021 0000 0001 9999 1970 -0001 -2020 +2020 +12020 +99999 -99999 20201 202 2024 1582 +10000`);
const months = list('01 02 12 11 00 13 1');
const days = list('01 29 30 31 28 00 32 1');
const fractions = list('.1 .12 .123 .1234 .123456789 .1234567890 ,5 .000 .120 .');
const offsets = list(`
  Z z +02:00 -02:30 +2 +02 +0200 -18:00 +18:00 +18:01 -18:00:01 +17:59:59 +02:00:00 +02:00:15 +020015 +00:00 -00:00
  +00:00:00 +1:00 +01:60 +01:59:60 +19 +00 -00 +0000 -00:00:30 +05:30:15 02:00 +023 +0`);
const zones = list(`
  Europe/Paris UTC GMT UT UTC+2 UTC+02 UTC+02:00 UTC+0200 GMT+2 GMT-03:30 UT+5 UT-05:00:15 UTC+18 UTC+19 UTCZ GMT0
  Etc/UTC Etc/GMT+5 europe/paris Zulu Z UTC-0 GMT-00:00 EST PST CST6CDT SystemV/PST8PDT SystemV/EST5 Asia/Kolkata
  Nowhere/City UTC+ GMT+02:00:00 UTC+1:00 America/New_York WET HST US/Pacific Greenwich JST ACT Europe/Kiev Factory`);
const counts = list('1 2 0 -1 +1 12 -0 30 400 100 4000 1.5 007 --1');
const seconds = list('1.5 0.5 -1. +1.123456789 30.1234567891 -0,5 1.000 -0.50 61 -3599');
const durationUnits = list('months years days hours minutes seconds milliseconds nanos');
const formats = list(`xxx XXX Z VV O OOOO xxxxx XXXXX xx x ZZZZZ ZZZZ yyyy-MM-dd HH:mm:ss.SSS uuuu D`);
const kinds = list('Date DateTime LocalDateTime Time LocalTime TimeZone');
const parts = list(`
  year month day hour minutes seconds nanoseconds milliseconds dayOfWeek dayOfYear quarter timezone offsetSeconds`);

export class TimeGenerator {
  readonly #dice: Dice;

  constructor(dice: Dice) {
    this.#dice = dice;
  }

  next(): string {
    const dice = this.#dice;
    const [text, kind] = this.#text();
    if (dice.chance(30)) return `|${text}|`;
    const value = `('${text}' as ${dice.chance(85) ? kind : dice.pick(kinds)})`;
    if (dice.chance(50)) return value;
    if (kind === 'Period') return this.#ofPeriod(value);
    return kind === 'TimeZone' ? this.#ofZone(value) : this.#ofMoment(value);
  }

  #text(): [text: string, kind: string] {
    const dice = this.#dice;
    const zone = (): string => dice.pick(zones);
    switch (dice.roll(7)) {
      case 0:
        return [this.#date() + (dice.chance(25) ? dice.pick(offsets) : ''), 'Date'];
      case 1:
        return [`${this.#date()}T${this.#clock()}`, 'LocalDateTime'];
      case 2:
        return [
          `${this.#date()}T${this.#clock()}${dice.pick(offsets)}${dice.chance(25) ? `[${zone()}]` : ''}`,
          'DateTime',
        ];
      case 3:
        return [this.#clock(), 'LocalTime'];
      case 4:
        return [this.#clock() + dice.pick(offsets), 'Time'];
      case 5:
        return [dice.chance(50) ? dice.pick(offsets) : zone(), 'TimeZone'];
      default:
        return [this.#period(), 'Period'];
    }
  }

  #date(): string {
    const dice = this.#dice;
    const year = dice.pick(years);
    if (dice.chance(75)) return `${year}-${dice.pick(months)}-${dice.pick(days)}`;
    if (dice.chance(50)) return `${year}-W${dice.pick(list('01 52 53 00 54 1'))}-${dice.pick(list('1 7 0 8'))}`;
    return `${year}-${dice.pick(list('001 060 365 366 000 367 45'))}`;
  }

  #clock(): string {
    const dice = this.#dice;
    const minutes = `${dice.pick(list('00 10 23 24 25 1 12'))}:${dice.pick(list('00 30 59 60 5'))}`;
    if (dice.chance(30)) return minutes;
    const whole = `${minutes}:${dice.pick(list('00 15 59 60 61 5'))}`;
    return dice.chance(45) ? whole : whole + dice.pick(fractions);
  }

  #period(): string {
    const dice = this.#dice;
    const some = (units: string): string =>
      [...units].map((unit) => (dice.chance(45) ? dice.pick(counts) + unit : '')).join('');
    const start = dice.pick(['P', 'P', 'P', '-P', '+P', 'p']);
    if (dice.chance(50)) return start + some('YMWD');
    const end = dice.chance(50) ? `${dice.pick(seconds)}S` : '';
    return `${start}${dice.chance(30) ? `${dice.pick(counts)}D` : ''}T${some('HM')}${end}`;
  }

  #ofPeriod(value: string): string {
    const unit = this.#dice.pick(durationUnits);
    const shifted = list('|2020-01-31| |2020-01-31T10:20:30| |2020-01-31T10:20:30+02:00| |10:20:30|');
    return this.#dice.pick([
      `${value} as Number`,
      `${value} as Number {unit: '${unit}'}`,
      `${this.#dice.pick(shifted)} ${this.#dice.pick(['+', '-'])} ${value}`,
      `${value}.${this.#dice.pick(list('years months days hours minutes secs seconds'))}`,
      `${value} == |P1D|`,
    ]);
  }

  #ofZone(value: string): string {
    return this.#dice.pick([
      `|2020-01-31T10:20:30Z| >> ${value}`,
      `|2020-01-31T10:20:30| ++ ${value}`,
      `|2020-01-31| ++ ${value}`,
      `${value} == |+02:00|`,
      `(|2020-07-01T10:20:30Z| >> ${value}) as String {format: '${this.#dice.pick(formats)}'}`,
      `(|2020-07-01T10:20:30Z| >> ${value}).${this.#dice.pick(parts)}`,
    ]);
  }

  #ofMoment(value: string): string {
    return this.#dice.pick([
      `${value} as Number`,
      `${value} ${this.#dice.pick(['+ |P1D|', '- |PT1H|', '+ |P1M|', '+ |P1M-3D|'])}`,
      `${value}.${this.#dice.pick(parts)}`,
      `${value} as String {format: '${this.#dice.pick(formats)}'}`,
      `${value} >> 'Europe/Paris'`,
      `${value} < |2020-01-31T10:20:30Z|`,
      `${value} == |2020-01-31T10:20:30Z|`,
      `${value} - |2020-01-31T10:20:30Z|`,
      `${value} as ${this.#dice.pick(kinds)}`,
    ]);
  }
}
