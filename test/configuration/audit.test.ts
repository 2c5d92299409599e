/**
 * @module
 * The audit line of a request: what it contains for each kind of token, and that it contains
 * nothing else.
 */
import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import type { LoadOptions } from '../../src/configuration/load.ts';
import type { Snapshot } from '../../src/configuration/snapshot.ts';
import { makeDecide } from '../../src/decision/decide.ts';
import type { Decision } from '../../src/decision/decision.ts';
import { Later } from '../../src/diagnostics/later.ts';
import { traceIdOf } from '../../src/extproc/request-ids.ts';
import { createAuditLog } from '../../src/observe/audit-log.ts';
import type { IncomingRequest } from '../../src/request/incoming-request.ts';
import { atOnce } from '../at-once.ts';
import { loadConfiguration } from './loading.ts';
import { flexPolicy, memoryFiles, request, secret } from './memory-files.ts';

const canary = 'canary-of-a-claim';
const id = '6ba7b810-9dad-41d1-80b4-00c04fd430c8';
const subjectKey = 'k'.repeat(32);
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' });

const apigee = (elements: string): string =>
  `<GenerateJWT name="A"><Algorithm>HS256</Algorithm><SecretKey><Value ref="private.key"/><Id>named</Id></SecretKey>` +
  `<Subject ref="request.header.x-user"/><ExpiresIn>5m</ExpiresIn>${elements}</GenerateJWT>`;

const datapower = (more: object): string =>
  JSON.stringify([
    { 'jwt-generate': { version: '2.0.0', 'iss-claim': 'iss', 'sub-claim': 'user', 'exp-claim': 300, ...more } },
  ]);
const encryption = { 'jwe-alg': 'A128KW', 'jwe-enc': 'A128GCM', 'jwe-crypto': 'wrapping' };
const generatedId = { 'jti-claim': true };

const files: Readonly<Record<string, string>> = {
  key: secret,
  subject: `${subjectKey}\n`,
  'rsa.pem': String(rsa),
  wrapping: '07'.repeat(16),
  'flex.yaml': flexPolicy({ sub: "#[attributes.headers['x-user']]", secretive: canary }),
  'rsa.yaml': flexPolicy({ sub: "#[attributes.headers['x-user']]" }, '').replace('HS256', 'RS256'),
  'own-id.xml': apigee('<Id/>'),
  'given-id.xml': apigee('<Id ref="request.header.x-id"/>'),
  'encrypted.yaml': datapower({ ...encryption, ...generatedId }),
  'nested.yaml': datapower({ ...encryption, 'jws-alg': 'HS256', 'jws-crypto': 'signing' }),
};

const policies = [
  { name: 'flex', file: 'flex.yaml' },
  { name: 'reused', file: 'flex.yaml', reuse: { for: '60s' } },
  { name: 'rsa', file: 'rsa.yaml', key: { file: 'rsa.pem', kid: 'of-this-year' } },
  { name: 'long-kid', file: 'rsa.yaml', key: { file: 'rsa.pem', kid: 'k'.repeat(65) } },
  { name: 'own-id', file: 'own-id.xml', output: { header: 'x-token' } },
  { name: 'given-id', file: 'given-id.xml', output: { header: 'x-token' } },
  { name: 'encrypted', file: 'encrypted.yaml' },
  { name: 'nested', file: 'nested.yaml' },
];

function configuration(audit: unknown): object {
  return {
    edition: 'x',
    log: { audit },
    variables: { iss: 'me', user: { attribute: 'request.id' }, 'private.key': { file: 'key' } },
    keys: { wrapping: { file: 'wrapping', encoding: 'hex' }, signing: { file: 'key', kid: 'signing-1' } },
    policies,
    routes: policies.map(({ name }) => ({ match: { pathPrefix: `/${name}` }, policies: [name] })),
  };
}

