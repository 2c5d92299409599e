/**
 * @module
 * What hostile clients send to the Envoy that `mintproc gen` configures, over raw connections: whatever reaches the
 * upstream has the token of its route, and no header that an upstream may mistake for it. Each request is sent through
 * both filters, ext_proc and ext_authz, and must have the same fate.
 */
import assert from 'node:assert/strict';
import { connect as connectHttp2, type OutgoingHttpHeaders } from 'node:http2';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { jwtVerify } from 'jose';
import type { Seen } from '../../demo/upstream.ts';
import { type GeneratedOptions, type GeneratedStack, startGenerated } from './harness/generated-stack.ts';

const policy = `<GenerateJWT name="Backend">
  <Algorithm>RS256</Algorithm>
  <PrivateKey><Value ref="private.key"/></PrivateKey>
  <Subject>backend</Subject>
  <ExpiresIn>60s</ExpiresIn>
  <OutputVariable>request.header.x-backend-token</OutputVariable>
</GenerateJWT>`;

/** One for each filter, and one with the filter as Istio sets it: it joins the values of repeated headers. */
let stacks: readonly [GeneratedStack, GeneratedStack, GeneratedStack];
before(async () => {
  const proc = started({ platform: 'envoy', filter: 'ext_proc', listen: 'unix' });
  const authz = started({ platform: 'envoy', filter: 'ext_authz', listen: 'unix' });
  const istio = started({ platform: 'istio', filter: 'ext_authz', listen: 'tcp' });
  stacks = await Promise.all([proc, authz, istio]);
});
after(async () => {
  for (const stack of stacks ?? []) await stack[Symbol.asyncDispose]();
});

function started(kind: Pick<GeneratedOptions, 'platform' | 'filter' | 'listen'>): Promise<GeneratedStack> {
  return startGenerated({
    ...kind,
    caller: false,
    files: { 'policy.xml': policy },
    mintproc: {
      edition: 'x',
      variables: { 'private.key': { file: 'partner.pem' } },
      policies: [{ name: 'p', file: 'policy.xml' }],
      routes: [
        { match: { path: '/v1/orders/*/items', method: ['GET', 'POST'] }, policies: ['p'] },
        { match: { pathPrefix: '/v1/orders' }, deny: true },
        { match: { path: '/v1/files/**', host: 'api.example.com' }, policies: ['p'] },
      ],
      unmatched: 'deny',
    },
  });
}

/** Paths that get the token, and nothing else does. */
const minted = /^\/v1\/(?:orders\/[^/]+\/items|files\/.+)$/i;

const paths = [
  ...['/v1/orders/7/items', '/v1/orders/7/items?a=/../x', '/V1/Orders/7/ITEMS', '/v1/files/a/b'],
  ...[
    '/v1/orders/7/items/',
    '/v1/orders//items',
    '/v1/orders/7//items',
    '//v1/orders/7/items',
    '/v1//orders/7/items/x',
  ],
  ...[
    '/v1/orders/7%2fitems',
    '/v1/orders/7%252fitems',
    '/v1/orders%2F7/items',
    '/v1/orders/7/items%2f..',
    '/v1/orders/7/items%00',
  ],
  ...[
    '/v1/orders/7;a=b/items',
    '/v1/orders/7/items;x',
    '/v1/orders/7/items;/..',
    '/v1/orders/..;/7/items',
    '/v1/orders/7\\items',
  ],
  ...[
    '/v1/orders/./7/items',
    '/v1/orders/7/x/../items',
    '/v1/orders/7/items/..',
    '/v1/orders/7/items/.',
    '/v1/orders/7/items/...',
  ],
  ...[
    '/v1/orders/7/%2e%2e/items',
    '/v1/orders/7/%2e/items',
    '/v1/orders/7/.%2e/items',
    '/v1/orders/%c0%af/items',
    '/v1/orders/７/items',
  ],
  ...[
    '/v1/orders/7/items#x',
    '/v1/orders/7/items%23',
    '/v1/orders/7/items%3fx',
    '/v1/orders/7/items%20',
    '/v1/orders/7/items.',
    '/v1/orders/7/items%2e',
  ],
  ...[
    '/v1/orders/*/items',
    '/v1/orders/%2a/items',
    '/v1/orders/**',
    '/v1/orders/7/%69tems',
    '/v1/orders/7/items%u002f',
    '/v1/orders/%ff/items',
  ],
  ...[
    '/',
    '*',
    '',
    'v1/orders/7/items',
    'http://api.example.com/v1/orders/7/items',
    'http://x@y/v1/orders/7/items',
    'http://evil/v1/files/a',
  ],
  ...[
    '/v1/files/',
    '/v1/files',
    '/v1/files/../orders/7/items',
    '/v1/files//',
    '/v1/files/%2e%2e/x',
    `/v1/files/${'a/'.repeat(4000)}`,
  ],
];

