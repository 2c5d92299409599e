/**
 * @module
 * The conditions of branches, as far as an operation or a route can decide them: comparisons of the verb, of the
 * operation's path and identifier, and of request headers. Anything else is unknown.
 */

export interface OperationFacts {
  /** In upper case. */
  readonly verb: string;
  /** As the file writes it, without the base path. */
  readonly path: string;
  readonly id: string | undefined;
}

export type Condition =
  | { readonly kind: 'constant'; readonly value: boolean }
  | { readonly kind: 'fact'; readonly fact: keyof OperationFacts; readonly value: string }
  | { readonly kind: 'header'; readonly name: string; readonly value: string }
  | { readonly kind: 'all' | 'any'; readonly parts: readonly Condition[] }
  | { readonly kind: 'not'; readonly part: Condition }
  | { readonly kind: 'unknown' };

export const always: Condition = { kind: 'constant', value: true };
export const never: Condition = { kind: 'constant', value: false };
export const unknown: Condition = { kind: 'unknown' };

/** What is left of a condition for one operation. */
export function reduced(condition: Condition, operation: OperationFacts): Condition {
  switch (condition.kind) {
    case 'fact':
      return operation[condition.fact] === condition.value ? always : never;
    case 'not':
      return negated(reduced(condition.part, operation));
    case 'all':
    case 'any':
      return combined(
        condition.kind,
        condition.parts.map((part) => reduced(part, operation)),
      );
    case 'constant':
    case 'header':
    case 'unknown':
      return condition;
  }
}

export function negated(condition: Condition): Condition {
  if (condition.kind === 'constant') return condition.value ? never : always;
  return condition.kind === 'not' ? condition.part : { kind: 'not', part: condition };
}

function combined(kind: 'all' | 'any', parts: readonly Condition[]): Condition {
  const decisive = kind === 'any';
  if (parts.some((part) => part.kind === 'constant' && part.value === decisive)) return decisive ? always : never;
  const open = parts.filter((part) => part.kind !== 'constant');
  const [only] = open;
  if (only === undefined) return decisive ? never : always;
  return open.length === 1 ? only : { kind, parts: open };
}

export function allOf(parts: readonly Condition[]): Condition {
  return combined('all', parts);
}

export function anyOf(parts: readonly Condition[]): Condition {
  return combined('any', parts);
}

/** Conditions are short. A longer one is unknown. */
const maxLength = 4096;

