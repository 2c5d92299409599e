/**
 * @module
 * Real processes: `serve` with a state file over restarts, `jwks`, and `publish` in front of several `serve`.
 */
import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { stringify } from 'yaml';
import { heldKey } from '../../src/keys/held-key.ts';
import type { PublishedKey } from '../../src/keys/published-keys.ts';
import { stateText } from '../../src/publishing/state-document.ts';
import { runCommand } from '../cli/captured-terminal.ts';
import { ec, policy } from '../configuration/key-world.ts';
import { kidsAt, Program } from './program.ts';

const scratch = mkdtempSync(join(tmpdir(), 'mintproc-publishing-'));
after(() => rmSync(scratch, { recursive: true }));

const [a, b, c] = [ec(), ec(), ec()];
const kidOf = (pem: string): string => heldKey(createPrivateKey(pem)).thumbprint ?? '';

/** A folder with a configuration whose key is in `a.pem`. */
function made(name: string, settings: object = {}, key: object = { file: 'a.pem' }): string {
  const folder = join(scratch, name);
  mkdirSync(folder);
  const configuration = {
    ...{ listen: '127.0.0.1:0', admin: '127.0.0.1:0' },
    policies: [{ name: 'p', file: 'p.yaml', key: 'k' }],
    routes: [{ match: {}, policies: ['p'] }],
    keys: { k: key },
    jwks: { listen: '127.0.0.1:0', maxAge: '60s', state: 'state.json', ...settings },
  };
  writeFileSync(join(folder, 'p.yaml'), policy());
  writeFileSync(join(folder, 'mintproc.yaml'), stringify(configuration));
  saveKey(folder, a);
  return folder;
}

function saveKey(folder: string, pem: string): void {
  writeFileSync(join(folder, 'new.pem'), pem, { mode: 0o600 });
  renameSync(join(folder, 'new.pem'), join(folder, 'a.pem'));
}

const nothingRemembered =
  'No earlier public key is remembered: the state file is new, was lost, or its keys have ended.';

const serve = (folder: string): Program => new Program(['serve', '--config', 'mintproc.yaml'], folder);

test('a key that was replaced while mintproc did not run stays published, also after a kill, and the new key is logged', async () => {
  const folder = made('restarts');
  {
    await using first = serve(folder);
    assert.deepEqual(await kidsAt(await first.keysUrl()), [kidOf(a)]);
    await first.line(nothingRemembered);
    assert.equal(await first.end(), 0);
  }
  saveKey(folder, b);
  {
    await using second = serve(folder);
    assert.deepEqual(await kidsAt(await second.keysUrl()), [kidOf(a), kidOf(b)].sort());
    const told = await second.line('A key signs that verifiers may not know yet.');
    assert.deepEqual([told['code'], told['kid']], ['keys.unannounced', kidOf(b)]);
    assert.ok(!second.log.some(({ message }) => message === nothingRemembered));
    await second.end('SIGKILL');
  }
  saveKey(folder, c);
  await using third = serve(folder);
  assert.deepEqual(await kidsAt(await third.keysUrl()), [kidOf(a), kidOf(b), kidOf(c)].sort());
  assert.doesNotMatch(readFileSync(join(folder, 'state.json'), 'utf8'), /PRIVATE|"d":/);
});

test('a key that is not published for as long as verifiers cache is logged, whatever maxAge is', async () => {
  const folder = made('cached', { cache: '1h' });
  const [now, minute] = [Date.now(), 60_000];
  const remembered = (pem: string, since: number, activeFrom: number): PublishedKey => {
    const held = heldKey(createPublicKey(createPrivateKey(pem)), { kid: kidOf(pem) });
    return { held, algorithms: new Set(['ES256']), since, until: now + 120 * minute, activeFrom };
  };
  const keys = [
    remembered(a, now - 120 * minute, now - 120 * minute),
    remembered(b, now - 10 * minute, now + 50 * minute),
  ];
  writeFileSync(join(folder, 'state.json'), stateText(keys, now), { mode: 0o600 });
  saveKey(folder, b);
  await using program = serve(folder);
  const told = await program.line('A key signs that verifiers may not know yet.');
  assert.equal(told['kid'], kidOf(b));
});

