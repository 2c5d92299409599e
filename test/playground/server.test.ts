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

test('a key that is taken once is taken within a minute', async (t) => {
  const taken = new URL(running.urlForOnce()).hash.slice(1);
  const late = performance.now() + 60_001;
  t.mock.method(performance, 'now', () => late);
  assert.equal((await enter(taken)).status, 403);
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
  ['another type of JSON', { headers: { 'content-type': 'application/json5' } }, 415, /^The body must be application/],
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
  ['a name with another separator', 'run', { files: [{ name: 'a\\b', text: '' }], isFolder: false, case: '' }],
  ['a name with a NUL', 'run', { files: [{ name: 'a\0b', text: '' }], isFolder: false, case: '' }],
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

const names: [name: string, length: number, status: number][] = [
  ['as long as it may be', 1_024, 200],
  ['one character longer', 1_025, 400],
];

for (const [name, length, status] of names) {
  test(`the name of a file: ${name}`, async () => {
    const files = [{ name: 'x'.repeat(length), text: '' }];
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

const unended: [name: string, headers: readonly string[], sent: string][] = [
  ['its length alone', [`content-length: ${maxBody + 1}`], ''],
  ['a part of it', ['transfer-encoding: chunked'], `${(maxBody + 1).toString(16)}\r\n${'x'.repeat(maxBody + 1)}`],
];

for (const [name, headers, sent] of unended) {
  test(`a body that is too large is refused before it has ended: ${name}`, async () => {
    const { port, host } = new URL(running.url);
    const own = [`host: ${host}`, `origin: ${origin}`, `cookie: ${cookie}`, 'content-type: application/json'];
    const socket = connect(Number(port), '127.0.0.1');
    socket.write(`POST /api/open HTTP/1.1\r\n${[...own, ...headers].join('\r\n')}\r\n\r\n${sent}`);
    let answer = '';
    // The server ends the connection, whose rest it does not read.
    for await (const chunk of socket.setEncoding('latin1')) answer += chunk;
    assert.match(answer, /^HTTP\/1\.1 413 [\s\S]*\r\nconnection: close\r\n/i);
  });
}

test('a defect is an answer, and the next call has its own', async (t) => {
  assert.ok(page);
  const broken = (): Promise<never> => Promise.reject(new TypeError('nobody expects this'));
  const other = await startServer(
    { host: 'localhost', port: 0 },
    { page, handlers: new Map([...handlers, ['run', broken]]) },
  );
  t.after(() => other.close());
  const { origin: own, hash } = new URL(other.url);
  // `localhost` may be another user's server at the other family.
  assert.match(own, /^http:\/\/(?:127\.0\.0\.1|\[::1\]):\d+$/);
  const headers = { origin: own, host: new URL(own).host, 'content-type': 'application/json' };
  const asked = (name: string, body: object, more: object = {}): Promise<Answered> =>
    ask(own, { method: 'POST', path: `/api/${name}`, headers: { ...headers, ...more }, body: JSON.stringify(body) });
  const entered = await asked('enter', { key: hash.slice(1) });
  const session = { cookie: String(entered.headers['set-cookie']).split(';')[0] ?? '' };
  const failed = await asked('run', {}, session);
  assert.deepEqual(
    [failed.status, JSON.parse(failed.text).message.replace(/(?<= at )broken \(.*$/, 'PLACE')],
    [500, 'This is a defect of mintproc, please report it with the files: TypeError at PLACE'],
  );
  assert.equal((await asked('open', {}, session)).status, 200);
});

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

test('localhost is printed as the address that is listened at: elsewhere, the name may lead to another user', async (t) => {
  assert.ok(page);
  const at = await startServer({ host: 'localhost', port: 0 }, { page, handlers });
  t.after(() => at.close());
  assert.match(at.url, /^http:\/\/(?:127\.0\.0\.1|\[::1\]):\d+\/#/);
});

test('a defect is reported by its class and place, without its message, which may quote a value', async (t) => {
  assert.ok(page);
  const broken = async (): Promise<never> => {
    throw new SyntaxError('Unexpected token, "a private\n    at key" is not valid JSON');
  };
  const at = await startServer({ host: '127.0.0.1', port: 0 }, { page, handlers: new Map([['run', broken]]) });
  t.after(() => at.close());
  const asked = { method: 'POST', headers: { origin: new URL(at.url).origin, 'content-type': 'application/json' } };
  const body = JSON.stringify({ key: new URL(at.url).hash.slice(1) });
  const entered = await ask(at.url, { ...asked, path: '/api/enter', body });
  const session = String(entered.headers['set-cookie']).split(';')[0] ?? '';
  const { status, text } = await ask(at.url, {
    ...asked,
    path: '/api/run',
    headers: { ...asked.headers, cookie: session },
    body: '{}',
  });
  assert.equal(status, 500);
  assert.match(
    JSON.parse(text).message,
    /report it with the files: SyntaxError at broken .*server\.test\.ts:\d+:\d+\)$/,
  );
  assert.ok(!text.includes('private'));
});

test('an address that is taken is said, with what to do', async () => {
  assert.ok(page);
  const port = Number(new URL(running.url).port);
  await assert.rejects(startServer({ host: '127.0.0.1', port }, { page, handlers }), {
    message: `Cannot listen at 127.0.0.1, port ${port} (EADDRINUSE). Write another port, or 0 for any free one.`,
  });
});
