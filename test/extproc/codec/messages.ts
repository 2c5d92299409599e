/**
 * @module
 * Messages of every shape that the wire format allows, to compare the codecs.
 */
import fc from 'fast-check';
import type { Decision } from '../../../src/decision/decision.ts';
import type { Keeping } from '../../../src/decision/keep-in-envoy.ts';
import type { JsonValue } from '../../../src/diagnostics/json.ts';
import type { HttpBody, ProcessingRequest, ProcessingResponse, Struct, Value } from '../../../src/extproc/messages.ts';

export const text = fc.string({ unit: 'grapheme', maxLength: 200 });
/** protobufjs cannot create a member with this name. `codec.test.ts` writes it by hand. */
const name = text.filter((given) => given !== '__proto__');
/** Names that tests read. */
export const askedNames = ['x-a', 'x-b', ':path', 'authorization', ''];
export const fieldName = fc.oneof(fc.constantFrom(...askedNames), text);
const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array));

const { struct } = fc.letrec<{ struct: Struct; value: Value }>((tie) => ({
  struct: fc.record({ fields: fc.dictionary(name, tie('value'), { maxKeys: 4, noNullPrototype: true }) }),
  value: fc.oneof(
    { depthSize: 'small', maxDepth: 4 },
    fc.record({ stringValue: text }),
    fc.record({ numberValue: fc.double() }),
    fc.record({ boolValue: fc.boolean() }),
    fc.constant({ nullValue: 'NULL_VALUE' }),
    fc.constant({}),
    fc.record({ structValue: tie('struct') }),
    fc.record({ listValue: fc.record({ values: fc.array(tie('value'), { maxLength: 3 }) }) }),
  ),
}));

const structs = fc.dictionary(name, struct, { maxKeys: 3, noNullPrototype: true });
export const metadataContext = fc.record({ filter_metadata: structs });
const attributesStruct = fc
  .tuple(fc.dictionary(fc.constantFrom(...askedNames), struct, { noNullPrototype: true }), struct)
  .map(
    ([named, { fields }]): Struct => ({
      fields: {
        ...Object.fromEntries(Object.entries(named).map(([key, value]) => [key, { structValue: value }])),
        ...fields,
      },
    }),
  );
const mode = fc.constantFrom(
  'NONE' as const,
  'STREAMED' as const,
  'BUFFERED' as const,
  'BUFFERED_PARTIAL' as const,
  'FULL_DUPLEX_STREAMED' as const,
  'GRPC' as const,
);

const body: fc.Arbitrary<HttpBody> = fc.record(
  {
    body: bytes,
    end_of_stream: fc.boolean(),
    end_of_stream_without_message: fc.boolean(),
    grpc_message_compressed: fc.boolean(),
  },
  { requiredKeys: [] },
);

const fields = fc.record({
  headers: fc.array(fc.record({ key: fieldName, value: text, raw_value: bytes }, { requiredKeys: [] }), {
    maxLength: 20,
  }),
});
const headers = fc.record({ headers: fields, end_of_stream: fc.boolean() });

const part: fc.Arbitrary<ProcessingRequest> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ request_headers: headers }) },
  fc.record({ response_headers: headers }),
  fc.record({ request_body: body }),
  fc.record({ response_body: body }),
  fc.record({ request_trailers: fc.record({ trailers: fields }, { requiredKeys: [] }) }),
  fc.constant({ response_trailers: {} }),
  fc.constant({}),
);

const surroundings: fc.Arbitrary<ProcessingRequest> = fc.record(
  {
    metadata_context: metadataContext,
    attributes: fc.dictionary(name, attributesStruct, { maxKeys: 3, noNullPrototype: true }),
    observability_mode: fc.boolean(),
    protocol_config: fc.record({ request_body_mode: mode, response_body_mode: mode }, { requiredKeys: [] }),
  },
  { requiredKeys: [] },
);

export const processingRequest: fc.Arbitrary<ProcessingRequest> = fc
  .tuple(part, surroundings)
  .map(([shown, around]) => ({ ...shown, ...around }));

const headerMutation = fc.record({
  set_headers: fc.array(
    fc.record({
      header: fc.record({ key: text, raw_value: fc.oneof(bytes, fc.constant(Buffer.alloc(20_000, 'x'))) }),
      append_action: fc.constant('OVERWRITE_IF_EXISTS_OR_ADD' as const),
    }),
    { maxLength: 4 },
  ),
  remove_headers: fc.array(text, { maxLength: 4 }),
});

const headersAnswer = fc.record(
  { response: fc.record({ header_mutation: headerMutation }, { requiredKeys: [] }) },
  { requiredKeys: [] },
);
const bodyAnswer = fc.record(
  { response: fc.record({ body_mutation: fc.record({ streamed_response: body }) }, { requiredKeys: [] }) },
  { requiredKeys: [] },
);

const trailersAnswer = fc.record({ header_mutation: headerMutation }, { requiredKeys: [] });

const answer: fc.Arbitrary<ProcessingResponse> = fc.oneof(
  fc.record({ request_headers: headersAnswer }),
  fc.record({ response_headers: headersAnswer }),
  fc.record({ request_body: bodyAnswer }),
  fc.record({ response_body: bodyAnswer }),
  fc.record({ request_trailers: trailersAnswer }),
  fc.constant({ response_trailers: {} }),
  fc.record({
    immediate_response: fc.record({
      status: fc.record({ code: fc.integer({ min: 0, max: 599 }) }),
      headers: headerMutation,
      body: bytes,
      details: text,
    }),
  }),
);

export const processingResponse: fc.Arbitrary<ProcessingResponse> = fc
  .tuple(answer, fc.record({ dynamic_metadata: struct }, { requiredKeys: [] }))
  .map(([given, metadata]) => ({ ...given, ...metadata }));

const refusal = fc.record(
  {
    status: fc.integer({ min: 0, max: 700 }),
    contentType: text,
    body: text,
    headers: fc.array(fc.tuple(fieldName, text), { maxLength: 3 }),
  },
  { requiredKeys: ['status', 'contentType', 'body'] },
);

const metadata = fc.dictionary(
  name,
  fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.parse(JSON.stringify(value)) as JsonValue),
  { maxKeys: 3, noNullPrototype: true },
);

const keeping = fc.oneof(
  fc.record<Keeping>({ result: fc.constant('permitted'), for: fc.integer({ min: 100 }), generation: name }),
  fc.record<Keeping>({ result: fc.constant('time'), generation: name }),
);

export const decision: fc.Arbitrary<Decision> = fc.oneof(
  fc.constant<Decision>({ kind: 'untouched', mints: [] }),
  fc
    .record(
      {
        set: fc.array(fc.tuple(fieldName, fc.oneof(text, fc.constant('x'.repeat(20_000)))), { maxLength: 4 }),
        remove: fc.array(fieldName, { maxLength: 4 }),
        metadata,
        keeping,
      },
      { requiredKeys: ['set', 'remove'] },
    )
    .map((forward): Decision => ({ kind: 'forward', mints: [], ...forward })),
  refusal.map((given): Decision => ({ kind: 'refuse', refusal: given, mints: [] })),
);
