/**
 * The page in a browser that also visits pages of others, and opens their links.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { toFragment } from '../../../src/playground/page/link.ts';
import type { Subject } from '../../../src/playground/page/subject.ts';
import { needsChromium } from '../../chromium.ts';
import { exampleNamed } from '../client.ts';
import { openTab, startProcess } from './browser.ts';

const folder = mkdtempSync(join(tmpdir(), 'mintproc-hostile-'));
after(() => rmSync(folder, { recursive: true }));
for (const { name, text } of exampleNamed('flex').files) writeFileSync(join(folder, name), text);
const before = readFileSync(join(folder, 'mintproc.yaml'), 'utf8');

const markup = '<img src=x onerror="document.title=1"><script>document.title=1</script>"\'`--></style>';

/** Every text of a link is somebody else's. */
function hostileLink(): Subject {
  const config = `policies:
  - { name: constructor, file: ${JSON.stringify(markup)}, key: { file: /etc/hostname }, output: { header: x-a } }
  - { name: passwd, file: /etc/passwd, key: { env: HOME }, output: { header: x-b } }
  - { name: out, file: ../../etc/passwd, key: { vault: { address: "https://example.com" } }, output: { header: x-c } }
routes: [{ match: {}, policies: [constructor] }]
`;
  const policy = `- policyRef: { name: jwt-generation-flex }
  config: { signingMethod: ES256, customClaims: [{ name: ${JSON.stringify(markup)}, value: ${JSON.stringify(`'${markup.replaceAll("'", '')}'`)} }] }
`;
  const files = [
    ['mintproc.yaml', config],
    [markup, policy],
    ['__proto__', markup],
    ['case', markup],
    ['constructor', markup],
  ] as const;
  return {
    kind: 'workspace',
    origin: { kind: 'example', name: 'x' },
    title: markup,
    files: files.map(([name, text]) => ({
      name,
      text,
      kind: name === 'mintproc.yaml' ? 'configuration' : 'flex',
      saved: text,
    })),
    case: `name: ${JSON.stringify(markup)}\nrequest: { path: ${JSON.stringify(`/${markup}`)}, headers: { x-a: ${JSON.stringify(markup)} } }\n`,
    savedCase: '',
  } satisfies Subject;
}

test('a hostile link runs no script, reads no file, asks no server, and is saved nowhere', needsChromium, async () => {
  const config = join(folder, 'mintproc.yaml');
  const replaced: string[] = [];
  const running = await startProcess({
    ...{ config, shown: folder, withKeys: false, testFiles: () => [] },
    replaceFile: (path) => replaced.push(path),
  });
  const page = await openTab(running.url);
  await page.getByText('Verified token', { exact: true }).waitFor();
  const fragment = await toFragment({ subject: hostileLink(), theme: 'light' });
  await page.evaluate(`location.hash = ${JSON.stringify(fragment)}`);
  await page.getByText('This comes from a link.', { exact: false }).waitFor();
  await page.getByRole('button', { name: /^Error: .*\/etc\/passwd does not exist/ }).waitFor();
  await page.keyboard.press('ControlOrMeta+s');
  assert.deepEqual(
    {
      title: await page.title(),
      address: page.url(),
      elements: await page.locator('img, iframe, object, embed, form[action], main script').count(),
      save: await page.getByRole('button', { name: /^Save/ }).count(),
      passwd: (await page.content()).includes('root:x'),
      kept: await page.evaluate('localStorage.length + sessionStorage.length + document.cookie.length'),
      replaced,
    },
    {
      title: 'mintproc playground',
      address: `${new URL(running.url).origin}/`,
      ...{ elements: 0, save: 0, passwd: false, kept: 0, replaced: [] },
    },
  );
  assert.equal(readFileSync(config, 'utf8'), before);
});

/** What a page of another server tries, with the cookies of the browser; the same host has the same cookies. */
const attack = `async (target) => {
  const ended = (element, ...names) => new Promise((resolve) => {
    for (const name of names) element.addEventListener(name, () => resolve(name), { once: true });
    if (!(element instanceof WebSocket)) document.body.append(element);
  });
  const refused = (promise) => promise.then((response) => response.type, () => 'refused');
  const post = { method: 'POST', credentials: 'include', body: '{}' };
  const json = { ...post, headers: { 'content-type': 'application/json' } };
  const frame = Object.assign(document.createElement('iframe'), { src: target, name: 'victim' });
  const script = Object.assign(document.createElement('script'), { src: target + 'page.js' });
  const found = {
    read: await refused(fetch(target + 'api/open', json)),
    page: await refused(fetch(target)),
    blind: await refused(fetch(target + 'api/open', { ...post, mode: 'no-cors' })),
    script: await ended(script, 'load', 'error'),
    socket: await ended(new WebSocket(target.replace('http', 'ws') + 'api/open'), 'open', 'error'),
  };
  await ended(frame, 'load');
  let framed = 'readable';
  try { void frame.contentWindow.document.title; } catch { framed = 'closed'; }
  const form = Object.assign(document.createElement('form'), { action: target + 'api/save', method: 'post', enctype: 'text/plain', target: 'victim' });
  document.body.append(form);
  form.submit();
  await ended(frame, 'load');
  return { ...found, framed, blind: ['opaque', 'refused'].includes(found.blind) };
}`;

test(
  'a page at another port of the host, with its cookies, neither reads nor calls nor frames',
  needsChromium,
  async (t) => {
    const seen: IncomingMessage[] = [];
    const evil = createServer((request, response) => {
      seen.push(request);
      response.setHeader('content-type', 'text/html');
      response.end('<!doctype html><title>evil</title><body>');
    }).listen(0, '127.0.0.1');
    await once(evil, 'listening');
    t.after(() => evil.close());
    const address = evil.address();
    assert.ok(typeof address === 'object' && address !== null);
    const replaced: string[] = [];
    const config = join(folder, 'mintproc.yaml');
    const running = await startProcess({
      ...{ config, shown: folder, withKeys: false, testFiles: () => [] },
      replaceFile: (path) => replaced.push(path),
    });
    const own = await openTab(running.url);
    await own.getByText('Verified token', { exact: true }).waitFor();
    const page = await own.context().newPage();
    await page.goto(`http://127.0.0.1:${address.port}/`);
    const target = `${new URL(running.url).origin}/`;
    const found = await page.evaluate(`(${attack})(${JSON.stringify(target)})`);
    assert.deepEqual(found, {
      ...{ read: 'refused', page: 'refused', blind: true, script: 'error', socket: 'error', framed: 'closed' },
    });
    const [popup] = await Promise.all([
      own.context().waitForEvent('page'),
      page.evaluate(`{ globalThis.victim = open(${JSON.stringify(target)}); }`),
    ]);
    await popup.getByRole('heading', { level: 1 }).waitFor();
    assert.deepEqual(
      [await page.evaluate('victim.closed'), await popup.evaluate('opener === null'), replaced],
      [true, true, []],
    );
    assert.deepEqual(
      seen.filter(({ headers }) => headers.referer?.startsWith(target)),
      [],
    );
  },
);
