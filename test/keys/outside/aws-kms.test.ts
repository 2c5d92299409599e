/**
 * The signer of AWS KMS, with a service that answers as the API reference says. `test/keys/outside/moto.test.ts` has one
 * that others wrote.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { maxMessageBytes } from '../../../src/keys/outside/aws-kms.ts';
import { OutsideSigners } from '../../../src/keys/outside/outside-signers.ts';
import {
  type FailingContract,
  type Failures,
  inputOf,
  type StartedService,
  signerFor,
  testContract,
  testFailures,
} from './contract.ts';
import { FakeKms } from './fake-kms.ts';
import { type FakeReply, FakeServer } from './fake-server.ts';
import { privateKeyFor } from './service-keys.ts';

const rsa = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'];
const ecdsa = ['ES256', 'ES384', 'ES512'];

const arnOf = (algorithm: string): string => `arn:aws:kms:eu-central-1:111122223333:key/${algorithm}`;

type Started = StartedService & { readonly failures: Failures; lastBody(): string; readonly server: FakeServer };

async function start(): Promise<Started> {
  const kms = new FakeKms();
  for (const algorithm of rsa) kms.add(arnOf(algorithm), privateKeyFor(algorithm), rsa);
  for (const algorithm of ecdsa) kms.add(arnOf(algorithm), privateKeyFor(algorithm), [algorithm]);
  const server = await kms.start();
  const environment = {
    AWS_ENDPOINT_URL: server.origin,
    AWS_ACCESS_KEY_ID: 'id',
    AWS_SECRET_ACCESS_KEY: 'secret',
  };
  const denied: FakeReply = { status: 400, body: '{"__type":"AccessDeniedException"}' };
  const fail = (fault: (typeof server.faults)[number], always?: 'always'): void => {
    server.faults = [fault];
    server.repeats = always !== undefined;
  };
  return {
    server,
    environment,
    keyFor: (algorithm, deadline) => {
      return { service: 'awsKms', key: arnOf(algorithm), region: 'eu-central-1', deadline, queue: 10 };
    },
    failures: {
      fail,
      heal: () => {
        server.faults = [];
        server.repeats = false;
      },
      disable: (algorithm) => {
        const key = kms.keys.get(arnOf(algorithm));
        if (key !== undefined) key.isEnabled = false;
      },
      exchange: (algorithm) => {
        const key = kms.keys.get(arnOf(algorithm));
        if (key !== undefined) key.signsWith = privateKeyFor(algorithm, 'second');
      },
      lock: () => fail(denied, 'always'),
      get signatures() {
        return server.requests.filter(({ headers }) => headers['x-amz-target'] === 'TrentService.Sign').length;
      },
    },
    lastBody: () => server.requests.at(-1)?.body ?? '',
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

const contract: FailingContract = { name: 'AWS KMS', algorithms: [...ecdsa, ...rsa], start };
testContract(contract);
testFailures(contract);

const asked: readonly [what: string, faults: number, code: string | undefined][] = [
  ['two errors', 2, undefined],
  ['three errors', 3, 'signer.unreachable'],
];

for (const [what, faults, code] of asked) {
  test(`AWS KMS: after ${what}, asking for the key ${code === undefined ? 'has succeeded' : 'has failed'}`, async () => {
    await using service = await start();
    service.server.faults = Array.from({ length: faults }, () => ({ status: 503, body: '{}' }));
    const answer = await new OutsideSigners({ environment: service.environment }).ask(service.keyFor('ES256', 1_000));
    assert.equal(answer.kind === 'failed' ? answer.code : undefined, code);
  });
}

test('AWS KMS: a key that is not for signatures', async () => {
  await using service = await start();
  const key = { PublicKey: 'AAAA', KeyUsage: 'KEY_AGREEMENT', SigningAlgorithms: ['ECDSA_SHA_256'] };
  service.failures.fail({ status: 200, body: JSON.stringify(key) });
  const answer = await new OutsideSigners({ environment: service.environment }).ask(service.keyFor('ES256', 1_000));
  assert.equal(answer.kind === 'failed' && answer.code, 'signer.key-unusable');
});

test('AWS KMS: credentials that it refuses are not used again', async () => {
  let given = 0;
  const Expiration = new Date(Date.now() + 3_600_000).toISOString();
  await using source = await FakeServer.start(() => {
    const body = { AccessKeyId: `id-${++given}`, SecretAccessKey: 's', Token: 't', Expiration };
    return { status: 200, body: JSON.stringify(body) };
  });
  await using service = await start();
  const environment = {
    HOME: '/nonexistent',
    AWS_ENDPOINT_URL: service.server.origin,
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `${source.origin}/credentials`,
  };
  const { sign } = await signerFor(new OutsideSigners({ environment }), service.keyFor('ES256', 30_000), 'ES256');
  service.failures.fail({ status: 400, body: '{"__type":"ExpiredTokenException"}' });
  await assert.rejects(sign(inputOf('ES256')), { code: 'signer.denied' });
  await sign(inputOf('ES256'));
  const used = service.server.requests.map(
    ({ headers }) => /Credential=([\w-]+)/.exec(headers.authorization ?? '')?.[1],
  );
  assert.deepEqual(used, ['id-1', 'id-1', 'id-2']);
});

test('AWS KMS: a public key that is none is not a lost connection', async () => {
  await using service = await start();
  const key = { PublicKey: 'AAAA', KeyUsage: 'SIGN_VERIFY', SigningAlgorithms: ['ECDSA_SHA_256'] };
  service.failures.fail({ status: 200, body: JSON.stringify(key) }, 'always');
  const answer = await new OutsideSigners({ environment: service.environment }).ask(service.keyFor('ES256', 1_000));
  assert.equal(answer.kind === 'failed' && answer.code, 'signer.refused');
});

for (const [bytes, type] of [
  [maxMessageBytes, 'RAW'],
  [maxMessageBytes + 1, 'DIGEST'],
] as const) {
  test(`AWS KMS: ${bytes} bytes are sent as ${type}`, async () => {
    await using service = await start();
    const signers = new OutsideSigners({ environment: service.environment });
    const { sign } = await signerFor(signers, service.keyFor('ES256', 30_000), 'ES256');
    const input = inputOf('ES256', '');
    await sign(input.padEnd(bytes, 'x'));
    assert.equal(JSON.parse(service.lastBody()).MessageType, type);
  });
}
