/**
 * Who is answered by the playground's server, with which headers, and what is too much.
 */
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { handlersOf, maxFiles } from '../../src/playground/calls.ts';
import { readPageFiles } from '../../src/playground/page-files.ts';
import { maxBody, maxConnections, type RunningPlayground, startServer } from '../../src/playground/server.ts';
import { type Answered, type Asked, ask, pageFolder, playgroundOf } from './client.ts';

let running: RunningPlayground;
let origin: string;
let cookie: string;

const page = readPageFiles(pageFolder());
const handlers = handlersOf(playgroundOf());

before(async () => {
  assert.ok(page);
  running = await startServer({ host: '127.0.0.1', port: 0 }, { page, handlers });
  origin = new URL(running.url).origin;
  const entered = await enter(new URL(running.url).hash.slice(1));
  assert.equal(entered.status, 200);
  cookie = String(entered.headers['set-cookie']).split(';')[0] ?? '';
});

after(() => running.close());

function enter(key: string): Promise<Answered> {
  const headers = { origin, 'content-type': 'application/json' };
  return ask(running.url, { method: 'POST', path: '/api/enter', headers, body: JSON.stringify({ key }) });
}

/** A call as the page makes it. */
function call(name: string, { headers = {}, ...more }: Asked = {}): Promise<Answered> {
  const usual = { origin, cookie, 'content-type': 'application/json' };
  return ask(running.url, {
    method: 'POST',
    path: `/api/${name}`,
    body: '{}',
    ...more,
    headers: { ...usual, ...headers },
  });
}

