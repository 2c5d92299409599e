/**
 * @module
 * What mintproc runs with while nothing is wrong.
 */
import { failing, hmacPolicy } from '../harness/policies.ts';

const slow = '#[sizeOf((1 to (attributes.headers["x-steps"] as Number)) map ((one) -> one + 1))]';

export const usualFiles: Readonly<Record<string, string>> = {
  'policy.yaml': hmacPolicy({ sub: 'x' }),
  'failing.yaml': hmacPolicy({ sub: failing }),
  /** A large part of the caller's header becomes a claim. */
  'large.yaml': hmacPolicy({ large: '#[attributes.headers["x-large"]]' }),
  'address.yaml': hmacPolicy({ address: '#[attributes.remoteAddress]' }),
  'body.yaml': hmacPolicy({ sub: '#[payload.sub]' }),
  'keyed.yaml': hmacPolicy({ sub: 'x' })
    .replace('HS256', 'ES256')
    .replace(/ *privateKey: .*\n/, ''),
  'slow.yaml': hmacPolicy(Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`claim${at}`, slow]))),
};

export const usualConfiguration = {
  policies: [
    { name: 'p', file: 'policy.yaml' },
    { name: 'failing', file: 'failing.yaml' },
    { name: 'large', file: 'large.yaml' },
    { name: 'address', file: 'address.yaml' },
    { name: 'slow', file: 'slow.yaml', expressions: 'dataweave' },
  ],
  routes: [
    { match: { pathPrefix: '/orders' }, policies: ['p'] },
    { match: { pathPrefix: '/nowhere' }, policies: ['p'] },
    { match: { pathPrefix: '/caller' }, policies: ['p'], requireCaller: true },
    { match: { pathPrefix: '/required' }, policies: ['p'], requireCaller: true },
    { match: { pathPrefix: '/address' }, policies: ['address'] },
    { match: { pathPrefix: '/fails' }, policies: ['failing'] },
    { match: { pathPrefix: '/large' }, policies: ['large'] },
    { match: { pathPrefix: '/slow' }, policies: ['slow'] },
  ],
  unmatched: 'deny',
  allowRoutePolicy: true,
  limits: { inFlight: 20, headerBytes: 50_000, tokenBytes: 30_000 },
  reload: { settle: '20ms' },
};

/** The usual policies, and one with its own key. */
export function withKey(key: object, name = 'keyed') {
  return {
    policies: [...usualConfiguration.policies, { name, file: 'keyed.yaml', key, reuse: false }],
    routes: [...usualConfiguration.routes, { match: { pathPrefix: `/${name}` }, policies: [name] }],
  };
}
