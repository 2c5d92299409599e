/**
 * @module
 * A first policy in the form of each gateway. All mint the same claims: issuer, audience, the caller if somebody
 * authenticates it, and five minutes of validity.
 */
import type { JsonObject } from '../../diagnostics/json.ts';
import { Flow, type Written } from '../../documents/commented-yaml.ts';
import { signatureAlgorithms } from '../../jose/signature-algorithms.ts';
import type { Answers, CallerName, DialectName } from './answers.ts';
import { newKey } from './new-key.ts';
import type { NewPolicy } from './new-policy.ts';

/** The claims `iss` and `aud` of the tokens. */
export interface Token {
  readonly issuer: string;
  readonly audience: string;
}

/** What is safe in every form of policy: no quotes, spaces, braces or marks of XML. */
export const plainText = /^[A-Za-z0-9][A-Za-z0-9:/.@_~+-]{0,255}$/;

interface Starter {
  readonly extension: string;
  /** The variable or expression that is the caller's name. */
  readonly subject: Readonly<Record<Exclude<CallerName, 'none'>, string>>;
  readonly settings?: Readonly<Record<string, Written>>;
  /** @param subject undefined if nobody authenticates the callers */
  text(token: Token, subject: string | undefined): string;
}

/** The header with the caller's name, if headers are trusted. */
export const callerHeader = 'x-user';

const name = 'backend-token';
const algorithm = 'RS256';
const seconds = 300;

const starters: Readonly<Record<DialectName, Starter>> = {
  flex: {
    extension: 'flex.yaml',
    subject: {
      jwt_authn: 'authentication.principal',
      ext_authz: 'authentication.principal',
      headers: 'authentication.principal',
    },
    text: ({ issuer, audience }, subject) => `# yaml-language-server: $schema=../schemas/flex.schema.json
- policyRef:
    name: jwt-generation-flex
  config:
    signingMethod: ${algorithm}
    iat: true
    exp: ${seconds}
    nbf: 0
    customClaims:
      - name: iss
        value: "'${issuer}'"
      - name: aud
        value: "'${audience}'"
${subject === undefined ? '' : `      - name: sub\n        value: "#[${subject}]"\n`}    customHeaders: []
`,
  },
  apigee: {
    extension: 'xml',
    subject: {
      jwt_authn: 'jwt.Verify-Caller.claim.sub',
      ext_authz: 'jwt.Verify-Caller.claim.sub',
      headers: `request.header.${callerHeader}`,
    },
    settings: { edition: 'x' },
    text: ({ issuer, audience }, subject) => `<?xml version="1.0" encoding="UTF-8"?>
<GenerateJWT name="Backend-Token">
  <Algorithm>${algorithm}</Algorithm>
  <PrivateKey><Value ref="private.key"/></PrivateKey>
${subject === undefined ? '' : `  <Subject ref="${subject}"/>\n`}  <Issuer>${issuer}</Issuer>
  <Audience>${audience}</Audience>
  <ExpiresIn>${seconds}s</ExpiresIn>
  <OutputVariable>jwt.backend</OutputVariable>
</GenerateJWT>
`,
  },
  datapower: {
    extension: 'assembly.yaml',
    subject: {
      jwt_authn: 'decoded.claims.sub',
      ext_authz: 'decoded.claims.sub',
      headers: `request.headers.${callerHeader}`,
    },
    text: ({ issuer, audience }, subject) => `assembly:
  execute:
    - set-variable:
        version: 2.0.0
        title: claims
        actions:
          - { set: token.iss, value: "${issuer}", type: string }
          - { set: token.aud, value: "${audience}", type: string }
    - jwt-generate:
        version: 2.0.0
        title: backend token
        jwt: generated.jwt
        iss-claim: token.iss
${subject === undefined ? '' : `        sub-claim: ${subject}\n`}        aud-claim: token.aud
        exp-claim: ${seconds}
        jws-alg: ${algorithm}
        jws-crypto: backend-key
`,
  },
};

/** @param at the time of the test, in seconds since the epoch */
export function starterPolicy({ dialect, header, caller }: Answers, token: Token, at: number): NewPolicy {
  const { extension, subject, settings = {}, text } = starters[dialect];
  const key = newKey(name, rs256());
  const claims: JsonObject = {
    iss: token.issuer,
    ...(caller === 'none' ? {} : { sub: testCaller }),
    aud: token.audience,
    exp: at + seconds,
  };
  return {
    name,
    path: `policies/${name}.${extension}`,
    bytes: Buffer.from(text(token, caller === 'none' ? undefined : subject[caller])),
    settings: { ...settings, output: new Flow(outputTo(header)), key: new Flow({ file: key.path }) },
    key,
    expected: { header: { alg: algorithm }, claims },
  };
}

/** The caller of the request of the test. */
export const testCaller = 'alice';

/** Only `authorization` has the name of a scheme before its token (RFC 6750). */
export function outputTo(header: string): { readonly header: string; readonly prefix: string } {
  return { header, prefix: header === 'authorization' ? 'Bearer ' : '' };
}

function rs256() {
  const row = signatureAlgorithms.get(algorithm);
  if (row === undefined) throw new TypeError(`there is no row for ${algorithm}`);
  return row;
}
