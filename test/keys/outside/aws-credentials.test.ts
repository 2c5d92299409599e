/**
 * Where the credentials of AWS come from, in which order, and when they are renewed.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { AwsCredentials } from '../../../src/keys/outside/aws-credentials.ts';
import { type FakeReply, type FakeRequest, FakeServer } from './fake-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'mintproc-aws-'));
after(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

const inAnHour = (): string => new Date(Date.now() + 3_600_000).toISOString();
const signal = new AbortController().signal;

function found(id: string, end = inAnHour()): FakeReply {
  const body = { AccessKeyId: id, SecretAccessKey: 's', Token: 't', Expiration: end, Code: 'Success' };
  return { status: 200, body: JSON.stringify(body) };
}

function sts({ body }: FakeRequest): FakeReply {
  const form = new URLSearchParams(body);
  if (form.get('WebIdentityToken') !== 'a token' || form.get('RoleArn') !== 'arn:role')
    return { status: 400, body: '' };
  const members = `<AccessKeyId>sts</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>`;
  const text = `<AssumeRoleWithWebIdentityResponse>${members}<Expiration>${inAnHour()}</Expiration></AssumeRoleWithWebIdentityResponse>`;
  return { status: 200, body: text };
}

function metadata({ method, path, headers }: FakeRequest): FakeReply {
  if (path === '/latest/api/token') return { status: method === 'PUT' ? 200 : 405, body: 'session' };
  if (headers['x-aws-ec2-metadata-token'] !== 'session') return { status: 401, body: '' };
  const prefix = '/latest/meta-data/iam/security-credentials/';
  return path === prefix ? { status: 200, body: 'role' } : found(path === `${prefix}role` ? 'imds' : 'wrong');
}

function answer(request: FakeRequest): FakeReply {
  if (request.path === '/') return sts(request);
  if (request.path === '/container') return found(request.headers.authorization === 'allowed' ? 'container' : 'wrong');
  return metadata(request);
}

const nowhere = { AWS_EC2_METADATA_DISABLED: 'true', HOME: '/nonexistent' };

const sources: readonly [name: string, id: string, environment: (origin: string) => Record<string, string>][] = [
  ['the environment', 'env', () => ({ AWS_ACCESS_KEY_ID: 'env', AWS_SECRET_ACCESS_KEY: 's' })],
  [
    'web identity (IRSA)',
    'sts',
    (origin) => ({
      AWS_ENDPOINT_URL_STS: origin,
      AWS_ROLE_ARN: 'arn:role',
      AWS_WEB_IDENTITY_TOKEN_FILE: file('web.token', 'a token\n'),
    }),
  ],
  [
    'a profile',
    'file',
    () => ({
      AWS_SHARED_CREDENTIALS_FILE: file(
        'credentials',
        '[default]\naws_access_key_id = other\naws_secret_access_key = s\n\n[ team ]\naws_access_key_id=file\naws_secret_access_key = s\n',
      ),
      AWS_PROFILE: 'team',
    }),
  ],
  [
    'a container',
    'container',
    (origin) => ({
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `${origin}/container`,
      AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: file('container.token', 'allowed'),
    }),
  ],
  [
    'an instance',
    'imds',
    (origin) => ({ AWS_EC2_METADATA_DISABLED: 'false', AWS_EC2_METADATA_SERVICE_ENDPOINT: origin }),
  ],
];

for (const [name, id, environmentOf] of sources) {
  test(`credentials of ${name}`, async () => {
    await using server = await FakeServer.start(answer);
    const environment = { ...nowhere, ...environmentOf(server.origin) };
    const given = await new AwsCredentials(environment, 'eu-central-1').get(signal);
    assert.equal(given.accessKeyId, id);
  });
}

test('the first source that has credentials gives them', async () => {
  await using server = await FakeServer.start(answer);
  let environment = { ...nowhere };
  for (const [, id, environmentOf] of sources.toReversed()) {
    environment = { ...environment, ...environmentOf(server.origin) };
    const given = await new AwsCredentials(environment, 'eu-central-1').get(signal);
    assert.equal(given.accessKeyId, id);
  }
});

const refused: readonly [name: string, environment: Record<string, string>, code: string][] = [
  ['none at all', {}, 'signer.denied'],
  ['a file that is missing', { AWS_SHARED_CREDENTIALS_FILE: '/no/such/file' }, 'signer.denied'],
  [
    'a profile that the file lacks',
    { AWS_SHARED_CREDENTIALS_FILE: file('other', ''), AWS_PROFILE: 'prod' },
    'signer.denied',
  ],
  ['half of a key', { AWS_ACCESS_KEY_ID: 'A' }, 'signer.denied'],
  [
    'web identity without its file',
    { AWS_ROLE_ARN: 'r', AWS_WEB_IDENTITY_TOKEN_FILE: '/no/such/file' },
    'signer.denied',
  ],
  [
    'a container without its token file',
    {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.1:1/',
      AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: '/no/such/file',
    },
    'signer.denied',
  ],
  ['a container elsewhere', { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://example.com/' }, 'signer.denied'],
  [
    'STS elsewhere without TLS',
    {
      AWS_ENDPOINT_URL_STS: 'http://sts.example.com',
      AWS_ROLE_ARN: 'r',
      AWS_WEB_IDENTITY_TOKEN_FILE: file('web', 'x'),
    },
    'keys.outside-setting',
  ],
];

for (const [name, environment, code] of refused) {
  test(`no credentials: ${name}`, async () => {
    const credentials = new AwsCredentials({ ...nowhere, ...environment }, 'eu-central-1');
    await assert.rejects(credentials.get(signal), { code });
  });
}

const whole = { AccessKeyId: 'id', SecretAccessKey: 'secret' };
const complete = { accessKeyId: 'id', secretAccessKey: 'secret' };

/** What a container agent answers, and the credentials. */
const answers: readonly [name: string, body: object, expected: object][] = [
  ['no session token', whole, complete],
  ['an empty session token', { ...whole, Token: '' }, complete],
  ['a session token of another type', { ...whole, Token: 1 }, complete],
  ['a session token', { ...whole, Token: 't' }, { ...complete, sessionToken: 't' }],
  ['an end that is no time', { ...whole, Expiration: 'soon' }, complete],
];

