/**
 * Completion and documentation at a place of a text, without a browser. In a text, `‸` is the cursor.
 */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { EditorState } from '@codemirror/state';
import { languageTables } from '../../../src/playground/language/language-tables.ts';
import { describedAt } from '../../../src/playground/page/editor/described.ts';
import type { EditorLanguage } from '../../../src/playground/page/editor/editor-props.ts';
import { grammarOf } from '../../../src/playground/page/editor/languages.ts';
import { suggestionsAt } from '../../../src/playground/page/editor/suggestions.ts';

const tables = languageTables();

const configuration: EditorLanguage = { kind: 'file', file: 'configuration' };
const flex: EditorLanguage = { kind: 'file', file: 'flex' };
const fullFlex: EditorLanguage = { kind: 'file', file: 'flex', profile: 'dataweave' };
const apigee: EditorLanguage = { kind: 'file', file: 'apigee' };
const datapower: EditorLanguage = { kind: 'file', file: 'datapower' };
const expression: EditorLanguage = { kind: 'expression', profile: 'flex' };
const fullExpression: EditorLanguage = { kind: 'expression', profile: 'dataweave' };

function opened(language: EditorLanguage, text: string): { readonly state: EditorState; readonly at: number } {
  const at = text.indexOf('‸');
  const state = EditorState.create({ doc: text.replace('‸', ''), extensions: grammarOf(language) });
  return { state, at };
}

const suggested: [name: string, language: EditorLanguage, text: string, replaced: string, labels: string[]][] = [
  ['a key at the top', configuration, 'listen: x\nro‸', 'ro', ['routes', 'policies', 'keys']],
  ['a key on an empty line', configuration, 'policies:\n  - name: a\n    ‸\n', '', ['file', 'key', 'expressions']],
  ['a key of an item', configuration, 'policies:\n  - na‸', 'na', ['name', 'file']],
  ['a key of an item at the column of its list', configuration, 'policies:\n- name: a\n  fi‸', 'fi', ['file']],
  ['a key between braces', configuration, 'policies:\n  - { name: a, fi‸', 'fi', ['file', 'onError']],
  ['a key in braces in braces', configuration, 'policies: [{ name: a, key: { fi‸ } }]', 'fi', ['file', 'env', 'jwks']],
  [
    'a key below a name of a map',
    configuration,
    'variables:\n  request.header.x:\n    te‸',
    'te',
    ['template', 'file'],
  ],
  ['a value', configuration, 'policies:\n  - expressions: da‸', 'da', ['dataweave', 'flex']],
  ['a value of a boolean', configuration, 'allowRoutePolicy: ‸', '', ['true', 'false']],
  [
    'a value of one of several forms',
    configuration,
    'authentication:\n  sources:\n    - from: ‸',
    '',
    ['jwt_authn', 'peer'],
  ],
  [
    'a policy of the same file',
    configuration,
    'policies:\n  - { name: partner }\n  - name: "staff"\nroutes:\n  - policies: [‸]',
    '',
    ['partner', 'staff'],
  ],
  [
    'a key of the same file',
    configuration,
    'keys:\n  signing: { file: a }\npolicies:\n  - name: a\n    key: si‸',
    'si',
    ['signing'],
  ],
  ['an expression of a variable', configuration, 'variables:\n  a:\n    expression: attributes.m‸', 'm', ['method']],
  [
    'a template of a variable',
    configuration,
    "variables:\n  a:\n    template: 'x {request.v‸'",
    'request.v',
    ['request.verb'],
  ],
  [
    'a key of a policy of Flex Gateway',
    flex,
    '- policyRef:\n    name: jwt-generation-flex\n  config:\n    sig‸',
    'sig',
    ['signingMethod', 'privateKey'],
  ],
  ['an algorithm of Flex Gateway', flex, '- config:\n    signingMethod: ‸', '', ['RS256', 'ES256']],
  ['a key of a claim', flex, 'spec:\n  config:\n    customClaims:\n      - na‸', 'na', ['name', 'value']],
  [
    'a member in an expression in YAML',
    flex,
    '- config:\n    customClaims:\n      - value: "#[attributes.me‸]"',
    'me',
    ['method'],
  ],
  [
    'the members of the caller',
    flex,
    'config: { customClaims: [{ value: "#[authentication.‸]" }] }',
    '',
    ['principal', 'clientId'],
  ],
  ['a function in an expression in YAML', flex, "config:\n  customClaims:\n    - value: '#[up‸]'", 'up', ['upper']],
  [
    'an expression over several lines',
    flex,
    'config:\n  customClaims:\n    - value: |\n        #[upper(\n          attributes.‸',
    '',
    ['method'],
  ],
  ['after a string with a bracket', flex, `config: { customClaims: [{ value: "#['a]' ++ low‸" }] }`, 'low', ['lower']],
  ['a function of DataWeave in YAML', fullFlex, 'config: { customClaims: [{ value: "#[joi‸]" }] }', 'joi', ['joinBy']],
  ['an element', apigee, '<GenerateJWT name="a"><Iss‸', 'Iss', ['Issuer', 'Subject', 'PrivateKey']],
  [
    'an element after <',
    apigee,
    '<GenerateJWT><PrivateKey><‸</PrivateKey></GenerateJWT>',
    '',
    ['Value', 'Password', 'Id'],
  ],
  ['an attribute', apigee, '<GenerateJWT><Issuer r‸></Issuer></GenerateJWT>', 'r', ['ref']],
  [
    'a value of an attribute',
    apigee,
    '<GenerateJWT><AdditionalClaims><Claim type="‸"/></AdditionalClaims></GenerateJWT>',
    '',
    ['map', 'number'],
  ],
  [
    'a text of an element',
    apigee,
    '<GenerateJWT>\n  <Algorithm>RS‸</Algorithm></GenerateJWT>',
    'RS',
    ['RS256', 'PS512'],
  ],
  ['the end of an element', apigee, '<GenerateJWT><Issuer>a</‸', '', ['Issuer']],
  [
    'a variable in ref',
    apigee,
    '<GenerateJWT><Subject ref="request.h‸"/></GenerateJWT>',
    'request.h',
    ['request.header.NAME'],
  ],
  [
    'a variable in a template',
    apigee,
    '<GenerateJWT><AdditionalClaims><Claim type="map">{"a":"{sys‸',
    'sys',
    ['system.uuid'],
  ],
  [
    'a property of jwt-generate',
    datapower,
    'assembly:\n  execute:\n    - jwt-generate:\n        jws-‸',
    'jws-',
    ['jws-alg', 'jws-crypto'],
  ],
  ['an algorithm of API Connect', datapower, '- jwt-generate:\n    jws-alg: ‸', '', ['RS256', 'none']],
  ['a variable that a property names', datapower, '- jwt-generate:\n    sub-claim: ‸', '', ['request.headers.NAME']],
  [
    'a variable in a text',
    datapower,
    '- set-variable:\n    actions:\n      - set: a\n        value: x $(req‸',
    'req',
    ['request.verb'],
  ],
  ['an input', expression, 'att‸', 'att', ['attributes', 'authentication']],
  ['a member', expression, 'upper(attributes.me‸', 'me', ['method']],
  ['a keyword', expression, '1 def‸', 'def', ['default']],
  ['a function by the end of its name', expression, 'substringA‸', 'substringA', ['substringAfter']],
  ['a function by its module', expression, 'dw::core::St‸', 'dw::core::St', ['dw::core::Strings::substringAfter']],
  ['a function of DataWeave', fullExpression, '[1] gro‸', 'gro', ['groupBy']],
];

