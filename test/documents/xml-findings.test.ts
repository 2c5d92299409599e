import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { LocatedError } from '../../src/diagnostics/problem.ts';
import { SourceText } from '../../src/diagnostics/source-text.ts';
import { DocumentFile } from '../../src/documents/document-file.ts';
import { readXml } from '../../src/documents/located-xml.ts';
import { describeXmlFinding } from '../../src/documents/xml-findings.ts';

/** Texts that hold `s3cr3t` where the parser's own sentence would name it, and a word of ours. */
const leaky: readonly [name: string, file: string, says: RegExp][] = [
  ['a tag that is never closed', '<A>x<s3cr3t>y', /no end tag/],
  ['a start tag in a secret', '<A><B>x<s3cr3t>y</B></A>', /closes no element/],
  ['an end tag in a secret', '<A><B>x</s3cr3t>y</B></A>', /closes no element/],
  ['an attribute twice', '<A><x s3cr3t="1" s3cr3t="2"/></A>', /twice/],
  ['an entity', '<A>x&s3cr3t;</A>', /entity/],
  ['a name that goes on oddly', '<A>x<s3cr3t+/==</A>', /character that none has|no `>`/],
  ['an attribute without a value', '<A>x<y s3cr3t z></A>', /no value/],
  ['an end in the middle', '<A>x<s3cr3t', /./],
];

for (const [name, file, says] of leaky) {
  test(`a finding in XML names nothing of the file: ${name}`, () => {
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

/** Each sentence of the parser as its source has it; `${…}` stands for what it quotes. */
function parserSentences(): string[] {
  const source = readFileSync(createRequire(import.meta.url).resolve('saxes'), 'utf8');
  return [...source.matchAll(/this\.fail\((?:this\.isName\(entity\) \? )?(["`])((?:\\.|(?!\1)[^\\])+)\1/gs)].map(
    ([, , sentence = '']) => sentence.replaceAll(/\\\n/g, '').replaceAll('\\"', '"'),
  );
}

/** What only concerns namespaces, which are not read, XML 1.1's, or our own misuse of the parser. */
const neverSaid = /prefix|namespace|xmlns|malformed name|cannot write after close/;

test('every sentence that the parser has is told in one of ours', () => {
  const sentences = parserSentences().filter((sentence) => !neverSaid.test(sentence));
  assert.ok(sentences.length > 50, String(sentences.length));
  const untold = sentences.filter((sentence) => !describeXmlFinding(`1:2: ${sentence}`).message.includes(': '));
  assert.deepEqual(untold, []);
});

test('a sentence that the parser may have one day is not passed on', () => {
  assert.deepEqual(describeXmlFinding('1:2: odd s3cr3t.'), { message: 'This is not well-formed XML' });
});
