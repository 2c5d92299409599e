/**
 * A configuration with its keys and a test file that passes, for the tests of `mintproc test`.
 */
import { generateKeyPairSync } from 'node:crypto';
import { SignJWT } from 'jose';
import { type Captured, runCommand, writeFiles } from '../captured-terminal.ts';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

function jwk(kid: string): string {
  return JSON.stringify({ ...privateKey.export({ format: 'jwk' }), kid });
}

const secret = 'a-secret-of-at-least-32-bytes-for-tests';
const issued = Date.parse('2026-01-01T00:00:00Z') / 1000;

const recorded = await new SignJWT({
  sub: 'alice',
  tenant: 't1',
  level: 7,
  iss: 'urn:a',
  exp: issued + 3600,
  iat: issued,
})
  .setProtectedHeader({ kid: 'key-1', alg: 'RS256', typ: 'JWT' })
  .sign(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey);

const world = {
  'partner.yaml': `- policyRef: { name: jwt-generation-flex }
  config:
    signingMethod: RS256
    exp: 3600
    customClaims:
      - { name: sub, value: "#[authentication.principal]" }
      - { name: tenant, value: "#[attributes.headers['x-tenant']]" }
      - { name: level, value: "#[authentication.properties.claims.level]" }
      - { name: iss, value: urn:a }
`,
  'strict.yaml': `- policyRef: { name: jwt-generation-flex }
  config: { signingMethod: HS256, privateKey: ${secret}, exp: 60, customClaims: [{ name: sub, value: "#['u-' ++ authentication.principal]" }] }
`,
  'key-1.json': jwk('key-1'),
  'key-2.json': jwk('key-2'),
  'mintproc.yaml': `policies:
  - { name: partner, file: partner.yaml, key: signing, requireCaller: true, output: { header: authorization, prefix: "Bearer " } }
  - { name: strict, file: strict.yaml, output: { header: x-strict } }
  - { name: lenient, file: strict.yaml, onError: pass, output: { header: x-lenient } }
keys:
  signing:
    versions:
      - { file: key-1.json, retireAfter: 2026-07-01T00:00:00Z }
routes:
  - { name: posts, match: { method: [POST], pathPrefix: /orders }, policies: [strict] }
  - { name: orders, match: { pathPrefix: /orders }, policies: [partner] }
  - { match: { pathPrefix: /strict }, policies: [strict] }
  - { match: { pathPrefix: /lenient }, policies: [lenient] }
  - { match: { pathPrefix: /both }, policies: [partner, strict] }
authentication: { sources: [{ from: jwt_authn, as: jwt-validation }] }
unmatched: pass
`,
  'recorded.jwt': `Bearer ${recorded}\n`,
  'orders.test.yaml': `config: mintproc.yaml
at: 2026-01-01T00:00:00Z
cases:
  - name: an order
    request: { path: /orders/7, headers: { x-tenant: t1 } }
    caller: { claims: { client_id: alice, level: 7 } }
    expect:
      route: orders
      policy: partner
      header: { name: Authorization, prefix: "Bearer " }
      jwt:
        header: { alg: RS256, kid: key-1 }
        claims: { sub: alice, tenant: t1, level: 7, iss: urn:a, exp: 1767229200, iat: 1767225600 }
      exact: true
  - name: nobody
    request: { path: /orders/7 }
    expect: { refused: { status: 401, code: identity.missing } }
  - name: as the old gateway made it
    request: { path: /orders/7, headers: { x-tenant: t1 } }
    caller: { claims: { client_id: alice, level: 7 } }
    expect: { sameAs: recorded.jwt }
  - name: an error
    request: { path: /strict }
    expect: { route: 3, policy: strict, refused: { status: 500, code: dataweave.type-mismatch } }
  - name: no token after an error
    request: { path: /lenient }
    expect: { withoutToken: { because: error, code: dataweave.type-mismatch } }
  - name: elsewhere
    request: { path: /elsewhere }
    expect: { route: none, withoutToken: { because: unmatched } }
  - name: one of two
    request: { path: /both }
    caller: { claims: { client_id: alice } }
    expect: { policy: strict, jwt: { header: { alg: HS256 }, claims: { sub: { matches: "^u-" } } } }
`,
} as const;

/** Never in an output. */
export const hidden: readonly string[] = [secret, recorded, privateKey.export({ format: 'jwk' }).d ?? ''];

type WorldFile = keyof typeof world;

/** `[file, text, other]`: the file has `other` instead of `text`. */
export type Change = readonly [file: WorldFile, text: string, other: string];

/** Runs the tests of the world after changes. */
export async function tested(changes: readonly Change[], ...options: readonly string[]): Promise<Captured> {
  const files: Record<WorldFile, string> = { ...world };
  for (const [file, text, other] of changes) {
    if (!files[file].includes(text)) throw new TypeError(`${file} has no ${text}`);
    files[file] = files[file].replace(text, other);
  }
  return runCommand(['test', writeFiles(files)['orders.test.yaml'], ...options]);
}