suite('completion suggests', () => {
  for (const [name, language, text, replaced, labels] of suggested) {
    test(name, () => {
      const { state, at } = opened(language, text);
      const found = suggestionsAt(state, at, language, tables, true);
      assert.ok(found, 'nothing is suggested');
      assert.equal(state.sliceDoc(found.from, at), replaced);
      const all = found.options.map(({ label }) => label);
      assert.deepEqual(
        labels.filter((label) => !all.includes(label)),
        [],
        `suggested: ${all.join(', ')}`,
      );
    });
  }
});

for (const [name, text] of [
  ['a list in a mapping in a list', 'routes: [{ policies: [‸'],
  ['an item of it', 'routes: [{ policies: [partner, st‸'],
] as const) {
  test(`completion suggests a policy in ${name} that is not closed`, () => {
    const { state, at } = opened(configuration, `policies: [{ name: staff }]\n${text}`);
    const found = suggestionsAt(state, at, configuration, tables, true);
    assert.deepEqual(
      found?.options.map(({ label }) => label),
      ['staff'],
    );
  });
}

const silent: [name: string, language: EditorLanguage, text: string][] = [
  ['in a string', expression, "upper('att‸"],
  ['in a string of a block', flex, "config:\n  customClaims:\n    - value: |\n        #['att‸"],
  ['in a comment of an expression', expression, '1 // att‸'],
  ['in a comment', configuration, '# po‸'],
  ['after the member of a value', expression, "upper('a').m‸"],
  ['in a key in PEM', flex, 'config:\n  privateKey: |\n    -----BEGIN‸'],
  ['in a case', { kind: 'data' }, 'po‸'],
  ['in a comment of XML', apigee, '<GenerateJWT><!-- Iss‸ --></GenerateJWT>'],
];

suite('completion suggests nothing', () => {
  for (const [name, language, text] of silent) {
    test(name, () => {
      const { state, at } = opened(language, text);
      assert.deepEqual(suggestionsAt(state, at, language, tables, true)?.options ?? [], []);
    });
  }

  test('on an empty line that nobody asked about', () => {
    const { state, at } = opened(configuration, 'policies:\n  - name: a\n    ‸');
    assert.equal(suggestionsAt(state, at, configuration, tables, false), undefined);
  });
});

