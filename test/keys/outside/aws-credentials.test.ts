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

test('temporary credentials are asked for once, and renewed before they end', async () => {
  let count = 0;
  let end = inAnHour();
  await using server = await FakeServer.start(() => found(`c-${++count}`, end));
  const environment = { ...nowhere, AWS_CONTAINER_CREDENTIALS_FULL_URI: `${server.origin}/container` };
  const credentials = new AwsCredentials(environment, 'eu-central-1');
  end = new Date(Date.now() + 60_000).toISOString();
  const both = await Promise.all([credentials.get(signal), credentials.get(signal)]);
  assert.deepEqual(
    both.map(({ accessKeyId }) => accessKeyId),
    ['c-1', 'c-1'],
  );
  end = inAnHour();
  // They end soon: this call gets them, and the next one the new ones.
  assert.equal((await credentials.get(signal)).accessKeyId, 'c-1');
  while ((await credentials.get(signal)).accessKeyId === 'c-1') await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal((await credentials.get(signal)).accessKeyId, 'c-2');
  assert.equal(count, 2);
});

test('credentials that were refused are asked for again', async () => {
  let count = 0;
  await using server = await FakeServer.start(() => found(`c-${++count}`));
  const environment = { ...nowhere, AWS_CONTAINER_CREDENTIALS_FULL_URI: `${server.origin}/container` };
  const credentials = new AwsCredentials(environment, 'eu-central-1');
  credentials.forget(await credentials.get(signal));
  assert.equal((await credentials.get(signal)).accessKeyId, 'c-2');
});
