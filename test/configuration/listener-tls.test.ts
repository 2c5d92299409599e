import assert from 'node:assert/strict';
import { test } from 'node:test';
import { largestTlsFile } from '../../src/configuration/listener-tls.ts';
import { Reloader, type ReloadResult } from '../../src/configuration/reload/reload.ts';
import { makeTlsFiles, type TlsFile } from '../e2e/harness/tls-files.ts';
import { checkerHere } from './checker-here.ts';
import { loadConfiguration } from './loading.ts';
import { flexPolicy, memoryFiles, startsOnly, withoutNotes } from './memory-files.ts';

const [made, other] = await Promise.all([makeTlsFiles(), makeTlsFiles()]);

const authority = made['authority.crt'];
const half = authority.length / 2;
/** Comments, which PEM allows between blocks, up to this many bytes in total. */
const filled = (text: string, size: number): string => `${text}${'#'.repeat(size - text.length)}`;
const damaged = authority.replace('MII', 'AAA');

const files = {
  'a.yaml': flexPolicy({ iss: 'a' }),
  ...made,
  'empty.crt': 'nothing\n',
  'two.crt': `first\n${authority}\nsecond\r\n${other['authority.crt'].replaceAll('\n', '\r\n')}`,
  'old.crt': authority.replaceAll('CERTIFICATE', 'X509 CERTIFICATE'),
  'chain.crt': `${made['server.crt']}${authority}`,
  'with-key.pem': `${made['server.key']}${made['server.crt']}`,
  'cut-chain.crt': `${made['server.crt']}${authority.slice(0, 20)}`,
  'cut.crt': authority.slice(0, half),
  'cut-second.crt': `${authority}${authority.slice(0, half)}`,
  'cut-mark.crt': `${authority}${authority.slice(0, 3)}`,
  'no-end.crt': `${authority.slice(0, half)}\n${authority}`,
  'damaged.crt': `${authority}${damaged}`,
  'empty.key': '',
  'cut.key': made['server.key'].slice(0, -20),
  'largest.crt': filled(authority, largestTlsFile),
  'larger.crt': filled(authority, largestTlsFile + 1),
};

function load(tls: string) {
  const text = `policies: [{ name: a, file: a.yaml }]\nroutes: [{ match: {}, policies: [a] }]\n${tls}`;
  return loadConfiguration('conf.yaml', { files: memoryFiles({ ...files, 'conf.yaml': text }) });
}

const withAuthorities = (file: string): string =>
  `tls: { certificate: server.crt, key: server.key, clientAuthorities: ${file} }`;

const withClients = (clients: readonly string[]): string =>
  withAuthorities(`authority.crt, clients: ${JSON.stringify(clients)}`);

const good: [name: string, tls: string, clientAuthorities: boolean | undefined][] = [
  ['nothing', '', undefined],
  ['a certificate and its key', 'tls: { certificate: server.crt, key: server.key }', false],
  ['a chain', 'tls: { certificate: chain.crt, key: server.key }', false],
  ['one file for both', 'tls: { certificate: with-key.pem, key: with-key.pem }', false],
  ['authorities too', withAuthorities('authority.crt'), true],
  ['two authorities, with words between', withAuthorities('two.crt'), true],
  ['an authority under its older label', withAuthorities('old.crt'), true],
  ['clients', withClients(['spiffe://cluster.local/ns/*/sa/envoy', 'dns:*.example.com']), true],
  ['the most clients', withClients(Array(100).fill('dns:a.example')), true],
  ['the largest file', withAuthorities('largest.crt'), true],
];

for (const [name, tls, clientAuthorities] of good) {
  test(`tls of ${name}`, () => {
    const { snapshot, problems, tls: part } = load(tls);
    assert.deepEqual(withoutNotes(problems), []);
    assert.ok(snapshot);
    const expected = clientAuthorities === undefined ? 'plain' : 'pair';
    assert.equal(part?.kind, expected);
    const has = part?.kind === 'pair' ? part.pair.clientAuthorities !== undefined : undefined;
    assert.equal(has, clientAuthorities);
  });
}