const bounded: [name: string, language: EditorLanguage, text: string, options: number][] = [
  ['200 names of policies', configuration, `${policies(200)}routes: [{ policies: [‸] }]`, 200],
  ['201 names of policies', configuration, `${policies(201)}routes: [{ policies: [‸] }]`, 200],
  ['an expression of 32,768 characters', expression, `${' '.repeat(32_757)}attributes.‸`, 11],
  ['an expression of 32,769 characters', expression, `${' '.repeat(32_758)}attributes.‸`, 0],
];

function policies(count: number): string {
  return `policies: [${Array.from({ length: count }, (_, i) => `{ name: p${i} }`).join(', ')}]\n`;
}

suite('completion of', () => {
  for (const [name, language, text, options] of bounded) {
    test(`${name} has ${options} options`, () => {
      const { state, at } = opened(language, text);
      assert.equal(suggestionsAt(state, at, language, tables, true)?.options.length ?? 0, options);
    });
  }
});

const written: [name: string, language: EditorLanguage, text: string, label: string, template: string][] = [
  ['a key with its colon', configuration, 'po‸', 'policies', 'policies: '],
  ['a function with parentheses', expression, 'up‸', 'upper', 'upper(#{})'],
  ['a function between its arguments', expression, "'a,b' spl‸", 'splitBy', 'splitBy '],
  [
    'a function of a module with its module',
    expression,
    'substringA‸',
    'substringAfter',
    'dw::core::Strings::substringAfter(#{})',
  ],
  [
    'an imported function',
    expression,
    'import * from dw::core::Strings --- substringA‸',
    'substringAfter',
    'substringAfter(#{})',
  ],
  [
    'a variable with a part to fill in',
    apigee,
    '<GenerateJWT><Subject ref="‸"/></GenerateJWT>',
    'request.header.NAME',
    'request.header.#{NAME}',
  ],
  ['an attribute with its quotes', apigee, '<GenerateJWT><Issuer ‸/></GenerateJWT>', 'ref', 'ref="#{}"'],
];

suite('completion writes', () => {
  for (const [name, language, text, label, template] of written) {
    test(name, () => {
      const { state, at } = opened(language, text);
      const found = suggestionsAt(state, at, language, tables, true);
      assert.equal(found?.options.find((option) => option.label === label)?.template, template);
    });
  }
});

const described: [name: string, language: EditorLanguage, text: string, word: string][] = [
  ['a key', configuration, 'rou‸tes: []', 'routes'],
  ['a key between braces', configuration, 'policies: [{ na‸me: a }]', 'name'],
  ['a value, by its key', configuration, 'policies:\n  - expressions: data‸weave', 'expressions'],
  ['a key of Flex Gateway', flex, '- config:\n    cust‸omClaims: []', 'customClaims'],
  ['a member in YAML', flex, '- config: { customClaims: [{ value: "#[attributes.me‸thod]" }] }', 'attributes.method'],
  ['an input in YAML', flex, '- config: { customClaims: [{ value: "#[attri‸butes.method]" }] }', 'attributes'],
  ['a function', expression, "up‸per('a')", 'upper'],
  [
    'a function of a module',
    expression,
    "dw::core::Strings::substr‸ingAfter('a', 'b')",
    'dw::core::Strings::substringAfter',
  ],
  [
    'an imported function',
    expression,
    "import * from dw::core::Strings --- substring‸After('a', 'b')",
    'dw::core::Strings::substringAfter',
  ],
  ['a keyword', expression, '1 de‸fault 2', 'default'],
  ['an element', apigee, '<GenerateJWT><Iss‸uer>a</Issuer></GenerateJWT>', 'Issuer'],
  ['an element at its end', apigee, '<GenerateJWT><Issuer>a</Iss‸uer></GenerateJWT>', 'Issuer'],
  ['an attribute', apigee, '<GenerateJWT><Issuer re‸f="a"/></GenerateJWT>', '@ref'],
  ['a text, by its element', apigee, '<GenerateJWT><Algorithm>RS‸256</Algorithm></GenerateJWT>', 'Algorithm'],
  [
    'a variable in ref',
    apigee,
    '<GenerateJWT><Issuer ref="request.header.x-‸a"/></GenerateJWT>',
    'request.header.NAME',
  ],
  [
    'a variable in a text',
    datapower,
    '- set-variable:\n    actions:\n      - value: a $(request.ve‸rb)',
    'request.verb',
  ],
  ['a property', datapower, '- jwt-generate:\n    iss-‸claim: a', 'iss-claim'],
];

suite('documentation of', () => {
  for (const [name, language, text, word] of described) {
    test(name, () => {
      const { state, at } = opened(language, text);
      assert.equal(describedAt(state, at, language, tables)?.word.name, word);
    });
  }

  test('a word that no table has does not exist', () => {
    const { state, at } = opened(configuration, 'policies:\n  - nonsen‸se: 1');
    assert.equal(describedAt(state, at, configuration, tables), undefined);
  });
});
