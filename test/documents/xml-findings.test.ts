import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { LocatedError } from '../../src/diagnostics/problem.ts';
import { SourceText } from '../../src/diagnostics/source-text.ts';
import { DocumentFile } from '../../src/documents/document-file.ts';
import { readXml } from '../../src/documents/located-xml.ts';
import { describeXmlFinding } from '../../src/documents/xml-findings.ts';

/** Texts with `s3cr3t` where the parser's own sentence would name it, and words of our sentence. */
const leaky: readonly [name: string, file: string, says: RegExp][] = [
  ['a tag that is never closed', '<A>x<s3cr3t>y', /no end tag/],
  ['a start tag in a secret', '<A><B>x<s3cr3t>y</B></A>', /has no end tag before the end tag in line 1/],
  ['an end tag in a secret', '<A><B>x</s3cr3t>y</B></A>', /is not that of the element from line 1/],
  ['an attribute twice', '<A><x s3cr3t="1" s3cr3t="2"/></A>', /twice/],
  ['an entity', '<A>x&s3cr3t;</A>', /entity/],
  ['a name with invalid characters', '<A>x<s3cr3t+/==</A>', /invalid character|not followed by `>`/],
  ['an attribute without a value', '<A>x<y s3cr3t z></A>', /no value/],
  ['an end in the middle', '<A>x<s3cr3t', /./],
];

for (const [name, file, says] of leaky) {
  test(`a message about XML quotes nothing of the file: ${name}`, () => {
    assert.throws(
      () => readXml(new DocumentFile(SourceText.ofFile('f.xml', file))),
      (error) => {
        assert.ok(error instanceof LocatedError);
        assert.equal(error.problem.code, 'policy.syntax');
        assert.match(error.problem.message, says);
        const { message, cause, problem } = error;
        assert.doesNotMatch(JSON.stringify([message, String(cause), problem]), /s3cr3t/);
        return true;
      },
    );
  });
}

/** Each sentence of the parser as it is in its source; `${…}` is what it quotes. */
function parserSentences(): string[] {
  const source = readFileSync(createRequire(import.meta.url).resolve('saxes'), 'utf8');
  return [...source.matchAll(/this\.fail\((?:this\.isName\(entity\) \? )?(["`])((?:\\.|(?!\1)[^\\])+)\1/gs)].map(
    ([, , sentence = '']) => sentence.replaceAll(/\\\n/g, '').replaceAll('\\"', '"'),
  );
}

/** Sentences about namespaces (which are off), XML 1.1, and our own misuse of the parser. */
const neverReported = /prefix|namespace|xmlns|malformed name|cannot write after close/;

test('every sentence of the parser has one of ours', () => {
  const sentences = parserSentences().filter((sentence) => !neverReported.test(sentence));
  assert.ok(sentences.length > 50, String(sentences.length));
  const missing = sentences.filter((sentence) => !/: ./.test(describeXmlFinding(`1:2: ${sentence}`).message));
  assert.deepEqual(missing, []);
});

test('a policy after another one is to be in a file of its own', () => {
  assert.deepEqual(describeXmlFinding('3:1: documents may contain only one root.'), {
    message: 'This is not well-formed XML: there is a second root element',
    suggestion: 'Write each policy to a file of its own.',
  });
});

test('an unknown sentence of the parser is not repeated', () => {
  assert.deepEqual(describeXmlFinding('1:2: odd s3cr3t.'), { message: 'This is not well-formed XML' });
});
