/**
 * @module
 * The place of the first mistake in a text that is not JSON (RFC 8259). JSON.parse does not always give it, and quotes
 * the text in its message.
 */

/** A string, a number, a literal or a punctuation mark. */
const token =
  /"(?:[^"\\\p{Cc}]|[\x7f-\x9f]|\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|[{}[\],:]/uy;

const space = /[ \t\n\r]*/y;

/** What may come next. After a whole value (`rest`) this depends on the bracket around it. */
type Expected = 'value' | 'first-value' | 'key' | 'first-key' | 'colon' | 'object-rest' | 'array-rest' | 'end';
type Transitions = Readonly<Record<string, Expected | 'rest'>>;

const value: Transitions = { string: 'rest', scalar: 'rest', '{': 'first-key', '[': 'first-value' };

/** What comes after each kind of token; a kind that is missing may not be here. */
const transitions: Readonly<Record<Expected, Transitions>> = {
  value,
  'first-value': { ...value, ']': 'rest' },
  key: { string: 'colon' },
  'first-key': { string: 'colon', '}': 'rest' },
  colon: { ':': 'value' },
  'object-rest': { ',': 'key', '}': 'rest' },
  'array-rest': { ',': 'value', ']': 'rest' },
  end: {},
};

const rests: Readonly<Record<string, Expected>> = { '{': 'object-rest', '[': 'array-rest' };

/** The offset of the first mistake, which is the length if the text ends too early; undefined if it is JSON. */
export function jsonMistake(text: string): number | undefined {
  const open: string[] = [];
  let expected: Expected = 'value';
  for (let at = afterSpace(text, 0); at < text.length; at = afterSpace(text, token.lastIndex)) {
    token.lastIndex = at;
    const found = token.exec(text)?.[0] ?? '';
    const kind = kindOf(found);
    const next: Expected | 'rest' | undefined = transitions[expected][kind];
    if (next === undefined) return at;
    expected = next === 'rest' ? rest(kind, open) : next;
    if (kind in rests) open.push(kind);
  }
  return expected === 'end' ? undefined : text.length;
}

/** What comes after a whole value, which `kind` ends. */
function rest(kind: string, open: string[]): Expected {
  if (kind === '}' || kind === ']') open.pop();
  return rests[open.at(-1) ?? ''] ?? 'end';
}

function kindOf(found: string): string {
  if (found === '' || '{}[],:'.includes(found)) return found;
  return found.startsWith('"') ? 'string' : 'scalar';
}

function afterSpace(text: string, at: number): number {
  space.lastIndex = at;
  space.test(text);
  return space.lastIndex;
}
