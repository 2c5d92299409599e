/**
 * @module
 * A receiver of OTLP over HTTP for tests. It decodes with protobuf.js, not with the SDK that encoded.
 */
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { loadSync, type ServiceDefinition } from '@grpc/proto-loader';

export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for a root. */
  readonly parentId: string;
  readonly traceState: string;
  readonly name: string;
  readonly kind: string;
  /** Nanoseconds since the epoch. */
  readonly start: bigint;
  readonly end: bigint;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly status: { readonly code: string; readonly message: string };
  readonly events: number;
  /** Of the process. */
  readonly resource: Readonly<Record<string, unknown>>;
}

export interface Receiver extends AsyncDisposable {
  readonly url: string;
  /** The spans so far. */
  readonly spans: ReceivedSpan[];
  readonly requests: { readonly path: string; readonly headers: IncomingHttpHeaders; readonly bytes: Buffer }[];
  /** How the next requests are answered. `silent`: never. */
  answer: number | 'silent' | 'partial';
}

/** What the receiver says and nobody may log. */
export const receiverSecret = 'secret-of-the-receiver';

const definition = loadSync(join(import.meta.dirname, 'otlp.proto'), {
  keepCase: true,
  longs: String,
  enums: String,
  defaults: true,
  arrays: true,
});
const { Export: method } = definition['otlp.TraceService'] as ServiceDefinition;

interface KeyValue {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>> & { readonly value?: string };
}

interface Decoded {
  readonly resource_spans: readonly {
    readonly resource: { readonly attributes: readonly KeyValue[] };
    readonly scope_spans: readonly { readonly spans: readonly DecodedSpan[] }[];
  }[];
}

interface DecodedSpan {
  readonly trace_id: Buffer;
  readonly span_id: Buffer;
  readonly parent_span_id: Buffer;
  readonly trace_state: string;
  readonly name: string;
  readonly kind: string;
  readonly start_time_unix_nano: string;
  readonly end_time_unix_nano: string;
  readonly attributes: readonly KeyValue[];
  readonly events: readonly unknown[];
  readonly status: { readonly code: string; readonly message: string } | null;
}

function attributesOf(pairs: readonly KeyValue[]): Record<string, unknown> {
  return Object.fromEntries(
    pairs.map(({ key, value }) => [key, value['string_value'] || value['bool_value'] || value['int_value'] || false]),
  );
}

/** The spans of an export request. */
function decodeSpans(bytes: Buffer): readonly ReceivedSpan[] {
  const request = method?.requestDeserialize(bytes) as unknown as Decoded;
  return request.resource_spans.flatMap(({ resource, scope_spans: scopes }) =>
    scopes.flatMap(({ spans }) =>
      spans.map((span) => ({
        traceId: span.trace_id.toString('hex'),
        spanId: span.span_id.toString('hex'),
        parentId: span.parent_span_id.toString('hex'),
        traceState: span.trace_state,
        name: span.name,
        kind: span.kind,
        start: BigInt(span.start_time_unix_nano),
        end: BigInt(span.end_time_unix_nano),
        attributes: attributesOf(span.attributes),
        events: span.events.length,
        status: span.status ?? { code: 'UNSET', message: '' },
        resource: attributesOf(resource.attributes),
      })),
    ),
  );
}

/** @param port default: any */
export async function startReceiver(port = 0): Promise<Receiver> {
  const spans: ReceivedSpan[] = [];
  const requests: Receiver['requests'] = [];
  const server: Server = createServer(async (request, response) => {
    const sent = await buffer(request);
    const bytes = request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent;
    requests.push({ path: request.url ?? '', headers: request.headers, bytes });
    if (receiver.answer !== 'silent') answer(response, receiver.answer, bytes);
  });
  const answer = (response: ServerResponse, how: number | 'partial', bytes: Buffer): void => {
    const status = how === 'partial' ? 200 : how;
    if (status === 200) spans.push(...decodeSpans(bytes));
    response.writeHead(status, { 'content-type': 'application/x-protobuf' });
    const rejected = { partial_success: { rejected_spans: 1, error_message: receiverSecret } };
    response.end(how === 'partial' ? method?.responseSerialize(rejected) : receiverSecret);
  };
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    requests,
    answer: 200,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return receiver;
}
