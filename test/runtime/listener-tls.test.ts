import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadConfiguration } from '../../src/runtime/load.ts';
import { makeTlsFiles } from '../e2e/harness/tls-files.ts';
import { flexPolicy, memoryFiles } from './memory-files.ts';

const files = {
  'a.yaml': flexPolicy({ iss: 'a' }),
  ...(await makeTlsFiles()),
  'empty.crt': 'nothing\n',
};

function load(tls: string) {
  const text = `policies: [{ name: a, file: a.yaml }]\nroutes: [{ match: {}, policies: [a] }]\n${tls}`;
  return loadConfiguration('conf.yaml', { files: memoryFiles({ ...files, 'conf.yaml': text }) });
}

const good: [name: string, tls: string, clientAuthorities: boolean | undefined][] = [
  ['nothing', '', undefined],
  ['a certificate and its key', 'tls: { certificate: server.crt, key: server.key }', false],
  ['authorities too', 'tls: { certificate: server.crt, key: server.key, clientAuthorities: authority.crt }', true],
];

for (const [name, tls, clientAuthorities] of good) {
  test(`tls of ${name}`, () => {
    const { snapshot, problems } = load(tls);
    assert.deepEqual(problems, []);
    assert.equal(snapshot?.tls && snapshot.tls.clientAuthorities !== undefined, clientAuthorities);
  });
}

const bad: [name: string, tls: string, code: string, message: RegExp][] = [
  ['no key', 'tls: { certificate: server.crt }', 'config.missing-key', /key/],
  [
    'a file that is missing',
    'tls: { certificate: a.crt, key: server.key }',
    'config.unreadable-file',
    /a\.crt does not/,
  ],
  ['a key that is missing', 'tls: { certificate: server.crt, key: b }', 'config.unreadable-file', /b does not exist/],
  [
    'authorities that are missing',
    'tls: { certificate: server.crt, key: server.key, clientAuthorities: c }',
    'config.unreadable-file',
    /c does not exist/,
  ],
  [
    'a certificate that is none',
    'tls: { certificate: empty.crt, key: server.key }',
    'config.unusable-tls',
    /no certificate/,
  ],
  ['a key that is none', 'tls: { certificate: server.crt, key: empty.crt }', 'config.unusable-tls', /no private key/],
  ['a key of another', 'tls: { certificate: server.crt, key: client.key }', 'config.unusable-tls', /not that of the/],
  [
    'authorities that are none',
    'tls: { certificate: server.crt, key: server.key, clientAuthorities: empty.crt }',
    'config.unusable-tls',
    /no certificates/,
  ],
];

for (const [name, tls, code, message] of bad) {
  test(`tls with ${name} is refused at its line`, () => {
    const { snapshot, problems } = load(tls);
    assert.equal(snapshot, undefined);
    assert.deepEqual(
      problems.map((problem) => [problem.code, problem.place.line]),
      [[code, 3]],
    );
    assert.match(problems[0]?.message ?? '', message);
  });
}