for (const [name, body, expected] of answers) {
  test(`an answer with ${name}`, async () => {
    await using server = await FakeServer.start(() => ({ status: 200, body: JSON.stringify(body) }));
    const environment = { ...nowhere, AWS_CONTAINER_CREDENTIALS_FULL_URI: server.origin };
    assert.deepEqual(await new AwsCredentials(environment, 'eu-central-1').get(signal), expected);
  });
}

const noCredentials = 'The answer of the instance or container has no credentials.';

const refusedAnswers: readonly [name: string, status: number, body: object, code: string, message: string][] = [
  ['no identifier', 200, { SecretAccessKey: 'secret' }, 'signer.denied', noCredentials],
  ['an empty identifier', 200, { ...whole, AccessKeyId: '' }, 'signer.denied', noCredentials],
  ['an identifier of another type', 200, { ...whole, AccessKeyId: 1 }, 'signer.denied', noCredentials],
  ['no secret', 200, { AccessKeyId: 'id' }, 'signer.denied', noCredentials],
  ['an empty secret', 200, { ...whole, SecretAccessKey: '' }, 'signer.denied', noCredentials],
  ['a secret of another type', 200, { ...whole, SecretAccessKey: 1 }, 'signer.denied', noCredentials],
  ['status 429', 429, whole, 'signer.unreachable', 'The container agent answered with status 429.'],
  ['status 500', 500, whole, 'signer.unreachable', 'The container agent answered with status 500.'],
  ['status 499', 499, whole, 'signer.denied', 'The container agent gave no credentials: it answered with status 499.'],
];

for (const [name, status, body, code, message] of refusedAnswers) {
  test(`an answer with ${name} is refused`, async () => {
    await using server = await FakeServer.start(() => ({ status, body: JSON.stringify(body) }));
    const environment = { ...nowhere, AWS_CONTAINER_CREDENTIALS_FULL_URI: server.origin };
    await assert.rejects(new AwsCredentials(environment, 'eu-central-1').get(signal), { code, message });
  });
}

test('the refusal of a secret file names its variable', async () => {
  const environment = { ...nowhere, AWS_ROLE_ARN: 'r', AWS_WEB_IDENTITY_TOKEN_FILE: '/no/such/file' };
  const message = 'The file of AWS_WEB_IDENTITY_TOKEN_FILE cannot be read.';
  await assert.rejects(new AwsCredentials(environment, 'eu-central-1').get(signal), { message });
});

test('no other source is asked if one is named and fails', async () => {
  await using server = await FakeServer.start(answer);
  const instance = { HOME: '/nonexistent', AWS_EC2_METADATA_SERVICE_ENDPOINT: server.origin };
  const named = [
    { AWS_ACCESS_KEY_ID: 'A' },
    { AWS_SECRET_ACCESS_KEY: 's' },
    { AWS_PROFILE: 'prod' },
    { AWS_ROLE_ARN: 'r', AWS_WEB_IDENTITY_TOKEN_FILE: '/no/such/file' },
  ];
  for (const environment of named) {
    const credentials = new AwsCredentials({ ...instance, ...environment }, 'eu-central-1');
    await assert.rejects(credentials.get(signal), { code: 'signer.denied' });
  }
  assert.equal((await new AwsCredentials(instance, 'eu-central-1').get(signal)).accessKeyId, 'imds');
});

