import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problems } from '../../src/diagnostics/problem.ts';
import { SourceText } from '../../src/diagnostics/source-text.ts';
import { finish } from '../../src/diagnostics/steps.ts';
import { readPolicyFile } from '../../src/dialects/index.ts';
import { DocumentFile } from '../../src/documents/document-file.ts';

const flex = /^mintproc reads MuleSoft Flex Gateway:[^;]*\.$/;
const apigee = /^mintproc reads Apigee:[^;]*\.$/;
const apiConnect = /^mintproc reads IBM API Connect:[^;]*\.$/;
const all = /^mintproc reads MuleSoft[^;]*; Apigee[^;]*; IBM/;

/** What is in the file, where it is, and what mintproc reads instead. */
const files: readonly (readonly [name: string, text: string, place: string, said: string, instead: RegExp])[] = [
  ['nothing', ' \n', '1:1', 'The file is empty.', all],
  [
    'a key',
    '-----BEGIN PRIVATE KEY-----\nMII\n-----END PRIVATE KEY-----\n',
    '1:1',
    'a key or certificate in PEM',
    /`key: \{ file/,
  ],
  ['a JWK', '{"kty":"oct","k":"c2VjcmV0"}', '1:1', 'a JSON Web Key', /`key: \{ file/],
  ['a JWK set', '{ "keys": [{ "kty": "EC" }] }', '1:1', 'a JSON Web Key', /`key: \{ file/],
  ['a token', 'eyJhbGciOiJIUzI1NiJ9.e30.c2ln', '1:1', 'a token', all],
  [
    'another policy of Flex',
    '- policyRef:\n    name: jwt-validation-flex\n  config: {}\n',
    '2:11',
    '`jwt-validation-flex` mints no token',
    flex,
  ],
  ['the same with a comment', 'policyRef:\n  # The name\n  name: cors-flex\n', '3:9', '`cors-flex` mints', flex],
  ['the same in one line', 'policyRef: { name: rate-limiting-flex }', '1:20', '`rate-limiting-flex` mints', flex],
  [
    'a policy of API Manager',
    '[{"assetId": "client-id-enforcement", "configurationData": {}}]',
    '1:15',
    '`client-id-enforcement` mints',
    flex,
  ],
  ['an API instance without policies', 'kind: ApiInstance\nspec: {}\n', '1:1', 'name no policy that mints', all],
  [
    'VerifyAPIKey',
    '<?xml version="1.0"?>\n<!-- a -->\n<VerifyAPIKey name="k"/>',
    '3:1',
    '`<VerifyAPIKey>` of Apigee',
    apigee,
  ],
  ['a declaration and an empty line', '<?xml version="1.0"?>\n\n<HMAC/>', '3:1', '`<HMAC>` of Apigee', apigee],
  ['a policy against too many requests', '<ConcurrentRatelimit/>', '1:1', '`<ConcurrentRatelimit>` of', apigee],
  ['a proxy endpoint', '<ProxyEndpoint/>', '1:1', '`<ProxyEndpoint>` of Apigee', apigee],
  ['a Mule application', '<mule xmlns="http://www.mulesoft.org/schema/mule/core"/>', '1:1', 'a Mule application', flex],
  ['a page', '<html><body>Sign in</body></html>', '1:1', 'a page in HTML', all],
  ['another XML file', '<s3cr3t/>', '1:1', 'This XML file is not a policy', apigee],
  [
    'jwt-validate',
    'assembly:\n  execute:\n    - jwt-validate:\n        title: x\n',
    '3:7',
    'with `jwt-validate`, but without',
    apiConnect,
  ],
  ['an OpenAPI file', 'openapi: 3.0.0\ninfo: {}\n', '1:1', 'has no assembly', apiConnect],
  ['a ConfigMap', 'apiVersion: v1\nkind: ConfigMap\ndata: {}\n', '2:1', 'a resource of Kubernetes', /Mount it/],
  ['a request', '{ "attributes": {} }', '1:1', 'a request for `mintproc mint`', /--request/],
  ['a request in YAML', '# tried\nrequest: { path: / }\n', '2:1', 'a request for `mintproc mint`', /--request/],
  ['a test file', 'config: m.yaml\ncases: []\n', '2:1', 'This is a test file', /mintproc test FILE/],
  ['anything else', 'hello: world\n', '1:1', 'does not contain a policy', all],
];

for (const [name, text, place, said, instead] of files) {
  test(`a file that is no policy: ${name}`, () => {
    const problems = new Problems();
    finish(readPolicyFile(new DocumentFile(SourceText.ofFile('f', text)), {}, problems));
    const [problem, ...others] = problems.all;
    assert.ok(problem);
    assert.deepEqual(
      [problem.code, `${problem.place.line}:${problem.place.column}`, others],
      ['policy.unknown-dialect', place, []],
    );
    assert.ok(problem.message.includes(said), problem.message);
    assert.match(problem.suggestion ?? '', instead);
    assert.doesNotMatch(problem.message, /s3cr3t/);
  });
}
