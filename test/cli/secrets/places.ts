/**
 * @module
 * The places at which a secret can stand, in each dialect and in the configuration. `@@` is the secret.
 */

export interface Place {
  readonly name: string;
  readonly format: 'yaml' | 'xml';
  /** The file that it is in. */
  readonly file: 'mintproc.yaml' | 'policy.yaml' | 'policy.xml';
  readonly text: string;
  /** Whether it is the name of a key, which the token itself shows. */
  readonly isKeyName?: true;
}

const claims = `    customClaims:
      - name: tenant
        value: "#[attributes.headers['x-tenant']]"
      - { name: client, value: "#[authentication.clientId]" }`;

function flex(name: string, key: string): Place {
  const text = `- policyRef: { name: jwt-generation-flex }
  config:
    signingMethod: HS256
    ${key}
    iat: true
    exp: 300
${claims}
`;
  return { name: `flex ${name}`, format: 'yaml', file: 'policy.yaml', text };
}

function assembly(name: string, properties: string, before = ''): Place {
  const text = `${before}- jwt-generate:
    jwt: request.headers.authorization
    iss-claim: request.headers.x-issuer
    exp-claim: 300
    jws-alg: HS256
    ${properties}
`;
  return { name: `datapower ${name}`, format: 'yaml', file: 'policy.yaml', text };
}

const setVariable = `- set-variable:
    actions:
      - set: hs-jwk
        value: @@
        type: string
`;

const api = `swagger: "2.0"
info: { title: orders, version: 1.0.0 }
x-ibm-configuration:
  gateway: datapower-api-gateway
  properties:
    hs-jwk:
      value: @@
  assembly:
    execute:
      - jwt-generate:
          iss-claim: request.headers.x-issuer
          jws-alg: HS256
          jws-jwk: $(hs-jwk)
`;

function apigee(name: string, key: string, algorithm = '<Algorithm>HS256</Algorithm>'): Place {
  const text = `<?xml version="1.0" encoding="UTF-8"?>
<GenerateJWT name="orders">
  ${algorithm}
  ${key}
  <Subject>caller</Subject>
  <Issuer ref="request.header.x-issuer"/>
  <ExpiresIn>300s</ExpiresIn>
  <AdditionalClaims><Claim name="n" type="number">7</Claim></AdditionalClaims>
</GenerateJWT>
`;
  return { name: `apigee ${name}`, format: 'xml', file: 'policy.xml', text };
}

function encrypted(key: string, content = 'A128GCM'): string {
  return `<Algorithms><Key>${key}</Key><Content>${content}</Content></Algorithms>`;
}

function configuration(name: string, entry: string, top = ''): Place {
  const text = `policies:
  - name: orders
    file: keyless.yaml
    output: { prefix: 'Bearer ' }
    ${entry}
routes:
  - match: { pathPrefix: /orders }
    policies: [orders]
${top}variables:
  tenant: { template: "{request.header.x-tenant}" }
`;
  return { name: `configuration ${name}`, format: 'yaml', file: 'mintproc.yaml', text };
}

const named = (name: string, form: string): Place =>
  configuration(`keys.*.${name}`, 'key: main', `keys:\n  main:\n    ${form}\n  spare: { text: "x", kid: spare }\n`);

const keyNames: Place[] = [
  { ...assembly('custom-kid-value-jws', 'jws-jwk: hs-jwk\n    custom-kid-value-jws: @@'), isKeyName: true },
  { ...apigee('Id text', '<SecretKey><Value ref="private.key"/><Id>@@</Id></SecretKey>'), isKeyName: true },
  { ...apigee('Id ref', '<SecretKey><Value ref="private.key"/><Id ref="@@"/></SecretKey>'), isKeyName: true },
  { ...named('kid', 'file: key.txt\n    kid: @@'), isKeyName: true },
];

