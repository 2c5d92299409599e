import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonValue } from '../../../src/diagnostics/json.ts';
import { LocatedError } from '../../../src/diagnostics/problem.ts';
import { SourceText } from '../../../src/diagnostics/source-text.ts';
import { compileTemplate } from '../../../src/dialects/apigee/template.ts';
import { needsNothing } from '../../../src/plan/needs.ts';
import { emptyScope } from './empty-scope.ts';

const variables: Readonly<Record<string, JsonValue>> = {
  alpha: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  seven: 7,
  empty: '',
  flag: true,
  list: ['a', 1],
  header: 'Bearer ABC-9993',
  regex: '^Bearer ',
  food: `"bread" & <butter> 'x'`,
  controls: 'a\u0001b\u0000c\ttab\u0085',
  epoch: 1494390266,
  epochMs: '1494390266000',
  format: 'yyyy-MM-dd HH:mm:ss',
  badFormat: 'yyyyQ',
  path: '$.a.b',
  quotedPath: "$['x y']",
  badPath: 'a.b',
  nested: '(a+)+$',
  json: '{"a":{"b":["x",{"c":2}]},"list":[{"n":1},{"n":2}],"t":true,"null":null,"x y":5}',
  notJson: '{',
};

/** The expanded template; undefined if one of its variables has no value. */
function expand(template: string, values = variables): string | undefined {
  const pieces = compileTemplate(SourceText.ofFile('t', template), ({ text }) => ({
    needs: needsNothing,
    evaluate: () => (Object.hasOwn(values, text) ? values[text] : undefined),
  }));
  const parts = pieces.map((piece) => (piece.kind === 'text' ? piece.text : piece.read(emptyScope)));
  return parts.every((part) => part !== undefined) ? parts.join('') : undefined;
}

