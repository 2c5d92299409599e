/**
 * @module
 * A gateway that runs made APIs: which tokens a request to the backend has. It shares no code with the reader.
 */
import type { MadeApi, MadeOperation, MadeStep, Test } from './made-api.ts';

export interface Asked {
  readonly verb: string;
  readonly path: string;
  readonly headers: ReadonlyMap<string, string>;
}

/** What the backend gets; undefined if it gets no request. */
export interface Got {
  /** For each policy, the headers that have its token, each with what is before it. */
  readonly tokens: ReadonlyMap<number, readonly string[]>;
}

/** Decides what only the gateway can. */
export type Oracle = (number: number) => boolean;

/** `refused`: by an action whose condition no operation decides. */
export function gatewayAnswer(api: MadeApi, asked: Asked, oracle: Oracle): Got | 'refused' | undefined {
  const operation = operationFor(api, asked);
  if (operation === undefined) return undefined;
  const run = new Run(api, operation, asked, oracle);
  const end = run.all(api.steps, true);
  if (end !== 'goes on') return end === 'refused always' ? undefined : 'refused';
  return run.got();
}

/** The template that has a fixed segment first where another has a parameter. */
function operationFor({ base, operations }: MadeApi, { verb, path }: Asked): MadeOperation | undefined {
  const fitting = operations.filter((one) => one.verb === verb && pattern(base + one.path).test(path));
  const rank = (one: MadeOperation): string =>
    one.path
      .replaceAll(/\{[+*][^}]*\}/g, '\u{2}')
      .replaceAll(/\{[^}]*\}/g, '\u{1}')
      .split('/')
      .map((part) => (part === '\u{1}' ? '1' : part === '\u{2}' ? '2' : '0'))
      .join('');
  return fitting.toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1))[0];
}

function pattern(template: string): RegExp {
  const source = template
    .replace(/\/$/, '')
    .replaceAll('.', '\\.')
    .replace(/\/\{\*[^}]*\}$/, '(?:/[^/]+)*')
    .replace(/\/\{\+[^}]*\}$/, '(?:/[^/]+)+')
    .replaceAll(/\{\w+\}/g, '[^/]+');
  return new RegExp(`^${source === '' ? '/' : source}$`);
}

interface Sent {
  readonly headers: ReadonlyMap<string, string>;
  readonly isAnswer: boolean;
}

type End = 'goes on' | 'refused always' | 'refused';

class Run {
  readonly #api: MadeApi;
  readonly #operation: MadeOperation;
  readonly #asked: Asked;
  readonly #oracle: Oracle;
  readonly #variables = new Map<string, string>();
  #headers: Map<string, string>;
  readonly #sent: Sent[] = [];

  constructor(api: MadeApi, operation: MadeOperation, asked: Asked, oracle: Oracle) {
    this.#api = api;
    this.#operation = operation;
    this.#asked = asked;
    this.#oracle = oracle;
    this.#headers = new Map([...asked.headers, ['authorization', 'client']]);
  }

  /** @param isSure whether the operation decides that these steps run */
  all(steps: readonly MadeStep[], isSure: boolean): End {
    for (const step of steps) {
      const end = this.#step(step, isSure);
      if (end !== 'goes on') return end;
    }
    return 'goes on';
  }

  got(): Got | undefined {
    const backend = this.#sent.findLast(({ isAnswer }) => isAnswer) ?? this.#sent.at(-1);
    if (backend === undefined) return undefined;
    const tokens = new Map<number, string[]>();
    for (const [name, value] of backend.headers) {
      const [, before = '', id = '', after = ''] = /^([^‹]*)‹(\d+)›(.*)$/s.exec(value) ?? [];
      if (id !== '') tokens.set(Number(id), [...(tokens.get(Number(id)) ?? []), `${name}: ${before}TOKEN${after}`]);
    }
    return { tokens };
  }

  #step(step: MadeStep, isSure: boolean): End {
    switch (step.kind) {
      case 'throw':
        return isSure ? 'refused always' : 'refused';
      case 'if':
        return this.#holds(step.test) ? this.all(step.steps, isSure && isDecided(step.test)) : 'goes on';
      case 'switch':
        return this.#switch(step, isSure);
      case 'operations': {
        const found = step.cases.find(({ operations }) => operations.some(({ id }) => this.#operation.id === id));
        return this.all(found?.steps ?? step.otherwise ?? [], isSure);
      }
      default:
        this.#act(step);
        return 'goes on';
    }
  }

  #switch({ cases, otherwise }: Extract<MadeStep, { kind: 'switch' }>, isSure: boolean): End {
    let sure = isSure;
    for (const { test, steps } of cases) {
      sure &&= isDecided(test);
      if (this.#holds(test)) return this.all(steps, sure);
    }
    return this.all(otherwise ?? [], sure);
  }

  #act(step: Exclude<MadeStep, { kind: 'throw' | 'if' | 'switch' | 'operations' }>): void {
    switch (step.kind) {
      case 'mint': {
        const before = step.jwt === undefined || this.#api.version === '2.0.0' ? 'Bearer ' : '';
        this.#write(step.jwt ?? 'message.headers.authorization', `${before}‹${step.id}›`);
        return;
      }
      case 'set':
        this.#write(
          step.name,
          step.value.replaceAll(/\$\(([^)]*)\)/g, (_, name: string) => this.#read(name)),
        );
        return;
      case 'setter':
        this.#variables.set(step.name, 'computed');
        return;
      case 'script':
        if (this.#oracle(step.number)) this.#headers.set(`x-copied-${step.number}`, this.#read(step.reads));
        return;
      case 'invoke': {
        const headers = [...this.#headers].filter(([name]) => !step.withheld.includes(name));
        this.#sent.push({ headers: new Map(headers), isAnswer: step.output === undefined });
        if (step.output === undefined) this.#headers = new Map();
      }
    }
  }

  #write(name: string, value: string): void {
    const header = /^(?:message|request)\.headers\.(.+)$/.exec(name)?.[1];
    if (header === undefined) this.#variables.set(name, value);
    else this.#headers.set(header.toLowerCase(), value);
  }

  #read(name: string): string {
    const header = /^(?:message|request)\.headers\.(.+)$/.exec(name)?.[1];
    return (header === undefined ? this.#variables.get(name) : this.#headers.get(header.toLowerCase())) ?? '';
  }

  #holds(test: Test): boolean {
    switch (test.kind) {
      case 'verb':
      case 'path':
      case 'id':
        return this.#operation[test.kind] === test.value;
      case 'header':
        return this.#asked.headers.get(test.name) === test.value;
      case 'unknown':
        return this.#oracle(test.number);
      case 'and':
        return test.parts.every((part) => this.#holds(part));
      case 'or':
        return test.parts.some((part) => this.#holds(part));
      case 'not':
        return !this.#holds(test.part);
    }
  }
}

/** Whether the operation decides a test. */
function isDecided(test: Test): boolean {
  switch (test.kind) {
    case 'verb':
    case 'path':
    case 'id':
      return true;
    case 'header':
    case 'unknown':
      return false;
    case 'and':
    case 'or':
      return test.parts.every(isDecided);
    case 'not':
      return isDecided(test.part);
  }
}
