/**
 * @module
 * Mistakes that people make in YAML: each is one problem, at the place of the mistake, with what to write instead.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problems } from '../../src/diagnostics/problem.ts';
import { SourceText } from '../../src/diagnostics/source-text.ts';
import { DocumentFile } from '../../src/documents/document-file.ts';
import { readYaml } from '../../src/documents/located-yaml.ts';
import { writtenWell } from '../diagnostics/written-well.ts';

const policy = `kind: Policy
spec:
  policyRef:
    name: jwt
  config:
    algorithm: HS256
    signingKey: hunter2hunter2
    claims:
      - name: sub
        value: "#[authentication.principal]"
      - name: iss
        value: me
    header: Authorization
`;

/** `replace` in the policy becomes `by`. */
const mistakes: readonly (readonly [name: string, replace: string, by: string, at: string, words: RegExp])[] = [
  ['a tab', '    algorithm', '\talgorithm', '6:1', /tab.*expand -t 2 FILE/],
  ['a tab for the indentation of one line', '    signingKey', '\tsigningKey', '7:1', /indented with a tab/],
  ['a tab before a text in quotes', '    header: A', '\t"a": b\n    header: A', '13:1', /indented with a tab/],
  ['an expression in brackets', 'value: me', 'value: { a: #[b] }', '12:21', /`#` begins a comment.*in quotes/],
  ['a tab inside brackets', 'value: me', 'value: [\n          \t"a" "b"]', '13:16', /comma is missing|Missing ,/],
  ['a tab after another mistake', 'kind: Policy', ']#\n\tkind: Policy', '2:1', /tab/],
  ['a tab in a list', '        value: me', '\t\tvalue: me', '12:1', /tab/],
  ['a space too few', '    signingKey', '   signingKey', '7:4', /column 4.*column 5, as line 6 has its key/],
  ['a space too many', '    signingKey', '     signingKey', '7:6', /column 6.*column 5, as line 6/],
  ['an item a space too far left', '      - name: iss', '     - name: iss', '11:6', /column 7, as line 9 has its `-`/],
  ['an item a space too far right', '      - name: iss', '       - name: iss', '11:8', /column 7, as line 9/],
  ['an item in the column of its key', '      - name: iss', '    - name: iss', '11:5', /column 7, as line 9/],
  ['a key of an item at its dash', '        value: me', '      value: me', '12:7', /column 9, as line 11/],
  ['a key of an item a space too far', '        value: me', '         value: me', '12:10', /column 9, as line 11/],
  ['no space after a colon', 'signingKey: ', 'signingKey:', '7:15', /no space after this colon/],
  ['no space after the first colon', 'kind: ', 'kind:', '1:5', /no space after this colon/],
  ['no space after a dash', '- name: iss', '-name: iss', '11:7', /no space after this `-`/],
  ['an open bracket', 'value: me', 'value: [me', '12:16', /The `\[` that opens here is not closed/],
  ['an open brace', 'HS256', '{HS256', '6:16', /The `\{` that opens here/],
  ['an open double quote', 'principal]"', 'principal]', '10:16', /quote that opens here is not closed/],
  [
    'an open double quote before another',
    'iss\n        value: me',
    '"iss\n        value: "me"',
    '11:15',
    /quote that opens here/,
  ],
  ['a comma too many', 'value: me', 'value: [a,,b]', '12:19', /Unexpected , in flow/],
  ['an open single quote', 'value: me', "value: 'me", '12:16', /quote that opens here is not closed/],
  [
    'quotes in quotes',
    '"#[authentication.principal]"',
    '"#["a" ++ "b"]"',
    '10:20',
    /text after the closing quote.*other kind/,
  ],
  ['a key twice', '    header', '    algorithm: RS256\n    header', '13:5', /same key in line 6 already/],
  ['two colons', 'value: me', 'value: me: you', '12:18', /second colon.*quotes/],
  [
    'a list below the value of a key that begins with `?`',
    'header: Authorization',
    '? header: Authorization\n     - b: c\n    - d: e',
    '14:6',
    /block sequence may not be/,
  ],
  ['a reserved @', 'value: me', 'value: @me', '12:16', /cannot begin with `@`.*quotes/],
  ['a reserved backtick', 'value: me', 'value: `me`', '12:16', /cannot begin with a backtick/],
  ['a reserved %', 'value: me', 'value: %me', '12:16', /cannot begin with `%`/],
  ['an alias without an anchor', 'value: me', 'value: *me', '12:16', /anchor.*quotes/],
  ['a tag', 'value: me', 'value: !me', '12:16', /tag.*`!` needs quotes/],
  ['a template', 'value: me', 'value: {{ me }}', '12:17', /key of a map.*`\{`/],
  ['no colon', 'header: Authorization', 'header Authorization', '13:5', /no colon/],
  ['an equals sign', 'header: Authorization', 'header=Authorization', '13:5', /no colon/],
  ['a brace for a colon', 'spec:', 'spec {', '2:1', /no colon/],
  ['PEM that is not indented', 'hunter2hunter2', '|\n-----BEGIN X-----\nAAAA\n-----END X-----', '8:1', /PEM.*`\|`/],
  ['PEM without a bar', 'hunter2hunter2', '-----BEGIN X-----\nAAAA\n-----END X-----', '8:1', /PEM.*`\|`/],
  ['text after a bar', 'value: me', 'value: >me', '12:17', /text behind the `\|` or `>`/],
  ['a backslash', 'value: me', 'value: "C:\\me"', '12:19', /escape sequence.*single quotes/],
];