const variables = configuration('private variable', 'key: { file: key.txt }');
const withPrivateVariable = {
  ...variables,
  text: variables.text.replace('variables:\n', 'variables:\n  private.key: @@\n'),
};

export const places: readonly Place[] = [
  ...keyNames,
  flex('privateKey', 'privateKey: @@'),
  assembly('jws-crypto', 'jws-crypto: @@'),
  assembly('jws-jwk', 'jws-jwk: @@'),
  assembly('jwe-crypto', 'jwe-alg: dir\n    jwe-enc: A128GCM\n    jwe-crypto: @@'),
  assembly('jwe-jwk', 'jwe-alg: dir\n    jwe-enc: A128GCM\n    jwe-jwk: @@'),
  assembly('set-variable', 'jws-jwk: $(hs-jwk)', setVariable),
  assembly('set-variable by name', 'jws-jwk: hs-jwk', setVariable),
  { name: 'datapower properties', format: 'yaml', file: 'policy.yaml', text: api },
  apigee('SecretKey', '<SecretKey>@@</SecretKey>'),
  apigee('SecretKey/Value', '<SecretKey><Value>@@</Value></SecretKey>'),
  apigee('SecretKey/Value ref', '<SecretKey><Value ref="@@"/></SecretKey>'),
  apigee('SecretKey/Value private', '<SecretKey encoding="base64"><Value ref="private.@@"/></SecretKey>'),
  apigee('PrivateKey/Value', '<PrivateKey><Value>@@</Value></PrivateKey>', '<Algorithm>RS256</Algorithm>'),
  apigee(
    'PrivateKey/Password',
    '<PrivateKey><Value ref="private.key"/><Password>@@</Password></PrivateKey>',
    '<Algorithm>RS256</Algorithm>',
  ),
  apigee(
    'PrivateKey/Password ref',
    '<PrivateKey><Value ref="private.key"/><Password ref="@@"/></PrivateKey>',
    '<Algorithm>RS256</Algorithm>',
  ),
  apigee('PublicKey/Value', '<PublicKey><Value>@@</Value></PublicKey>', encrypted('RSA-OAEP-256')),
  apigee('PublicKey/Value ref', '<PublicKey><Value ref="@@"/></PublicKey>', encrypted('RSA-OAEP-256')),
  apigee('PublicKey/JWKS', '<PublicKey><JWKS>@@</JWKS><Id>one</Id></PublicKey>', encrypted('RSA-OAEP-256')),
  apigee('DirectKey/Value', '<DirectKey><Value encoding="hex">@@</Value></DirectKey>', encrypted('dir')),
  apigee('PasswordKey/Value', '<PasswordKey><Value>@@</Value></PasswordKey>', encrypted('PBES2-HS256+A128KW')),
  configuration('key', 'key: @@'),
  ...['file', 'env', 'text', 'jwk', 'jwks', 'pkcs12', 'directory'].flatMap((form) => [
    configuration(`key.${form}`, `key: { ${form}: @@ }`),
    configuration(`recipient.${form}`, `recipient: { ${form}: @@ }`),
    named(form, `${form}: @@`),
  ]),
  configuration('recipient', 'recipient: @@'),
  configuration('key.passphrase.env', 'key: { file: key.pem, passphrase: { env: @@ } }'),
  named('passphrase.env', 'file: key.pem\n    passphrase:\n      env: @@'),
  named('passphrase.file', 'pkcs12: key.p12\n    passphrase:\n      file: @@'),
  named('passphrase', 'file: key.pem\n    passphrase: @@'),
  named('certificate', 'file: key.pem\n    certificate: @@'),
  named('versions', 'versions:\n      - { text: @@ }\n      - { file: other.pem }'),
  configuration('keys.*', 'key: main', 'keys:\n  main: @@\n'),
  configuration('keys', 'key: main', 'keys: @@\n'),
  configuration('tls.key', 'key: { file: key.txt }', 'tls: { certificate: server.crt, key: @@ }\n'),
  withPrivateVariable,
];
