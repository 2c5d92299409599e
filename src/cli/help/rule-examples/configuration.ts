/**
 * @module
 * Examples of the rules about `mintproc.yaml`, keys and algorithms.
 */
import type { RuleCode } from '../../../diagnostics/rules.ts';
import { assembly, type RuleExample, toHeader } from './example.ts';

export const configurationExamples = {
  'config.avoidable-route': {
    file: 'mintproc.yaml',
    wrong: `routes:
  - { match: { pathPrefix: /orders, headers: { x-tenant: acme } }, policies: [partner] }`,
    right: `routes:
  - { match: { pathPrefix: /orders, headers: { x-tenant: acme } }, policies: [partner] }
  - { match: { pathPrefix: /orders }, deny: true }`,
  },
  'config.empty-include': {
    file: 'mintproc.yaml',
    wrong: "include: ['teams/*.yml']",
    right: `include: ['teams/*.yaml']
routes: []`,
  },
  'config.encoded-condition': {
    file: 'mintproc.yaml',
    wrong: `unmatched: deny
routes:
  - { match: { query: { name: Ann%20Lee } }, policies: [partner] }`,
    right: `unmatched: deny
routes:
  - { match: { query: { name: Ann Lee } }, policies: [partner] }`,
  },
  'config.included-twice': {
    file: 'mintproc.yaml',
    wrong: `include: [teams/orders.yaml, 'teams/*.yaml']
routes: []`,
    right: `include: ['teams/*.yaml']
routes: []`,
  },
  'config.joined-prefix': {
    file: 'mintproc.yaml',
    wrong: 'policies:\n  - { name: partner, file: partner.yaml, output: { prefix: Bearer } }',
    right: 'policies:\n  - { name: partner, file: partner.yaml, output: { prefix: "Bearer " } }',
  },
  'config.literal-wildcard': {
    file: 'mintproc.yaml',
    wrong: `unmatched: deny
routes:
  - { match: { headers: { x-tenant: acme-* } }, policies: [partner] }`,
    right: `unmatched: deny
routes:
  - { match: { headers: { x-tenant: [acme-north, acme-south] } }, policies: [partner] }`,
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
  'keys.late-announcement': {
    file: 'mintproc.yaml',
    given: 'The second key was added while mintproc ran, and its time is over.',
    before: `keys: { orders: { versions: [{ file: key.pem }] } }
jwks: { listen: 127.0.0.1:9465 }
policies:
  - { name: partner, file: partner.yaml, key: orders }`,
    wrong: `keys:
  orders:
    versions:
      - { file: key.pem }
      - { file: old.key, activeFrom: 2026-07-01T00:00:00Z }
jwks: { listen: 127.0.0.1:9465 }
policies:
  - { name: partner, file: partner.yaml, key: orders }`,
    right: `keys:
  orders:
    versions:
      - { file: key.pem }
      - { file: old.key, activeFrom: 2999-07-01T00:00:00Z }
jwks: { listen: 127.0.0.1:9465 }
policies:
  - { name: partner, file: partner.yaml, key: orders }`,
  },
  'keys.not-asked': {
    file: 'mintproc.yaml',
    given: 'The key is in AWS KMS, and the check needs no network.',
    wrong: `keys:
  orders: { awsKms: { key: "arn:aws:kms:eu-central-1:111122223333:key/orders" } }
policies:
  - { name: partner, file: partner.yaml, key: orders }`,
    right: `keys:
  orders: { file: key.pem }
policies:
  - { name: partner, file: partner.yaml, key: orders }`,
  },
  'keys.not-in-file': {
    file: 'flex.yaml',
    alone: true,
    wrong: 'signingMethod: HS256',
    right: 'signingMethod: HS256\nprivateKey: an-example-of-a-long-enough-secret',
  },
  'keys.published-elsewhere': {
    file: 'mintproc.yaml',
    wrong: `keys:
  orders:
    versions:
      - { file: key.pem }
      - { file: old.key, activeFrom: 2026-07-01T00:00:00Z }
policies:
  - { name: partner, file: partner.yaml, key: orders }`,
    right: `keys:
  orders:
    versions:
      - { file: key.pem }
      - { file: old.key, activeFrom: 2026-07-01T00:00:00Z }
jwks: { listen: 127.0.0.1:9465 }
policies:
  - { name: partner, file: partner.yaml, key: orders }`,
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
  'keys.short-announcement': {
    file: 'mintproc.yaml',
    wrong: 'jwks: { listen: 127.0.0.1:9465, maxAge: 10m, publishAhead: 5m }',
    right: 'jwks: { listen: 127.0.0.1:9465, maxAge: 10m, publishAhead: 15m }',
  },
  'keys.unclear-name': {
    file: 'mintproc.yaml',
    given: 'The first folder has `2026-07-01--orders.pem`, the other one `2026-01.pem`.',
    wrong: 'policies:\n  - { name: partner, file: partner.yaml, key: { directory: unclear } }',
    right: 'policies:\n  - { name: partner, file: partner.yaml, key: { directory: keys } }',
  },
  'keys.undated': {
    file: 'mintproc.yaml',
    wrong: `jwks: { listen: 127.0.0.1:9465, replicas: 3 }
policies:
  - { name: partner, file: partner.yaml, key: { file: key.pem } }`,
    right: `jwks: { listen: 127.0.0.1:9465, replicas: 3 }
keys: { orders: { versions: [{ file: key.pem }] } }
policies:
  - { name: partner, file: partner.yaml, key: orders }`,
  },
  'keys.undated-file': {
    file: 'mintproc.yaml',
    given:
      'Both folders have `20260701T000000Z--orders-2.pem`; the first also has `2025.pem` and `2026.pem`, the other one `2026.pem`.',
    wrong: `jwks: { listen: 127.0.0.1:9465 }
policies:
  - { name: partner, file: partner.yaml, key: { directory: mixed } }`,
    right: `jwks: { listen: 127.0.0.1:9465 }
policies:
  - { name: partner, file: partner.yaml, key: { directory: dated } }`,
  },
  'keys.unpublished': {
    file: 'mintproc.yaml',
    given: 'The first key is restricted to PSS, the other one is not.',
    wrong: `jwks: { listen: 127.0.0.1:9465 }
policies:
  - { name: partner, file: pss.xml, key: { file: pss.pem } }`,
    right: `jwks: { listen: 127.0.0.1:9465 }
policies:
  - { name: partner, file: pss.xml, key: { file: rsa.pem } }`,
  },
  'keys.unused-passphrase': {
    file: 'mintproc.yaml',
    given: 'The key is not encrypted.',
    wrong:
      'policies:\n  - { name: partner, file: partner.yaml, key: { file: key.pem, passphrase: { file: passphrase.txt } } }',
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
  'policy.replaced-parameter': {
    file: 'mintproc.yaml',
    given: 'The recipients do not need another `typ`.',
    wrong: 'policies:\n  - { name: partner, file: partner.yaml, header: { typ: at+jwt } }',
    right: 'policies:\n  - { name: partner, file: partner.yaml }',
  },
  'policy.unlikely-form': {
    file: 'mintproc.yaml',
    given: 'The policy of the first file writes no `jti`, that of the other one does.',
    wrong: 'policies:\n  - { name: partner, file: assertion.yaml, form: client-assertion, key: { file: key.pem } }',
    right: 'policies:\n  - { name: partner, file: access.yaml, form: client-assertion, key: { file: key.pem } }',
  },
  'variables.unused': {
    file: 'mintproc.yaml',
    given: 'The policy is one of Flex Gateway, which reads no variables.',
    wrong: 'policies:\n  - { name: partner, file: partner.yaml, variables: { tenant: acme } }',
    right: 'policies:\n  - { name: partner, file: partner.yaml }',
  },
} as const satisfies Partial<Record<RuleCode, RuleExample>>;
