/**
 * @module
 * A request as the upstream received it or as the client wrote it, read from its bytes, and what the documentation says
 * that policies see of it. Written apart from the program: the model of the tests computes with it.
 */
import { isUtf8 } from 'node:buffer';

export interface Field {
  /** In lower case. */
  readonly name: string;
  readonly bytes: Buffer;
}

export class SeenRequest {
  readonly method: string;
  readonly target: string;
  readonly fields: readonly Field[];

  constructor(method: string, target: string, fields: readonly Field[]) {
    this.method = method;
    this.target = target;
    this.fields = fields;
  }

  /** Of the head of an HTTP/1.1 request, without the empty line. @throws Error if it is none */
  static of(head: Buffer): SeenRequest {
    const [first = '', ...lines] = head.toString('latin1').split('\r\n');
    const [, method = '', target = ''] = /^(\S+) (.*) HTTP\/1\.1$/.exec(first) ?? [];
    if (method === '') throw new Error(`not a request line: ${first}`);
    const fields = lines.map((line) => {
      const colon = line.indexOf(': ');
      if (colon <= 0) throw new Error(`not a header field: ${line}`);
      return { name: line.slice(0, colon).toLowerCase(), bytes: Buffer.from(line.slice(colon + 2), 'latin1') };
    });
    return new SeenRequest(method, target, fields);
  }

  /** Text if the bytes are UTF-8, else one character for each byte. */
  values(name: string): readonly string[] {
    return this.fields.filter((field) => field.name === name).map(({ bytes }) => textOf(bytes));
  }

  first(name: string): string | undefined {
    return this.values(name)[0];
  }

  /** The parts between commas of all values. */
  parts(name: string): readonly string[] {
    return this.values(name).flatMap((value) => value.split(',').map((part) => part.trim()));
  }

  /** The target as a WHATWG URL; null if it cannot be one. */
  get url(): URL | null {
    return URL.parse(textOf(Buffer.from(this.target, 'latin1')), 'http://request');
  }

  get path(): string | undefined {
    return this.url?.pathname;
  }

  /** As received, without the question mark; empty if there is none. */
  get query(): string {
    const target = textOf(Buffer.from(this.target, 'latin1'));
    const mark = target.indexOf('?');
    return mark === -1 ? '' : target.slice(mark + 1);
  }

  /** The query of the URL; undefined if it has none. */
  get urlQuery(): string | undefined {
    const { url } = this;
    if (url === null) return undefined;
    if (url.search !== '') return url.search.slice(1);
    return url.href.replace(/#.*/, '').includes('?') ? '' : undefined;
  }

  /** As Flex Gateway and API Connect have it: the last value counts. */
  parameter(name: string): string | undefined {
    return parametersIn(this.urlQuery ?? '')
      .getAll(name)
      .at(-1);
  }

  /** As Apigee has it. */
  parameters(name: string): readonly string[] {
    return parametersIn(this.query).getAll(name);
  }

  get parameterNames(): readonly string[] {
    return [...new Set(parametersIn(this.query).keys())];
  }
}

function textOf(bytes: Buffer): string {
  return bytes.toString(isUtf8(bytes) ? 'utf8' : 'latin1');
}

/** A question mark at the beginning belongs to the first name. */
function parametersIn(query: string): URLSearchParams {
  return new URLSearchParams(`?${query}`);
}
