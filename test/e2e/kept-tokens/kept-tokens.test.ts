/**
 * @module
 * What an Envoy that keeps tokens gives to which request, and what ends it. `kept-tokens.search.ts` tries hostile
 * requests, `npm run isolation` many callers with reloads, rotations and killed workers.
 */
import assert from 'node:assert/strict';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { decodeJwt, jwtVerify } from 'jose';
import { callerToken } from '../../../demo/credentials.ts';
import type { EnvoyConfig } from '../../../demo/envoy-config.ts';
import { seenHeader } from '../../../demo/upstream.ts';
import { type Answer, ask, type Question, seenIn } from '../harness/client.ts';
import { findEnvoy } from '../harness/find-envoy.ts';
import { keepTokens } from '../harness/kept-tokens.ts';
import { requireCertificates } from '../harness/policies.ts';
import { makeCertificates } from '../harness/python-tools.ts';
import { type Stack, startStack } from '../harness/stack.ts';
import { files, mintproc, outputs, withFreshRoute } from './kept-scene.ts';
import { freshHeader } from './twins.ts';

const { skip } = await findEnvoy();
const path = '/flex/orders';

function tokenIn(answer: Answer): string {
  const [token = '', ...more] = seenHeader(seenIn(answer), outputs.flex);
  assert.deepEqual(more, []);
  return token;
}

async function counts(stack: Stack): Promise<{ readonly asked: number; readonly hits: number }> {
  const { body } = await stack.admin('/metrics');
  const asked = Array.from(body.matchAll(/^mintproc_requests_total\{.*\} (\d+)$/gm), ([, count]) => Number(count));
  const hits = [...(await stack.envoyStats('mintproc_reuse_hits')).values()];
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
  return { asked: sum(asked), hits: sum(hits) };
}

/** How often mintproc has loaded its configuration. */
async function loads(stack: Stack): Promise<string | undefined> {
  const { body } = await stack.admin('/metrics');
  return /^mintproc_config_reload_total\{result="success"\} (\d+)$/m.exec(body)?.[1];
}

suite('an Envoy that keeps tokens', { skip }, () => {
  let stack: Stack;
  /** A request of a caller with this name. */
  let questionOf: (sub: string, more?: Question) => Promise<Question>;

  before(async () => {
    stack = await startStack({ files, mintproc: { ...mintproc, reload: { poll: '1s', settle: '50ms' } }, envoy });
    questionOf = async (sub, more = {}) => {
      const token = await callerToken(stack.credentials.callerKey, { sub, iat: 1 });
      tokens.set(sub, tokens.get(sub) ?? token);
      return { path, ...more, headers: [['authorization', `Bearer ${tokens.get(sub)}`], ...(more.headers ?? [])] };
    };
  });
  after(() => stack?.[Symbol.asyncDispose]());

  /** Signatures differ each time, so each caller comes with one token. */
  const tokens = new Map<string, string>();

  function envoy(config: EnvoyConfig, folder: string): void {
    keepTokens(config, folder);
    withFreshRoute(config);
    const others = config.get(config.route.slice(0, -1)) as readonly object[];
    const disabled = {
      '@type': 'type.googleapis.com/envoy.extensions.filters.http.ext_proc.v3.ExtProcPerRoute',
      disabled: true,
    };
    const without = { 'envoy.filters.http.ext_proc': disabled };
    const unfiltered = {
      ...without,
      'mintproc.reuse': {
        '@type': 'type.googleapis.com/envoy.extensions.filters.http.lua.v3.LuaPerRoute',
        disabled: true,
      },
    };
    const routes = Object.entries({ without, unfiltered }).map(([name, typed_per_filter_config]) => ({
      name,
      match: { prefix: `/${name}` },
      route: { cluster: 'upstream' },
      typed_per_filter_config,
    }));
    config.set(config.route.slice(0, -1), [
      ...routes,
      ...others.slice(0, -1),
      { ...others.at(-1), match: { prefix: '/flex' } },
    ]);
    config.set([...config.connectionManager, 'access_log'], [accessLog(folder)]);
  }

  test('asks mintproc once for the same request, and gives its token again', async () => {
    const question = await questionOf('alice');
    const before = await counts(stack);
    const [first = '', ...again] = [
      await stack.ask(question),
      await stack.ask(question),
      await stack.ask(question),
    ].map(tokenIn);
    assert.deepEqual(again, [first, first]);
    const { payload } = await jwtVerify(first, Buffer.from('my-secret-key'));
    assert.equal(payload.sub, 'alice');
    const { asked, hits } = await counts(stack);
    assert.deepEqual([asked - before.asked, hits - before.hits], [1, 2]);
  });

  test('gives no caller the token of another', async () => {
    const subjects = ['carol', 'dave', 'carol', 'dave'];
    const seen: unknown[] = [];
    for (const sub of subjects) seen.push(decodeJwt(tokenIn(await stack.ask(await questionOf(sub)))).sub);
    assert.deepEqual(seen, subjects);
  });

  const never: readonly [name: string, more: Question][] = [
    ['a route that has not opted in', { headers: [[freshHeader, '1']] }],
    ['a request of which mintproc reads something else', { headers: [['x-tenant', 'other']] }],
  ];
  for (const [name, more] of never) {
    test(`asks mintproc: ${name}`, async () => {
      await stack.ask(await questionOf('alice'));
      const before = await counts(stack);
      await stack.ask(await questionOf('alice', more));
      const { asked, hits } = await counts(stack);
      assert.deepEqual([asked - before.asked, hits - before.hits], [1, 0]);
    });
  }

  /** The headers at the upstream that only a policy, or nobody, may let through. */
  async function gotThrough(target: string): Promise<readonly string[]> {
    await stack.ask(await questionOf('alice'));
    const seen = seenIn(await stack.ask(await questionOf('alice', { path: target })));
    const names = seen.headers.map(([name]) => name.toLowerCase());
    return names.filter((name) => ['x-token', 'x-mintproc-caller', 'authorization'].includes(name));
  }

  test('gives no token on a route where mintproc is disabled', async () => {
    assert.deepEqual(await gotThrough('/without'), []);
  });

  test('gives no claims of the caller on a route where the filter is disabled, too', async () => {
    assert.deepEqual(await gotThrough('/unfiltered'), []);
  });

  const answered: readonly [name: string, more: Question, status: number][] = [
    ['no route', { path: '/none' }, 404],
    ['a caller without a token', { headers: [] }, 401],
  ];
  for (const [name, more, status] of answered) {
    test(`has no error in its script: ${name}`, async () => {
      const question = status === 401 ? { path } : await questionOf('alice', more);
      assert.equal((await stack.ask(question)).status, status);
      const errors = await stack.envoyStats('lua.errors');
      assert.deepEqual([...errors.values()], [0]);
    });
  }

  test('shows kept tokens in its access log by a mark, and never a token', async () => {
    const question = await questionOf('erin');
    const token = tokenIn(await stack.ask(question));
    await stack.ask(question);
    const log = await logged(stack, (lines) => lines.filter((line) => line.includes('hit=true')).length > 0);
    assert.match(log, /"for":/);
    assert.equal(log.includes(token.split('.')[2] ?? token), false);
  });

  test('drops what it kept when mintproc has another configuration', async () => {
    const question = await questionOf('frank');
    const first = tokenIn(await stack.ask(question));
    const loaded = await loads(stack);
    const draft = join(stack.folder, 'draft');
    writeFileSync(draft, files['flex.yaml'].replace('exp: 300', 'exp: 600'));
    renameSync(draft, join(stack.folder, 'flex.yaml'));
    while ((await loads(stack)) === loaded) await pause(50);
    await stack.ask(await questionOf('grace'));
    const second = decodeJwt(tokenIn(await stack.ask(question)));
    assert.deepEqual([spanOf(decodeJwt(first)), spanOf(second)], [300, 600]);
  });

  test('has no kept token after it was restarted', async () => {
    const question = await questionOf('judy');
    await stack.ask(question);
    await stack.restartEnvoy();
    const before = await counts(stack);
    const again = [await stack.ask(question), await stack.ask(question)].map(tokenIn);
    const { asked, hits } = await counts(stack);
    assert.deepEqual([asked - before.asked, hits - before.hits, new Set(again).size], [1, 1, 1]);
  });

  test('gives kept tokens while mintproc is down, and no request goes on without one', async () => {
    const question = await questionOf('heidi');
    const token = tokenIn(await stack.ask(question));
    await stack.sidecar.stop();
    assert.equal(tokenIn(await stack.ask(question)), token);
    const { length } = stack.seen;
    assert.equal((await stack.ask(await questionOf('ivan'))).status, 500);
    assert.equal(stack.seen.length, length);
  });
});

