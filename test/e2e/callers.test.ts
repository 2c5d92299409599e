/**
 * @module
 * H19 and H23 with a real Envoy: a lost identity is refused, counted and visible; what no route matches, or a route
 * denies, is refused; a CONNECT does not go past routes with a path.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { decodeJwt } from 'jose';
import { callerToken } from '../../demo/credentials.ts';
import type { EnvoyConfig } from '../../demo/envoy-config.ts';
import { seenHeader } from '../../demo/upstream.ts';
import { loadConfiguration } from '../../src/configuration/load.ts';
import { makeDecide } from '../../src/decision/decide.ts';
import { startServer } from '../../src/extproc/server.ts';
import { flexPolicy, memoryFiles } from '../configuration/memory-files.ts';
import { defaultLimits } from '../extproc/default-limits.ts';
import { RecordingObserver } from '../extproc/recording-observer.ts';
import { type Question, seenIn } from './harness/client.ts';
import { startLoneEnvoy } from './harness/lone-envoy.ts';
import { admitAnonymous, extProc, hmacPolicy } from './harness/policies.ts';
import { type Stack, startStack } from './harness/stack.ts';

const namespaces = ['metadata_options', 'forwarding_namespaces', 'untyped'];

/** Envoy verifies callers. In `informed` it sends what it knows of them; in `silent` it sends nothing. */
function start(isTold: boolean): Promise<Stack> {
  return startStack({
    files: { 'policy.yaml': hmacPolicy({ by: '#[authentication.principal]' }) },
    mintproc: {
      unmatched: 'deny',
      policies: [
        { name: 'open', file: 'policy.yaml' },
        { name: 'strict', file: 'policy.yaml', requireCaller: true, onError: 'pass' },
      ],
      routes: [
        { match: { pathPrefix: '/open' }, policies: ['open'] },
        { match: { pathPrefix: '/strict' }, policies: ['strict'] },
        { match: { pathPrefix: '/route' }, policies: ['open'], requireCaller: true },
        { match: { pathPrefix: '/denied' }, deny: true },
      ],
    },
    envoy(config) {
      admitAnonymous(config);
      if (!isTold) config.set([...extProc(config), ...namespaces], ['envoy.filters.http.ext_authz']);
    },
  });
}

let informed: Stack;
let silent: Stack;
before(async () => {
  [informed, silent] = await Promise.all([start(true), start(false)]);
});
after(async () => {
  await informed?.[Symbol.asyncDispose]();
  await silent?.[Symbol.asyncDispose]();
});

const answers: [
  stack: 'informed' | 'silent',
  path: string,
  known: boolean,
  status: number,
  code: string | undefined,
][] = [
  ['informed', '/open', true, 200, undefined],
  ['informed', '/strict', true, 200, undefined],
  ['informed', '/route', true, 200, undefined],
  ['informed', '/strict', false, 401, 'identity.missing'],
  ['informed', '/route', false, 401, 'identity.missing'],
  ['informed', '/denied', true, 403, 'route.denied'],
  ['informed', '/else', true, 404, 'route.none'],
  ['silent', '/open', true, 200, undefined],
  ['silent', '/strict', true, 401, 'identity.missing'],
  ['silent', '/route', true, 401, 'identity.missing'],
];
for (const [name, path, known, status, code] of answers) {
  test(`${name}, ${known ? 'a caller' : 'nobody'} at ${path}: ${status}`, async () => {
    const stack = name === 'informed' ? informed : silent;
    const token: Question['headers'] = known
      ? [['authorization', `Bearer ${await callerToken(stack.credentials.callerKey, { sub: 'alice' })}`]]
      : [];
    const reached = stack.seen.length;
    const answer = await stack.ask({ path, headers: token });
    assert.equal(answer.status, status);
    if (code === undefined) {
      const [value = ''] = seenHeader(seenIn(answer), 'authorization');
      assert.equal(decodeJwt(value.slice('Bearer '.length))['by'] !== undefined, name === 'informed');
    } else {
      assert.equal(answer.body, `{"error":{"code":"${code}"}}`);
      assert.equal(stack.seen.length, reached);
    }
  });
}

