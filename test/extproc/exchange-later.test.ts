/**
 * An exchange whose decision arrives in a later event-loop turn.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Decision } from '../../src/decision/decision.ts';
import { Later } from '../../src/diagnostics/later.ts';
import { Admission } from '../../src/extproc/admission.ts';
import { type Answer, Exchange } from '../../src/extproc/exchange.ts';
import type { ProcessingRequest } from '../../src/extproc/messages.ts';
import { alone, defaultLimits } from './default-limits.ts';
import { RecordingObserver } from './recording-observer.ts';

const refusal = { status: 401, contentType: 'text/plain', body: 'no' };
const decisions = {
  forward: { kind: 'forward', set: [], remove: ['x-a'], mints: [{ policy: 'p', outcome: 'minted' }] },
  refuse: { kind: 'refuse', refusal, mints: [{ policy: 'p', outcome: 'refused', code: 'mint.reason' }] },
  unrouted: { kind: 'refuse', refusal: { ...refusal, status: 400 }, mints: [], code: 'route.ambiguous-path' },
} as const satisfies Readonly<Record<string, Decision>>;

const requestHeaders: ProcessingRequest = { request: 'request_headers', request_headers: {} };
const requestBody: ProcessingRequest = { request: 'request_body', request_body: { body: Buffer.from('piece') } };

/** Summarizes an answer: the phase, `refuse STATUS DETAILS`, or `none`. */
function shown(answer: Answer): string {
  if (answer.kind !== 'respond') return answer.kind;
  const { immediate_response: refused, ...rest } = answer.response;
  return refused === undefined ? Object.keys(rest).join() : `refuse ${refused.status.code} ${refused.details}`;
}

/** An exchange that waits for a decision, and its later answers. */
function waiting(admission = alone()) {
  const observer = new RecordingObserver();
  const decision = new Later<Decision>();
  let time = 0;
  const now = (): number => {
    time += 0.25;
    return time;
  };
  const exchange = new Exchange(
    { observer, pin: () => () => decision, limits: defaultLimits, admission, now },
    undefined,
  );
  const answer = exchange.answer(requestHeaders);
  assert.equal(answer.kind, 'later');
  const came: string[] = [];
  if (answer.kind === 'later') answer.listen((later) => came.push(shown(later)));
  return { observer, decision, exchange, came };
}

for (const [name, answers, outcome] of [
  ['forward', ['request_headers', 'request_body'], 'forwarded'],
  ['refuse', ['refuse 401 mint.reason', 'none'], 'refused'],
  ['unrouted', ['refuse 400 route.ambiguous-path', 'none'], 'refused'],
] as const) {
  test(`a later decision: ${name}`, () => {
    const { observer, decision, exchange, came } = waiting();
    assert.deepEqual(observer.outcomes, []);
    decision.settle(decisions[name]);
    assert.deepEqual([...came, shown(exchange.answer(requestBody))], answers);
    exchange.close();
    assert.deepEqual(observer.outcomes, [outcome]);
    assert.equal(observer.records[0]?.seconds, 0.25);
  });
}

for (const end of ['settled', 'failed'] as const) {
  test(`a request that was given up has its place until its decision has ${end}, and leaves it once`, () => {
    const admission = new Admission(1);
    const { exchange, decision } = waiting(admission);
    exchange.close();
    assert.equal(admission.enter(), false);
    if (end === 'settled') decision.settle(decisions.forward);
    else decision.fail(new TypeError('a defect'));
    assert.equal(admission.enter(), true);
    assert.equal(admission.enter(), false);
  });
}

test('a request without a place is refused before anything is decided', () => {
  const observer = new RecordingObserver();
  const pin = (): never => assert.fail('nothing may be decided');
  const settings = { observer, pin: () => pin, limits: defaultLimits, admission: new Admission(0), now: () => 0 };
  assert.equal(shown(new Exchange(settings).answer(requestHeaders)), 'refuse 503 extproc.overloaded');
  assert.deepEqual(observer.outcomes, ['overloaded']);
});

test('a request leaves its place once if its decision arrived before its end', () => {
  const admission = new Admission(1);
  const { exchange, decision } = waiting(admission);
  decision.settle(decisions.forward);
  assert.equal(admission.enter(), false);
  exchange.close();
  assert.equal(admission.enter(), true);
  assert.equal(admission.enter(), false);
});

test('an unexpected error in a later decision refuses the request', () => {
  const { observer, decision, came } = waiting();
  decision.fail(new TypeError('secret-value'));
  assert.deepEqual(came, ['refuse 500 extproc.internal']);
  assert.deepEqual(observer.outcomes, ['internal']);
  assert.equal(observer.defects.length, 1);
  assert.doesNotMatch(JSON.stringify(observer), /secret/);
});

test('an observer that fails at a later decision refuses the request', () => {
  const { observer, decision, came } = waiting();
  observer.finished = () => {
    throw new Error('no such label');
  };
  decision.settle(decisions.forward);
  assert.deepEqual(came, ['refuse 500 extproc.internal']);
});

test('a stream that closes before its decision gets no answer and is counted once', () => {
  const { observer, decision, exchange, came } = waiting();
  exchange.close();
  decision.settle(decisions.forward);
  assert.deepEqual([came, observer.outcomes, observer.closed], [[], ['abandoned'], 1]);
});

test('who makes a decision hears that its stream has closed', () => {
  const { decision, exchange } = waiting();
  const told: boolean[] = [];
  decision.whenUnneeded(() => told.push(decision.isAwaited));
  exchange.close();
  exchange.close();
  assert.deepEqual(told, [false]);
});

test('a message before the pending decision is refused, and so is the request', () => {
  const { observer, decision, exchange, came } = waiting();
  assert.equal(shown(exchange.answer(requestBody)), 'refuse 500 extproc.internal');
  decision.settle(decisions.forward);
  assert.deepEqual([came, observer.outcomes], [[], ['internal']]);
});
