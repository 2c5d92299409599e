/**
 * @module
 * How Flex Gateway writes a number as text: the shortest digits that read back as the same number, as JavaScript
 * writes them too, but never with an exponent.
 */

/** `1e21` is `1000000000000000000000`, `1e-7` is `0.0000001`, `-0` is `-0`. */
export function numberText(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e21) return Object.is(value, -0) ? '-0' : String(value);
  if (!Number.isFinite(value)) return infiniteText(value);
  const text = String(value);
  const exponentAt = text.indexOf('e');
  return exponentAt === -1 ? text : withoutExponent(text.slice(0, exponentAt), Number(text.slice(exponentAt + 1)));
}

function infiniteText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  return value < 0 ? '-inf' : 'inf';
}

function withoutExponent(mantissa: string, exponent: number): string {
  const sign = mantissa.startsWith('-') ? '-' : '';
  const [whole = '', fraction = ''] = mantissa.slice(sign.length).split('.');
  const digits = whole + fraction;
  const point = whole.length + exponent;
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  return `${sign}${digits.padEnd(point, '0')}`;
}
