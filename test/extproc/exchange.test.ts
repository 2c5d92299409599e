import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Decide, Decision } from '../../src/decision/decision.ts';
import { describeDefect } from '../../src/diagnostics/defect.ts';
import { noMetadata } from '../../src/extproc/call-metadata.ts';
import { type Answer, Exchange, type ExchangeSettings } from '../../src/extproc/exchange.ts';
import type { Phase, ProcessingRequest, ProcessingResponse } from '../../src/extproc/messages.ts';
import { alone } from './default-limits.ts';
import { RecordingObserver } from './recording-observer.ts';

const decisions: Readonly<Record<string, Decision>> = {
  untouched: { kind: 'untouched', mints: [] },
  forward: { kind: 'forward', set: [], remove: ['x-a'], mints: [{ policy: 'p', outcome: 'minted' }] },
  refuse: {
    kind: 'refuse',
    refusal: { status: 401, contentType: 'text/plain', body: 'no' },
    mints: [{ policy: 'p', outcome: 'refused', code: 'mint.reason' }],
  },
  unrouted: {
    kind: 'refuse',
    refusal: { status: 400, contentType: 'text/plain', body: 'no' },
    mints: [],
    code: 'route.ambiguous-path',
  },
};

/**
 * Decides by the request's `x-decision` header; an unknown value is an unexpected error whose message contains a value.
 */
const decide: Decide = (request) => {
  const wanted = request.headers.first('x-decision') ?? 'untouched';
  const decision = decisions[wanted];
  if (decision === undefined) throw new TypeError('secret-value of a header\n    at secret-place');
  return decision;
};

const limits = { headerCount: 4, headerBytes: 100, metadataDepth: 2 };

function headers(...pairs: [name: string, value: string][]): ProcessingRequest {
  const list = pairs.map(([key, value]) => ({ key, raw_value: Buffer.from(value) }));
  return { request: 'request_headers', request_headers: { headers: { headers: list } } };
}

/** An empty message of a phase. */
function part(phase: Phase): ProcessingRequest {
  return { request: phase, [phase]: {} };
}

const piece = { body: Buffer.from('piece'), end_of_stream: true };
const requestBody: ProcessingRequest = { request: 'request_body', request_body: piece };
const responseBody: ProcessingRequest = { request: 'response_body', response_body: piece };
const fullDuplex: ProcessingRequest = {
  ...headers(),
  protocol_config: { request_body_mode: 'FULL_DUPLEX_STREAMED', response_body_mode: 'GRPC' },
};

/** Summarizes an answer: the phase, `refuse STATUS DETAILS`, `fail CODE`, or `none`. */
function shown(answer: Answer): string {
  if (answer.kind === 'fail') return `fail ${answer.code}`;
  if (answer.kind !== 'respond') return answer.kind;
  const { immediate_response: refusal, ...rest } = answer.response;
  if (refusal !== undefined) return `refuse ${refusal.status.code} ${refusal.details}`;
  return Object.keys(rest).join() + (handsBack(rest) ? ' with body' : '');
}

function handsBack(response: ProcessingResponse): boolean {
  const body = response.request_body ?? response.response_body;
  const returned = body?.response?.body_mutation?.streamed_response;
  return returned?.body?.toString() === 'piece' && returned.end_of_stream === true;
}

