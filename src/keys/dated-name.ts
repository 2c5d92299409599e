/**
 * @module
 * The names of key files that say when their key begins to sign: `20260701T000000Z--KID.pem`. The time is in the basic
 * format of ISO 8601, in UTC, since the names in a Kubernetes Secret cannot have colons.
 */

/** What the name of a file says of its key. */
export interface DatedName {
  /** In milliseconds since the epoch. */
  readonly activeFrom: number;
  readonly kid: string;
}

const dated = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z--([A-Za-z0-9._-]+?)(?:\.[A-Za-z0-9]+)?$/;

/** A name that was probably meant to have a date. */
const nearlyDated = /^\d{4}-?\d\d-?\d\d.*--./;

/** `unclear`: the name looks like one with a date, but has another form. Undefined if it does not. */
export function readDatedName(name: string): DatedName | 'unclear' | undefined {
  const [, year, month, day, hour, minute, second, kid] = dated.exec(name) ?? [];
  if (kid === undefined) return nearlyDated.test(name) ? 'unclear' : undefined;
  const written = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
  const activeFrom = Date.parse(written);
  // `Date.parse` takes the 31st of a month that has 30 days for the day after.
  if (Number.isNaN(activeFrom) || new Date(activeFrom).toISOString() !== written) return 'unclear';
  return { activeFrom, kid };
}

/** The characters that a `kid` in the name of a file may have. */
const nameable = /^[A-Za-z0-9._-]{1,200}$/;

/**
 * The name of a key file. Undefined if the `kid` cannot be in one.
 *
 * @param activeFrom in milliseconds since the epoch; the name has whole seconds
 * @param extension such as `pem`
 */
export function datedName({ activeFrom, kid }: DatedName, extension: string): string | undefined {
  const time = new Date(activeFrom).toISOString().replace(/[-:]|\.\d+/g, '');
  const name = `${time}--${kid}.${extension}`;
  const read = nameable.test(kid) ? readDatedName(name) : undefined;
  return typeof read === 'object' && read.kid === kid ? name : undefined;
}