function load(audit: unknown, more: Readonly<Record<string, string>> = {}, options: Partial<LoadOptions> = {}) {
  const all = { ...files, ...more, 'conf.yaml': JSON.stringify(configuration(audit)) };
  return loadConfiguration('conf.yaml', { files: memoryFiles(all), ...options });
}

function loaded(audit: unknown, options?: Partial<LoadOptions>): Snapshot {
  const { snapshot, problems } = load(audit, {}, options);
  assert.ok(snapshot, problems.map(({ message }) => message).join('\n'));
  return snapshot;
}

const asked = (policy: string, headers: Readonly<Record<string, string>> = {}): IncomingRequest =>
  request({ ':path': `/${policy}`, 'x-user': 'alice', ...headers }, { attributes: { 'request.id': 'alice' } });

type Line = Readonly<Record<string, unknown>>;

/** What one request after the other leaves in the audit, as JSON reads it. */
async function linesOf(snapshot: Snapshot, requests: readonly IncomingRequest[]): Promise<readonly Line[]> {
  const written: string[] = [];
  const audit = createAuditLog((line) => written.push(line));
  const decide = makeDecide(snapshot, { clock: () => 1_700_000_000_500, randomId: () => id });
  for (const each of requests) {
    const decision = await come(decide(each), (came) => {
      const ids = { requestId: 'id-1', traceId: traceIdOf(each.headers) };
      for (const { policy, audit: facts } of came.mints) {
        if (facts !== undefined) audit.minted(policy, facts, { outcome: 'forwarded', ...ids });
      }
    });
    assert.equal(decision.kind, 'forward');
  }
  return written.map((line) => {
    assert.ok(line.endsWith('}\n') && line.indexOf('\n') === line.length - 1);
    return JSON.parse(line);
  });
}

/** @param look is called in the turn in which the decision comes */
function come(decision: Decision | Later<Decision>, look: (decision: Decision) => void): Promise<Decision> {
  if (!(decision instanceof Later)) {
    look(decision);
    return Promise.resolve(decision);
  }
  return new Promise((resolve, reject) =>
    decision.listen((came) => {
      look(came);
      resolve(came);
    }, reject),
  );
}

const subject = createHmac('sha256', subjectKey).update('alice').digest('hex').slice(0, 16);
const thumbprint = /^[\w-]{43}$/;

const tokens: readonly [policy: string, headers: Readonly<Record<string, string>>, expected: Line][] = [
  ['flex', {}, { alg: 'HS256', subject, reused: false }],
  ['flex', { 'x-user': '' }, { alg: 'HS256', subject: 'another', reused: false }],
  ['rsa', {}, { alg: 'RS256', kid: 'of-this-year', subject, reused: false }],
  ['own-id', {}, { alg: 'HS256', kid: 'named', jti: id, lifetime: 300, subject, reused: false }],
  ['given-id', { 'x-id': canary }, { alg: 'HS256', kid: 'named', lifetime: 300, subject, reused: false }],
  ['encrypted', {}, { alg: 'A128KW', enc: 'A128GCM', jti: id, lifetime: 300, subject, reused: false }],
  ['nested', {}, { alg: 'HS256', kid: 'signing-1', enc: 'A128GCM', lifetime: 300, subject, reused: false }],
];