/** What only JavaScript or JSONata with steps has: the operators below would mean something else. */
const steps = /[?;{]|:=|~>|\b(?:function|return|var|let)\b/;

const token =
  /\s*(?:(?<text>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|(?<mark>===|!==|==|!=|&&|\|\||[=()!,[\]])|(?<name>\.?\$?[A-Za-z_][\w.:-]*)|(?<other>\S))/gsy;

interface Token {
  readonly kind: 'text' | 'mark' | 'name' | 'other';
  readonly text: string;
}

/** Reads GatewayScript (v5-compatible gateway) or JSONata (API Gateway). */
export function readCondition(text: string): Condition {
  if (text.length > maxLength || steps.test(text.replaceAll(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/gs, ''))) {
    return unknown;
  }
  const tokens = [...text.matchAll(token)].map(({ groups = {} }): Token => {
    const [kind = 'other', found = ''] = Object.entries(groups).find(([, value]) => value !== undefined) ?? [];
    return { kind: kind as Token['kind'], text: found };
  });
  const parser = new Parser(tokens);
  const condition = parser.any(0);
  return parser.isAtEnd ? condition : unknown;
}

/** Parentheses. */
const maxDepth = 32;

const ors = new Set(['or', '||']);
const ands = new Set(['and', '&&']);
const equals = new Set(['=', '==', '===']);
const differs = new Set(['!=', '!==']);

/** A condition is read with its unknown parts: `false and UNKNOWN` is still false. */
class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#tokens.length;
  }

  get #next(): string | undefined {
    const next = this.#tokens[this.#at];
    return next === undefined || next.kind === 'text' ? undefined : next.text;
  }

  #take(text: string): boolean {
    if (this.#next !== text) return false;
    this.#at += 1;
    return true;
  }

  /** Any :: All ( or All )* */
  any(depth: number): Condition {
    return this.#joined('any', ors, () => this.#joined('all', ands, () => this.#part(depth)));
  }

  #joined(kind: 'all' | 'any', operators: ReadonlySet<string>, read: () => Condition): Condition {
    const parts = [read()];
    while (this.#next !== undefined && operators.has(this.#next)) {
      this.#at += 1;
      parts.push(read());
    }
    return combined(kind, parts);
  }

  /** Part :: not ( Any ) | ( Any ) | Comparison | anything up to the next `and`, `or` or `)` */
  #part(depth: number): Condition {
    const start = this.#at;
    const isNegated = this.#take('!') || this.#take('$not');
    const found = this.#take('(') ? this.#group(depth) : isNegated ? undefined : this.#comparison();
    if (found !== undefined && this.#isPartEnd) return isNegated ? negated(found) : found;
    this.#at = start;
    this.#skip();
    return unknown;
  }

  #group(depth: number): Condition | undefined {
    if (depth >= maxDepth) return undefined;
    const inner = this.any(depth + 1);
    return this.#take(')') ? inner : undefined;
  }

  get #isPartEnd(): boolean {
    const next = this.#next;
    return this.isAtEnd || (next !== undefined && (next === ')' || ors.has(next) || ands.has(next)));
  }

  #skip(): void {
    let open = 0;
    for (; !this.isAtEnd && (open > 0 || !this.#isPartEnd); this.#at += 1) {
      if (this.#next === '(' || this.#next === '[') open += 1;
      if (this.#next === ')' || this.#next === ']') open -= 1;
    }
  }

  /** Comparison :: Variable = Text | Text = Variable | Variable != Text | Variable in [ Text, … ] */
  #comparison(): Condition | undefined {
    const left = this.#operand();
    const operator = this.#next;
    if (left === undefined || operator === undefined) return undefined;
    this.#at += 1;
    if (operator === 'in') return this.#oneOf(left);
    const right = this.#operand();
    if (right === undefined || right.kind === left.kind) return undefined;
    const [variable, text] = left.kind === 'variable' ? [left, right] : [right, left];
    const equal = equality(variable.text, text.text);
    if (equals.has(operator)) return equal;
    return differs.has(operator) ? negated(equal) : undefined;
  }

  #oneOf(variable: Operand): Condition | undefined {
    if (variable.kind !== 'variable' || !this.#take('[')) return undefined;
    const parts: Condition[] = [];
    do {
      const text = this.#operand();
      if (text?.kind !== 'text') return undefined;
      parts.push(equality(variable.text, text.text));
    } while (this.#take(','));
    return this.#take(']') ? combined('any', parts) : undefined;
  }

  #operand(): Operand | undefined {
    const found = this.#tokens[this.#at];
    if (found === undefined || found.kind === 'mark' || found.kind === 'other') return undefined;
    this.#at += 1;
    if (found.kind === 'text') return textOperand(found.text);
    if (!this.#take('(')) return variableOperand(found.text);
    const argument = this.#tokens[this.#at]?.kind === 'text' ? this.#operand() : undefined;
    if (!this.#take(')')) return undefined;
    if (found.text === '$apiCtx') return this.#member();
    return called(found.text, argument?.text);
  }

  /** `$apiCtx().NAME` */
  #member(): Operand | undefined {
    const name = this.#tokens[this.#at];
    if (name?.kind !== 'name' || !name.text.startsWith('.')) return undefined;
    this.#at += 1;
    return variableOperand(name.text.slice(1));
  }
}

interface Operand {
  readonly kind: 'variable' | 'text';
  readonly text: string;
}

function textOperand(quoted: string): Operand | undefined {
  const text = quoted.slice(1, -1);
  return text.includes('\\') ? undefined : { kind: 'text', text };
}

function variableOperand(text: string): Operand {
  return { kind: 'variable', text };
}

/** The functions that read a variable of the context (vendor page, "Functional extensions to JSONata"). */
const functions: Readonly<Record<string, string>> = {
  $httpVerb: 'request.verb',
  $operationPath: 'api.operation.path',
  $operationID: 'api.operation.id',
};

const getters = new Set(['apim.getvariable', 'apim.getVariable', 'context.get']);

function called(name: string, argument: string | undefined): Operand | undefined {
  if (argument === undefined) {
    const variable = Object.hasOwn(functions, name) ? functions[name] : undefined;
    return variable === undefined ? undefined : variableOperand(variable);
  }
  if (name === '$header') return variableOperand(`message.headers.${argument}`);
  return getters.has(name) ? variableOperand(argument) : undefined;
}

const facts: ReadonlyMap<string, keyof OperationFacts> = new Map([
  ['request.verb', 'verb'],
  ['api.operation.path', 'path'],
  ['api.operation.id', 'id'],
]);

function equality(variable: string, value: string): Condition {
  const fact = facts.get(variable);
  if (fact !== undefined) return { kind: 'fact', fact, value };
  const header = /^request\.headers\.([\w-]+)$/.exec(variable)?.[1];
  return header === undefined ? unknown : { kind: 'header', name: header.toLowerCase(), value };
}

/** A condition as it may be shown: a string in it may be a secret, unless it names an operation or a variable. */
export function shownCondition(text: string, operations: readonly OperationFacts[]): string {
  const known = new Set(operations.flatMap(({ verb, path, id }) => [verb, path, id]));
  const shown = text.slice(0, maxLength).replaceAll(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/gs, (quoted, at: number) => {
    const isName = /(?:\$header|getvariable|\$queryParameter|context\.get)\($/i.test(
      text.slice(Math.max(0, at - 20), at),
    );
    return isName || known.has(quoted.slice(1, -1)) ? quoted : "'…'";
  });
  const line = shown.replaceAll(/\s+/g, ' ').trim();
  return line.length > maxShown ? `${line.slice(0, maxShown)}…` : line;
}

const maxShown = 200;