const methods = ['GET', 'post', 'POST', 'PUT', 'CONNECT', 'TRACE', 'OPTIONS', 'PRI'];

const token = 'X-Backend-Token: spoofed';
const heads: readonly (readonly string[])[] = [
  [],
  [token, 'x-backend-token: spoofed'],
  ['x_backend_token: spoofed', 'x_backend-token: spoofed', 'X-Backend_Token: spoofed'],
  ['x.backend.token: spoofed', 'x~backend-token: spoofed', 'x-backend+token: spoofed', "x'backend|token: spoofed"],
  [token, 'Connection: x-backend-token, keep-alive, x-request-id'],
  ['x-backend-token:', 'x-backend-token: \t spoofed \t'],
  [
    token,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
    'Sec-WebSocket-Version: 13',
  ],
  [token, 'Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA'],
  ['Expect: 100-continue', 'x-backend-token : spoofed'],
  [' x-backend-token: spoofed', token],
  [
    'x-envoy-original-path: /v1/orders/7/items',
    'x-envoy-original-host: api.example.com',
    'x-rewrite-url: /v1/orders/7/items',
    'x-http-method-override: GET',
  ],
  [
    'x-forwarded-client-cert: By=spoofed',
    'x-envoy-internal: true',
    'x-envoy-decorator-operation: spoofed',
    'x-forwarded-host: api.example.com',
    'x-mintproc-policy: p',
  ],
  ['Transfer-Encoding: chunked', 'Trailer: x-backend-token'],
  ['Content-Length: 0', 'Transfer-Encoding: chunked'],
];

const hosts = [
  'api.example.com',
  'API.example.com:80',
  'api.example.com.',
  'a@api.example.com',
  'api.example.com, evil',
  'evil',
  '',
];

/** The answers on one connection, as text. */
function sendRaw({ port }: GeneratedStack, text: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let received = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk) => {
      received += chunk;
    });
    socket.on('error', () => resolve(received));
    socket.on('close', () => resolve(received));
    socket.setTimeout(15_000, () => socket.destroy());
    socket.write(text);
  });
}

function rawRequest(method: string, path: string, host: string, headers: readonly string[]): string {
  const isChunked = headers.some((line) => /^transfer-encoding/i.test(line));
  const body = isChunked ? '0\r\nx-backend-token: spoofed\r\n\r\n' : '';
  return `${[`${method} ${path} HTTP/1.1`, `Host: ${host}`, ...headers, 'Connection: close'].join('\r\n')}\r\n\r\n${body}`;
}

function seenIn(answer: string): Seen | undefined {
  if (!/^HTTP\/1\.1 200/.test(answer)) return undefined;
  // The sizes of chunks are between the parts of a long body.
  const body = answer.slice(answer.indexOf('{'), answer.lastIndexOf('}') + 1).replace(/\r\n[\da-f]+\r\n/g, '');
  return JSON.parse(body) as Seen;
}