test('a restart with another key of the same kid is refused, by name and with what to write', async () => {
  const folder = made('same-kid', {}, { file: 'a.pem', kid: 'constant' });
  {
    await using first = serve(folder);
    assert.deepEqual(await kidsAt(await first.keysUrl()), ['constant']);
    await first.end();
  }
  saveKey(folder, b);
  const { code, errors } = await runCommand([
    'jwks',
    '--config',
    join(folder, 'mintproc.yaml'),
    '--at',
    String(Date.now() / 1000),
  ]);
  assert.equal(code, 1);
  assert.match(errors, /keys\.same-kid/);
  // A key that is revoked is forgotten.
  const text = readFileSync(join(folder, 'mintproc.yaml'), 'utf8');
  writeFileSync(
    join(folder, 'mintproc.yaml'),
    text.replace('kid: constant', `kid: constant\n    revoked: [${kidOf(a)}]`),
  );
  await using second = serve(folder);
  assert.deepEqual(await kidsAt(await second.keysUrl()), ['constant']);
});

test('with a state file that cannot be used, serve serves and says so', async () => {
  const folder = made('unusable');
  writeFileSync(join(folder, 'state.json'), '{');
  await using program = serve(folder);
  assert.deepEqual(await kidsAt(await program.keysUrl()), [kidOf(a)]);
  const told = await program.line('Published keys are not remembered.');
  assert.equal(told['code'], 'keys.state-unusable');
  const admin = String((await program.line('The admin server is listening.'))['address']);
  const readyz = await fetch(`http://${admin}/readyz`);
  assert.equal(readyz.status, 200);
  assert.match(((await readyz.json()) as { readonly jwksState: string }).jwksState, /damaged/);
  assert.match(await (await fetch(`http://${admin}/metrics`)).text(), /^mintproc_jwks_state_trouble 1$/m);
  assert.equal(readFileSync(join(folder, 'state.json'), 'utf8'), '{');
});

test('jwks prints what serve publishes, in both forms, and writes it aside', async () => {
  const folder = made('jwks', { issuer: 'https://issuer.example' });
  await using program = serve(folder);
  const url = await program.keysUrl();
  const config = join(folder, 'mintproc.yaml');
  const at = ['--at', String(Math.floor(Date.now() / 1000))];
  for (const [document, path] of [
    ['keys', 'jwks.json'],
    ['keys-akp', 'jwks-akp.json'],
    ['discovery', 'openid-configuration'],
  ] as const) {
    const printed = await runCommand(['jwks', '--config', config, '--document', document, ...at]);
    assert.deepEqual(printed, { code: 0, out: await (await fetch(`${url}/.well-known/${path}`)).text(), errors: '' });
  }
  const pem = await runCommand(['jwks', '--config', config, '--format', 'pem', ...at]);
  assert.match(pem.out, new RegExp(`^# kid: ${kidOf(a)}\n-----BEGIN PUBLIC KEY-----\n`));
  const out = join(folder, 'set.json');
  assert.deepEqual(await runCommand(['jwks', '--config', config, '--out', out, ...at]), {
    code: 0,
    out: '',
    errors: '',
  });
  assert.equal(readFileSync(out, 'utf8'), await (await fetch(`${url}/.well-known/jwks.json`)).text());
  const refused = await runCommand(['jwks', '--config', config, '--out', join(folder, 'none', 'set.json'), ...at]);
  assert.equal(refused.code, 1);
  assert.match(refused.errors, /cannot be written \(ENOENT\)/);
});

const wrong: readonly [line: readonly string[], message: RegExp][] = [
  [['jwks'], /--config is required/],
  [['jwks', '--config', 'x', '--document', 'all'], /--document takes/],
  [['jwks', '--config', 'x', '--document', 'discovery', '--format', 'pem'], /--format pem is for keys/],
  [['publish', 'a.pem'], /--listen is required/],
  [['publish', '--listen', 'x', 'a.pem'], /--listen takes/],
  [['publish', '--listen', '127.0.0.1:0'], /at least one source/],
  [['publish', '--listen', '127.0.0.1:0', 'http://a.example'], /--allow-http/],
  [['publish', '--listen', '127.0.0.1:0', '--keep', '1', 'a.pem'], /--keep takes .* from 1s to 3660d/],
  [['publish', '--listen', '127.0.0.1:0', '--issuer', 'x', 'a.pem'], /--issuer takes/],
  [['publish', '--listen', '127.0.0.1:0', '--post-quantum', 'x', 'a.pem'], /--post-quantum takes/],
  [['publish', '--listen', '127.0.0.1:0', ...Array.from({ length: 257 }, () => 'a.pem')], /more than 256 sources/],
];

