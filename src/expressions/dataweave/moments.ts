/**
 * @module
 * A date and time in a time zone, and a number of years, months and days, as Java has them and Temporal has not: an
 * offset may have seconds, a zone keeps the name that it was given, and a period may have parts of both signs.
 */
import { offsetText, temporalZone } from './zone-names.ts';

/** A moment in a time zone: `Z`, an offset, or a name such as `Europe/Paris`, `UTC` and `UTC+02:00`. */
export class Moment {
  readonly zone: string;
  /** The local time in UTC if Temporal does not have the offset. */
  readonly #at: Temporal.ZonedDateTime;
  /** Such an offset in seconds. */
  readonly #offset: number | undefined;

  private constructor(zone: string, at: Temporal.ZonedDateTime, offset: number | undefined) {
    this.zone = zone;
    this.#at = at;
    this.#offset = offset;
  }

  static ofLocal(local: Temporal.PlainDateTime, zone: string): Moment {
    const id = temporalZone(zone);
    if (typeof id === 'string') return new Moment(zone, local.toZonedDateTime(id), undefined);
    return new Moment(zone, local.toZonedDateTime('UTC'), id);
  }

  static ofInstant(nanoseconds: bigint, zone: string): Moment {
    const id = temporalZone(zone);
    if (typeof id === 'string') return new Moment(zone, new Temporal.ZonedDateTime(nanoseconds, id), undefined);
    return new Moment(zone, new Temporal.ZonedDateTime(nanoseconds + BigInt(id) * 1_000_000_000n, 'UTC'), id);
  }

  static ofMilliseconds(milliseconds: number): Moment {
    return Moment.ofInstant(BigInt(milliseconds) * 1_000_000n, 'Z');
  }

  get local(): Temporal.PlainDateTime {
    return this.#at.toPlainDateTime();
  }

  get nanoseconds(): bigint {
    const { epochNanoseconds } = this.#at;
    return this.#offset === undefined ? epochNanoseconds : epochNanoseconds - BigInt(this.#offset) * 1_000_000_000n;
  }

  /** `Z`, `+02:00` or `+02:00:15`. */
  get offset(): string {
    return offsetText(this.offsetSeconds);
  }

  get offsetSeconds(): number {
    return this.#offset ?? this.#at.offsetNanoseconds / 1e9;
  }

  plus(span: Temporal.Duration | DateSpan): Moment {
    if (span instanceof DateSpan) return Moment.ofLocal(span.addedTo(this.local), this.zone);
    return new Moment(this.zone, this.#at.add(span), this.#offset);
  }

  inZone(zone: string): Moment {
    return Moment.ofInstant(this.nanoseconds, zone);
  }

  /** The start of the hour, also if the hour occurs twice. */
  startOfHour(): Moment {
    const start = { minute: 0, second: 0, millisecond: 0, microsecond: 0, nanosecond: 0 };
    return new Moment(this.zone, this.#at.with(start), this.#offset);
  }
}

interface WithDate<T> {
  add(span: Temporal.DurationLike): T;
}

const maxCount = 2 ** 31 - 1;

/** Years, months and days of a period, each in 32 bits. */
export class DateSpan {
  readonly years: number;
  readonly months: number;
  readonly days: number;

  /** @throws RangeError beyond 32 bits */
  constructor(years: number, months: number, days: number) {
    if ([years, months, days].some((part) => part > maxCount || part < -maxCount - 1)) {
      throw new RangeError('a part of a period is limited to 32 bits');
    }
    this.years = years;
    this.months = months;
    this.days = days;
  }

  negated(): DateSpan {
    return new DateSpan(0 - this.years, 0 - this.months, 0 - this.days);
  }

  /** First the months, then the days. */
  addedTo<T extends WithDate<T>>(date: T): T {
    return date.add({ months: this.years * 12 + this.months }).add({ days: this.days });
  }

  toString(): string {
    const parts = [
      [this.years, 'Y'],
      [this.months, 'M'],
      [this.days, 'D'],
    ] as const;
    const text = parts.flatMap(([count, unit]) => (count === 0 ? [] : [`${count}${unit}`])).join('');
    return `P${text === '' ? '0D' : text}`;
  }
}
