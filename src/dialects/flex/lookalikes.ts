/**
 * @module
 * Literal texts that look like an expression. Flex Gateway evaluates `#[…]` as the whole value and nothing else, so
 * each of these becomes a claim as it is written, which hardly anyone means.
 */
import { nearest } from '../../diagnostics/suggest.ts';
import { attributeReaders, callerReaders } from '../../expressions/bindings.ts';

export interface Lookalike {
  /** The offset in the text. */
  readonly at: number;
  /** The end of a sentence: "This is a literal string: …". */
  readonly because: string;
  /** The expression to write, if the text says which one. */
  readonly expression?: string | undefined;
  /** What to write if no expression was meant. */
  readonly suggestion?: string;
}

/** What a text looks like, best explanation first; undefined if it is plainly a text. */
export function lookalike(text: string): Lookalike | undefined {
  for (const find of finders) {
    const found = find(text);
    if (found !== undefined) return isShown(found.expression ?? '') ? found : { ...found, expression: undefined };
  }
  return undefined;
}

const longestShown = 200;

/** Whether a message may repeat a value: one of several lines may have swallowed the next entry, perhaps a key. */
export function isShown(value: string): boolean {
  return value.length <= longestShown && !/[\r\n]|-----/.test(value);
}

/** A part in brackets, as other products write an expression. The whole text says which expression was meant. */
interface Bracketed {
  readonly form: RegExp;
  readonly whole: RegExp;
  readonly because: string;
}

const bracketed: readonly Bracketed[] = [
  { form: /\$\{[^{}]*\}/, whole: /^\$\{([^{}]*)\}$/, because: 'the gateway replaces no placeholder `$` with braces' },
  { form: /#\{[^{}]*\}/, whole: /^#\{([^{}]*)\}$/, because: 'the gateway evaluates `#[…]` and not `#{…}`' },
  { form: /\{\{[^{}]*\}\}/, whole: /^\{\{([^{}]*)\}\}$/, because: 'the gateway replaces no `{{…}}`' },
  { form: /\$\([^()]*\)/, whole: /^\$\(([^()]*)\)$/, because: 'the gateway replaces no `$(…)` outside an expression' },
  { form: /<%[^%]*%>/, whole: /^<%=?([^%]*)%>$/, because: 'the gateway replaces no `<%…%>`' },
];

/** Members of the two inputs; other names after a dot are more likely a host name, such as `authentication.example`. */
const members: Readonly<Record<string, readonly string[]>> = {
  attributes: [...attributeReaders.keys(), 'headers', 'queryParams'],
  authentication: [...callerReaders.keys()],
};

const finders: readonly ((text: string) => Lookalike | undefined)[] = [
  (text) =>
    text.startsWith('#[')
      ? { at: 0, because: 'the `#[` has no `]` at the end of the value', expression: text.slice(2).trim() }
      : undefined,
  findBracketed,
  (text) => {
    const [, input = '', member = ''] = /^(attributes|authentication)\s*\.\s*['"]?([A-Za-z]+)/.exec(text) ?? [];
    const near = nearest(member, members[input] ?? []);
    return near === undefined ? undefined : { at: 0, because: withoutBrackets, expression: text };
  },
  (text) =>
    /^(?:attributes|authentication|payload|vars)(?:\[|\.\w+$|\s+default\s)/.test(text) ? bare(text) : undefined,
  (text) => (/['")\]\w]\s+\+\+\s+['"(\w]/.test(text) ? bare(text) : undefined),
  (text) => (isCall(text) ? bare(text) : undefined),
  (text) =>
    /^(['"])[\s\S]*\1$/.test(text) && text.length > 1
      ? { at: 0, because: 'with a `$` or a quote inside, its outer quotes are a part of it', suggestion: withoutQuotes }
      : undefined,
];

const withoutQuotes = 'Write the string without the outer quotes.';
const withoutBrackets = 'an expression has `#[` before it and `]` after it';

function bare(text: string): Lookalike {
  return { at: 0, because: withoutBrackets, expression: text };
}

function findBracketed(text: string): Lookalike | undefined {
  for (const { form, whole, because } of bracketed) {
    const at = text.search(form);
    if (at !== -1) return { at, because, expression: whole.exec(text)?.[1]?.trim() };
  }
  return undefined;
}

/** Functions that people use in claims; any other word before parentheses is more likely a text: `Acme (UK)`. */
const functions = new Set([
  ...['uuid', 'now', 'upper', 'lower', 'trim', 'splitBy', 'joinBy', 'replace', 'sizeOf', 'contains', 'isEmpty', 'p'],
  ...[
    'randomInt',
    'random',
    'toBase64',
    'fromBase64',
    'substringBefore',
    'substringAfter',
    'toString',
    'write',
    'read',
  ],
]);

function isCall(text: string): boolean {
  const [, name] = /^(?:dw::(?:\w+::)*)?([A-Za-z]\w*)\([\s\S]*\)$/.exec(text) ?? [];
  return name !== undefined && functions.has(name);
}
