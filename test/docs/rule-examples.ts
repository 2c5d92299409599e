/**
 * @module
 * An example of each rule, for `docs/rules.md`: a file that breaks it, and the file mended. `rule-examples.test.ts` checks
 * both.
 */
import type { RuleCode } from '../../src/diagnostics/rules.ts';

/**
 * A part of `mintproc.yaml`, which the test completes with the policy `partner` and a route to it; or a policy file: a
 * part of a Flex policy's `config` or a whole resource, a whole Apigee policy, or the properties of a `jwt-generate` with its assembly.
 */
type ExampleFile = 'mintproc.yaml' | 'flex.yaml' | 'apigee.xml' | 'api-connect.yaml';

export interface RuleExample {
  readonly file: ExampleFile;
  readonly wrong: string;
  readonly right: string;
  /** Whether the file is checked alone, without a `mintproc.yaml`. */
  readonly alone?: true;
  /** What the policy's entry has besides its file. */
  readonly entry?: string;
  /** What the example takes for granted, for readers. */
  readonly given?: string;
}

const apigee = (inner: string, attributes = ''): string =>
  `<GenerateJWT name="Mint"${attributes}>
  <Algorithm>HS256</Algorithm>
  <SecretKey><Value ref="private.secret"/></SecretKey>
  <ExpiresIn>1h</ExpiresIn>
${inner}
</GenerateJWT>`;

const toHeader = '  <OutputVariable>request.header.x-token</OutputVariable>';

const assembly = (properties: string, before = '', after = ''): string =>
  `assembly:
  execute:
${before}    - jwt-generate:
        version: 2.0.0
        iss-claim: iss
        jws-alg: HS256
        jws-crypto: hmac
${properties}${after}`;

const binding = (lines: string): string =>
  `kind: PolicyBinding
metadata: { name: partner-token }
spec:
  policyRef: { name: jwt-generation-flex }
  config: { signingMethod: ES256, exp: 300 }
${lines}`;

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

const validations = '    - jwt-validate: { output-claims: user }\n    - jwt-validate: { output-claims: app }\n';

const constant = (claims: string): string =>
  `    - set-variable: { actions: [{ set: more, type: any, value: '${claims}' }] }\n`;