for (const [name, replace, by, at, words] of mistakes) {
  test(`YAML: ${name}`, () => {
    const text = policy.replace(replace, () => by);
    assert.notEqual(text, policy);
    const problems = new Problems();
    readYaml(new DocumentFile(SourceText.ofFile('f', text)), problems, 'policy.syntax');
    const [only, second] = problems.all;
    assert.ok(only !== undefined && second === undefined, `${problems.all.length} problems`);
    writtenWell(problems.all);
    assert.equal(`${only.place.line}:${only.place.column}`, at);
    assert.match(`${only.message} ${only.suggestion}`, words);
    assert.doesNotMatch(`${only.message} ${only.suggestion}`, /hunter2/);
  });
}

test('YAML: a space more or less, or a tab, anywhere is one problem at most', () => {
  const lines = policy.split('\n').slice(0, -1);
  const shifts = [
    (line: string) => ` ${line}`,
    (line: string) => line.replace(/^ /, ''),
    (line: string) => `\t${line}`,
  ];
  for (const [index, line] of lines.entries()) {
    for (const shift of shifts) {
      const problems = new Problems();
      const text = lines.toSpliced(index, 1, shift(line)).join('\n');
      readYaml(new DocumentFile(SourceText.ofFile('f', text)), problems, 'policy.syntax');
      assert.ok(problems.all.length <= 1, text);
    }
  }
});

const unclear: readonly (readonly [value: string, words: RegExp | undefined, inOurs: boolean])[] = [
  ['0300', /decimal here.*octal/, true],
  ['0o17', /octal or hexadecimal/, true],
  ['0x1F', /octal or hexadecimal/, true],
  ['1e3', /exponent/, true],
  ['-1.5E+3', /exponent/, true],
  ['1_000', /Digits with `_` are text/, true],
  ['yes', /words yes, no, on and off are text/, true],
  ['Off', /words yes, no, on and off are text/, true],
  ['12:30', /base 60/, true],
  ['2026-07-01', /date is text/, false],
  ['2026-07-01T00:00:00Z', /date is text/, false],
  ['“text”', /typographic quote/, true],
  ['"yes"', undefined, false],
  ["'0300'", undefined, false],
  ['300', undefined, false],
  ['0', undefined, false],
  ['true', undefined, false],
  ['nothing', undefined, false],
  ['v1.0', undefined, false],
];

for (const [value, words, inOurs] of unclear) {
  test(`YAML: ${value} is ${words === undefined ? 'clear' : 'named'}`, () => {
    const problems = new Problems();
    const source = SourceText.ofFile('f', `a: ${value}\nb: [${value}]\nc: &x ${value}\nd: *x\n`);
    const [document] = readYaml(new DocumentFile(source), problems, 'policy.syntax');
    document?.reportUnclear(problems, [], 'policy.unclear-value');
    const lines = problems.all.map(({ place }) => place.line);
    assert.deepEqual(lines, words === undefined ? [] : [1, 2, 3]);
    writtenWell(problems.all);
    for (const { message } of problems.all) assert.match(message, words ?? /^$/);
    assert.equal(document?.unclearBelow([], true).length, inOurs ? 3 : 0);
  });
}

test('YAML: at most 100 unclear values are reported', () => {
  const [document] = readYaml(
    new DocumentFile(SourceText.ofFile('f', '- yes\n'.repeat(101))),
    new Problems(),
    'policy.syntax',
  );
  assert.equal(document?.unclearBelow([], true).length, 100);
});