const bad: [name: string, tls: string, code: string, message: RegExp][] = [
  ['no key', 'tls: { certificate: server.crt }', 'config.missing-key', /key/],
  [
    'a file that is missing',
    'tls: { certificate: a.crt, key: server.key }',
    'config.unreadable-file',
    /of `certificate` does not/,
  ],
  [
    'a key that is missing',
    'tls: { certificate: server.crt, key: b }',
    'config.unreadable-file',
    /of `key` does not exist/,
  ],
  [
    'authorities that are missing',
    withAuthorities('c'),
    'config.unreadable-file',
    /of `clientAuthorities` does not exist/,
  ],
  ['one byte too many', withAuthorities('larger.crt'), 'config.unreadable-file', /larger\.crt is larger than 262144/],
  [
    'a file without a certificate',
    'tls: { certificate: empty.crt, key: server.key }',
    'config.unusable-tls',
    /empty\.crt contains no certificate/,
  ],
  [
    'a chain that is cut off',
    'tls: { certificate: cut-chain.crt, key: server.key }',
    'config.unusable-tls',
    /cut-chain\.crt ends within a PEM block/,
  ],
  [
    'a file without a key',
    'tls: { certificate: server.crt, key: empty.crt }',
    'config.unusable-tls',
    /empty\.crt contains no private key/,
  ],
  [
    'a key file without content',
    'tls: { certificate: server.crt, key: empty.key }',
    'config.unusable-tls',
    /private key/,
  ],
  [
    'a key that is cut off',
    'tls: { certificate: server.crt, key: cut.key }',
    'config.unusable-tls',
    /cut\.key contains no private key/,
  ],
  [
    'a key of another',
    'tls: { certificate: server.crt, key: client.key }',
    'config.unusable-tls',
    /client\.key contains a private key that does not belong to the certificate in server\.crt/,
  ],
  [
    'authorities without a certificate',
    withAuthorities('empty.crt'),
    'config.unusable-tls',
    /empty\.crt contains no certificate/,
  ],
  ['an authority that is cut off', withAuthorities('cut.crt'), 'config.unusable-tls', /cut\.crt ends within/],
  ['a second one that is cut off', withAuthorities('cut-second.crt'), 'config.unusable-tls', /ends within/],
  ['a second one of dashes', withAuthorities('cut-mark.crt'), 'config.unusable-tls', /ends within/],
  ['a first one without an end', withAuthorities('no-end.crt'), 'config.unusable-tls', /ends within/],
  [
    'clients without authorities',
    "tls: { certificate: server.crt, key: server.key, clients: ['dns:a.example'] }",
    'config.invalid-value',
    /`clients` needs `clientAuthorities`/,
  ],
  ['no client', withClients([]), 'config.invalid-value', /clients/],
  ['more clients than the most', withClients(Array(101).fill('dns:a.example')), 'config.invalid-value', /clients/],
  ['a client without a form', withClients(['a.example']), 'config.invalid-value', /must be `spiffe:/],
  ['a star in the trust domain', withClients(['spiffe://*/a']), 'config.invalid-value', /must be `spiffe:/],
  [
    'a version without quotes',
    'tls: { certificate: server.crt, key: server.key, minVersion: 1.3 }',
    'config.invalid-value',
    /must be '1\.2' or '1\.3', in quotes/,
  ],
  ['a second one that is damaged', withAuthorities('damaged.crt'), 'config.unusable-tls', /that cannot be read/],
];

for (const [name, tls, code, message] of bad) {
  test(`tls with ${name} is refused at its line`, () => {
    const { snapshot, problems } = load(tls);
    assert.equal(snapshot, undefined);
    assert.deepEqual(
      withoutNotes(problems).map((problem) => [problem.code, problem.place.line]),
      [[code, 3]],
    );
    assert.match(problems[0]?.message ?? '', message);
  });
}

type Change = Partial<Record<TlsFile | 'a.yaml' | 'conf.yaml', string>>;

const base = {
  ...files,
  'conf.yaml': `policies: [{ name: a, file: a.yaml }]\nroutes: [{ match: {}, policies: [a] }]\n${withAuthorities('authority.crt')}\n`,
};

type Settled = Exclude<ReloadResult, { kind: 'unsettled' }>;

/** What comes of a reload after the change. @param broken a file at which the process that checks ends */
async function reloaded(change: Change, broken = ''): Promise<Settled> {
  const now: Record<string, string> = { ...base };
  let breaks = false;
  const read = (path: string) => {
    if (breaks && path === broken) throw new TypeError('a mistake of ours');
    return memoryFiles(now).read(path);
  };
  const source = { read, list: () => assert.fail() };
  const reloader = new Reloader('conf.yaml', { ...startsOnly, files: source, checker: checkerHere(source) });
  const first = await reloader.start();
  assert.equal(first.kind, 'loaded');
  reloader.adopt(first.snapshot);
  Object.assign(now, change);
  breaks = true;
  const result = await reloader.attempt();
  assert.ok(result.kind !== 'unsettled');
  return result;
}

const renewed = { 'server.crt': other['server.crt'], 'server.key': other['server.key'] };
const policy = { 'a.yaml': flexPolicy({ iss: 'b' }) };
const noPolicy = { 'a.yaml': '{' };

const changes: [name: string, change: Change, kind: Settled['kind'], tls: string][] = [
  ['the pair and the policy', { ...renewed, ...policy }, 'loaded', 'pair'],
  ['the key alone, and the policy', { 'server.key': other['server.key'], ...policy }, 'loaded', 'unusable'],
  ['authorities that are not written to their end', { 'authority.crt': files['cut.crt'] }, 'loaded', 'unusable'],
  ['the pair, and a policy that is wrong', { ...renewed, ...noPolicy }, 'refused', 'pair'],
  ['the key alone, and a policy that is wrong', { 'server.key': 'x', ...noPolicy }, 'refused', 'unusable'],
  ['the pair, and a configuration that is no YAML', { ...renewed, 'conf.yaml': '[' }, 'refused', 'pair'],
  ['the pair, and a setting that is wrong', { ...renewed, 'conf.yaml': `${base['conf.yaml']}x: 1` }, 'refused', 'pair'],
  ['the key alone, and no configuration', { 'server.key': 'x', 'conf.yaml': '' }, 'refused', 'unusable'],
];

for (const [name, change, kind, tls] of changes) {
  test(`at a reload of ${name}: ${kind}, and the TLS part is ${tls}`, async () => {
    const { kind: came, problems, tls: part } = await reloaded(change);
    assert.deepEqual([came, part?.kind], [kind, tls]);
    const reported = withoutNotes(problems).map(({ code }) => code);
    assert.ok(!reported.includes('config.unusable-tls'), `reported apart: ${reported}`);
    if (part?.kind === 'unusable') assert.equal(part.problems[0]?.code, 'config.unusable-tls');
    if (part?.kind === 'pair') assert.equal(part.pair.certificate, other['server.crt']);
  });
}

test('a check that breaks at a policy has reported the pair before', async () => {
  const { kind, problems, tls } = await reloaded(renewed, 'a.yaml');
  assert.deepEqual([kind, problems[0]?.code], ['refused', 'config.check-broken']);
  assert.ok(tls?.kind === 'pair');
  assert.equal(tls.pair.certificate, other['server.crt']);
});
