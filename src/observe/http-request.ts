/**
 * @module
 * Parses the head of an HTTP/1.1 request (RFC 9112 sections 2 to 6). Bodies are not read.
 */

export interface HttpRequest {
  readonly method: string;
  /** Without its query. */
  readonly path: string;
  /** Names in lower case. Values of a repeated field are joined (RFC 9110 section 5.3). */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Whether a body follows. */
  readonly hasBody: boolean;
  /** Whether the client wants to keep the connection open. */
  readonly keepsAlive: boolean;
  /** HTTP/1.0. Such a client needs `connection: keep-alive` in the response. */
  readonly isHttp10: boolean;
}

export type Head =
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'refused'; readonly status: 400 | 431 | 505 }
  /** @param length bytes up to the end of the head */
  | { readonly kind: 'request'; readonly request: HttpRequest; readonly length: number };

/** Bytes. No route needs more than a few headers. */
export const maxHeaderSize = 8_192;

const incomplete: Head = { kind: 'incomplete' };
const badRequest: Head = { kind: 'refused', status: 400 };

const requestLine = /^([!#$%&'*+.^_`|~\w-]+) ([!-~]+) HTTP\/(\d)\.(\d)$/;
const fieldName = /^[!#$%&'*+.^_`|~\w-]+$/;
const fieldValue = /^[\t\x20-\x7e\x80-\xff]*$/;

export function readHead(bytes: Buffer): Head {
  const start = endOfEmptyLines(bytes);
  const end = bytes.indexOf('\r\n\r\n', start, 'latin1');
  if ((end < 0 ? bytes.length : end) > maxHeaderSize) return { kind: 'refused', status: 431 };
  if (end < 0) return incomplete;
  return parseHead(bytes.toString('latin1', start, end), end + 4);
}

function parseHead(head: string, length: number): Head {
  const [first = '', ...fields] = head.split('\r\n');
  const [, method, target, major, minor] = requestLine.exec(first) ?? [];
  if (method === undefined || target === undefined) return badRequest;
  if (major !== '1') return { kind: 'refused', status: 505 };
  const headers = readFields(fields);
  const isHttp10 = minor === '0';
  if (headers === undefined || !(isHttp10 || 'host' in headers)) return badRequest;
  const options = (headers['connection'] ?? '').split(',').map((option) => option.trim().toLowerCase());
  const request = {
    method,
    path: pathOf(target),
    headers,
    hasBody: 'content-length' in headers || 'transfer-encoding' in headers,
    keepsAlive: isHttp10 ? options.includes('keep-alive') : !options.includes('close'),
    isHttp10,
  };
  return { kind: 'request', request, length };
}

/** Empty lines before a request are ignored (RFC 9112 section 2.2). */
function endOfEmptyLines(bytes: Buffer): number {
  let start = 0;
  while (bytes[start] === 0x0d && bytes[start + 1] === 0x0a) start += 2;
  return start;
}

/** @returns undefined if a line is not a field; folded lines are refused too (RFC 9112 section 5.2) */
function readFields(lines: readonly string[]): Record<string, string> | undefined {
  const headers: Record<string, string> = Object.create(null);
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(colon, 0));
    const value = line.slice(colon + 1);
    if (!fieldName.test(name) || !fieldValue.test(value)) return undefined;
    const key = name.toLowerCase();
    const before = headers[key];
    if (key === 'host' && before !== undefined) return undefined;
    headers[key] = before === undefined ? value.trim() : `${before}, ${value.trim()}`;
  }
  return headers;
}

/** A proxy may send the whole URL (RFC 9112 section 3.2.2). */
function pathOf(target: string): string {
  const [withoutQuery = ''] = target.split('?', 1);
  return withoutQuery.replace(/^https?:\/\/[^/]*/i, '');
}