for (const [line, message] of wrong) {
  test(`a wrong command line: ${line.slice(0, 6).join(' ')}`, async () => {
    const { code, errors } = await runCommand(line);
    assert.equal(code, 2);
    assert.match(errors, message);
  });
}

test('publish serves the keys of processes with keys of their own, and keeps them over restarts of all', async () => {
  const folders = ['pod-1', 'pod-2'].map((name, index) => {
    const folder = made(name, { state: undefined });
    saveKey(folder, [a, b][index] ?? a);
    return folder;
  });
  const place = join(scratch, 'publisher');
  mkdirSync(place);
  writeFileSync(join(place, 'set.json'), JSON.stringify({ keys: [] }));
  const all = [kidOf(a), kidOf(b)].sort();
  const line = [
    'publish',
    '--listen',
    '127.0.0.1:0',
    '--admin',
    '127.0.0.1:0',
    '--state',
    'state.json',
    '--every',
    '1s',
  ];
  {
    await using one = serve(folders[0] ?? '');
    await using two = serve(folders[1] ?? '');
    const peers = [await one.keysUrl(), await two.keysUrl()];
    await using publisher = new Program(
      [...line, '--issuer', 'https://issuer.example', '--cache', '2m', ...peers, 'set.json'],
      place,
    );
    const url = await publisher.keysUrl();
    assert.deepEqual(await kidsAt(url), all);
    const answer = await fetch(`${url}/.well-known/jwks.json`);
    assert.equal(answer.headers.get('cache-control'), 'public, max-age=120');
    const etag = answer.headers.get('etag') ?? '';
    assert.equal((await fetch(answer.url, { headers: { 'if-none-match': etag } })).status, 304);
    const discovery = (await (await fetch(`${url}/.well-known/openid-configuration`)).json()) as object;
    assert.deepEqual(Object.entries(discovery)[1], ['jwks_uri', 'https://issuer.example/.well-known/jwks.json']);
    await one.end();
    const away = await publisher.line('A source of public keys is not in order.');
    assert.deepEqual([away['code'], away['reason']], ['keys.source', 'The connection failed (ECONNREFUSED).']);
    assert.deepEqual(await kidsAt(url), all);
    assert.equal(await publisher.end(), 0);
  }
  await using again = new Program([...line, 'set.json'], place);
  const admin = String((await again.line('The admin server is listening.'))['address']);
  assert.deepEqual(await kidsAt(await again.keysUrl()), all);
  assert.equal((await fetch(`http://${admin}/readyz`)).status, 200);
  assert.match(await (await fetch(`http://${admin}/metrics`)).text(), /^mintproc_publish_keys 2$/m);
});

test('a publisher without any key is not ready, and its empty set is hardly cached', async () => {
  const place = join(scratch, 'nothing');
  mkdirSync(place);
  writeFileSync(join(place, 'set.json'), JSON.stringify({ keys: [] }));
  const line = ['publish', '--listen', '127.0.0.1:0', '--admin', '127.0.0.1:0', '--every', '1s', 'set.json'];
  await using publisher = new Program(line, place);
  const url = await publisher.keysUrl();
  const admin = String((await publisher.line('The admin server is listening.'))['address']);
  assert.equal((await fetch(`http://${admin}/readyz`)).status, 503);
  const answer = await fetch(`${url}/.well-known/jwks.json`);
  assert.equal(answer.headers.get('cache-control'), 'public, max-age=5');
  const jwks = { keys: [{ ...createPrivateKey(a).export({ format: 'jwk' }), d: undefined, kid: 'k' }] };
  writeFileSync(join(place, 'set.json'), JSON.stringify(jwks));
  while ((await fetch(`http://${admin}/readyz`)).status !== 200) await setTimeout(100);
  assert.deepEqual(await kidsAt(url), ['k']);
});
