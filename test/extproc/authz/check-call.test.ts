/**
 * @module
 * Calls of `Authorization/Check`: both transports must behave the same.
 */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import * as grpc from '@grpc/grpc-js';
import type { Decide, Decision } from '../../../src/decision/decision.ts';
import { Later } from '../../../src/diagnostics/later.ts';
import type { CheckRequest, CheckResponse } from '../../../src/extproc/authz/check-messages.ts';
import { startServer } from '../../../src/extproc/server.ts';
import { type TransportName, transports } from '../../../src/extproc/transports/index.ts';
import type { IncomingRequest } from '../../../src/request/incoming-request.ts';
import { defaultLimits } from '../default-limits.ts';
import { RecordingObserver } from '../recording-observer.ts';
import { checkMethod, endOf } from '../stream-client.ts';

const names = Object.keys(transports) as TransportName[];
const method = checkMethod();

function testEach(name: string, run: (t: TestContext, transport: TransportName) => Promise<void>): void {
  for (const transport of names) test(`${transport}: ${name}`, (t) => run(t, transport));
}

async function started(t: TestContext, transport: TransportName, decide: Decide, limits = defaultLimits) {
  const observer = new RecordingObserver();
  const pin = (): Decide => decide;
  const server = await startServer({ limits, addresses: ['127.0.0.1:0'], transport, observer, pin });
  const client = new grpc.Client(server.addresses[0] ?? '', grpc.credentials.createInsecure());
  t.after(async () => {
    client.close();
    await server.stop(0);
  });
  return { observer, client };
}

type Answer = CheckResponse | { readonly failed: grpc.status; readonly details: string };

function ask(client: grpc.Client, check: CheckRequest, policies: readonly string[] = []): Promise<Answer> {
  const metadata = new grpc.Metadata();
  for (const policy of policies) metadata.add('x-mintproc-policy', policy);
  const { path, requestSerialize, responseDeserialize } = method;
  return new Promise((resolve) => {
    client.makeUnaryRequest(path, requestSerialize, responseDeserialize, check, metadata, {}, (error, response) => {
      resolve(error === null ? ((response ?? {}) as CheckResponse) : { failed: error.code, details: error.details });
    });
  });
}

const forward: Decision = {
  kind: 'forward',
  set: [['authorization', 'Bearer ü']],
  remove: ['x-own'],
  metadata: { tier: 'gold' },
  mints: [],
};
const refuse: Decision = {
  kind: 'refuse',
  refusal: { status: 401, contentType: 'text/plain', body: 'no' },
  mints: [],
  code: 'identity.missing',
};

const allowed: CheckResponse = {
  status: {},
  ok_response: {
    headers: [{ header: { key: 'authorization', value: 'Bearer ü' }, append_action: 'OVERWRITE_IF_EXISTS_OR_ADD' }],
    headers_to_remove: ['x-own'],
  },
  dynamic_metadata: { fields: { mintproc: { structValue: { fields: { tier: { stringValue: 'gold' } } } } } },
};
const denied: CheckResponse = {
  status: { code: 16, message: 'identity.missing' },
  denied_response: {
    status: { code: 401 },
    headers: [{ header: { key: 'content-type', value: 'text/plain' }, append_action: 'OVERWRITE_IF_EXISTS_OR_ADD' }],
    body: 'no',
  },
};

const answers: [name: string, decision: Decision, answer: object, outcome: string][] = [
  ['a request that goes on with a token', forward, allowed, 'forwarded'],
  ['a request that no route matches', { kind: 'untouched', mints: [] }, { status: {}, ok_response: {} }, 'untouched'],
  ['a request that is refused', refuse, denied, 'refused'],
];

for (const [name, decision, answer, outcome] of answers) {
  for (const isLater of [false, true]) {
    testEach(`${name}${isLater ? ', decided later' : ''}`, async (t, transport) => {
      const { client, observer } = await started(t, transport, () => (isLater ? laterOf(decision) : decision));
      assert.deepEqual(withoutOneofs(await ask(client, {})), answer);
      assert.deepEqual(observer.outcomes, [outcome]);
      assert.deepEqual([observer.opened, observer.closed], [1, 1]);
    });
  }
}

function laterOf(decision: Decision): Later<Decision> {
  const later = new Later<Decision>();
  setImmediate(() => later.settle(decision));
  return later;
}

/** The loader names the member of a oneof that is present. */
function withoutOneofs(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (name, member) => (name === 'http_response' || name === 'kind' ? undefined : member)),
  );
}

