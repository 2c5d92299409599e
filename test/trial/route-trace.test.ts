import assert from 'node:assert/strict';
import { test } from 'node:test';
import { authenticationSchema } from '../../src/identity/authentication-schema.ts';
import { incomingOf } from '../../src/trial/incoming.ts';
import { trialRequestSchema } from '../../src/trial/request-schema.ts';
import { traceRoutes } from '../../src/trial/route-trace.ts';

const routes = [
  { host: 'a.example.com', pathPrefix: '/orders' },
  { method: ['POST'], headers: { 'x-tenant': 't1' } },
  { query: { v: '2' } },
  {},
  { pathPrefix: '/never' },
];

function trace(request: object) {
  return traceRoutes(routes, incomingOf(trialRequestSchema.parse({ request }), authenticationSchema.parse({})));
}

test('the first route that matches ends the trace, and each before it says what is not met', () => {
  assert.deepEqual(trace({ path: '/orders/1' }), [
    { index: 0, unmet: ['host'], unclear: undefined },
    { index: 1, unmet: ['method', 'headers'], unclear: undefined },
    { index: 2, unmet: ['query'], unclear: undefined },
    { index: 3, unmet: [], unclear: undefined },
  ]);
});

test('a condition without a clear answer ends the trace with its code', () => {
  const answers = trace({ method: 'POST', headers: { 'x-tenant': ['t1', 't2'] } });
  assert.deepEqual(answers.at(-1), { index: 1, unmet: [], unclear: 'route.ambiguous-header' });
});

test('a request that no route matches is compared with all of them', () => {
  const only = [{ pathPrefix: '/a' }, { pathPrefix: '/b' }];
  const request = incomingOf(trialRequestSchema.parse({}), authenticationSchema.parse({}));
  assert.deepEqual(
    traceRoutes(only, request).map(({ unmet }) => unmet),
    [['pathPrefix'], ['pathPrefix']],
  );
});
