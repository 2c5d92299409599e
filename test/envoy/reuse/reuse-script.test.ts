/**
 * @module
 * When the script that keeps tokens gives one again, and its bounds. `reuse-script.search.ts` tries random requests.
 */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { reuseScript, type ScriptOptions } from '../../../src/envoy/reuse-script.ts';
import { type Fields, LuaEnvoy, type LuaRequest } from './lua-envoy.ts';

const options: ScriptOptions = {
  key: {
    caller: { kind: 'token', header: 'authorization', payload: 'payload' },
    parts: [{ kind: 'header', name: 'x-tenant' }, { kind: 'path' }],
  },
  digest: 'digest',
  copies: ['x-copied'],
  lookalikes: ['x-copied'],
};

const caller = ['x-mintproc-caller', 'eyJzdWIiOiJhbGljZSJ9'] as const;
const target = [':path', '/orders?a=1'] as const;
const usual: LuaRequest = { fields: [target, caller, ['x-tenant', 'red']], route: 'all', now: 1_000 };
const answer = { lifetime: 5_000, generation: 'one', set: ['x-token', 'a token'] };

/** An Envoy that has asked mintproc for the usual request. */
function afterFirst(of: ScriptOptions = options, first = usual, answered: object = answer): LuaEnvoy {
  const envoy = new LuaEnvoy(reuseScript(of));
  const { isHit, asks, call } = envoy.request(first);
  assert.deepEqual([isHit, asks], [false, 'digest']);
  envoy.response(call ?? 0, answered);
  return envoy;
}

const withFields = (...fields: Fields): LuaRequest => ({ ...usual, fields });
const tenant = ['x-tenant', 'red'] as const;

const again: readonly [name: string, request: LuaRequest][] = [
  ['the same bytes', usual],
  ['another query, which nothing reads', withFields([':path', '/orders?b=2'], caller, tenant)],
  ['no query', withFields([':path', '/orders'], caller, tenant)],
  ['a header that nothing reads', withFields(target, caller, tenant, ['x-other', '1'])],
  ['just before the end of its time', { ...usual, now: 5_999 }],
];

const asked: readonly [name: string, request: LuaRequest][] = [
  ['another caller', withFields(target, ['x-mintproc-caller', 'eyJzdWIiOiJib2IifQ'], tenant)],
  ['another route', { ...usual, route: 'other' }],
  ['another path', withFields([':path', '/order?a=1'], caller, tenant)],
  ['another value', withFields(target, caller, ['x-tenant', 'blue'])],
  ['another case', withFields(target, caller, ['x-tenant', 'Red'])],
  ['a value of the header less', withFields(target, caller)],
  ['an empty value of it', withFields(target, caller, ['x-tenant', ''])],
  ['the value twice', withFields(target, caller, tenant, tenant)],
  ['the values in one', withFields(target, caller, ['x-tenant', 'red,red'])],
  ['the end of its time', { ...usual, now: 6_000 }],
  ['a clock that was set back', { ...usual, now: 999 }],
  ["a client's copy of a token's header", withFields(target, caller, tenant, ['x-copied', '1'])],
];

const neverKept: readonly [name: string, request: LuaRequest][] = [
  ['a route that has not opted in', { ...usual, route: undefined }],
  ['a route with the name of another in its context', { ...usual, envoyRoute: 'other' }],
  ['a route without a name', { ...usual, envoyRoute: '' }],
  ['a route without a name, also in its context', { ...usual, route: '', envoyRoute: '' }],
  ['no verified token', withFields(target, tenant)],
  ['two verified tokens', withFields(target, caller, caller, tenant)],
  ['the header without a verified token', { ...usual, isVerified: false }],
  ["another spelling of a token's header", withFields(target, caller, tenant, ['x.copied', '1'])],
  ...['', '*', 'orders', '//orders', '/\\orders', '/orders#a', '/a b', '/orders?a\tb', '/orders\x7f', '/?#'].map(
    (path): [string, LuaRequest] => [
      `a target that servers read in several ways: ${JSON.stringify(path)}`,
      withFields([':path', path], caller, tenant),
    ],
  ),
];

const plainTargets = ['/', '/?', '/?a=//b', '/a//b', '/a\\b', '/%23', '/?é'];

