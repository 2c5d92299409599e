/**
 * @module
 * The variables that later policies of the route can read: the token of a policy, or the reason why it failed.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadConfiguration } from '../../../src/configuration/load.ts';
import type { JsonObject } from '../../../src/diagnostics/json.ts';
import { noHeaders } from '../../../src/request/header-fields.ts';
import { emptyView } from '../../../src/request/object-view.ts';
import { decideAtOnce } from '../../at-once.ts';
import { memoryFiles } from '../../configuration/memory-files.ts';
import { secret } from './conformance-case.ts';

function policyOf(properties: JsonObject): string {
  return JSON.stringify([{ 'jwt-generate': { 'jws-alg': 'HS256', 'jws-crypto': 'k', ...properties } }]);
}

interface Example {
  readonly first: JsonObject;
  readonly second: JsonObject;
  readonly entry?: JsonObject;
  /** The subject of the second token, where TOKEN is the first token. */
  readonly sub: string | undefined;
}

const examples: readonly [name: string, example: Example][] = [
  [
    'the variable of the API Gateway is `Bearer ` and the token',
    {
      first: { version: '2.0.0', 'iss-claim': 'iss', jwt: 'generated.jwt' },
      second: { version: '2.0.0', 'iss-claim': 'iss', 'sub-claim': 'generated.jwt' },
      sub: 'Bearer TOKEN',
    },
  ],
  [
    'the variable of the v5 gateway is the token',
    {
      first: { version: '1.0.0', 'iss-claim': 'iss', jwt: 'id.jwt' },
      second: { version: '1.0.0', 'iss-claim': 'iss', 'sub-claim': 'id.jwt' },
      sub: 'TOKEN',
    },
  ],
  [
    'a header is found in any case, in the message and in the request',
    {
      first: { version: '1.0.0', 'iss-claim': 'iss', jwt: 'message.headers.X-First' },
      second: { version: '1.0.0', 'iss-claim': 'iss', 'sub-claim': 'request.headers.x-first' },
      sub: 'TOKEN',
    },
  ],
  [
    'without an output variable, the default variable is not set',
    {
      first: { version: '2.0.0', 'iss-claim': 'iss' },
      second: { version: '2.0.0', 'iss-claim': 'iss', 'sub-claim': 'generated.jwt' },
      sub: undefined,
    },
  ],
  [
    'without an output variable, the token is in the header of the message',
    {
      first: { version: '1.0.0', 'iss-claim': 'iss' },
      second: { version: '1.0.0', 'iss-claim': 'iss', 'sub-claim': 'message.headers.Authorization' },
      sub: 'Bearer TOKEN',
    },
  ],
  [
    'the reason of a failure, if the request is forwarded',
    {
      first: { version: '2.0.0', 'iss-claim': 'request.headers.x-none', jwt: 'generated.jwt' },
      second: { version: '2.0.0', 'iss-claim': 'iss', 'sub-claim': 'jwt-generate.error-message' },
      entry: { onError: 'pass' },
      sub: 'The variable `request.headers.x-none` of `iss-claim` has no value.',
    },
  ],
];

for (const [name, { first, second, entry = {}, sub }] of examples) {
  test(name, () => {
    const configuration = {
      variables: { iss: 'issuer' },
      keys: { k: { file: 'hmac.key' } },
      policies: [
        { name: 'first', file: 'first.yaml', output: { header: 'x-first', prefix: '' }, ...entry },
        { name: 'second', file: 'second.yaml', output: { header: 'x-second', prefix: '' } },
      ],
      routes: [{ match: {}, policies: ['first', 'second'] }],
    };
    const { snapshot, problems } = loadConfiguration('mintproc.yaml', {
      files: memoryFiles({
        'mintproc.yaml': JSON.stringify(configuration),
        'first.yaml': policyOf(first),
        'second.yaml': policyOf(second),
        'hmac.key': secret,
      }),
    });
    assert.ok(snapshot, JSON.stringify(problems));
    const decide = decideAtOnce(snapshot, { clock: () => 1_700_000_000_000, randomId: () => 'unused' });
    const decision = decide({ headers: noHeaders, attributes: new Map(), metadata: emptyView, routePolicy: undefined });
    assert.equal(decision.kind, 'forward');
    const tokens = new Map(decision.set);
    const [, claims = ''] = (tokens.get('x-second') ?? '').split('.');
    const read: { readonly sub?: string } = JSON.parse(Buffer.from(claims, 'base64url').toString());
    assert.equal(read.sub, sub?.replace('TOKEN', tokens.get('x-first') ?? 'no token'));
  });
}
