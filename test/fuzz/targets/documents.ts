/**
 * @module
 * YAML, XML and JSON.
 */
import { isDeepStrictEqual } from 'node:util';
import { deserialize, serialize } from 'node:v8';
import { inDoubles, parseExactly } from '../../../src/diagnostics/exact-json.ts';
import type { JsonValue } from '../../../src/diagnostics/json.ts';
import { formatProblem, LocatedError, Problems } from '../../../src/diagnostics/problem.ts';
import { SourceText } from '../../../src/diagnostics/source-text.ts';
import { DocumentFile, type ParsedFile } from '../../../src/documents/document-file.ts';
import { readXml } from '../../../src/documents/located-xml.ts';
import { readYaml } from '../../../src/documents/located-yaml.ts';
import { type FuzzTarget, require } from '../target.ts';
import { sample } from './samples.ts';

/** The file as another process gets it. */
function sent(file: DocumentFile): DocumentFile | undefined {
  const { parsed } = file;
  if (parsed === undefined) return undefined;
  const copy: ParsedFile = deserialize(serialize(parsed));
  return new DocumentFile(file.source, copy);
}

export const yaml: FuzzTarget = {
  property: 'A YAML file has values or problems, and the same values in the process that is sent what was parsed.',
  form: 'text',
  seeds: () => [
    sample('test/examples/flex/hmac.flex.yaml'),
    sample('test/examples/datapower/example.yaml'),
    'a: &x [1, 0x1F, 1e3, ~, true]\nb: *x\n',
    "? [a]\n: |\n  two\n  lines\n--- \n\"a\\u0041\": 'it''s'\n",
    '{ a: {b: >-\n  folded\n}}\n',
    'a: &a [1, 2]\nb: &b [*a, *a, *a, *a]\nc: &c [*b, *b, *b, *b]\nd: [*c, *c, *c]\n',
  ],
  words: ['<<: *', '&a ', '*a', '!!map ', '? ', '|+\n', '---\n', '%YAML 1.2\n', '__proto__: ', '.inf'],
  maxBytes: 1_024,
  run({ text }) {
    const problems = new Problems();
    const file = new DocumentFile(SourceText.ofFile('policy.yaml', text));
    const values = readYaml(file, problems, 'policy.syntax').map(({ value }) => value);
    const shown = problems.all.map(formatProblem).join('\n').length;
    if (problems.hasErrors) return shown;
    const copy = sent(file);
    if (copy === undefined) return shown;
    const again = readYaml(copy, new Problems(), 'policy.syntax').map(({ value }) => value);
    require(isDeepStrictEqual(values, again), 'the values differ');
    return shown;
  },
  maxOutput: (bytes) => 100 * 1_000 + 10 * bytes,
};

export const xml: FuzzTarget = {
  property: 'An XML file has a root or a problem, and the same root in the process that is sent what was parsed.',
  form: 'text',
  seeds: () => [
    sample('test/examples/apigee/JWT-Generate-RS256.xml'),
    '<?xml version="1.0" encoding="UTF-8"?><a b="&lt;&#65;"><!-- c --><![CDATA[<x>]]>&amp;</a>',
  ],
  refusals: [LocatedError],
  words: ['<![CDATA[', ']]>', '<!--', '-->', '&amp;', '&#x41;', '<!DOCTYPE ', '<?xml version="1.0"?>', 'xmlns:a="b"'],
  maxBytes: 1_024,
  run({ text }) {
    const file = new DocumentFile(SourceText.ofFile('policy.xml', text));
    const root = readXml(file);
    const copy = sent(file);
    require(copy !== undefined && isDeepStrictEqual(shape(readXml(copy)), shape(root)), 'the roots differ');
    return JSON.stringify(shape(root)).length;
  },
  maxOutput: (bytes) => 1_000 + 100 * bytes,
};

type Element = ReturnType<typeof readXml>;

function shape({ name, offset, attributes, children, text }: Element): unknown {
  const texts = attributes.map((attribute) => [attribute.name, attribute.value.text]);
  return { name, offset, texts, text: text.text, children: children.map(shape) };
}

export const exactJson: FuzzTarget = {
  property:
    'JSON is refused if JSON.parse refuses it, has the same values in doubles, and is the same when read again.',
  form: 'text',
  seeds: () => ['{"b":1,"a":[12345678901234567890,1.50,-0,1e400],"1":{"__proto__":"\\u0041"}}', '[true,null,"é"]', '1'],
  refusals: [SyntaxError],
  words: ['9007199254740993', '1e-400', '"__proto__":', '"constructor":', '\\ud800', '[[', '{"":'],
  maxBytes: 2_048,
  run({ text }) {
    const value = parseExactly(text);
    const plain: JsonValue = JSON.parse(text);
    require(isDeepStrictEqual(sortedText(inDoubles(value)), sortedText(plain)), 'the values differ from JSON.parse');
    const written = JSON.stringify(value);
    require(JSON.stringify(parseExactly(written)) === written, 'what is written differs when read again');
    return written.length;
  },
  maxOutput: (bytes) => 2 * bytes + 100,
};

/** Members in one order: exact JSON keeps the order of the text also for names that are array indexes. */
function sortedText(value: JsonValue): string {
  return JSON.stringify(value, (_, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.entries(member).sort(([one], [other]) => (one < other ? -1 : 1))
      : member,
  );
}
