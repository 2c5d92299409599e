/**
 * @module
 * JSON texts as they are shown. They are never parsed, so that numbers keep their digits.
 */

export type PieceKind = 'name' | 'string' | 'number' | 'word' | 'plain';
export type JsonPiece = readonly [kind: PieceKind, text: string];

const string = '"(?:[^"\\\\]|\\\\.)*"';
const token = new RegExp(
  `(?<name>${string}(?=\\s*:))|(?<string>${string})|(?<number>-?\\d[\\d.eE+-]*)|(?<word>true|false|null)|(?<plain>[^"\\dtfn-]+|.)`,
  'gs',
);
const kinds = ['name', 'string', 'number', 'word'] as const;

/** A JSON text in pieces to colour; together they are the text. */
export function jsonPieces(json: string): JsonPiece[] {
  return Array.from(json.matchAll(token), ({ 0: text, groups }): JsonPiece => {
    const kind = kinds.find((name) => groups?.[name] !== undefined);
    return [kind ?? 'plain', text];
  });
}

/** Characters of an object or list that stays on one line. */
const longestLine = 60;

/** Objects and lists over several lines once they are long. */
export function indentedJson(json: string): string {
  const isShort = json.length <= longestLine || json.includes('\n');
  return isShort || !/^[[{]/.test(json) ? json : spaced(json);
}

const piece = new RegExp(`${string}|\\{\\s*\\}|\\[\\s*\\]|[[\\]{},:]|[^\\s[\\]{},:"]+`, 'g');
/** By how much each piece indents what follows. */
const steps: Readonly<Record<string, number>> = { '{': 1, '[': 1, '}': -1, ']': -1 };

function spaced(json: string): string {
  let depth = 0;
  return Array.from(json.matchAll(piece), ([text]) => {
    const step = steps[text] ?? 0;
    depth += step;
    const line = `\n${'  '.repeat(depth)}`;
    if (step < 0) return `${line}${text}`;
    if (text === ':') return ': ';
    return step > 0 || text === ',' ? `${text}${line}` : text;
  }).join('');
}