function spanOf({ exp = 0, iat = 0 }: { readonly exp?: number; readonly iat?: number }): number {
  return exp - iat;
}

function accessLog(folder: string): object {
  // Envoy writes at once what is longer than 64 KiB, and else only after ten seconds.
  const line = `%DYNAMIC_METADATA(mintproc.reuse)% hit=%DYNAMIC_METADATA(mintproc.reuse:hit)%${' '.repeat(65_536)}\n`;
  return {
    name: 'envoy.access_loggers.file',
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog',
      path: join(folder, 'access.log'),
      log_format: { text_format_source: { inline_string: line } },
    },
  };
}

/** A thread of Envoy writes its log. */
async function logged(stack: Stack, isThere: (lines: readonly string[]) => boolean): Promise<string> {
  for (;;) {
    const text = readFileSync(join(stack.folder, 'access.log'), 'utf8');
    if (isThere(text.split('\n'))) return text;
    await pause(50);
  }
}

test('client certificates: each client gets its own token, kept or not', { skip }, async () => {
  const [orders, returns] = await Promise.all(
    ['orders', 'returns'].map((name) =>
      makeCertificates({ name, dns: `${name}.example.com`, uri: `spiffe://example.com/${name}` }),
    ),
  );
  assert.ok(orders !== undefined && returns !== undefined);
  await using stack = await startStack({
    files: {
      ...files,
      'flex.yaml': files['flex.yaml'].replace('authentication.properties.claims', 'authentication.properties.dns'),
      'ca.pem': `${orders.ca}${returns.ca}`,
      'server.pem': orders.server.cert,
      'server.key': orders.server.key,
    },
    mintproc: {
      ...mintproc,
      authentication: { sources: [{ from: 'certificate' }] },
      policies: mintproc.policies.slice(0, 1),
      routes: mintproc.routes.filter(({ policies }) => policies.includes('flex')),
    },
    envoy(config, folder) {
      keepTokens(config, folder);
      requireCertificates(config);
    },
  });
  const principals: unknown[] = [];
  for (const { caller } of [orders, returns, orders, returns]) {
    const answer = await ask(stack.port, { path, tls: { ...caller, ca: orders.ca } });
    principals.push(decodeJwt(tokenIn(answer)).sub);
  }
  const [first, second] = ['spiffe://example.com/orders', 'spiffe://example.com/returns'];
  assert.deepEqual(principals, [first, second, first, second]);
  assert.deepEqual(await counts(stack), { asked: 2, hits: 2 });
});
