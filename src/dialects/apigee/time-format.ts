/**
 * @module
 * Formats dates in UTC by a pattern of java.text.SimpleDateFormat, with the letters that real policies use.
 */

const monthNames = 'January February March April May June July August September October November December'.split(' ');
const dayNames = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');

type Field = (at: Date, width: number) => string;

const padded =
  (value: (at: Date) => number): Field =>
  (at, width) =>
    String(value(at)).padStart(width, '0');

const named =
  (names: readonly string[], value: (at: Date) => number): Field =>
  (at, width) => {
    const name = names[value(at)] ?? '';
    return width >= 4 ? name : name.slice(0, 3);
  };

const month = named(monthNames, (at) => at.getUTCMonth());

const fields: Readonly<Record<string, Field>> = {
  y: (at, width) =>
    width === 2 ? String(at.getUTCFullYear()).slice(-2) : padded((d) => d.getUTCFullYear())(at, width),
  M: (at, width) => (width >= 3 ? month(at, width) : padded((d) => d.getUTCMonth() + 1)(at, width)),
  d: padded((at) => at.getUTCDate()),
  H: padded((at) => at.getUTCHours()),
  h: padded((at) => at.getUTCHours() % 12 || 12),
  m: padded((at) => at.getUTCMinutes()),
  s: padded((at) => at.getUTCSeconds()),
  S: padded((at) => at.getUTCMilliseconds()),
  E: named(dayNames, (at) => at.getUTCDay()),
  a: (at) => (at.getUTCHours() < 12 ? 'AM' : 'PM'),
  z: () => 'UTC',
  Z: () => '+0000',
  X: () => 'Z',
};

const piece = /'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']+/g;

/**
 * A function that formats milliseconds since the epoch; undefined if the pattern is invalid or has an unknown letter.
 */
export function compileTimeFormat(pattern: string): ((milliseconds: number) => string) | undefined {
  const pieces: ((at: Date) => string)[] = [];
  let end = 0;
  for (const match of pattern.matchAll(piece)) {
    const write = compilePiece(match);
    if (match.index !== end || write === undefined) return undefined;
    pieces.push(write);
    end += match[0].length;
  }
  if (end !== pattern.length) return undefined;
  return (milliseconds) => {
    const at = new Date(milliseconds);
    return pieces.map((write) => write(at)).join('');
  };
}

function compilePiece([text, quoted, letter]: RegExpExecArray): ((at: Date) => string) | undefined {
  if (letter !== undefined) {
    const field = fields[letter];
    return field && ((at) => field(at, text.length));
  }
  if (quoted === undefined) return () => text;
  return () => (quoted === '' ? "'" : quoted.replaceAll("''", "'"));
}