/** A source of credentials that are named by their number. @param lifetime in milliseconds */
async function container(lifetime: number) {
  let count = 0;
  const server = await FakeServer.start(() => found(`c-${++count}`, new Date(Date.now() + lifetime).toISOString()));
  const environment = { ...nowhere, AWS_CONTAINER_CREDENTIALS_FULL_URI: `${server.origin}/container` };
  const credentials = new AwsCredentials(environment, 'eu-central-1');
  return {
    server,
    get: async () => (await credentials.get(signal)).accessKeyId,
    /** Until a renewal has ended. */
    renewed: async (id: string) => {
      while ((await credentials.get(signal)).accessKeyId !== id) await new Promise(setImmediate);
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

const hour = 3_600_000;

test('temporary credentials are asked for once, and renewed five minutes before they end', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: 0 });
  await using it = await container(hour);
  assert.deepEqual(await Promise.all([it.get(), it.get()]), ['c-1', 'c-1']);
  t.mock.timers.setTime(hour - 300_001);
  assert.equal(await it.get(), 'c-1');
  assert.equal(it.server.requests.length, 1);
  t.mock.timers.setTime(hour - 300_000);
  // This call gets those that it has, and a later one the new ones.
  assert.equal(await it.get(), 'c-1');
  await it.renewed('c-2');
  assert.equal(it.server.requests.length, 2);
});

test('while the source is away, credentials are used until they end, and it is asked every ten seconds', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: 0 });
  await using it = await container(hour);
  await it.get();
  it.server.faults = [{ status: 503, body: '' }];
  it.server.repeats = true;
  t.mock.timers.setTime(hour - 1_000);
  assert.equal(await it.get(), 'c-1');
  while (it.server.requests.length < 2) await new Promise(setImmediate);
  t.mock.timers.setTime(hour - 1);
  for (let call = 0; call < 20; call++) assert.equal(await it.get(), 'c-1');
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(it.server.requests.length, 2);
  t.mock.timers.setTime(hour);
  await assert.rejects(it.get(), { code: 'signer.unreachable' });
});

test('a profile that changes is read again after a minute', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: 0 });
  const profile = (id: string): string =>
    file('changing', `[default]\naws_access_key_id = ${id}\naws_secret_access_key = s\n`);
  const credentials = new AwsCredentials({ ...nowhere, AWS_SHARED_CREDENTIALS_FILE: profile('old') }, 'eu-central-1');
  assert.equal((await credentials.get(signal)).accessKeyId, 'old');
  profile('new');
  t.mock.timers.setTime(59_999);
  await credentials.get(signal);
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal((await credentials.get(signal)).accessKeyId, 'old');
  t.mock.timers.setTime(60_000);
  while ((await credentials.get(signal)).accessKeyId !== 'new') await new Promise(setImmediate);
});

test('the instance is not asked if that is switched off', async () => {
  await using server = await FakeServer.start(metadata);
  const environment = { ...nowhere, AWS_EC2_METADATA_SERVICE_ENDPOINT: server.origin };
  await assert.rejects(new AwsCredentials(environment, 'eu-central-1').get(signal), { code: 'signer.denied' });
  assert.equal(server.requests.length, 0);
});

test('credentials that were refused are asked for again', async () => {
  let count = 0;
  await using server = await FakeServer.start(() => found(`c-${++count}`));
  const environment = { ...nowhere, AWS_CONTAINER_CREDENTIALS_FULL_URI: `${server.origin}/container` };
  const credentials = new AwsCredentials(environment, 'eu-central-1');
  credentials.forget(await credentials.get(signal));
  assert.equal((await credentials.get(signal)).accessKeyId, 'c-2');
});

test('a source without newer credentials is not asked at every signature', async () => {
  let count = 0;
  const end = new Date(Date.now() + 60_000).toISOString();
  await using server = await FakeServer.start(() => found(`c-${++count}`, end));
  const environment = { ...nowhere, AWS_CONTAINER_CREDENTIALS_FULL_URI: `${server.origin}/container` };
  const credentials = new AwsCredentials(environment, 'eu-central-1');
  while ((await credentials.get(signal)).accessKeyId !== 'c-2') await new Promise((resolve) => setTimeout(resolve, 5));
  for (let calls = 0; calls < 20; calls++) {
    await credentials.get(signal);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.equal(count, 2);
});

const elsewhere = [
  '//192.0.2.1/a',
  '@192.0.2.1/a',
  '.example.com/a',
  ':80@192.0.2.1/',
  '\\\\192.0.2.1/a',
  '#@192.0.2.1/',
];
for (const uri of elsewhere) {
  test(`the address of a container agent leads to no other host: ${uri}`, async () => {
    await using server = await FakeServer.start(() => found('right'));
    const full = `${server.origin}${uri}`;
    const environment = { ...nowhere, AWS_CONTAINER_CREDENTIALS_FULL_URI: full };
    const credentials = new AwsCredentials(environment, 'eu-central-1');
    // Without a call to 192.0.2.1, which nobody has (RFC 5737), there is no need to wait for it.
    const answer = await credentials.get(AbortSignal.timeout(1_000)).catch((error: { code: string }) => error.code);
    assert.ok(answer === 'signer.denied' || server.requests.length === 1, JSON.stringify(answer));
  });
}