/** What arrives is checked. @returns what became of the request: its status, and the code of mintproc's refusal */
async function fateOf(stack: GeneratedStack, text: string): Promise<string> {
  const answer = await sendRaw(stack, text);
  const seen = seenIn(answer);
  if (seen !== undefined) await checkSeen(stack, seen, text);
  const [status = 'closed'] = /^HTTP\/1\.1 \d+/.exec(answer) ?? [];
  const [, code = ''] = /\{"error":\{"code":"([a-z.-]+)"/.exec(answer) ?? [];
  return seen === undefined ? `${status} ${code}` : arrival;
}

const arrival = 'arrived';

/** @returns whether it arrived, through both filters */
async function sameFate(sent: string, fate: (stack: GeneratedStack) => Promise<string>): Promise<boolean> {
  const [processed, checked] = await Promise.all([fate(stacks[0]), fate(stacks[1]), fate(stacks[2])]);
  assert.equal(checked, processed, sent);
  return processed === arrival;
}

async function checkSeen({ credentials }: GeneratedStack, seen: Seen, sent: string): Promise<void> {
  // Not every Envoy decodes it.
  assert.match(seen.url.replace(/\?.*/, '').replace('%69', 'i'), minted, sent);
  const alike = seen.headers.filter(([name]) => name.replace(/[^a-z0-9]/gi, '').toLowerCase() === 'xbackendtoken');
  assert.equal(alike.length, 1, `${sent} ${JSON.stringify(alike)}`);
  await jwtVerify(alike[0]?.[1] ?? '', credentials.partner, { algorithms: ['RS256'] });
  assert.doesNotMatch(
    JSON.stringify(seen.headers.filter(([name]) => !/path|operation|host|url/.test(name))),
    /spoofed/,
    sent,
  );
}

test('over HTTP/1.1, what arrives has its token, and no other', async () => {
  const [path = ''] = paths;
  const requests = [
    ...paths.flatMap((one) => heads.slice(0, 3).map((head) => rawRequest('GET', one, 'api.example.com', head))),
    ...methods.flatMap((method) => heads.map((head) => rawRequest(method, path, 'api.example.com', head))),
    ...hosts.flatMap((host) => [path, '/v1/files/a'].map((one) => rawRequest('GET', one, host, [token]))),
    `${rawRequest('GET', path, 'evil\r\nHost: api.example.com', [token])}`,
  ];
  const arrived = await inTurns(requests, (request) => sameFate(request, (stack) => fateOf(stack, request)));
  assert.ok(requests.length > 250 && arrived > 30, `${arrived} of ${requests.length}`);
});

/** Some of them wait until Envoy or the client closes the connection. @returns how many arrived */
async function inTurns<T>(items: readonly T[], send: (item: T) => Promise<boolean>): Promise<number> {
  let arrived = 0;
  const left = items[Symbol.iterator]();
  const turns = Array.from({ length: 16 }, async () => {
    for (const item of left) if (await send(item)) arrived += 1;
  });
  await Promise.all(turns);
  return arrived;
}

const heads2: readonly OutgoingHttpHeaders[] = [
  {},
  { 'x-backend-token': ['spoofed', 'spoofed'] },
  { x_backend_token: 'spoofed', 'x.backend-token': 'spoofed' },
  { ':method': 'CONNECT', ':protocol': 'websocket', 'x-backend-token': 'spoofed' },
];

/** Status 0 if there is no answer. A refusal may end the connection. */
function sendHttp2(
  { port }: GeneratedStack,
  headers: OutgoingHttpHeaders,
): Promise<{ readonly status: number; readonly body: string }> {
  return new Promise((resolve) => {
    const client = connectHttp2(`http://127.0.0.1:${port}`);
    const end = (status = 0, body = ''): void => {
      client.destroy();
      resolve({ status, body });
    };
    client.on('error', () => end());
    client.setTimeout(15_000, () => end());
    try {
      const stream = client.request(headers);
      let [status, body] = [0, ''];
      stream.setEncoding('utf8');
      stream.on('response', (head) => {
        status = head[':status'] ?? 0;
      });
      stream.on('data', (chunk) => {
        body += chunk;
      });
      stream.on('error', () => end());
      stream.on('close', () => end(status, body));
      stream.end();
    } catch {
      end();
    }
  });
}

test('over HTTP/2, what arrives has its token, and no other', async () => {
  const requests = paths.flatMap((path) =>
    heads2.map((more) => ({ ':path': path, ':authority': 'api.example.com', ...more })),
  );
  const arrived = await inTurns(requests, (request) => {
    const sent = JSON.stringify(request);
    return sameFate(sent, async (stack) => {
      const { status, body } = await sendHttp2(stack, request);
      if (status !== 200) return `${status} ${body}`;
      await checkSeen(stack, JSON.parse(body) as Seen, sent);
      return arrival;
    });
  });
  assert.ok(requests.length > 200 && arrived > 10, `${arrived} of ${requests.length}`);
});
