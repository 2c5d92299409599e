import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadConfiguration } from '../../src/configuration/load.ts';
import type { JsonObject } from '../../src/diagnostics/json.ts';
import { decodeRequest } from '../../src/extproc/codec/decode-request.ts';
import { readRequest } from '../../src/extproc/wire.ts';
import type { IncomingRequest } from '../../src/request/incoming-request.ts';
import { decideAtOnce } from '../at-once.ts';
import { flexPolicy, memoryFiles } from '../configuration/memory-files.ts';
import { Dice } from '../search/dice.ts';
import { defaultLimits } from './default-limits.ts';
import { type Arrange, messageWith, shuffledBy } from './shuffled-message.ts';
import { processMethod } from './stream-client.ts';

const { requestDeserialize } = processMethod();
const codecs: [name: string, read: (bytes: Buffer) => IncomingRequest][] = [
  ['native', (bytes) => readRequest(decodeRequest(bytes, 0, bytes.length), undefined, defaultLimits)],
  ['generic', (bytes) => readRequest(requestDeserialize(bytes), undefined, defaultLimits)],
];

const asWritten: Arrange = (members) => members;
const backwards: Arrange = (members) => members.toReversed();
const many = Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`n${(at * 17) % 40}`.padStart(3, 'm'), at]));

const orders: [name: string, members: JsonObject, names: readonly string[]][] = [
  ['by code units', { b: 1, a: 2, Z: 3, '': 4 }, ['', 'Z', 'a', 'b']],
  ['a longer name behind its beginning', { ab: 1, a: 2, abc: 3 }, ['a', 'ab', 'abc']],
  ['a surrogate before U+FFFF', { '\uffff': 1, '\u{1f600}': 2, é: 3 }, ['é', '\u{1f600}', '\uffff']],
  ['array indexes first, by number', { a: 1, 10: 2, 9: 3, '09': 4 }, ['9', '10', '09', 'a']],
  ['as many as are inserted, and more', many, Object.keys(many).toSorted()],
];

for (const [codec, read] of codecs) {
  for (const [name, members, names] of orders) {
    test(`${codec} codec: ${name}`, () => {
      const nested = { space: { payload: members, list: [members] } };
      for (const arrange of [asWritten, backwards, shuffledBy(new Dice(1))]) {
        const { metadata } = read(messageWith(nested, arrange));
        const whole = metadata.get('space') as { payload: JsonObject; list: readonly JsonObject[] };
        assert.deepEqual(Object.keys(whole), ['list', 'payload']);
        assert.deepEqual(Object.keys(whole.payload), names);
        assert.deepEqual(Object.keys(whole.list[0] ?? {}), names);
        assert.deepEqual({ ...whole.payload }, members);
      }
    });
  }

  test(`${codec} codec: of several members with one name the last counts`, () => {
    const twice: Arrange = (members) =>
      members.flatMap(([name, value]) => [[name, 'before'] as const, [name, value] as const]);
    const { metadata } = read(messageWith({ space: { b: 1, a: 2 } }, twice));
    assert.equal(JSON.stringify(metadata.get('space')), '{"a":2,"b":1}');
  });

  test(`${codec} codec: one caller gets one token for any order of the claims`, () => {
    const claims = { sub: 'alice', roles: ['a', 'b'], realm: { z: 1, y: { d: 1, c: 2 } }, azp: 'c', tenant: 't' };
    const dice = new Dice(7);
    const counted = { hit: 0, miss: 0 };
    const { snapshot } = loadConfiguration('mintproc.yaml', {
      files: memoryFiles({
        'policy.json': flexPolicy({ caller: '#[authentication.properties.claims]' }),
        'mintproc.yaml': JSON.stringify({
          policies: [{ name: 'p', file: 'policy.json', reuse: { for: '60s' } }],
          routes: [{ match: {}, policies: ['p'] }],
        }),
      }),
      reuseCounters: () => ({
        hit: { increment: () => counted.hit++ },
        miss: { increment: () => counted.miss++ },
        evicted: { increment: () => undefined },
      }),
    });
    assert.ok(snapshot);
    const decide = decideAtOnce(snapshot, { clock: () => 1_700_000_000_000, randomId: () => 'id' });
    const metadata = { 'envoy.filters.http.jwt_authn': { payload: claims } };
    const answers = Array.from({ length: 60 }, () => {
      const decision = decide(read(messageWith(metadata, shuffledBy(dice), [[':path', '/']])));
      return decision.kind === 'forward' ? JSON.stringify(decision.set) : decision.kind;
    });
    assert.equal(new Set(answers).size, 1);
    assert.match(answers[0] ?? '', /^\[\["authorization","Bearer /);
    assert.deepEqual(counted, { hit: 59, miss: 1 });
  });
}