suite('a kept token', () => {
  for (const [name, request] of again) {
    test(`is given again: ${name}`, () => {
      const { isHit, asks, fields } = afterFirst().request(request);
      assert.deepEqual([isHit, asks], [true, undefined]);
      assert.deepEqual(fields.at(-1), ['x-token', Buffer.from('a token')]);
    });
  }
  for (const path of plainTargets) {
    test(`is given again: the target ${path}`, () => {
      const request = withFields([':path', path], caller, tenant);
      assert.equal(afterFirst(options, request).request(request).isHit, true);
    });
  }
  for (const [name, request] of asked) {
    test(`mintproc is asked: ${name}`, () => {
      const { isHit, asks, fields } = afterFirst().request(request);
      assert.deepEqual([isHit, asks], [false, 'digest']);
      assert.equal(
        fields.some(([header]) => header === 'x-token'),
        false,
      );
    });
  }
  for (const [name, request] of neverKept) {
    test(`mintproc is asked and nothing is kept: ${name}`, () => {
      const { isHit, asks, call } = afterFirst().request(request);
      assert.deepEqual([isHit, asks, call], [false, undefined, undefined]);
    });
  }

  test('mintproc and the upstream never get the header of the claims', () => {
    const envoy = afterFirst();
    for (const [name, request] of [...again, ...asked, ...neverKept]) {
      const { fields } = envoy.request(request);
      assert.equal(
        fields.some(([header]) => header === 'x-mintproc-caller'),
        false,
        name,
      );
    }
  });

  test('mintproc gets the claims in the key, and none if nothing reads the caller', () => {
    const none = new LuaEnvoy(reuseScript({ ...options, key: { caller: { kind: 'none' }, parts: [] } }));
    assert.equal(new LuaEnvoy(reuseScript(options)).request(usual).claims, caller[1]);
    assert.equal(none.request(usual).claims, undefined);
  });

  test('replaces all copies of a client', () => {
    const copies = withFields(target, caller, tenant, ['x-token', '1'], ['x-token', '2']);
    const tokens = afterFirst()
      .request(copies)
      .fields.filter(([name]) => name === 'x-token');
    assert.deepEqual(tokens, [['x-token', Buffer.from('a token')]]);
  });

  test('several headers are set in their order', () => {
    const set = ['x-a', '1', 'x-b', '2', 'x-a', '3'];
    const { fields } = afterFirst(options, usual, { ...answer, set }).request(usual);
    assert.deepEqual(fields.slice(-2).map(String), ['x-b,2', 'x-a,3']);
  });

  test('is counted', () => {
    const envoy = afterFirst();
    envoy.request(usual);
    envoy.request(usual);
    const names = ['mintproc_reuse_misses', 'mintproc_reuse_kept', 'mintproc_reuse_hits'];
    assert.deepEqual(
      names.map((name) => envoy.count(name)),
      [1, 1, 2],
    );
  });
});

const notAllowed: readonly [name: string, answered: object][] = [
  ['no time', { ...answer, lifetime: undefined }],
  ['no time left', { ...answer, lifetime: 0 }],
  ['a time that is no number', { ...answer, lifetime: Number.NaN }],
  ['no generation', { ...answer, generation: undefined }],
  ['no headers', { ...answer, set: [] }],
  ['a header without its value', { ...answer, set: ['x-token'] }],
  ['nothing at all', {}],
];

suite('the answer of mintproc', () => {
  for (const [name, answered] of notAllowed) {
    test(`keeps nothing: ${name}`, () => {
      assert.equal(afterFirst(options, usual, answered).request(usual).isHit, false);
    });
  }

  test('leaves no token for access logs', () => {
    const envoy = new LuaEnvoy(reuseScript(options));
    const { call } = envoy.request(usual);
    assert.equal(envoy.response(call ?? 0, answer), '');
    assert.equal(envoy.response(4_711, answer), '', 'that of a request which nobody knows');
  });

  test('of another generation ends all kept tokens', () => {
    const envoy = afterFirst();
    const { call } = envoy.request({ ...usual, route: 'other' });
    envoy.response(call ?? 0, { generation: 'two' });
    assert.equal(envoy.request(usual).isHit, false);
  });

  test('to an earlier request is not kept after another generation was seen', () => {
    const envoy = new LuaEnvoy(reuseScript(options));
    const [slow, fast] = [envoy.request(usual), envoy.request({ ...usual, route: 'other' })];
    envoy.response(fast.call ?? 0, { ...answer, generation: 'two' });
    envoy.response(slow.call ?? 0, answer);
    assert.equal(envoy.request(usual).isHit, false);
    assert.equal(envoy.request({ ...usual, route: 'other' }).isHit, true);
  });

  test('counts from before the request was sent', () => {
    const envoy = new LuaEnvoy(reuseScript(options));
    const { call } = envoy.request(usual);
    envoy.request({ ...usual, route: 'other', now: 5_000 });
    envoy.response(call ?? 0, answer);
    assert.deepEqual(
      [5_999, 6_000].map((now) => envoy.request({ ...usual, now }).isHit),
      [true, false],
    );
  });
});

const certified: ScriptOptions = { ...options, key: { caller: { kind: 'certificate' }, parts: [] } };
const client: LuaRequest = { fields: [target], route: 'all', certificate: 'aa11' };