test('each source that was asked is counted', async () => {
  const { body } = await silent.admin('/metrics');
  const counts = Array.from(body.matchAll(/^mintproc_identities_total\{(.*)\} (\d+)$/gm), ([, labels, count]) => [
    labels,
    Number(count) > 0,
  ]);
  assert.deepEqual(Object.fromEntries(counts), {
    'source="jwt_authn",outcome="found"': false,
    'source="jwt_authn",outcome="absent"': true,
    'source="jwt_authn",outcome="refused"': false,
    'source="ext_authz",outcome="found"': false,
    'source="ext_authz",outcome="absent"': true,
    'source="ext_authz",outcome="refused"': false,
    'source="certificate",outcome="found"': false,
    'source="certificate",outcome="absent"': true,
    'source="certificate",outcome="refused"': false,
  });
  assert.match(body, /^mintproc_request_errors_total\{code="identity.missing"\} [1-9]/m);
});

/** CONNECT goes on to the upstream. */
function allowConnect(config: EnvoyConfig): void {
  const upgrades = [{ upgrade_type: 'CONNECT' }];
  config.set([...config.connectionManager, 'upgrade_configs'], upgrades);
  config.set(config.route, {
    match: { connect_matcher: {} },
    route: { cluster: 'upstream', upgrade_configs: upgrades },
  });
}

const connects: [pathPrefix: string, status: number, seen: RegExp | undefined][] = [
  ['/', 200, /^Bearer eyJ/],
  ['/orders', 400, undefined],
];
for (const [pathPrefix, status, seen] of connects) {
  test(`CONNECT where routes have pathPrefix: ${pathPrefix} alone`, async () => {
    const configuration = {
      policies: [{ name: 'p', file: 'policy.yaml' }],
      routes: [{ match: { pathPrefix }, policies: ['p'] }],
    };
    const files = memoryFiles({
      'policy.yaml': flexPolicy({ iss: 'mint' }),
      'conf.yaml': JSON.stringify(configuration),
    });
    const { snapshot } = loadConfiguration('conf.yaml', { files });
    assert.ok(snapshot);
    const decide = makeDecide(snapshot, { clock: Date.now, randomId: () => 'id' });
    const observer = new RecordingObserver();
    const processor = await startServer({
      limits: defaultLimits,
      addresses: ['127.0.0.1:0'],
      observer,
      pin: () => decide,
    });
    const arrived: (string | undefined)[] = [];
    const upstream = createServer().listen(0, '127.0.0.1');
    upstream.on('connect', (incoming: IncomingMessage, socket) => {
      arrived.push(incoming.headers.authorization);
      socket.end('HTTP/1.1 200 OK\r\n\r\n');
    });
    await once(upstream, 'listening');
    const [address = ''] = processor.addresses;
    const { port } = upstream.address() as AddressInfo;
    await using envoy = await startLoneEnvoy({ processor: address, upstreamPort: port, configure: allowConnect });
    const outgoing = request({
      host: '127.0.0.1',
      port: envoy.port,
      method: 'CONNECT',
      path: 'api.example.com:443',
      headers: { authorization: 'spoof' },
    });
    outgoing.end();
    const answered: Promise<[IncomingMessage]> = Promise.race([
      once(outgoing, 'connect'),
      once(outgoing, 'response'),
    ]) as never;
    const [response] = await answered;
    response.destroy();
    outgoing.destroy();
    assert.equal(response.statusCode, status);
    assert.equal(arrived.length, seen === undefined ? 0 : 1);
    if (seen !== undefined) assert.match(arrived[0] ?? '', seen);
    upstream.close();
    await processor.stop(0);
  });
}