const conversations: [name: string, messages: ProcessingRequest[], answers: string[], outcome: string][] = [
  ['request headers alone', [headers()], ['request_headers'], 'untouched'],
  ['a mutation', [headers(['x-decision', 'forward'])], ['request_headers'], 'forwarded'],
  ['a refusal', [headers(['x-decision', 'refuse'])], ['refuse 401 mint.reason'], 'refused'],
  ['no route', [headers(['x-decision', 'unrouted'])], ['refuse 400 route.ambiguous-path'], 'refused'],
  [
    'every phase',
    [
      headers(),
      requestBody,
      part('request_trailers'),
      part('response_headers'),
      responseBody,
      part('response_trailers'),
    ],
    ['request_headers', 'request_body', 'request_trailers', 'response_headers', 'response_body', 'response_trailers'],
    'untouched',
  ],
  [
    'a body that is not Envoy’s any more',
    [fullDuplex, requestBody, part('request_trailers'), responseBody],
    ['request_headers', 'request_body with body', 'request_trailers', 'response_body with body'],
    'untouched',
  ],
  [
    'modes are those of the first message',
    [headers(), { ...requestBody, protocol_config: {} }, { ...requestBody, ...fullDuplexConfig() }],
    ['request_headers', 'request_body', 'request_body'],
    'untouched',
  ],
  [
    'parts that were on their way when the request was refused',
    [headers(['x-decision', 'refuse']), requestBody, part('request_trailers'), part('response_headers')],
    ['refuse 401 mint.reason', 'none', 'none', 'none'],
    'refused',
  ],
  ['a local reply', [part('response_headers'), responseBody], ['response_headers', 'response_body'], 'response-only'],
  [
    'a local reply in a mode that takes the body over',
    [{ ...part('response_headers'), ...fullDuplexConfig() }, responseBody],
    ['response_headers', 'response_body with body'],
    'response-only',
  ],
  [
    'a request after a response',
    [part('response_headers'), headers()],
    ['response_headers', unexpected()],
    'response-only',
  ],
  [
    'a body before its request',
    [requestBody, headers()],
    ['refuse 500 extproc.no-request-headers', 'none'],
    'malformed',
  ],
  ['trailers before their request', [part('request_trailers')], ['refuse 500 extproc.no-request-headers'], 'malformed'],
  ['two requests', [headers(), headers()], ['request_headers', unexpected()], 'untouched'],
  ['an empty message', [{}, headers()], ['fail extproc.unknown-message', 'none'], 'malformed'],
  ['an empty message later', [headers(), {}], ['request_headers', 'fail extproc.unknown-message'], 'untouched'],
  [
    'observability mode',
    [observed(headers(['x-decision', 'forward'])), observed(requestBody), observed({})],
    ['none', 'none', 'none'],
    'observed',
  ],
  ['a defect', [headers(['x-decision', 'defect']), requestBody], ['refuse 500 extproc.internal', 'none'], 'internal'],
  ['as many headers as allowed', [headers(...repeated(4))], ['request_headers'], 'untouched'],
  ['too many headers', [headers(...repeated(5))], ['refuse 431 extproc.too-many-headers'], 'refused'],
  ['too large headers', [headers(['a', 'x'.repeat(100)])], ['refuse 431 extproc.headers-too-large'], 'refused'],
  ['too deep metadata', [{ ...headers(), ...deep() }], ['refuse 400 extproc.metadata-too-deep'], 'refused'],
  ['nothing at all', [], [], 'abandoned'],
];

for (const [name, messages, answers, outcome] of conversations) {
  test(`answers ${name}`, () => {
    const observer = new RecordingObserver();
    const exchange = new Exchange(settings(observer), undefined);
    assert.deepEqual(
      messages.map((message) => shown(exchange.answer(message))),
      answers,
    );
    exchange.close();
    exchange.close();
    assert.deepEqual(observer.outcomes, [outcome]);
    assert.deepEqual([observer.opened, observer.closed], [1, 1]);
  });
}

test('the record holds the time, the mints and the id of the request', () => {
  const observer = new RecordingObserver();
  new Exchange(settings(observer), undefined).answer(
    headers(['x-decision', 'forward'], ['x-request-id', '7a49730b-1']),
  );
  const mints = [{ policy: 'p', outcome: 'minted' }];
  assert.deepEqual(observer.records, [
    { outcome: 'forwarded', seconds: 0.25, code: undefined, mints, requestId: '7a49730b-1' },
  ]);
});

const trailersOf = (...names: string[]): ProcessingRequest => ({
  request: 'request_trailers',
  request_trailers: { trailers: { headers: names.map((key) => ({ key, raw_value: Buffer.from('spoof') })) } },
});

/** H20. The policies of the request set x-backend-token and remove x-a and authorization. */
const trailers: [name: string, decision: Decision, sent: string[], removed: string[] | undefined][] = [
  ['what is written and what is removed', written(), ['other'], ['x-backend-token', 'authorization', 'x-a']],
  [
    'a lookalike',
    written(),
    ['x_backend.token', 'x_a', 'xa'],
    ['x-backend-token', 'authorization', 'x-a', 'x_backend.token', 'x_a'],
  ],
  ['no route', { kind: 'untouched', mints: [] }, ['authorization'], undefined],
];
for (const [name, decision, sent, removed] of trailers) {
  test(`trailers: ${name}`, () => {
    const observer = new RecordingObserver();
    const exchange = new Exchange(settings(observer, { pin: () => () => decision }), undefined);
    exchange.answer(headers());
    const answer = exchange.answer(trailersOf(...sent));
    assert.equal(answer.kind, 'respond');
    const mutation = answer.kind === 'respond' ? answer.response.request_trailers?.header_mutation : undefined;
    assert.deepEqual(mutation, removed && { set_headers: [], remove_headers: removed });
  });
}

test('trailers that exceed a limit are refused, and the request is counted once', () => {
  const observer = new RecordingObserver();
  const exchange = new Exchange(settings(observer, { pin: () => written }), undefined);
  exchange.answer(headers());
  assert.equal(shown(exchange.answer(trailersOf('a', 'b', 'c', 'd', 'e'))), 'refuse 431 extproc.too-many-headers');
  assert.deepEqual(observer.outcomes, ['forwarded']);
});

