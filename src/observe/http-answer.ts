/**
 * @module
 * An HTTP/1.1 response, and its text on the wire.
 */
import type { HttpRequest } from './http-request.ts';

export interface HttpAnswer {
  readonly status: keyof typeof reasons;
  readonly type: string;
  readonly body: string;
  /** Additional headers. They may override `cache-control: no-store`. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** RFC 9110 section 15. */
const reasons = {
  200: 'OK',
  304: 'Not Modified',
  400: 'Bad Request',
  404: 'Not Found',
  405: 'Method Not Allowed',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
  505: 'HTTP Version Not Supported',
} as const;

export function text(status: HttpAnswer['status'], sentence: string): HttpAnswer {
  return { status, type: 'text/plain; charset=utf-8', body: `${sentence}\n` };
}

/** The response to a malformed head. */
export function refusal(status: 400 | 431 | 505): HttpAnswer {
  return text(status, reasons[status].toLowerCase());
}

/** @param connection the `connection` header; undefined for the default of the client's HTTP version */
export function answerText(
  answer: HttpAnswer,
  request: Pick<HttpRequest, 'method'> | undefined,
  connection: 'close' | 'keep-alive' | undefined,
): string {
  const { status, type, body } = answer;
  const headers = {
    date: new Date().toUTCString(),
    'content-type': type,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    // A 304 does not announce the length of a body (RFC 9110 section 8.6).
    ...(status === 304 ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
    ...(connection === undefined ? {} : { connection }),
    ...answer.headers,
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const sent = request?.method === 'HEAD' || status === 304 ? '' : body;
  return `HTTP/1.1 ${status} ${reasons[status]}\r\n${lines.join('')}\r\n${sent}`;
}
