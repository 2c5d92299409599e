import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Decision } from '../../src/decision/decision.ts';
import { refusedWith } from '../../src/decision/decision.ts';
import { encodeDecision, encodeResponse } from '../../src/extproc/codec/encode-response.ts';
import type { BodySendMode, ProcessingResponse, Struct } from '../../src/extproc/messages.ts';
import { answerBody, respondTo } from '../../src/extproc/respond.ts';

const append_action = 'OVERWRITE_IF_EXISTS_OR_ADD';
const refusal = { status: 403, contentType: 'text/plain', body: 'žádný' };

function immediate(code: number, contentType: string, body: string, details: string): ProcessingResponse {
  const header = { key: 'content-type', raw_value: Buffer.from(contentType) };
  return {
    immediate_response: {
      status: { code },
      headers: { set_headers: [{ header, append_action }], remove_headers: [] },
      body: Buffer.from(body),
      details,
    },
  };
}

const inReuse = (fields: NonNullable<Struct['fields']>): Struct => ({
  fields: { 'mintproc.reuse': { structValue: { fields } } },
});

const decisions: [name: string, decision: Decision, expected: ProcessingResponse][] = [
  ['untouched', { kind: 'untouched', mints: [] }, { request_headers: {} }],
  [
    'forward',
    { kind: 'forward', set: [['authorization', 'Bearer t']], remove: ['x-a', 'x-b'], mints: [] },
    {
      request_headers: {
        response: {
          header_mutation: {
            set_headers: [{ header: { key: 'authorization', raw_value: Buffer.from('Bearer t') }, append_action }],
            remove_headers: ['x-a', 'x-b'],
          },
        },
      },
    },
  ],
  [
    'forward, with variables for later filters',
    { kind: 'forward', set: [], remove: [], metadata: { a: 's', b: 1, c: [true, null], d: { e: 2 } }, mints: [] },
    {
      request_headers: { response: { header_mutation: { set_headers: [], remove_headers: [] } } },
      dynamic_metadata: {
        fields: {
          mintproc: {
            structValue: {
              fields: {
                a: { stringValue: 's' },
                b: { numberValue: 1 },
                c: { listValue: { values: [{ boolValue: true }, { nullValue: 'NULL_VALUE' }] } },
                d: { structValue: { fields: { e: { numberValue: 2 } } } },
              },
            },
          },
        },
      },
    },
  ],
  [
    'forward, with what Envoy may keep',
    {
      kind: 'forward',
      set: [
        ['authorization', 'Bearer t'],
        ['x-a', 'u'],
      ],
      remove: ['x_a'],
      mints: [],
      keeping: { result: 'permitted', for: 4_999, generation: 'g' },
    },
    {
      request_headers: {
        response: {
          header_mutation: {
            set_headers: [
              { header: { key: 'authorization', raw_value: Buffer.from('Bearer t') }, append_action },
              { header: { key: 'x-a', raw_value: Buffer.from('u') }, append_action },
            ],
            remove_headers: ['x_a'],
          },
        },
      },
      dynamic_metadata: inReuse({
        for: { numberValue: 4_999 },
        generation: { stringValue: 'g' },
        set: {
          listValue: { values: ['authorization', 'Bearer t', 'x-a', 'u'].map((stringValue) => ({ stringValue })) },
        },
      }),
    },
  ],
  [
    'forward, with nothing that Envoy may keep',
    { kind: 'forward', set: [], remove: [], mints: [], keeping: { result: 'time', generation: 'g' } },
    {
      request_headers: { response: { header_mutation: { set_headers: [], remove_headers: [] } } },
      dynamic_metadata: inReuse({ generation: { stringValue: 'g' } }),
    },
  ],
  [
    'forward, with variables, and nothing that Envoy may keep',
    {
      kind: 'forward',
      set: [],
      remove: [],
      mints: [],
      metadata: { 'jwt.x': 'a' },
      keeping: { result: 'variables', generation: 'g' },
    },
    {
      request_headers: { response: { header_mutation: { set_headers: [], remove_headers: [] } } },
      dynamic_metadata: {
        fields: {
          mintproc: { structValue: { fields: { 'jwt.x': { stringValue: 'a' } } } },
          'mintproc.reuse': { structValue: { fields: { generation: { stringValue: 'g' } } } },
        },
      },
    },
  ],
  [
    'refuse, with the code of the policy that refused',
    {
      kind: 'refuse',
      refusal,
      mints: [
        { policy: 'a', outcome: 'passed', code: 'mint.first' },
        { policy: 'b', outcome: 'refused', code: 'mint.second' },
      ],
    },
    immediate(403, 'text/plain', 'žádný', 'mint.second'),
  ],
  [
    'refuse, where nothing says why',
    { kind: 'refuse', refusal, mints: [] },
    immediate(403, 'text/plain', 'žádný', 'refused'),
  ],
];

for (const [name, decision, expected] of decisions) {
  test(`answers ${name}`, () => assert.deepEqual(respondTo(decision), expected));
}

const statuses: [given: number, sent: number][] = [
  [199, 500],
  [200, 200],
  [401, 401],
  [599, 599],
  [600, 500],
  [0, 500],
  [403.5, 500],
  [Number.NaN, 500],
];

for (const [given, sent] of statuses) {
  test(`refuses with status ${given} as ${sent}`, () => {
    const decision: Decision = { kind: 'refuse', refusal: { ...refusal, status: given }, mints: [] };
    assert.equal(respondTo(decision).immediate_response?.status.code, sent);
  });
}

const withHeaders: [status: number, header: string | undefined, value: string | undefined][] = [
  [401, 'www-authenticate', 'Bearer realm="mintproc"'],
  [503, 'retry-after', '1'],
  [403, undefined, undefined],
];

for (const [status, header, value] of withHeaders) {
  test(`a refusal of mintproc with ${status} has ${header ?? 'no further header'}`, () => {
    const decision = refusedWith('route.denied', undefined, status);
    const sent = respondTo(decision);
    const headers = sent.immediate_response?.headers.set_headers ?? [];
    const further = headers.slice(1).map(({ header: { key, raw_value } }) => [key, raw_value.toString()]);
    assert.deepEqual(further, header === undefined ? [] : [[header, value]]);
    const direct = encodeDecision(decision);
    const bytes = Buffer.from(direct.bytes.subarray(direct.start, direct.end));
    const other = encodeResponse(sent);
    assert.deepEqual(bytes, other.bytes.subarray(other.start, other.end));
  });
}

test('a refusal before any policy carries its code', () => {
  assert.deepEqual(
    respondTo(refusedWith('extproc.too-many-headers')),
    immediate(431, 'application/json', '{"error":{"code":"extproc.too-many-headers"}}', 'extproc.too-many-headers'),
  );
});

const copies: readonly BodySendMode[] = ['NONE', 'STREAMED', 'BUFFERED', 'BUFFERED_PARTIAL'];
const takenOver: readonly BodySendMode[] = ['FULL_DUPLEX_STREAMED', 'GRPC'];
const body = { body: Buffer.from('piece'), end_of_stream: true, grpc_message_compressed: true };

for (const phase of ['request_body', 'response_body'] as const) {
  for (const mode of copies) {
    test(`does not change a ${phase} in mode ${mode}`, () =>
      assert.deepEqual(answerBody(phase, body, mode), { [phase]: {} }));
  }
  for (const mode of takenOver) {
    test(`returns a ${phase} in mode ${mode}`, () => {
      const expected = { [phase]: { response: { body_mutation: { streamed_response: body } } } };
      assert.deepEqual(answerBody(phase, body, mode), expected);
    });
  }
}
