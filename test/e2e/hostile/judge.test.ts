/**
 * Requests that arrive at the upstream after their connection to Envoy has ended, as on a machine that is stalled.
 */
import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import type { Answer } from './connections.ts';
import { type Input, inputOf, numberHeader, tokenHeader } from './inputs.ts';
import { Trials } from './judge.ts';
import { Keys } from './keys.ts';
import { sortedJson } from './scene.ts';
import { SeenRequest } from './seen-request.ts';

const keys = new Keys();
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

function inputFor(policy: string): Input {
  for (let number = 0; number < 1_000; number++) {
    const input = inputOf(1, number, privateKey);
    if (input.subject.name === policy && input.caller === undefined) return input;
  }
  throw new Error(`no input for ${policy} without a caller`);
}

const input = inputFor('flex');

function headOf(token: string): Buffer {
  return Buffer.from(`GET /flex HTTP/1.1\r\n${numberHeader}: ${input.number}\r\n${tokenHeader}: ${token}`);
}

function rightToken(): string {
  const now = Math.floor(Date.now() / 1000);
  const seen = SeenRequest.of(headOf(''));
  const expected = input.subject.expected({ seen, caller: undefined, now, id: '' });
  if (typeof expected === 'string') throw new Error(expected);
  const parts = [expected.header, expected.claims].map((part) => Buffer.from(sortedJson(part)).toString('base64url'));
  const signed = parts.join('.');
  return `${signed}.${createHmac('sha256', keys.secret).update(signed).digest('base64url')}`;
}

const unanswered: Answer = { status: 0, body: '' };
const answered: Answer = { status: 200, body: '' };
const right = rightToken();
const wrong = `${right.slice(0, -2)}AA`;

const cases: [name: string, answer: Answer, tokens: readonly string[], stray: RegExp | undefined][] = [
  ['with its token', unanswered, [right], undefined],
  ['with another token', unanswered, [wrong], /^A request without an answer arrived later, and is wrong: /],
  ['twice', unanswered, [right, right], /is wrong: 2 requests at the upstream/],
  ['although it was answered', answered, [right], /^A request that was not sent arrived/],
];

for (const [name, answer, tokens, stray] of cases) {
  test(`a request arrives later: ${name}`, () => {
    const trials = new Trials(keys);
    const trial = trials.begin(input);
    trials.end(trial, answer);
    for (const token of tokens) trials.arrived(headOf(token));
    assert.equal(trials.strays.length, stray === undefined ? 0 : 1);
    if (stray !== undefined) assert.match(trials.strays[0] ?? '', stray);
  });
}
