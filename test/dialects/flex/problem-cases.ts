/**
 * @module
 * Policies of Flex Gateway with what is said of them, as `line:column severity code`.
 */
import { maxHeaders, maxRules } from '../../../src/dialects/flex/rules.ts';

/** `config` lines below a bare list item; the first line of a config is line 4. */
export const policy = (...config: string[]): string =>
  ['- policyRef:', '    name: jwt-generation-flex', '  config:', ...config.map((line) => `    ${line}`), ''].join('\n');

export const key = 'privateKey: my-secret-key';
const claims = (...items: string[]): string => policy(key, 'customClaims:', ...items.map((item) => `- ${item}`));
const headers = (...items: string[]): string => policy(key, 'customHeaders:', ...items.map((item) => `- ${item}`));

const withRules = (...rules: string[]): string =>
  `- policyRef: { name: jwt-generation-flex }\n  config: { ${key} }\n  rules:\n${rules.map((rule) => `        - ${rule}\n`).join('')}`;
const rulesOfHeaders = (count: number): string =>
  `{ headers: { ${Array.from({ length: count }, (_, index) => `x-${index}: a`).join(', ')} } }`;
const instance = (address: string): string =>
  `kind: ApiInstance\nspec:\n  address: ${address}\n  policies:\n    - policyRef: { name: jwt-generation-flex }\n      config: { ${key} }\n      rules: [{ path: /orders }]\n`;

type Case = readonly [name: string, text: string, problems: readonly string[]];