suite('the caller', () => {
  const requests: readonly [name: string, request: LuaRequest, isHit: boolean, asks: string | undefined][] = [
    ['the same certificate', client, true, undefined],
    ['another certificate', { ...client, certificate: 'bb22' }, false, 'digest'],
    ['a certificate that was not verified', { ...client, certificate: 'unverified' }, false, undefined],
    ['no certificate', { ...client, certificate: '' }, false, undefined],
    ['no TLS', { fields: [target], route: 'all' }, false, undefined],
  ];
  for (const [name, request, isHit, asks] of requests) {
    test(name, () => {
      const outcome = afterFirst(certified, client).request(request);
      assert.deepEqual([outcome.isHit, outcome.asks], [isHit, asks]);
    });
  }

  test('that nothing reads is not in the key', () => {
    const envoy = afterFirst({ ...options, key: { caller: { kind: 'none' }, parts: [] } });
    assert.equal(envoy.request(withFields(target)).isHit, true);
  });
});

suite('the query', () => {
  const of: ScriptOptions = { ...options, key: { caller: { kind: 'none' }, parts: [{ kind: 'query' }] } };
  const at = (path: string): LuaRequest => withFields([':path', path]);
  const pairs: readonly [first: string, second: string, isHit: boolean][] = [
    ['/a?x', '/b?x', true],
    ['/a?x', '/a?X', false],
    ['/a?', '/a', false],
    ['/a', '/b', true],
    ['/a??', '/a?', false],
    ['/a?x?y', '/?x?y', true],
  ];
  for (const [first, second, isHit] of pairs) {
    test(`${first} and ${second}`, () => assert.equal(afterFirst(of, at(first)).request(at(second)).isHit, isHit));
  }
});

suite('bounds', () => {
  const none: ScriptOptions = { ...options, key: { caller: { kind: 'none' }, parts: [{ kind: 'path' }] } };
  const number = (at: number, size = 10): LuaRequest => withFields([':path', `/${String(at).padStart(size - 1, '0')}`]);

  test('a key of 8,192 bytes is kept, a larger one is not', () => {
    // The route, no caller, the path and the header that is copied, each with its length.
    const around = '3:all0:8176:0;'.length;
    for (const [size, isAsked] of [
      [8_192 - around, true],
      [8_193 - around, false],
    ] as const) {
      const { asks } = new LuaEnvoy(reuseScript(none)).request(number(0, size));
      assert.equal(asks !== undefined, isAsked, String(size));
    }
  });

  test('32 values of a header are kept, more are not', () => {
    for (const [count, isAsked] of [
      [32, true],
      [33, false],
    ] as const) {
      const request = withFields(target, caller, ...Array.from({ length: count }, () => tenant));
      assert.equal(new LuaEnvoy(reuseScript(options)).request(request).asks !== undefined, isAsked, String(count));
    }
  });

  test('a token of 16,384 bytes is kept, a larger one is not', () => {
    for (const [size, isHit] of [
      [16_377, true],
      [16_378, false],
    ] as const) {
      const set = ['x-token', 't'.repeat(size)];
      assert.equal(afterFirst(options, usual, { ...answer, set }).request(usual).isHit, isHit, String(size));
    }
  });

  test('5,000 tokens are kept for sure, 10,000 at most, and one that is used stays', () => {
    const envoy = new LuaEnvoy(reuseScript(none));
    const isKept = (at: number): boolean => envoy.request(number(at)).isHit;
    for (let at = 0; at < 10_001; at++) {
      envoy.response(envoy.request(number(at)).call ?? 0, answer);
      if (at % 1_000 === 0) assert.equal(isKept(0), true, String(at));
    }
    assert.deepEqual([1, 4_999, 5_000, 9_999, 10_000].map(isKept), [false, false, true, true, true]);
  });

  test('16 MiB of tokens', () => {
    const envoy = new LuaEnvoy(reuseScript(none));
    const set = ['x-token', 't'.repeat(16_000)];
    for (let at = 0; at < 2_000; at++) envoy.response(envoy.request(number(at)).call ?? 0, { ...answer, set });
    const kept = Array.from({ length: 2_000 }, (_, at) => envoy.request(number(at)).isHit).filter(Boolean).length;
    const each = 16_007 + 512 + '3:all0:10:00000000000;'.length;
    assert.ok(kept * each <= 16 * 1024 * 1024 && kept * each > 8 * 1024 * 1024, `${kept} tokens`);
  });

  test('1,024 requests wait for their answers; the answer of an earlier one is not kept', () => {
    const envoy = new LuaEnvoy(reuseScript(none));
    const calls = Array.from({ length: 1_025 }, (_, at) => envoy.request(number(at)).call ?? 0);
    // Each has a token of its own: the answer of one whose place was taken must not become that of another.
    for (const [at, call] of calls.entries()) envoy.response(call, { ...answer, set: ['x-token', `token ${at}`] });
    const tokens = [0, 1, 1_024].map((at) => {
      const { fields } = envoy.request(number(at));
      return fields.find(([name]) => name === 'x-token')?.[1].toString();
    });
    assert.deepEqual(tokens, [undefined, 'token 1', 'token 1024']);
  });
});
