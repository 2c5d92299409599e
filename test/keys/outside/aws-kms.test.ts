/**
 * The signer of AWS KMS, with a service that answers as the API reference says. `test/keys/outside/moto.test.ts` has one
 * that others wrote.
 */

import { type FailingContract, testContract, testFailures } from './contract.ts';
import { FakeKms } from './fake-kms.ts';
import type { FakeReply } from './fake-server.ts';
import { privateKeyFor } from './service-keys.ts';

const rsa = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'];
const ecdsa = ['ES256', 'ES384', 'ES512'];

const arnOf = (algorithm: string): string => `arn:aws:kms:eu-central-1:111122223333:key/${algorithm}`;

async function start(): ReturnType<FailingContract['start']> {
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
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

const contract: FailingContract = { name: 'AWS KMS', algorithms: [...ecdsa, ...rsa], start };
testContract(contract);
testFailures(contract);