for (const [policy, headers, expected] of tokens) {
  test(`a token of the policy ${policy}${JSON.stringify(headers)}`, async () => {
    const [line, ...others] = await linesOf(loaded({ subjectKey: { file: 'subject' } }), [asked(policy, headers)]);
    assert.ok(line);
    assert.deepEqual(others, []);
    const { time, subject: named, ...rest } = line;
    assert.match(String(time), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    const fixed = { level: 'info', stream: 'audit', message: 'A policy minted a token.', policy, outcome: 'forwarded' };
    const { subject: expectedSubject, ...facts } = expected;
    assert.deepEqual(rest, { ...fixed, requestId: 'id-1', ...facts });
    if (expectedSubject === 'another') assert.notEqual(named, subject);
    else assert.equal(named, subject);
    assert.match(String(named), /^[0-9a-f]{16}$/);
  });
}

test('a key whose name is longer than 64 characters is named by its thumbprint', async () => {
  const [line] = await linesOf(loaded(true), [asked('long-kid')]);
  assert.match(String(line?.['kid']), thumbprint);
});

test('without a subject key no subject is named', async () => {
  const [line] = await linesOf(loaded(true), [asked('flex')]);
  assert.equal(line && 'subject' in line, false);
});

test('a token that is reused', async () => {
  const again = await linesOf(loaded(true), [asked('reused'), asked('reused'), asked('reused', { 'x-user': 'bob' })]);
  assert.deepEqual(
    again.map(({ reused }) => reused),
    [false, true, false],
  );
});

test('tokens whose signatures arrive later have lines in the order of the requests, encrypted ones included', async () => {
  const arrive: (() => void)[] = [];
  const snapshot = loaded(true, {
    wrapSign: (_, sign) => (input) => {
      const signature = new Later<string>();
      arrive.push(() => signature.settle(atOnce(sign(input))));
      return signature;
    },
  });
  const written: unknown[] = [];
  const decide = makeDecide(snapshot, { clock: () => 1_700_000_000_500, randomId: () => id });
  const look = ({ mints }: Decision): void => {
    for (const { audit } of mints) written.push([audit?.alg, audit?.enc, audit?.lifetime, audit?.isReused]);
  };
  const decisions = ['rsa', 'nested', 'encrypted', 'rsa', 'nested'].map((policy) => come(decide(asked(policy)), look));
  assert.equal(arrive.length, 3);
  for (const signature of arrive) signature();
  await Promise.all(decisions);
  assert.deepEqual(written, [
    ['A128KW', 'A128GCM', 300, false],
    ['RS256', undefined, undefined, false],
    ['RS256', undefined, undefined, true],
    ['HS256', 'A128GCM', 300, false],
    ['HS256', 'A128GCM', 300, false],
  ]);
});

test('no line contains a claim, a header or a part of a token', async () => {
  const snapshot = loaded({ subjectKey: { file: 'subject' } });
  const hostile = { 'x-user': canary, 'x-id': canary, traceparent: canary, b3: canary, 'x-b3-traceid': canary };
  const lines = await linesOf(
    snapshot,
    policies.map(({ name }) => asked(name, hostile)),
  );
  assert.equal(lines.length, policies.length);
  assert.doesNotMatch(JSON.stringify(lines), /canary|alice|eyJ|kkkkkkkk[^k]|secret of/);
  const known = /^(?:level|time|stream|message|policy|outcome|alg|kid|enc|jti|lifetime|subject|reused|requestId)$/;
  for (const line of lines) for (const name of Object.keys(line)) assert.match(name, known);
});

test('a sample contains a part of the tokens; without an audit none is examined', async () => {
  const requests = Array.from({ length: 2_000 }, () => asked('flex'));
  const { length } = await linesOf(loaded({ sample: 0.1 }), requests);
  // Twelve standard deviations: chance alone does not fail this.
  assert.ok(length > 40 && length < 360, String(length));
  assert.deepEqual(await linesOf(loaded(false), [asked('flex')]), []);
  assert.equal(loaded(false).policies.get('flex')?.witness, undefined);
});

const traces: readonly [headers: Readonly<Record<string, string>>, traceId: string | undefined][] = [
  [{}, undefined],
  [{ traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` }, 'a'.repeat(32)],
  [{ traceparent: `01-${'a'.repeat(32)}-${'b'.repeat(16)}-01-more` }, 'a'.repeat(32)],
  [{ traceparent: `ff-${'a'.repeat(32)}-${'b'.repeat(16)}-01` }, undefined],
  [{ traceparent: `00-${'0'.repeat(32)}-${'b'.repeat(16)}-01` }, undefined],
  [{ traceparent: `00-${'A'.repeat(32)}-${'b'.repeat(16)}-01` }, undefined],
  [{ traceparent: `00-${'a'.repeat(31)}-${'b'.repeat(16)}-01` }, undefined],
  [{ b3: `${'c'.repeat(32)}-${'d'.repeat(16)}-1` }, 'c'.repeat(32)],
  [{ b3: `${'c'.repeat(16)}-${'d'.repeat(16)}-d-${'e'.repeat(16)}` }, 'c'.repeat(16)],
  [{ b3: '0' }, undefined],
  [{ 'x-b3-traceid': 'f'.repeat(16) }, 'f'.repeat(16)],
  [{ 'x-b3-traceid': 'f'.repeat(17) }, undefined],
  [{ traceparent: 'none', 'x-b3-traceid': 'f'.repeat(32) }, 'f'.repeat(32)],
];

for (const [headers, traceId] of traces) {
  test(`the trace of ${JSON.stringify(headers)}`, async () => {
    const [line] = await linesOf(loaded(true), [asked('flex', headers)]);
    assert.equal(line?.['traceId'], traceId);
  });
}

const wrong: readonly [audit: unknown, subject: string, problem: string | undefined][] = [
  [true, '', undefined],
  [{}, '', undefined],
  [{ sample: 1 }, '', undefined],
  [{ sample: 0 }, '', 'config.invalid-value'],
  [{ sample: 1.1 }, '', 'config.invalid-value'],
  ['yes', '', 'config.wrong-type'],
  [{ subjectKey: { file: 'subject' } }, 'k'.repeat(31), 'jose.short-secret'],
  [{ subjectKey: { file: 'subject' } }, `${'k'.repeat(31)}\n`, 'jose.short-secret'],
  [{ subjectKey: { file: 'subject' } }, `${'k'.repeat(32)}\r\n`, undefined],
  [{ subjectKey: { file: 'subject' } }, 'k'.repeat(1024), undefined],
  [{ subjectKey: { file: 'subject' } }, 'k'.repeat(1025), 'config.invalid-value'],
  [{ subjectKey: { file: 'subject' } }, `-----BEGIN PUBLIC KEY-----\n${'k'.repeat(64)}`, 'config.invalid-value'],
  [{ subjectKey: { file: 'missing' } }, '', 'config.unreadable-file'],
];

for (const [audit, key, problem] of wrong) {
  test(`audit: ${JSON.stringify(audit)} with a key of ${key.length} characters: ${problem ?? 'fine'}`, () => {
    const { snapshot, problems } = load(audit, { subject: key });
    // With wrong settings the policies miss their keys as well.
    const [first] = problems.filter(({ severity }) => severity === 'error');
    assert.equal(first?.code, problem);
    assert.equal(snapshot === undefined, problem !== undefined);
    for (const { message, suggestion } of problems) assert.doesNotMatch(`${message} ${suggestion}`, /kkk/);
  });
}

test('a subject key that every user may read is an error under strictFiles, and else a warning', () => {
  const read = memoryFiles({ ...files, 'conf.yaml': '' }).read;
  for (const strictFiles of [true, false]) {
    const text = JSON.stringify({ ...configuration({ subjectKey: { file: 'subject' } }), strictFiles });
    const { problems } = loadConfiguration('conf.yaml', {
      files: {
        list: () => ({ kind: 'failed', reason: 'does not exist' }),
        read: (path) => {
          if (path === 'conf.yaml') return { kind: 'bytes', bytes: Buffer.from(text) };
          const contents = read(path);
          return path === 'subject' && contents.kind === 'bytes' ? { ...contents, mode: 0o644 } : contents;
        },
      },
    });
    const found = problems.filter(({ code }) => code === 'keys.readable-by-all');
    assert.deepEqual(
      found.map(({ severity }) => severity),
      [strictFiles ? 'error' : 'warning'],
    );
  }
});
