import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isConfigurationAmongOthers, looksLikeConfiguration } from '../../src/configuration/recognise.ts';

/** A text, whether it looks like a configuration if a user names it, and whether it is one in a folder. */
const files: readonly (readonly [what: string, text: string, named: boolean, found: boolean])[] = [
  ['the usual', 'policies: []\nroutes: []\n', true, true],
  ['only routes', 'routes: []', true, true],
  ['only files to include', "include: ['*.yaml']\n", true, true],
  ['a setting', 'listen : x', true, false],
  ['a mistyped key', 'policies: []\nroute: []', true, true],
  ['mistyped keys only', 'polices:\n  - name: a\nroute: []', true, false],
  ['keys in quotes', '"policies": []\n\'routes\': []\n', true, true],
  ['JSON', '{"policies": [{"name": "a"}], "routes": []}', true, true],
  ['JSON that begins with variables', '{"variables": {"x": "}{"}, "policies": []}', true, true],
  ['JSON with a byte order mark', '\uFEFF{\n  "routes": []\n}', true, true],
  ['JSON after an empty line', '\n {"policies": [], "routes": []}', true, true],
  ['a brace in the first line', 'x{: 1\npolicies: []\nroutes: []\n', true, true],
  ['braces of YAML', '{ policies: [{ name: a }], routes: [] }', true, true],
  ['a request for mint', '{"attributes": {"policies": 1}, "variables": {"routes": 2}}', false, false],
  ['a request of a caller only', '{"authentication": {}, "variables": {}}', false, false],
  ['a request with a member `policies`', '{"attributes": {}, "policies": []}', false, false],
  ['Envoy', 'admin:\n  address: {}\nstatic_resources: {}\n', false, false],
  ['Kubernetes', 'apiVersion: v1\nkind: List\npolicies: []\n', false, false],
  ['Kubernetes as JSON', '{"kind": "PolicyBinding", "policies": []}', false, false],
  ['a pipeline', 'trigger: [main]\npool: x\nvariables: {}\nsteps: []\n', true, false],
  ['variables of a pipeline', 'variables:\n  A: b\n', true, false],
  ['settings of a compiler', '{"compilerOptions": {}, "include": ["src"]}', true, false],
  ['an export of API Manager', '{"policies": [{"policyId": 1, "configuration": {}}]}', false, false],
  ['OpenAPI', 'openapi: 3.0.0\nservers: []\npaths: {}', false, false],
  ['a policy of Flex Gateway', '- policyRef: { name: x }', false, false],
  ['a PolicyBinding', 'kind: PolicyBinding\npolicies: x', false, false],
  ['a list of policies', 'policies:\n  - { policyRef: { name: x } }', false, false],
  ['policies of API Manager', 'policies:\n  - assetId: x', false, false],
  ['a policy of Apigee', '<GenerateJWT/>', false, false],
  ['nothing', '', false, false],
];

for (const [what, text, named, found] of files) {
  test(`what looks like a configuration: ${what}`, () => {
    assert.equal(looksLikeConfiguration(text), named);
    assert.equal(isConfigurationAmongOthers('team/a.yaml', text), found);
    assert.equal(isConfigurationAmongOthers('team/mintproc.a.yaml', text), named);
    assert.equal(isConfigurationAmongOthers('mintproc/a.yaml', text), found);
  });
}

const long: readonly (readonly [what: string, text: string])[] = [
  ['line breaks', '\n'.repeat(1_000_000)],
  ['a word in braces', `{${'a'.repeat(1_000_000)}`],
  ['open strings', `{${'"\\\n'.repeat(300_000)}`],
  ['spaces after words', `{${`a${' '.repeat(1000)}`.repeat(1000)}`],
  ['brackets', '{['.repeat(500_000)],
];

for (const [what, text] of long) {
  test(`a megabyte of ${what} is looked at once`, () => {
    // Anything but linear work would take hours.
    assert.equal(looksLikeConfiguration(text), false);
  });
}