type Extensions = Readonly<Record<string, string>>;
const policies: [name: string, metadata: string[], extensions: Extensions, routePolicy: string | undefined][] = [
  ['no policy', [], {}, undefined],
  ['one by the metadata of the call', ['partner'], {}, 'partner'],
  ['one by a context extension', [], { 'x-mintproc-policy': 'partner' }, 'partner'],
  ['one by a context extension in another case', [], { 'X-Mintproc-Policy': 'partner' }, 'partner'],
  ['an empty one', [], { 'x-mintproc-policy': '' }, ''],
  [
    'none by a similar extension',
    [],
    { 'x-mintproc-polic': 'a', 'x-mintproc-policies': 'b', x_mintproc_policy: 'c' },
    undefined,
  ],
  ['two, which is no policy’s name', ['partner'], { 'x-mintproc-policy': 'other' }, 'partner, other'],
  ['two in two spellings', [], { 'x-mintproc-policy': 'partner', 'X-Mintproc-Policy': 'other' }, 'partner, other'],
  ['an empty one beside another', [''], { 'x-mintproc-policy': 'partner' }, ', partner'],
  ['three', ['a'], { 'x-mintproc-policy': 'b', 'X-Mintproc-Policy': 'c' }, 'a, b, c'],
];

for (const [name, metadata, extensions, expected] of policies) {
  testEach(`names ${name}`, async (t, transport) => {
    const seen: (string | undefined)[] = [];
    const { client } = await started(t, transport, ({ routePolicy }) => {
      seen.push(routePolicy);
      return forward;
    });
    const context_extensions = { other: 'x', ...extensions };
    await ask(client, { attributes: { context_extensions } }, metadata);
    assert.deepEqual(seen, [expected]);
  });
}

type Read = (request: IncomingRequest) => void;

const joined = { headers: { 'x-a': 'one,two', 'x-b': 'one', 'user-agent': 'x (y, z)', ':path': '/a,b' } };
const raw = { header_map: { headers: [{ key: 'x-a', raw_value: Buffer.from('one,two') }] } };
const first =
  (name: string): Read =>
  ({ headers }) =>
    void headers.first(name);

const reads: [name: string, http: object, read: Read, isRefused: boolean][] = [
  ['the first value', joined, first('x-a'), true],
  ['the last value', joined, ({ headers }) => void headers.last('x-a'), true],
  ['all values of the name', joined, ({ headers }) => void headers.values('x-a'), true],
  ['all headers', joined, ({ headers }) => void headers.all, true],
  ['a header without a comma', joined, first('x-b'), false],
  ['a header that Envoy itself joins', joined, first('user-agent'), false],
  ['a path with a comma', joined, first(':path'), false],
  ['names alone', joined, ({ headers }) => void headers.namesOfLength(new Set([3])), false],
  ['nothing', joined, () => undefined, false],
  ['a raw header', raw, first('x-a'), false],
];

for (const [name, http, read, isRefused] of reads) {
  testEach(`read: ${name}`, async (t, transport) => {
    const { client, observer } = await started(t, transport, (request) => {
      read(request);
      return forward;
    });
    const answer = await ask(client, { attributes: { request: { http } } });
    const expected = isRefused
      ? { status: 400, code: 'extproc.joined-header' }
      : { status: undefined, code: undefined };
    assert.equal('denied_response' in answer ? answer.denied_response?.status.code : undefined, expected.status);
    assert.deepEqual(
      observer.records.map(({ code }) => code),
      [expected.code],
    );
  });
}

testEach('a joined value that is read for a decision that arrives later', async (t, transport) => {
  const { client } = await started(t, transport, (request) => {
    const later = new Later<Decision>();
    setImmediate(() => {
      request.headers.first('x-a');
      later.settle(forward);
    });
    return later;
  });
  const answer = await ask(client, { attributes: { request: { http: joined } } });
  assert.equal('denied_response' in answer ? answer.denied_response?.status.code : undefined, 400);
});

testEach('a check over a limit is refused like a request of ext_proc', async (t, transport) => {
  const { client, observer } = await started(t, transport, () => forward, { ...defaultLimits, headerCount: 4 });
  assert.ok('ok_response' in (await ask(client, { attributes: { request: { http: joined } } })));
  const more = { headers: { ...joined.headers, 'x-c': '' } };
  const answer = await ask(client, { attributes: { request: { http: more } } });
  assert.equal('denied_response' in answer ? answer.denied_response?.status.code : undefined, 431);
  assert.equal(observer.records[1]?.code, 'extproc.too-many-headers');
});

testEach('a defect refuses the request', async (t, transport) => {
  const { client, observer } = await started(t, transport, () => {
    throw new TypeError('a defect');
  });
  const answer = await ask(client, {});
  assert.equal('denied_response' in answer ? answer.denied_response?.status.code : undefined, 500);
  assert.deepEqual(observer.outcomes, ['internal']);
});

const broken: [name: string, messages: CheckRequest[]][] = [
  ['without a message', []],
  ['with two messages', [{}, {}]],
];

for (const [name, messages] of broken) {
  testEach(`a call ${name} ends with an error`, async (t, transport) => {
    const { client, observer } = await started(t, transport, () => forward);
    const { path, requestSerialize, responseDeserialize } = method;
    const call = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, new grpc.Metadata());
    for (const message of messages) call.write(message);
    call.end();
    assert.notEqual((await endOf(call as never)).status.code, grpc.status.OK);
    assert.equal(observer.opened, observer.closed);
    assert.deepEqual(observer.defects, [], 'the client is wrong, not the server');
  });
}
