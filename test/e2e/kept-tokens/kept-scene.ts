/**
 * @module
 * Policies that read a caller, headers, the method and the target, whose tokens Envoy keeps. One reads a client's copies
 * of the header that it writes, so Envoy does not remove these before.
 */
import { stringify } from 'yaml';
import type { EnvoyConfig } from '../../../demo/envoy-config.ts';
import { freshHeader } from './twins.ts';

/** The policies, by the header that each writes. */
export const outputs = { flex: 'x-token', apigee: 'x-apigee' } as const;

const claims: Readonly<Record<string, string>> = {
  sub: 'authentication.principal',
  caller: 'authentication.properties.claims',
  tenant: "attributes.headers['x-tenant']",
  other: "attributes.headers['x-other']",
  method: 'attributes.method',
  path: 'attributes.requestPath',
  query: 'attributes.queryString',
};

export const files = {
  secret: 'a secret of more than thirty-two bytes',
  'flex.yaml': stringify([
    {
      policyRef: { name: 'jwt-generation-flex' },
      config: {
        ...{ signingMethod: 'HS256', privateKey: 'my-secret-key', iat: true, exp: 300, nbf: 0 },
        customClaims: Object.entries(claims).map(([name, value]) => ({ name, value: `#[${value}]` })),
        customHeaders: [],
      },
    },
  ]),
  'apigee.xml': `<GenerateJWT name="Backend"><Algorithm>HS256</Algorithm>
  <IgnoreUnresolvedVariables>true</IgnoreUnresolvedVariables>
  <SecretKey><Value ref="private.key"/></SecretKey>
  <Subject ref="jwt.Verify.claim.sub"/><ExpiresIn>300s</ExpiresIn>
  <AdditionalClaims>
    <Claim name="tenant" ref="request.header.x-tenant"/>
    <Claim name="tenants" ref="request.header.x-tenant.values" array="true"/>
    <Claim name="other" ref="request.header.x-other"/>
    <Claim name="copies" ref="request.header.${outputs.apigee}.values" array="true"/>
    <Claim name="verb" ref="request.verb"/>
  </AdditionalClaims>
  <OutputVariable>request.header.${outputs.apigee}</OutputVariable></GenerateJWT>`,
};

const reuse = { for: '60s', inEnvoy: '30s' };

export const mintproc = {
  edition: 'x',
  authentication: { sources: [{ from: 'jwt_authn', payload: 'payload' }] },
  unmatched: 'deny',
  variables: { 'private.key': { file: 'secret' } },
  policies: [
    { name: 'flex', file: 'flex.yaml', requireCaller: true, output: { header: outputs.flex, prefix: '' }, reuse },
    { name: 'apigee', file: 'apigee.xml', requireCaller: true, reuse },
  ],
  routes: [
    // A request with another spelling of the header is refused.
    { match: { pathPrefix: '/flex', headers: { 'x-region': 'eu' } }, policies: ['flex'] },
    { match: { pathPrefix: '/flex' }, policies: ['flex'] },
    { match: { pathPrefix: '/apigee' }, policies: ['apigee'] },
  ],
};

/** A first route, for requests with the header that asks for it, which has not opted in. */
export function withFreshRoute(config: EnvoyConfig): void {
  const routes = config.route.slice(0, -1);
  const others = config.get(routes) as readonly object[];
  const headers = [{ name: freshHeader, string_match: { exact: '1' } }];
  config.set(routes, [{ name: 'fresh', match: { prefix: '/', headers }, route: { cluster: 'upstream' } }, ...others]);
}
