/**
 * @module
 * Examples of the rules about policies of Apigee and API Connect.
 */
import type { RuleCode } from '../../../diagnostics/rules.ts';
import { apigee, assembly, type RuleExample, toHeader } from './example.ts';

const withProperties = (properties: string): string =>
  `x-ibm-configuration:
  properties: ${properties}
  assembly:
    execute:
      - jwt-generate: { version: 2.0.0, iss-claim: api.properties.iss, jws-alg: HS256, jws-crypto: hmac }`;

const withJwk = (algorithm: string): string => `assembly:
  execute:
    - set-variable:
        actions:
          - set: jwk
            value: '{"kty":"oct","alg":"${algorithm}","k":"YSBzZWNyZXQgb2YgYXQgbGVhc3QgdGhpcnR5LXR3byBieXRlcw"}'
    - jwt-generate: { version: 2.0.0, iss-claim: iss, jws-alg: HS256, jws-jwk: jwk }`;

export const vendorExamples = {
  'apigee.edition-matters': {
    file: 'apigee.xml',
    wrong: apigee(toHeader).replace('1h', '3600'),
    right: apigee(toHeader).replace('1h', '3600s'),
  },
  'apigee.ignored-element': {
    file: 'apigee.xml',
    wrong: apigee(`${toHeader}\n  <AdditionalClaims><Claim name="role"/></AdditionalClaims>`),
    right: apigee(`${toHeader}\n  <AdditionalClaims><Claim name="role">admin</Claim></AdditionalClaims>`),
  },
  'apigee.literal-template': {
    file: 'apigee.xml',
    wrong: apigee(`${toHeader}\n  <Issuer>https://{iss}</Issuer>`),
    right: apigee(`${toHeader}\n  <Issuer ref="iss"/>`),
    given: "`mintproc.yaml` declares the variable `iss`, which can be `{ template: 'https://{request.header.host}' }`.",
  },
  'apigee.newer-element': {
    file: 'apigee.xml',
    wrong: apigee(`${toHeader}\n  <Type>Signed</Type>`, ' xmlns="http://www.sap.com/apimgmt"'),
    right: apigee(toHeader, ' xmlns="http://www.sap.com/apimgmt"'),
    given: 'The policy has the root element of SAP API Management.',
  },
  'policy.other-token': {
    file: 'apigee.xml',
    wrong: apigee(`${toHeader}\n  <Subject ref="jwt.Verify.claim.sub"/>\n  <Issuer ref="jwt.Decode-Other.claim.iss"/>`),
    right: apigee(`${toHeader}\n  <Subject ref="jwt.Verify.claim.sub"/>\n  <Issuer ref="iss"/>`),
    given: '`mintproc.yaml` declares the variable `iss`.',
  },
  'apigee.remote-key-set': {
    file: 'apigee.xml',
    entry: 'recipient: { file: rsa-public.pem }',
    given: 'The entry names the key set with `recipient:`.',
    wrong: `<GenerateJWT name="Mint">
  <Algorithms><Key>RSA-OAEP-256</Key><Content>A128GCM</Content></Algorithms>
  <PublicKey><JWKS uri="https://backend.example/jwks"/><Id>key-1</Id></PublicKey>
  <ExpiresIn>1h</ExpiresIn>
${toHeader}
</GenerateJWT>`,
    right: `<GenerateJWT name="Mint">
  <Algorithms><Key>RSA-OAEP-256</Key><Content>A128GCM</Content></Algorithms>
  <PublicKey><Value ref="recipient.key"/></PublicKey>
  <ExpiresIn>1h</ExpiresIn>
${toHeader}
</GenerateJWT>`,
  },
  'apigee.undeclared-variable': {
    file: 'apigee.xml',
    wrong: apigee(`${toHeader}\n  <Subject ref="userid"/>`),
    right: apigee(`${toHeader}\n  <Subject>partner</Subject>`),
  },
  'apigee.unlikely-lifetime': {
    file: 'apigee.xml',
    entry: 'edition: x',
    given: 'The entry has `edition: x`.',
    wrong: apigee(toHeader).replace('1h', '3600'),
    right: apigee(toHeader).replace('1h', '3600s'),
  },
  'apigee.unread-private': {
    file: 'apigee.xml',
    alone: true,
    wrong: apigee(`${toHeader}\n  <Subject ref="private.subject"/>`),
    right: apigee(`${toHeader}\n  <Subject ref="request.header.x-subject"/>`),
  },
  'policy.unverifiable': {
    file: 'apigee.xml',
    wrong: apigee(`${toHeader}\n  <CriticalHeaders>tenant</CriticalHeaders>`),
    right: apigee(
      `${toHeader}\n  <CriticalHeaders>tenant</CriticalHeaders>\n  <AdditionalHeaders><Claim name="tenant">t1</Claim></AdditionalHeaders>`,
    ),
  },
  'datapower.catalog-property': {
    file: 'api-connect.yaml',
    wrong: withProperties(`{ iss: { value: test } }
  catalogs: { production: { properties: { iss: live } } }`),
    right: withProperties('{ iss: { value: live } }'),
  },
  'datapower.catch-ignored': {
    file: 'api-connect.yaml',
    wrong: assembly(
      '',
      '',
      '  catch:\n    - default: [{ set-variable: { actions: [{ set: failed, value: yes }] } }]\n',
    ),
    right: assembly(''),
  },
  'datapower.condition-ignored': {
    file: 'api-connect.yaml',
    wrong: `assembly:
  execute:
    - if:
        condition: request.verb = 'POST'
        execute:
          - jwt-generate: { version: 2.0.0, iss-claim: iss, jws-alg: HS256, jws-crypto: hmac }`,
    right: assembly(''),
  },
  'datapower.encryption-without-key': {
    file: 'api-connect.yaml',
    wrong: assembly('        jwe-alg: RSA-OAEP-256\n        jwe-enc: A128GCM\n'),
    right: assembly(''),
  },
  'datapower.key-algorithm': {
    file: 'api-connect.yaml',
    wrong: withJwk('HS512'),
    entry: 'select: 1',
    right: withJwk('HS256'),
  },
  'datapower.literal-kid': {
    file: 'api-connect.yaml',
    wrong: assembly('        custom-kid-value-jws: key-1\n'),
    right: assembly(
      '        custom-kid-value-jws: key.id\n',
      '    - set-variable: { actions: [{ set: key.id, value: key-1, type: string }] }\n',
    ),
  },
  'datapower.other-action': {
    file: 'api-connect.yaml',
    alone: true,
    wrong: assembly('', `    - gatewayscript: { source: "context.set('iss', 'issuer')" }\n`),
    right: assembly('', '    - set-variable: { actions: [{ set: iss, value: issuer }] }\n'),
  },
  'datapower.plain-property': {
    file: 'api-connect.yaml',
    wrong: withProperties('{ iss: { value: "https://a.example", encoded: true } }'),
    right: withProperties('{ iss: { value: aHR0cHM6Ly9hLmV4YW1wbGU=, encoded: true } }'),
  },
  'datapower.uncertain-variable': {
    file: 'api-connect.yaml',
    alone: true,
    wrong: assembly(
      '',
      '    - if: { condition: x, execute: [{ set-variable: { actions: [{ set: iss, value: issuer }] } }] }\n',
    ),
    right: assembly('', '    - set-variable: { actions: [{ set: iss, value: issuer }] }\n'),
  },
  'datapower.unset-variable': {
    file: 'api-connect.yaml',
    alone: true,
    wrong: assembly(''),
    right: assembly('', '    - set-variable: { actions: [{ set: iss, value: issuer }] }\n'),
  },
  'datapower.version-matters': {
    file: 'api-connect.yaml',
    wrong: assembly('').replace('        version: 2.0.0\n', '        jwt: request.headers.x-token\n'),
    right: assembly('        jwt: request.headers.x-token\n'),
  },
} as const satisfies Partial<Record<RuleCode, RuleExample>>;
