/**
 * @module
 * What could give a kept token to the wrong request, or for too long, through a real Envoy: redirects that it follows,
 * several providers of jwt_authn, and keys that are revoked.
 */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { parse, stringify } from 'yaml';
import { callerToken } from '../../../demo/credentials.ts';
import type { EnvoyConfig } from '../../../demo/envoy-config.ts';
import { seenHeader } from '../../../demo/upstream.ts';
import { type Answer, ask, seenIn } from '../harness/client.ts';
import { findEnvoy } from '../harness/find-envoy.ts';
import { keepTokens } from '../harness/kept-tokens.ts';
import { type Stack, startStack } from '../harness/stack.ts';
import { files, mintproc, outputs } from './kept-scene.ts';

const { skip } = await findEnvoy();

/** One policy, on the paths below `/flex`. */
const scene = {
  ...mintproc,
  policies: mintproc.policies.slice(0, 1),
  routes: mintproc.routes.filter(({ policies }) => policies.includes('flex')),
};

function tokenIn(answer: Answer): string {
  return seenHeader(seenIn(answer), outputs.flex).join();
}

async function hits(stack: Stack): Promise<number> {
  return [...(await stack.envoyStats('mintproc_reuse_hits')).values()].reduce((sum, count) => sum + count, 0);
}

/** The provider that `gen` writes, and one for the tokens of users, of which mintproc reads nothing. */
function withUsers(config: EnvoyConfig, change: object): void {
  const settings = [...config.filter('envoy.filters.http.jwt_authn'), 'typed_config'];
  const { callers } = config.get([...settings, 'providers']) as { readonly callers: object };
  // As somebody would copy it.
  const users = { ...callers, ...change, from_headers: [{ name: 'x-user' }], forward: false };
  config.set([...settings, 'providers'], { callers, users });
  const both = [{ provider_name: 'callers' }, { provider_name: 'users' }];
  config.set([...settings, 'rules', 0, 'requires'], { requires_all: { requirements: both } });
}

for (const [name, change] of [
  ['a payload of its own', { payload_in_metadata: 'user' }],
  ['the same payload, and no header for the claims', { forward_payload_header: '' }],
] as const) {
  test(`a second provider with ${name}: each caller gets its own token`, { skip }, async () => {
    await using stack = await startStack({
      files,
      mintproc: scene,
      envoy(config, folder) {
        keepTokens(config, folder);
        withUsers(config, change);
      },
    });
    const key = stack.credentials.callerKey;
    const tokens = new Map<string, string>();
    for (const sub of ['ann', 'bob', 'one', 'two']) tokens.set(sub, await callerToken(key, { sub, iat: 1 }));
    const subjects: unknown[] = [];
    const pairs = [
      ['one', 'ann'],
      ['two', 'ann'],
      ['one', 'bob'],
      ['two', 'bob'],
    ] as const;
    for (const [service, user] of pairs) {
      const headers = [
        ['authorization', `Bearer ${tokens.get(service)}`],
        ['x-user', tokens.get(user) ?? ''],
      ] as const;
      subjects.push(decodeJwt(tokenIn(await stack.ask({ path: '/flex/a', headers }))).sub);
    }
    const which = 'payload_in_metadata' in change ? 0 : 1;
    assert.deepEqual(
      subjects,
      pairs.map((pair) => pair[which]),
    );
  });
}

/** An upstream that redirects `/flex/from?TARGET` to the target, and answers with the token that it got. */
async function startRedirecting(): Promise<{ readonly port: number } & AsyncDisposable> {
  const server = createServer((request, response) => {
    const [path, target = ''] = (request.url ?? '').split('?');
    if (path === '/flex/from') response.writeHead(302, { location: `http://api.example.com${target}` });
    response.end(String(request.headers[outputs.flex]));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

test('a redirect that Envoy follows is another request, with the token of its own path', { skip }, async () => {
  await using upstream = await startRedirecting();
  const claims = /^ +- name: (sub|caller)\n.*\n/gm;
  await using stack = await startStack({
    files: { ...files, 'flex.yaml': files['flex.yaml'].replace(claims, '') },
    mintproc: {
      ...scene,
      authentication: { sources: [] },
      policies: scene.policies.map(({ requireCaller: _, ...policy }) => policy),
    },
    envoy(config, folder) {
      config.setPort('upstream', upstream.port);
      keepTokens(config, folder);
      const redirects = { max_internal_redirects: 1, redirect_response_codes: [302] };
      config.set([...config.route, 'route', 'internal_redirect_policy'], redirects);
    },
  });
  const pathOf = async (path: string): Promise<unknown> => {
    const { status, body } = await ask(stack.port, { path });
    return status === 200 ? decodeJwt(body)['path'] : status;
  };
  const seen: unknown[] = [];
  const paths = ['/flex/a', '/flex/from?/flex/a', '/flex/from?/flex/a', '/flex/from?/none', '/flex/from?/none'];
  for (const path of paths) seen.push(await pathOf(path));
  // Envoy gives `/flex/a` its kept token; `/none` has none, and mintproc refuses it.
  assert.deepEqual([seen, await hits(stack)], [['/flex/a', '/flex/a', '/flex/a', 404, 404], 2]);
});

/** Milliseconds. */
const inEnvoy = 2_000;

const keyText = (): string =>
  String(generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey.export({ type: 'pkcs8', format: 'pem' }));

test('a revoked key signs no kept token longer than inEnvoy after the reload', {
  skip,
}, async () => {
  const policies = scene.policies.map((policy) => ({
    ...policy,
    key: 'orders',
    reuse: { for: '60s', inEnvoy: `${inEnvoy}ms` },
  }));
  await using stack = await startStack({
    files: { ...files, 'flex.yaml': files['flex.yaml'].replace('HS256', 'ES256'), 'k.pem': keyText() },
    mintproc: {
      ...scene,
      policies,
      keys: { orders: { file: 'k.pem' } },
      reload: { poll: '50ms', settle: '20ms' },
    },
    envoy: keepTokens,
  });
  const authorization = `Bearer ${await callerToken(stack.credentials.callerKey, { sub: 'ann' })}`;
  const first = async (): Promise<Answer> =>
    stack.ask({ path: '/flex/a', headers: [['authorization', authorization]] });
  const { kid = '' } = decodeProtectedHeader(tokenIn(await first()));
  const replace = (name: string, text: string): void => {
    writeFileSync(join(stack.folder, 'draft'), text);
    renameSync(join(stack.folder, 'draft'), join(stack.folder, name));
  };
  const file = parse(readFileSync(join(stack.folder, 'mintproc.yaml'), 'utf8')) as object;
  const generation = async (): Promise<number> => JSON.parse((await stack.admin('/readyz')).body).generation;
  const before = await generation();
  replace('k.pem', keyText());
  replace('mintproc.yaml', stringify({ ...file, keys: { orders: { file: 'k.pem', revoked: [kid] } } }));
  // Envoy's last question may come just before the reload is in force.
  let inForce: number | undefined;
  for (;;) {
    const sent = Date.now();
    if (decodeProtectedHeader(tokenIn(await first())).kid !== kid) break;
    if (inForce === undefined && (await generation()) !== before) inForce = Date.now();
    assert.ok(inForce === undefined || sent < inForce + inEnvoy, 'it is still given');
    await pause(10);
  }
  assert.ok((await hits(stack)) > 0);
});
