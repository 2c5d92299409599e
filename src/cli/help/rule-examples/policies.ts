/**
 * @module
 * Examples of the rules about policies of every vendor, and of Flex Gateway.
 */
import type { RuleCode } from '../../../diagnostics/rules.ts';
import { apigee, assembly, binding, type RuleExample, toHeader } from './example.ts';

export const policyExamples = {
  'dataweave.unknown-member': {
    file: 'flex.yaml',
    wrong: 'customClaims: [{ name: sub, value: "#[authentication.principle]" }]',
    right: 'customClaims: [{ name: sub, value: "#[authentication.principal]" }]',
  },
  'identity.unfilled-member': {
    file: 'flex.yaml',
    wrong: 'customClaims: [{ name: tier, value: "#[authentication.properties.slaId]" }]',
    right: 'customClaims: [{ name: tier, value: "#[authentication.properties.claims.tier]" }]',
    entry: 'key: { file: key.pem }, authentication: { as: jwt-validation }',
    given: 'No source of `authentication` says where the SLA tier is.',
  },
  'identity.unused-key': {
    file: 'mintproc.yaml',
    wrong: 'authentication: { sources: [{ from: jwt_authn, slaId: tier }] }',
    right: 'authentication: { sources: [{ from: jwt_authn, as: jwt-validation, slaId: tier }] }',
  },
  'policy.template': {
    file: 'flex.yaml',
    wrong: "customClaims: [{ name: sub, value: 'user-#[authentication.principal]' }]",
    right: `customClaims: [{ name: sub, value: "#['user-' ++ authentication.principal]" }]`,
  },
  'policy.unclear-value': {
    file: 'flex.yaml',
    wrong: 'exp: 0300',
    right: 'exp: 300',
  },
  'policy.unsupported-algorithm': {
    file: 'flex.yaml',
    wrong: 'signingMethod: PS256',
    right: 'signingMethod: RS256',
    entry: 'key: { file: rsa.pem }',
    given: 'The key is an RSA key.',
  },
  'policy.unlikely-value': {
    file: 'flex.yaml',
    wrong: "customClaims: [{ name: sub, value: '#[42]' }]",
    right: 'customClaims: [{ name: sub, value: "42" }]',
  },
  'flex.environment-variable': {
    file: 'flex.yaml',
    wrong: 'customClaims: [{ name: tenant, value: $TENANT }]',
    right: 'customClaims: [{ name: tenant, value: acme }]',
  },
  'policy.never-valid': {
    file: 'flex.yaml',
    wrong: 'exp: 300\nnbf: 600',
    right: 'exp: 300\nnbf: 5',
  },
  'flex.order': {
    file: 'flex.yaml',
    wrong: binding('  order: 2'),
    right: binding(''),
  },
  'policy.repeated-member': {
    file: 'flex.yaml',
    wrong: 'customClaims: [{ name: scope, value: read }, { name: scope, value: write }]',
    right: 'customClaims: [{ name: scope, value: read write }]',
  },
  'flex.replaced-member': {
    file: 'flex.yaml',
    wrong: 'customHeaders: [{ name: typ, value: at+jwt }]',
    right: 'customHeaders: []',
  },
  'flex.spaces-around-expression': {
    file: 'flex.yaml',
    wrong: 'customClaims: [{ name: sub, value: " #[authentication.principal]" }]',
    right: 'customClaims: [{ name: sub, value: "#[authentication.principal]" }]',
  },
  'flex.target': {
    file: 'flex.yaml',
    wrong: binding('  targetRef: { kind: ApiInstance, name: orders }'),
    right: binding(''),
  },
  'flex.target-selector': {
    file: 'flex.yaml',
    wrong: binding('  targetRef: { kind: ApiInstance, selector: { partner: "true" } }'),
    right: binding(''),
  },
  'flex.unknown-key': {
    file: 'flex.yaml',
    wrong: binding('  rule: [{ path: /orders(/.*)? }]'),
    right: binding('  rules: [{ path: /orders(/.*)? }]'),
  },
  'flex.unlikely-name': {
    file: 'flex.yaml',
    wrong: 'customClaims: [{ name: "tenant ", value: north }]',
    right: 'customClaims: [{ name: tenant, value: north }]',
  },
  'flex.upstream': {
    file: 'flex.yaml',
    wrong: `kind: ApiInstance
metadata: { name: orders }
spec:
  services:
    billing:
      address: http://billing
      policies:
        - policyRef: { name: jwt-generation-flex }
          config: { signingMethod: ES256, exp: 300 }`,
    right: `kind: ApiInstance
metadata: { name: orders }
spec:
  policies:
    - policyRef: { name: jwt-generation-flex }
      config: { signingMethod: ES256, exp: 300 }`,
  },
  'policy.disabled': {
    file: 'apigee.xml',
    wrong: apigee(toHeader, ' enabled="false"'),
    right: apigee(toHeader, ' enabled="true"'),
  },
  'policy.variable-output': {
    file: 'api-connect.yaml',
    wrong: assembly('        jwt: my.token\n'),
    right: assembly('        jwt: request.headers.x-token\n'),
  },
  'policy.response-header': {
    file: 'apigee.xml',
    wrong: apigee('  <OutputVariable>response.header.x-token</OutputVariable>'),
    right: apigee(toHeader),
  },
  'policy.client-claim': {
    file: 'flex.yaml',
    wrong: 'customClaims: [{ name: sub, value: "#[attributes.headers.user]" }]',
    right: 'customClaims: [{ name: sub, value: "#[authentication.principal]" }]',
  },
  'policy.error-passes': {
    file: 'mintproc.yaml',
    wrong: 'policies:\n  - { name: partner, file: partner.yaml, onError: pass }',
    right: 'policies:\n  - { name: partner, file: partner.yaml }',
  },
  'policy.never-expires': {
    file: 'flex.yaml',
    wrong: 'exp: 0',
    right: 'exp: 300',
  },
} as const satisfies Partial<Record<RuleCode, RuleExample>>;