test('the first URL has 256 random bits in its fragment', () => {
  assert.match(running.url, /^http:\/\/127\.0\.0\.1:\d+\/#[\w-]{43}$/);
});

test('the cookie is for the calls of this port alone, and no script and no other site gets it', async () => {
  const { headers } = await enter(new URL(running.url).hash.slice(1));
  const { port } = new URL(running.url);
  assert.match(
    String(headers['set-cookie']),
    new RegExp(`^mintproc-playground-${port}=[\\w-]{43}; Path=/api/; HttpOnly; SameSite=Strict$`),
  );
});

test('the cookie has neither the key nor a part of it', () => {
  assert.ok(!cookie.includes(new URL(running.url).hash.slice(1, 13)));
});

test('a key that is taken once is not taken twice', async () => {
  const key = new URL(running.urlForOnce()).hash.slice(1);
  assert.deepEqual([(await enter(key)).status, (await enter(key)).status], [200, 403]);
});

const shared = {
  'cache-control': 'no-store',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const;

const answered: [name: string, asked: () => Promise<Answered>, contentType: string][] = [
  ['the page', () => ask(running.url, {}), 'text/html; charset=utf-8'],
  ['its script', () => ask(running.url, { path: '/page.js' }), 'text/javascript; charset=utf-8'],
  ['its style', () => ask(running.url, { path: '/page.css' }), 'text/css; charset=utf-8'],
  ['what does not exist', () => ask(running.url, { path: '/other' }), 'text/plain; charset=utf-8'],
  ['a call', () => call('open'), 'application/json'],
  ['a refused call', () => call('open', { headers: { cookie: '' } }), 'application/json'],
  ['another host', () => ask(running.url, { headers: { host: 'evil.example' } }), 'text/plain; charset=utf-8'],
];

for (const [name, asked, contentType] of answered) {
  test(`headers of every answer: ${name}`, async () => {
    const { headers } = await asked();
    const got = Object.fromEntries(Object.keys(shared).map((header) => [header, headers[header]]));
    assert.deepEqual({ ...got, 'content-type': headers['content-type'] }, { ...shared, 'content-type': contentType });
  });
}

test('the page may load its own files alone, and styles with a nonce that differs each time', async () => {
  const [one, other] = [await ask(running.url, {}), await ask(running.url, {})];
  const policy = String(one.headers['content-security-policy']);
  const [, nonce = ''] = /'nonce-([\w-]+)'/.exec(policy) ?? [];
  assert.equal(
    policy,
    `default-src 'none'; script-src 'self'; style-src 'self' 'nonce-${nonce}'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  );
  assert.ok(one.text.includes(`<meta name="nonce" content="${nonce}">`));
  assert.ok(!other.text.includes(nonce));
});

test('what is no page may load nothing', async () => {
  const { headers } = await call('open');
  assert.equal(headers['content-security-policy'], "default-src 'none'; frame-ancestors 'none'");
});

test('HEAD has the headers without the page', async () => {
  const { status, text } = await ask(running.url, { method: 'HEAD' });
  assert.deepEqual([status, text], [200, '']);
});

test('localhost is another name of the address', async () => {
  const { port } = new URL(running.url);
  const host = `localhost:${port}`;
  const page = await ask(running.url, { headers: { host } });
  const opened = await call('open', { headers: { host, origin: `http://${host}` } });
  assert.deepEqual([page.status, opened.status], [200, 200]);
});

const otherHosts: [name: string, host: (port: string) => string][] = [
  ['a name that resolves to this machine', (port) => `rebound.example:${port}`],
  ['the address without its port', () => '127.0.0.1'],
  ['another port', (port) => `127.0.0.1:${Number(port) + 1}`],
  ['another loopback address', (port) => `127.0.0.2:${port}`],
  ['a name below localhost', (port) => `a.localhost:${port}`],
];

for (const [name, host] of otherHosts) {
  test(`refused for every path: ${name}`, async () => {
    const headers = { host: host(new URL(running.url).port) };
    const [page, script, opened] = await Promise.all([
      ask(running.url, { headers }),
      ask(running.url, { path: '/page.js', headers }),
      call('open', { headers }),
    ]);
    assert.deepEqual([page.status, script.status, opened.status], [403, 403, 403]);
    assert.match(page.text, /^The playground answers only at its own address\. Open http:\/\/127\.0\.0\.1:\d+\/ with/);
  });
}

const refusedCalls: [name: string, asked: Asked, status: number, message: RegExp][] = [
  ['a page of another site', { headers: { origin: 'https://evil.example' } }, 403, /^Only the page of the playground/],
  ['a page at another port', { headers: { origin: 'http://127.0.0.1:1' } }, 403, /^Only the page of the playground/],
  ['a page without an origin', { headers: { origin: 'null' } }, 403, /^Only the page of the playground/],
  ['a program that says no origin', { headers: { origin: '' } }, 403, /^Only the page of the playground/],
  ['a frame of another site', { headers: { 'sec-fetch-site': 'cross-site' } }, 403, /^Only the page of the playground/],
  [
    'another port of this host',
    { headers: { 'sec-fetch-site': 'same-site' } },
    403,
    /^Only the page of the playground/,
  ],
  ['no cookie', { headers: { cookie: '' } }, 403, /^This browser has no key\. Open the whole URL/],
  ['another cookie', { headers: { cookie: 'mintproc-playground-1=x' } }, 403, /^This browser has no key/],
  ['a form of HTML', { headers: { 'content-type': 'text/plain' } }, 415, /^The body must be application\/json/],
  ['no JSON', { body: '{' }, 400, /^The body is not JSON/],
  ['JSON that is nested too deep', { body: '['.repeat(2_000) }, 400, /^The body is not JSON/],
  ['another method', { method: 'PUT' }, 405, /^Calls are made with POST/],
];

for (const [name, asked, status, message] of refusedCalls) {
  test(`a refused call: ${name}`, async () => {
    const refused = await call('open', asked);
    assert.equal(refused.status, status);
    assert.match(JSON.parse(refused.text).message, message);
  });
}

test('a cookie whose value is another one of the same length is refused', async () => {
  const other = `${cookie.slice(0, -1)}${cookie.endsWith('A') ? 'B' : 'A'}`;
  assert.equal((await call('open', { headers: { cookie: other } })).status, 403);
});

test('the cookie is found among others', async () => {
  assert.equal((await call('open', { headers: { cookie: `a=b; ${cookie}; c=d` } })).status, 200);
});

test('another key is refused with what to do', async () => {
  const { status, text, headers } = await enter('x'.repeat(43));
  assert.deepEqual([status, headers['set-cookie']], [403, undefined]);
  assert.match(JSON.parse(text).message, /Open the URL that it printed last/);
});

const badBodies: [name: string, call: string, body: unknown][] = [
  ['a run without files', 'run', { isFolder: false, case: '' }],
  ['a run whose file has no text', 'run', { files: [{ name: 'a' }], isFolder: false, case: '' }],
  ['an expression of another profile', 'evaluate', { profile: 'js', expression: '1', context: '' }],
  ['a name with a way out', 'run', { files: [{ name: '../a', text: '' }], isFolder: false, case: '' }],
  ['an absolute name', 'run', { files: [{ name: '/etc/a', text: '' }], isFolder: false, case: '' }],
  ['a folder that was not opened', 'run', { files: [], isFolder: true, case: '' }],
  ['a file of a folder that was not opened', 'save', { name: 'a', text: '', version: '' }],
];

for (const [name, called, body] of badBodies) {
  test(`a body that is not taken: ${name}`, async () => {
    const { status, text } = await call(called, { body: JSON.stringify(body) });
    assert.equal(status, 400);
    assert.notEqual(JSON.parse(text).message, '');
  });
}

const counts: [name: string, count: number, status: number][] = [
  ['as many as are taken', maxFiles, 200],
  ['one more', maxFiles + 1, 400],
];

for (const [name, count, status] of counts) {
  test(`files of a run: ${name}`, async () => {
    const files = Array.from({ length: count }, (_, at) => ({ name: `${at}.yaml`, text: '' }));
    const answer = await call('run', { body: JSON.stringify({ files, isFolder: false, case: '' }) });
    assert.equal(answer.status, status);
  });
}

test('a call that does not exist', async () => {
  assert.equal((await call('toString')).status, 404);
});

/** A body of exactly this many bytes, which `open` takes. */
function bodyOf(bytes: number): string {
  return `{"padding":"${'x'.repeat(bytes - '{"padding":""}'.length)}"}`;
}

const sizes: [name: string, bytes: number, status: number][] = [
  ['the largest', maxBody, 200],
  ['one byte more', maxBody + 1, 413],
];

for (const [name, bytes, status] of sizes) {
  test(`size of a body: ${name}`, async () => {
    const answer = await call('open', { body: bodyOf(bytes), headers: { 'content-length': `${bytes}` } });
    assert.equal(answer.status, status);
  });

  test(`size of a body that does not say its length: ${name}`, async () => {
    const answer = await call('open', { body: bodyOf(bytes), headers: { 'transfer-encoding': 'chunked' } });
    assert.equal(answer.status, status);
  });
}

test('more connections than a browser opens are closed', async (t) => {
  assert.ok(page);
  const other = await startServer({ host: '127.0.0.1', port: 0 }, { page, handlers });
  t.after(() => other.close());
  const { port } = new URL(other.url);
  const open = Array.from({ length: maxConnections }, () => connect(Number(port), '127.0.0.1'));
  await Promise.all(open.map((socket) => new Promise((resolve) => socket.once('connect', resolve))));
  const last = connect(Number(port), '127.0.0.1');
  await new Promise((resolve) => last.once('close', resolve));
  for (const socket of open) socket.destroy();
});

test('a header that is too large is refused', async () => {
  assert.equal((await call('open', { headers: { 'x-large': 'x'.repeat(17_000) } })).status, 431);
});

test('at [::1], its own address is the host', async (t) => {
  assert.ok(page);
  const at = await startServer({ host: '::1', port: 0 }, { page, handlers }).catch(() => undefined);
  if (at === undefined) return t.skip('without IPv6');
  t.after(() => at.close());
  assert.match(at.url, /^http:\/\/\[::1\]:\d+\/#/);
  assert.equal((await ask(at.url, {})).status, 200);
});

test('an address that is taken is said, with what to do', async () => {
  assert.ok(page);
  const port = Number(new URL(running.url).port);
  await assert.rejects(startServer({ host: '127.0.0.1', port }, { page, handlers }), {
    message: `Cannot listen at 127.0.0.1, port ${port} (EADDRINUSE). Write another port, or 0 for any free one.`,
  });
});
