import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LocatedError } from '../../src/diagnostics/problem.ts';
import { SourceText } from '../../src/diagnostics/source-text.ts';
import { DocumentFile } from '../../src/documents/document-file.ts';
import { readXml } from '../../src/documents/located-xml.ts';
import type { XmlElement } from '../../src/documents/xml-element.ts';

function read(text: string): XmlElement {
  return readXml(new DocumentFile(SourceText.ofFile('f.xml', text)));
}

/** Each character of a text with the three characters of the file from its place on. */
function spots(source: SourceText, file: string): string[] {
  const lines = file.split('\n');
  return Array.from(source.text, (character, index) => {
    const { line, column } = source.placeAt(index);
    return `${character} ${(lines[line - 1] ?? '').slice(column - 1, column + 2)}`;
  });
}

const texts: [name: string, file: string, expected: readonly string[]][] = [
  ['plain', '<A>xyz</A>', ['x xyz', 'y yz<', 'z z</']],
  ['references', '<A>a&lt;&#65;b</A>', ['a a&l', '< &lt', 'A &#6', 'b b</']],
  ['CDATA between text', '<A>a<![CDATA[<&]]>b</A>', ['a a<!', '< <&]', '& &]]', 'b b</']],
  ['a comment between text', '<A>a<!-- c -->b</A>', ['a a<!', 'b b</']],
  ['an instruction between text', '<A>a<?p i?>b</A>', ['a a<?', 'b b</']],
  ['a child between text', '<A>a<B>-</B>b</A>', ['a a<B', 'b b</']],
];

for (const [name, file, expected] of texts) {
  test(`the places of a text: ${name}`, () => assert.deepEqual(spots(read(file).text, file), expected));
}

test('the lines of a text with Windows line breaks', () => {
  const { text } = read('<A>a\r\nb\r\n<![CDATA[c\r\nd]]></A>');
  assert.equal(text.text, 'a\nb\nc\nd');
  assert.deepEqual(
    [0, 2, 4, 6].map((at) => text.placeAt(at).line),
    [1, 2, 3, 4],
  );
});

test('a reference to a character outside the BMP gives two units with one place', () => {
  const { text } = read('<A>&#x1F600;!</A>');
  assert.deepEqual(
    [0, 1, 2].map((at) => text.placeAt(at).column),
    [4, 4, 13],
  );
});

test('the places of attribute values', () => {
  const file = `<A one='x "y"'\n  two="&amp;z"/>`;
  const [one, two] = read(file).attributes;
  assert.deepEqual([one?.name, one?.value.text, one?.value.placeAt(0).column], ['one', 'x "y"', 9]);
  assert.deepEqual(
    [two?.name, two?.value.text, two?.value.placeAt(1)],
    ['two', '&z', { file: 'f.xml', line: 2, column: 13 }],
  );
});

test('the places of element names, in order', () => {
  const root = read('<?xml version="1.0"?>\n<A>\n  <B/><C>\n<B/></C></A>');
  const names = (element: XmlElement): unknown[] => [element.name, element.offset, ...element.children.map(names)];
  assert.deepEqual(names(root), ['A', 23, ['B', 29], ['C', 33, ['B', 37]]]);
});

const nested = (depth: number): string => `${'<A>'.repeat(depth)}${'</A>'.repeat(depth)}`;

test('elements nest 32 deep', () => assert.equal(read(nested(32)).name, 'A'));

const refused: [name: string, file: string, code: string, at: string][] = [
  ['33 deep', nested(33), 'policy.syntax', '1:98'],
  ['nothing', '', 'policy.syntax', '1:1'],
  ['no element', '<!-- -->', 'policy.syntax', '1:8'],
  ['text before the root', 'x<A/>', 'policy.syntax', '1:2'],
  ['two roots', '<A/><B/>', 'policy.syntax', '1:7'],
  ['an unknown entity', '<A>&x;</A>', 'policy.syntax', '1:6'],
  ['a wrong end tag', '<A><B></A></B>', 'policy.syntax', '1:5'],
  ['a missing end tag', '<A>', 'policy.syntax', '1:2'],
  ['a DOCTYPE', '<!-- <!DOCTYPE --><!DOCTYPE A><A/>', 'policy.doctype', '1:19'],
  ['a DOCTYPE with entities', '<!DOCTYPE A [<!ENTITY b "c">]><A>&b;</A>', 'policy.doctype', '1:1'],
  ['zero bytes, as in UTF-16', '<\0A\0/\0>\0', 'policy.encoding', '1:2'],
  ['bytes that were not UTF-8', '<A>\uFFFD</A>', 'policy.encoding', '1:4'],
  ['another encoding', '<?xml version="1.0" encoding="windows-1252"?><A>é</A>', 'policy.encoding', '1:21'],
];

for (const [name, file, code, at] of refused) {
  test(`XML is refused: ${name}`, () => {
    assert.throws(
      () => read(file),
      (error) => {
        assert.ok(error instanceof LocatedError);
        const { place } = error.problem;
        assert.deepEqual([error.problem.code, `${place.line}:${place.column}`], [code, at]);
        return true;
      },
    );
  });
}

for (const encoding of ['utf-8', 'UTF8', 'US-ASCII', 'ISO-8859-15', 'windows-1252']) {
  test(`ASCII text is read if the declaration says ${encoding}`, () => {
    assert.equal(read(`<?xml version="1.0" encoding="${encoding}"?><A/>`).name, 'A');
  });
}