export const cases: readonly Case[] = [
  ['another kind of file', 'hello: world\n', ['1:1 error policy.unknown-dialect']],
  ['an empty file', '', ['1:1 error policy.unknown-dialect']],
  ['the policy name in another place', 'note: jwt-generation-flex\n', ['1:1 error policy.unknown-dialect']],
  ['YAML that is not well-formed', policy('a: [', key), ['4:8 error policy.syntax']],
  ['an unknown key', policy(key, 'signingMetod: HS256'), ['5:5 error policy.unknown-key']],
  ['an unknown signing method', policy(key, 'signingMethod: HS265'), ['5:20 error policy.invalid-value']],
  ['a method that Flex lacks', policy(key, 'signingMethod: EdDSA'), ['5:20 warning policy.unsupported-algorithm']],
  ['a number as a string', policy(key, 'exp: "60"'), ['5:10 error policy.wrong-type']],
  ['a negative time', policy(key, 'exp: -1'), ['5:10 error policy.invalid-value']],
  ['a fraction of a second', policy(key, 'nbf: 1.5'), ['5:10 error policy.wrong-type']],
  ['the maximum lifetime', policy(key, 'exp: 10000000000'), []],
  ['one second more', policy(key, 'exp: 10000000001'), ['5:10 error policy.invalid-value']],
  ['a claim without a value', policy(key, 'customClaims:', '- name: a'), ['6:7 error policy.missing-key']],
  [
    'a claim whose value is a number',
    policy(key, 'customClaims:', '- { name: a, value: 1 }'),
    ['6:25 error policy.wrong-type'],
  ],
  [
    'several mistakes',
    policy('sub: x', 'iat: maybe', 'customClaims: none'),
    ['4:5 error policy.unknown-key', '5:10 error policy.wrong-type', '6:19 error policy.wrong-type'],
  ],
  [
    'expressions that do not compile',
    policy(key, 'customClaims:', `- name: a`, `  value: "#[upper('a']"`, '- { name: b, value: "#[1 +]" }'),
    ['7:26 error dataweave.unexpected-token', '8:30 error dataweave.unsupported'],
  ],
  [
    'a template',
    policy(key, 'customClaims:', '- { name: a, value: "Bearer #[attributes.method]" }'),
    ['6:33 warning policy.template'],
  ],
  ['no config', '- policyRef: { name: jwt-generation-flex }\n', ['1:3 error policy.missing-key']],
  [
    'the custom-policy example',
    '- policyRef: { name: jwt-generation-flex-v1-0 }\n  config: { privateKey: k, kid: a }\n',
    ['1:22 error policy.other-schema'],
  ],
  ['a version of the policy with fields of its own', policy(key, 'kid: a'), ['2:11 error policy.other-schema']],
  [
    'a secret reference is a key that the configuration provides',
    policy('privateKey: { secretRef: { name: signing, key: private.pem } }'),
    [],
  ],
  ['a secret reference without a name', policy('privateKey: { secretRef: {} }'), ['4:30 error policy.missing-key']],
  ['a key that is a number', policy('privateKey: 42'), ['4:17 error policy.wrong-type']],
  ['a claim twice', claims('{ name: a, value: x }', '{ name: a, value: y }'), ['7:15 warning policy.repeated-member']],
  ['an empty name', claims('{ name: "", value: x }'), ['6:15 warning flex.unlikely-name']],
  ['a name with a space', claims('{ name: "a b", value: x }'), ['6:15 warning flex.unlikely-name']],
  ['a custom iat, which the policy replaces', claims('{ name: iat, value: x }'), ['6:15 warning flex.replaced-member']],
  ['a custom exp as text', claims('{ name: exp, value: "60" }'), ['6:27 warning policy.unlikely-value']],
  ['a custom nbf as text', claims('{ name: nbf, value: soon }'), ['6:27 warning policy.unlikely-value']],
  ['a custom exp as a number', claims('{ name: exp, value: "#[1700000000]" }'), []],
  ['a subject that is a number', claims('{ name: sub, value: "#[42]" }'), ['6:27 warning policy.unlikely-value']],
  ['an audience that is empty', claims('{ name: aud, value: "#[[]]" }'), ['6:27 warning policy.unlikely-value']],
  ['a list of audiences', claims(`{ name: aud, value: "#[['a', 'b']]" }`), []],
  ['an issuer that is a boolean', claims('{ name: iss, value: "#[true]" }'), ['6:27 warning policy.unlikely-value']],
  ['a subject from the request', claims('{ name: sub, value: "#[authentication.principal]" }'), []],
  ['a claim of the product that is a number', claims('{ name: level, value: "#[42]" }'), []],
  [
    'typ and alg as custom headers',
    headers('{ name: typ, value: at+jwt }', '{ name: alg, value: none }'),
    ['6:15 warning flex.replaced-member', '7:15 warning flex.replaced-member'],
  ],
  ['a kid that is a number', headers('{ name: kid, value: "#[42]" }'), ['6:27 warning policy.unlikely-value']],
  ...['cty', 'x5t', 'jku', 'x5u', 'x5c', 'b64'].map(
    (name): Case => [
      `a header parameter of the wrong type: ${name}`,
      headers(`{ name: ${name}, value: "#[42]" }`),
      ['6:27 warning policy.unlikely-value'],
    ],
  ),
  ...['iss', 'sub', 'aud', 'jti'].map(
    (name): Case => [
      `a claim of the wrong type: ${name}`,
      claims(`{ name: ${name}, value: "#[42]" }`),
      ['6:27 warning policy.unlikely-value'],
    ],
  ),
  ['a list of certificates', headers('{ name: x5c, value: "#[[\'a\']]" }'), []],
  ['an empty kid', headers('{ name: kid, value: "" }'), ['6:27 warning policy.unlikely-value']],
  [
    'crit as text, with b64',
    headers('{ name: crit, value: b64 }', '{ name: b64, value: "#[false]" }'),
    ['6:28 warning policy.unlikely-value', '7:27 warning policy.unlikely-value'],
  ],
  ['the headers of usual tokens', headers('{ name: kid, value: key-1 }', '{ name: cty, value: JWT }'), []],
  [
    'spaces before an expression',
    claims('{ name: a, value: " #[attributes.method]" }'),
    ['6:26 warning flex.spaces-around-expression'],
  ],
  [
    'an expression without its end',
    claims('{ name: a, value: "#[attributes.method" }'),
    ['6:26 warning policy.template'],
  ],
  [
    'the line break after an expression in a block',
    claims('name: a\n      value: |\n        #[attributes.method]'),
    [],
  ],
  ['a rule with an unknown part', withRules('{ query: a }'), ['4:13 error policy.unknown-key']],
  ['a rule that is a text', withRules('/orders'), ['4:11 error policy.wrong-type']],
  ['an expression with look-ahead', withRules('{ path: "/(?!a).*" }'), ['4:19 error flex.invalid-rule']],
  ['an expression that is not complete', withRules('{ headers: { x-a: "(" } }'), ['4:29 error flex.invalid-rule']],
  ['an empty path', withRules('{ path: "" }'), ['4:19 error flex.invalid-rule']],
  ['an empty list of methods', withRules('{ methods: [] }'), ['4:22 error flex.invalid-rule']],
  ['an empty header', withRules('{ headers: { x-a: "" } }'), ['4:29 error flex.invalid-rule']],
  ['an expression of the greatest size', withRules('{ path: "(?:abc){74}" }'), []],
  ['a larger one', withRules('{ path: "(?:abc){200}" }'), ['4:19 error flex.invalid-rule']],
  ['as many rules as allowed', withRules(...Array.from({ length: maxRules }, () => '{ path: /a }')), []],
  [
    'one rule more',
    withRules(...Array.from({ length: maxRules + 1 }, () => '{ path: /a }')),
    ['4:9 error policy.invalid-value'],
  ],
  ['as many headers as allowed', withRules(rulesOfHeaders(maxHeaders)), []],
  ['one header more', withRules(rulesOfHeaders(maxHeaders + 1)), ['4:22 error policy.invalid-value']],
  ['rules below a base path', instance('http://0.0.0.0:8081/api'), []],
  ['rules below a base path with a placeholder', instance('http://0.0.0.0:8081/{v}'), ['3:12 error flex.base-path']],
  ['rules without a base path', instance('http://0.0.0.0:8081/'), []],
  [
    'the order and the target of a binding',
    'kind: PolicyBinding\nspec:\n  order: 1\n  targetRef: { selector: { a: b } }\n  policyRef: { name: jwt-generation-flex }\n  config: { privateKey: k }\n',
    ['3:10 note flex.order', '4:26 warning flex.target-selector'],
  ],
  [
    'a misspelt key next to the configuration, and one that is nothing',
    'kind: PolicyBinding\nspec:\n  rule: []\n  policyRef: { name: jwt-generation-flex }\n  config: { privateKey: k }\n  when: x\n',
    ['3:3 warning flex.unknown-key', '6:3 warning flex.unknown-key'],
  ],
  [
    'all keys next to the configuration',
    'kind: PolicyBinding\nspec:\n  rules: []\n  policyRef: { name: jwt-generation-flex }\n  config: { privateKey: k }\n  targetRef:\n  order:\n',
    [],
  ],
  ['an nbf of the lifetime', policy(key, 'exp: 300', 'nbf: 300'), ['6:10 warning policy.never-valid']],
  ['an nbf below the lifetime', policy(key, 'exp: 300', 'nbf: 299'), []],
  ['an nbf without a lifetime', policy(key, 'nbf: 300'), []],
  [
    'a policy of API Manager for one upstream, disabled',
    '{ assetId: jwt-generation, configurationData: { privateKey: k },\n  disabled: true, upstreamId: u1 }',
    ['2:13 warning policy.disabled', '2:31 warning flex.upstream'],
  ],
  ['too many aliases', `- &a [jwt-generation-flex]\n- [${'*a,'.repeat(101)}]\n`, ['1:1 error policy.syntax']],
];