function written(): Decision {
  return { kind: 'forward', set: [['x-backend-token', 'minted']], remove: ['authorization', 'x-a'], mints: [] };
}

const ids: [value: string, taken: boolean][] = [
  ['a'.repeat(64), true],
  ['a'.repeat(65), false],
  ['with space', false],
  ['', false],
];

for (const [value, taken] of ids) {
  test(`takes ${JSON.stringify(value)} for a request id: ${taken}`, () => {
    const observer = new RecordingObserver();
    new Exchange(settings(observer), undefined).answer(headers(['x-request-id', value]));
    assert.equal(observer.records[0]?.requestId, taken ? value : undefined);
  });
}

test('a refusal by a limit is recorded with its code', () => {
  const observer = new RecordingObserver();
  new Exchange(settings(observer), undefined).answer(headers(...repeated(5)));
  assert.equal(observer.records[0]?.code, 'extproc.too-many-headers');
});

test('a refusal before any policy is recorded with its code', () => {
  const observer = new RecordingObserver();
  new Exchange(settings(observer), undefined).answer(headers(['x-decision', 'unrouted']));
  assert.deepEqual(
    observer.records.map(({ outcome, code }) => `${outcome} ${code}`),
    ['refused route.ambiguous-path'],
  );
});

test('an unexpected error is reported by class and stack, without its message', () => {
  const observer = new RecordingObserver();
  new Exchange(settings(observer), undefined).answer(headers(['x-decision', 'defect']));
  const [defect] = observer.defects;
  assert.equal(defect?.name, 'TypeError');
  assert.match(defect?.stack ?? '', /^at Exchange\.decide .*exchange\.test\.ts/);
  assert.doesNotMatch(JSON.stringify(observer), /secret/);
});

test('a thrown value that is not an Error has a type and no stack', () => {
  assert.deepEqual(describeDefect('secret'), { name: 'string', stack: '' });
});

test('the decision is pinned when the stream opens', () => {
  let current: Decide = () => ({ kind: 'forward', set: [], remove: [], mints: [] });
  const observer = new RecordingObserver();
  const exchange = new Exchange(settings(observer, { pin: () => current }), undefined);
  current = decide;
  exchange.answer(headers(['x-decision', 'refuse']));
  assert.deepEqual(observer.outcomes, ['forwarded']);
});

test('an error of pin refuses the request', () => {
  const observer = new RecordingObserver();
  const pin = (): Decide => {
    throw new Error('no snapshot');
  };
  const exchange = new Exchange(settings(observer, { pin }), undefined);
  assert.equal(shown(exchange.answer(headers())), 'refuse 500 extproc.internal');
  assert.equal(observer.defects.length, 1);
});

test('an observer that fails refuses the request', () => {
  const observer = new RecordingObserver();
  observer.finished = () => {
    throw new Error('no such label');
  };
  const exchange = new Exchange(settings(observer), undefined);
  assert.equal(shown(exchange.answer(headers())), 'refuse 500 extproc.internal');
  assert.equal(observer.defects.length, 1);
});

test('the route’s policy reaches the decision', () => {
  const policies: (string | undefined)[] = [];
  const pin = (): Decide => (request) => {
    policies.push(request.routePolicy);
    return { kind: 'untouched', mints: [] };
  };
  new Exchange(settings(new RecordingObserver(), { pin }), { ...noMetadata, routePolicy: 'partner' }).answer(headers());
  new Exchange(settings(new RecordingObserver(), { pin }), undefined).answer(headers());
  assert.deepEqual(policies, ['partner', undefined]);
});

/** The clock advances by a quarter of a second at each reading. */
function settings(observer: RecordingObserver, rest: Partial<ExchangeSettings> = {}): ExchangeSettings {
  let time = 0;
  const now = (): number => {
    time += 0.25;
    return time;
  };
  return { pin: () => decide, observer, limits, admission: alone(), now, ...rest };
}

function fullDuplexConfig(): ProcessingRequest {
  return { protocol_config: { request_body_mode: 'FULL_DUPLEX_STREAMED', response_body_mode: 'FULL_DUPLEX_STREAMED' } };
}

function observed(message: ProcessingRequest): ProcessingRequest {
  return { ...message, observability_mode: true };
}

function unexpected(): string {
  return 'fail extproc.unexpected-request-headers';
}

function repeated(count: number): [string, string][] {
  return Array.from({ length: count }, () => ['a', 'b']);
}

function deep(): ProcessingRequest {
  const inner = { structValue: { fields: { a: { structValue: {} } } } };
  return { metadata_context: { filter_metadata: { space: { fields: { a: inner } } } } };
}