export const ruleExamples: Readonly<Record<RuleCode, RuleExample>> = {
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
  'flex.order': {
    file: 'flex.yaml',
    wrong: binding('  order: 2'),
    right: binding(''),
  },
  'flex.repeated-member': {
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
  'apigee.never-valid': {
    file: 'apigee.xml',
    wrong: apigee(`${toHeader}\n  <NotBefore>6h</NotBefore>`),
    right: apigee(`${toHeader}\n  <NotBefore>10m</NotBefore>`),
  },
  'apigee.newer-element': {
    file: 'apigee.xml',
    wrong: apigee(`${toHeader}\n  <Type>Signed</Type>`, ' xmlns="http://www.sap.com/apimgmt"'),
    right: apigee(toHeader, ' xmlns="http://www.sap.com/apimgmt"'),
    given: 'The policy has the root element of SAP API Management.',
  },
  'apigee.other-token': {
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
  'apigee.repeated-name': {
    file: 'apigee.xml',
    wrong: apigee(
      `${toHeader}\n  <AdditionalClaims><Claim name="role">user</Claim><Claim name="role">admin</Claim></AdditionalClaims>`,
    ),
    right: apigee(
      `${toHeader}\n  <AdditionalClaims><Claim name="role" array="true">user,admin</Claim></AdditionalClaims>`,
    ),
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
  'apigee.unverifiable': {
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
  'datapower.other-token': {
    file: 'api-connect.yaml',
    wrong: assembly('        sub-claim: user.sub\n        aud-claim: app.azp\n', validations),
    right: assembly('        sub-claim: user.sub\n        aud-claim: user.azp\n', validations),
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
  'datapower.unverifiable': {
    file: 'api-connect.yaml',
    wrong: assembly('        private-claims: more\n', constant('{"nbf":"now"}')),
    right: assembly('        private-claims: more\n', constant('{"nbf":1700000000}')),
  },
  'datapower.version-matters': {
    file: 'api-connect.yaml',
    wrong: assembly('').replace('        version: 2.0.0\n', '        jwt: request.headers.x-token\n'),
    right: assembly('        jwt: request.headers.x-token\n'),
  },
  'config.joined-prefix': {
    file: 'mintproc.yaml',
    wrong: 'policies:\n  - { name: partner, file: partner.yaml, output: { prefix: Bearer } }',
    right: 'policies:\n  - { name: partner, file: partner.yaml, output: { prefix: "Bearer " } }',
  },
  'config.no-effect': {
    file: 'mintproc.yaml',
    wrong: 'policies:\n  - { name: partner, file: partner.yaml, allowShortSecret: true }',
    right: 'policies:\n  - { name: partner, file: partner.yaml }',
  },
  'config.no-reuse': {
    file: 'mintproc.yaml',
    given: 'The policy has a claim with `uuid()`.',
    wrong: 'policies:\n  - { name: partner, file: unique.yaml, reuse: true }',
    right: 'policies:\n  - { name: partner, file: unique.yaml }',
  },
  'config.retired-key': {
    file: 'mintproc.yaml',
    wrong: 'drainSeconds: 10',
    right: 'drain: { timeout: 10s }',
  },
  'config.unprotected-listen': {
    file: 'mintproc.yaml',
    wrong: 'listen: 0.0.0.0:50051',
    right: 'listen: 127.0.0.1:50051',
  },
  'config.unreachable-route': {
    file: 'mintproc.yaml',
    wrong: `routes:
  - { match: { pathPrefix: /orders }, policies: [partner] }
  - { match: { pathPrefix: /orders/public }, deny: true }`,
    right: `routes:
  - { match: { pathPrefix: /orders/public }, deny: true }
  - { match: { pathPrefix: /orders }, policies: [partner] }`,
  },
  'config.unclear-value': {
    file: 'mintproc.yaml',
    wrong: 'variables: { region: no }',
    right: 'variables: { region: "no" }',
  },
  'config.unused-allow': {
    file: 'mintproc.yaml',
    wrong: 'allow: [keys.generated]',
    right: 'allow: []',
  },
  'config.unused-policy': {
    file: 'mintproc.yaml',
    wrong: `policies:
  - { name: partner, file: partner.yaml }
  - { name: other, file: partner.yaml, output: { header: x-other } }
routes:
  - { match: {}, policies: [partner] }`,
    right: `policies:
  - { name: partner, file: partner.yaml }
  - { name: other, file: partner.yaml, output: { header: x-other } }
routes:
  - { match: {}, policies: [partner, other] }`,
  },
  'jose.rsa1-5': {
    file: 'api-connect.yaml',
    entry: 'key: { file: secret.txt }, recipient: { file: rsa-public.pem }',
    given: 'The entry names the key to encrypt to with `recipient:`.',
    wrong: assembly('        jwe-enc: A128GCM\n        jwe-alg: RSA1_5\n        jwe-crypto: recipient\n'),
    right: assembly('        jwe-enc: A128GCM\n        jwe-alg: RSA-OAEP-256\n        jwe-crypto: recipient\n'),
  },
  'jose.short-secret': {
    file: 'mintproc.yaml',
    given: 'The policy signs with HS256.',
    wrong: 'policies:\n  - { name: partner, file: hmac.yaml, key: { text: secret } }',
    right: 'policies:\n  - { name: partner, file: hmac.yaml, key: { file: secret.txt } }',
  },
  'jose.slow-encryption': {
    file: 'apigee.xml',
    wrong: `<GenerateJWT name="Mint">
  <Algorithms><Key>PBES2-HS256+A128KW</Key><Content>A128GCM</Content></Algorithms>
  <PasswordKey><Value ref="private.password"/></PasswordKey>
  <ExpiresIn>1h</ExpiresIn>
${toHeader}
</GenerateJWT>`,
    right: `<GenerateJWT name="Mint">
  <Algorithms><Key>dir</Key><Content>A128GCM</Content></Algorithms>
  <DirectKey><Value ref="private.key" encoding="hex"/></DirectKey>
  <ExpiresIn>1h</ExpiresIn>
${toHeader}
</GenerateJWT>`,
  },
  'jose.slow-signature': {
    file: 'mintproc.yaml',
    given: 'The first key has 4608 bits, the other one 2048.',
    wrong: 'policies:\n  - { name: partner, file: rsa.yaml, key: { file: large.pem } }',
    right: 'policies:\n  - { name: partner, file: rsa.yaml, key: { file: rsa.pem } }',
  },
  'keys.certificate-ends': {
    file: 'mintproc.yaml',
    given: 'The certificate has expired.',
    wrong: 'policies:\n  - { name: partner, file: partner.yaml, key: { file: old.key, certificate: old.crt } }',
    right: 'policies:\n  - { name: partner, file: partner.yaml, key: { file: old.key } }',
  },
  'keys.certificate-unread': {
    file: 'mintproc.yaml',
    given: 'An older tool wrote the PKCS#12 file, and OpenSSL converted it to PEM.',
    wrong:
      'policies:\n  - { name: partner, file: partner.yaml, key: { pkcs12: old.p12, passphrase: { file: passphrase.txt } } }',
    right: 'policies:\n  - { name: partner, file: partner.yaml, key: { file: key.pem } }',
  },
  'keys.fixed-kid': {
    file: 'mintproc.yaml',
    given: 'The policy writes `kid: policy-key`.',
    wrong: 'policies:\n  - { name: partner, file: kid.yaml, key: { directory: keys } }',
    right: 'policies:\n  - { name: partner, file: kid.yaml, key: { file: keys/2026-01.pem } }',
  },
  'keys.generated': {
    file: 'mintproc.yaml',
    wrong: 'policies:\n  - { name: partner, file: partner.yaml, key: { generate: ES256 } }',
    right: 'policies:\n  - { name: partner, file: partner.yaml, key: { file: key.pem } }',
  },
  'keys.idle-policy': {
    file: 'mintproc.yaml',
    given: 'mintproc was started after the time in `retireAfter`.',
    wrong: `policies:
  - { name: partner, file: partner.yaml }
  - { name: other, file: partner.yaml, output: { header: x-other }, key: { file: old.key, retireAfter: 2020-01-01T00:00:00Z } }
routes:
  - { match: {}, policies: [partner, other] }`,
    right: `policies:
  - { name: partner, file: partner.yaml }
  - { name: other, file: partner.yaml, output: { header: x-other }, key: { file: old.key } }
routes:
  - { match: {}, policies: [partner, other] }`,
  },
  'keys.kid-differs': {
    file: 'mintproc.yaml',
    given: 'The policy writes `kid: policy-key`.',
    wrong: 'policies:\n  - { name: partner, file: kid.yaml, key: { file: key.pem, kid: my-key } }',
    right: 'policies:\n  - { name: partner, file: kid.yaml, key: { file: key.pem, kid: policy-key } }',
  },
  'keys.not-in-file': {
    file: 'flex.yaml',
    alone: true,
    wrong: 'signingMethod: HS256',
    right: 'signingMethod: HS256\nprivateKey: an-example-of-a-long-enough-secret',
  },
  'keys.readable-by-all': {
    file: 'mintproc.yaml',
    given: 'The first file has mode 0644, the other one 0640.',
    wrong: 'policies:\n  - { name: partner, file: partner.yaml, key: { file: open.pem } }',
    right: 'policies:\n  - { name: partner, file: partner.yaml, key: { file: key.pem } }',
  },
  'keys.same-kid': {
    file: 'mintproc.yaml',
    wrong: `policies:
  - { name: partner, file: partner.yaml, key: { file: key.pem, kid: key-1 } }
  - { name: other, file: partner.yaml, output: { header: x-other }, key: { file: old.key, kid: key-1 } }
routes:
  - { match: {}, policies: [partner, other] }`,
    right: `policies:
  - { name: partner, file: partner.yaml, key: { file: key.pem, kid: key-1 } }
  - { name: other, file: partner.yaml, output: { header: x-other }, key: { file: old.key, kid: key-2 } }
routes:
  - { match: {}, policies: [partner, other] }`,
  },
  'keys.several': {
    file: 'mintproc.yaml',
    given: 'The first file has two private keys.',
    wrong: 'policies:\n  - { name: partner, file: partner.yaml, key: { file: two-keys.pem } }',
    right: 'policies:\n  - { name: partner, file: partner.yaml, key: { file: key.pem } }',
  },
  'keys.unused': {
    file: 'mintproc.yaml',
    wrong: `keys:
  spare: { file: old.key }`,
    right: `keys:
  spare: { file: old.key }
policies:
  - { name: partner, file: partner.yaml, key: spare }`,
  },
  'variables.unused': {
    file: 'mintproc.yaml',
    given: 'The policy is one of Flex Gateway, which reads no variables.',
    wrong: 'policies:\n  - { name: partner, file: partner.yaml, variables: { tenant: acme } }',
    right: 'policies:\n  - { name: partner, file: partner.yaml }',
  },
};