const examples: [template: string, expected: string | undefined][] = [
  ['', ''],
  ['no braces', 'no braces'],
  ['{seven}', '7'],
  ['a{seven}b{seven}c', 'a7b7c'],
  ['{flag} {list}', 'true ["a",1]'],
  ['{none}', undefined],
  ['{none:default text}', 'default text'],
  ['{none:}', ''],
  ['{seven:8}', '7'],
  // a brace that does not begin an insertion
  ['{}', '{}'],
  ['{ seven }', '{ seven }'],
  ['{"a":{"b":{seven}}}', '{"a":{"b":7}}'],
  ['{seven', '{seven'],
  ['seven}', 'seven}'],
  ['{{seven}}', '{7}'],
  ['{a b}', '{a b}'],
  // the page's own examples
  ['{substring(alpha,22)}', 'WXYZ'],
  ['hello {substring(alpha,22)}', 'hello WXYZ'],
  ['{substring(alpha,-4)}', 'WXYZ'],
  ['{substring(alpha,-8,-4)}', 'STUV'],
  ['{substring(alpha,0,10)}', 'ABCDEFGHIJ'],
  ['{substring(alpha,0,seven)}', 'ABCDEFG'],
  ['{substring(alpha,flag)}', undefined],
  ['{substring(none,1)}', undefined],
  [`{replaceAll(header,'9993','')}`, 'Bearer ABC-'],
  [`{replaceAll(header,regex,'')}`, 'ABC-9993'],
  [`{replaceAll('aXbX','X','-')}`, 'a-b-'],
  [`{replaceAll('abcd','a?b?c?d?','-')}`, '--'],
  [`{replaceAll('abbc','a?b*','-')}`, '--c-'],
  [`{replaceFirst('aXbX','X','$&')}`, 'a$&bX'],
  [`{replaceAll(header,nested,'')}`, undefined],
  [`{replaceAll(none,'a','')}`, undefined],
  [`{replaceAll(header,none,'')}`, undefined],
  [`{sha256Hex('abc')}`, 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  [`{sha256Base64('abc')}`, 'ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0='],
  [`{md5Hex('abc')}`, '900150983cd24fb0d6963f7d28e17f72'],
  [`{sha1Base64('abc')}`, 'qZk+NkcGgWq6PiVxeFDCbJzQ2J0='],
  [`{encodeBase64('abc')}`, 'YWJj'],
  [`{decodeBase64('aGVsbG8sIHdvcmxk')}`, 'hello, world'],
  [`{decodeBase64('a-b_')}`, ''],
  [`{toLowerCase(foo.bar:FOO)}`, 'foo'],
  [`{toUpperCase('a')}`, 'A'],
  ['{toUpperCase(none)}', undefined],
  ['{escapeJSON(food)}', `\\"bread\\" & <butter> 'x'`],
  ['{escapeXML(food)}', '&quot;bread&quot; &amp; &lt;butter&gt; &apos;x&apos;'],
  ['{escapeXML11(food)}', '&quot;bread&quot; &amp; &lt;butter&gt; &apos;x&apos;'],
  ['{encodeHTML(food)}', '&quot;bread&quot; &amp; &lt;butter&gt; &#39;x&#39;'],
  // RFC 8259 section 7: control characters must be escaped.
  ['{escapeJSON(controls)}', 'a\\u0001b\\u0000c\\ttab\u0085'],
  ['{escapeXML(controls)}', 'abc\ttab\u0085'],
  ['{escapeXML11(controls)}', 'a&#1;bc\ttab\u0085'],
  [`{timeFormatUTC('yyyy-MM-dd',epoch)}`, '2017-05-10'],
  ['{timeFormatUTC(format,epoch)}', '2017-05-10 04:24:26'],
  [`{timeFormatUTCMs('yyyyMMddHHmmss',epochMs)}`, '20170510042426'],
  [`{timeFormatMs('yyyy-MM-dd',epochMs)}`, '2017-05-10'],
  [`{timeFormat('yyyy',epoch)}`, '2017'],
  ['{timeFormat(badFormat,epoch)}', undefined],
  ['{timeFormat(none,epoch)}', undefined],
  [`{timeFormat('yyyy',alpha)}`, undefined],
  [`{timeFormat('yyyy','8640000000001')}`, undefined],
  ['{createUuid()}', '89b22098-cfc2-45ee-8f0b-b4f83c77c5f9'],
  ['{randomLong()}', '8001688141213189625'],
  ['{randomLong(5,5)}', '5'],
  ['{randomLong(alpha)}', undefined],
  ['{randomLong(6,5)}', undefined],
  ['{firstnonnull(none,alpha)}', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'],
  ['{firstnonnull(empty,alpha)}', ''],
  [`{firstnonnull(none,none,'fallback value')}`, 'fallback value'],
  ['{firstnonnull(none)}', undefined],
  [`{jsonPath('$.a.b[0]',json)}`, 'x'],
  [`{jsonPath('$.a.b[-1].c',json)}`, '2'],
  [`{jsonPath('$.a.b',json)}`, 'x'],
  [`{jsonPath('$.a.b',json,'true')}`, '["x",{"c":2}]'],
  [`{jsonPath('$.list[*].n',json)}`, '1'],
  [`{jsonPath('$.list[*].n',json,'true')}`, '[1,2]'],
  [`{jsonPath('$.a.*',json,'true')}`, '["x",{"c":2}]'],
  [`{jsonPath('$.t',json)}`, 'true'],
  [`{jsonPath('$.null',json)}`, ''],
  [`{jsonPath('$.no.such',json)}`, ''],
  [`{jsonPath('$.__proto__',json)}`, ''],
  [`{jsonPath('$',notJson)}`, ''],
  ['{jsonPath(path,json)}', 'x'],
  ['{jsonPath(quotedPath,json)}', '5'],
  ['{jsonPath(badPath,json)}', undefined],
  [`{jsonPath('$.a',none)}`, undefined],
];

for (const [template, expected] of examples) {
  test(`template ${template}`, () => assert.equal(expand(template), expected));
}

const refused: [template: string, at: string][] = [
  ['x {toUppercase(alpha)}', '1:4'],
  ['{xeger(alpha)}', '1:2'],
  ['{createUuid(alpha)}', '1:2'],
  ['{substring(alpha)}', '1:2'],
  ['{substring(alpha,0,1,2)}', '1:2'],
  ['{substring( alpha,0)}', '1:12'],
  [`{timeFormat('yyyyR',epoch)}`, '1:2'],
  [`{timeFormat('QQ',epoch)}`, '1:2'],
  [`{jsonPath('$..a',json)}`, '1:2'],
  [`{jsonPath('a',json)}`, '1:2'],
  [`{replaceAll(header,'[','')}`, '1:2'],
  [`{replaceAll(header,'a*b*','')}`, '1:2'],
  [`{replaceAll(header,'a?b?c?d?e?','')}`, '1:2'],
  [`{replaceAll(header,'a{1,9}b{2,}','')}`, '1:2'],
  [`{replaceAll(header,'a?b?c*','')}`, '1:2'],
];

for (const [template, at] of refused) {
  test(`template refused: ${template}`, () => {
    assert.throws(
      () => expand(template),
      (error) => {
        assert.ok(error instanceof LocatedError);
        const { code, place } = error.problem;
        assert.deepEqual([code, `${place.line}:${place.column}`], ['apigee.invalid-template', at]);
        return true;
      },
    );
  });
}

test('a template has at most 65,536 characters', () => {
  assert.equal(expand('x'.repeat(65_536))?.length, 65_536);
  assert.throws(() => expand('x'.repeat(65_537)), LocatedError);
});

test('replaceAll searches texts of at most 4,096 characters', () => {
  const template = "{replaceAll(v,'a','b')}";
  assert.equal(expand(template, { v: 'a'.repeat(4_096) }), 'b'.repeat(4_096));
  assert.equal(expand(template, { v: 'a'.repeat(4_097) }), undefined);
});

test('replaceAll inserts at most 65,536 characters', () => {
  const template = "{replaceAll('aa','a',v)}";
  assert.equal(expand(template, { v: 'x'.repeat(32_768) })?.length, 65_536);
  assert.equal(expand(template, { v: 'x'.repeat(32_769) }), undefined);
});
