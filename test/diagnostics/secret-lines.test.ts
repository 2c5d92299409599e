import assert from 'node:assert/strict';
import { test } from 'node:test';
import { longestLine, mayHoldSecret, mostLines } from '../../src/diagnostics/secret-lines.ts';
import { SourceText } from '../../src/diagnostics/source-text.ts';

/** Each line ends with what is expected of it: `!` where it may hold a secret, `.` where it can be quoted. */
const files: [name: string, lines: string[]][] = [
  ['a value in the next line', ['config: .', '  privateKey:!', '    hunter2!', '  iat: 1.']],
  ['a folded text', ['privateKey: >-!', '  hunter2!', '', '  more!', 'iat: 1.']],
  ['a text that is not indented', ['a: .', '  privateKey: |!', 'hunter2!', '  iat: 1.', 'more.']],
  ['a map in place of a text', ['  privateKey:!', '    value: hunter2!', '    - hunter2!', '  iat: 1.']],
  [
    'the keys of the configuration',
    ['keys: .', '  k:!', '    text: hunter2!', '    jwk: {!', '      k: x!', 'routes: .'],
  ],
  ['a private variable', ['variables: .', '  private.p:!', '    hunter2!', '  other: x.']],
  ['JSON', ['{ .', '  "privateKey": !', '    "hunter2",!', '  "iat": 1 .']],
  ['items of a list', ['- policyRef: .', '    key:!', '      hunter2!', '- other: x.', '    text.']],
  ['an expression of several lines', ['customClaims: .', '  - value: >.', '      "#[a.', '      ++ b]".']],
];
for (const [name, lines] of files) {
  test(`lines that may hold a secret: ${name}`, () => {
    const source = SourceText.ofFile('a.yaml', lines.map((line) => line.replace(/[!.]$/, '')).join('\n'));
    const marked = lines.map((line, index) =>
      line === '' ? line : line.replace(/[!.]$/, mayHoldSecret(source, index + 1) ? '!' : '.'),
    );
    assert.deepEqual(marked, lines);
  });
}

const bounds: [name: string, text: string, line: number, expected: boolean][] = [
  ['the longest line', 'x '.repeat(longestLine / 2), 1, false],
  ['a longer line', `${'x '.repeat(longestLine / 2)}x`, 1, true],
  ['as far above as is looked', `a: 1${'\n'.repeat(mostLines)} b: 1`, mostLines + 1, false],
  ['further above than is looked', `a: 1${'\n'.repeat(mostLines + 1)} b: 1`, mostLines + 2, true],
];
for (const [name, text, line, expected] of bounds) {
  test(`${name}: ${expected}`, () => assert.equal(mayHoldSecret(SourceText.ofFile('a.yaml', text), line), expected));
}
