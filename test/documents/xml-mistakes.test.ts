/**
 * @module
 * Mistakes that people make in XML: the place of each, and what to write instead.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LocatedError } from '../../src/diagnostics/problem.ts';
import { SourceText } from '../../src/diagnostics/source-text.ts';
import { DocumentFile } from '../../src/documents/document-file.ts';
import { readXml } from '../../src/documents/located-xml.ts';
import { writtenWell } from '../diagnostics/written-well.ts';

const policy = `<?xml version="1.0" encoding="UTF-8"?>
<GenerateJWT name="g">
  <SecretKey>
    <Value ref="private.key"/>
  </SecretKey>
  <Issuer>me</Issuer>
  <AdditionalClaims>
    <Claim name="a">b</Claim>
  </AdditionalClaims>
</GenerateJWT>
`;

/** `replace` in the policy becomes `by`. */
const mistakes: readonly (readonly [name: string, replace: string, by: string, at: string, words: RegExp])[] = [
  ['an open element', '</Issuer>', '', '6:4', /element `Issuer` that begins here.*end tag in line 10/],
  ['an open outer element', '  </SecretKey>\n', '', '3:4', /that begins here has no end tag.*line 9/],
  ['an open root', '</GenerateJWT>', '', '2:2', /that begins here has no end tag before the end of the file/],
  ['an open root at the end', '\n</GenerateJWT>\n', '', '2:2', /`GenerateJWT`|that begins here has no end tag/],
  ['a start tag for an end tag', '</Issuer>', '<Issuer>', '6:14', /has no end tag before the end tag in line 10/],
  [
    'an end tag in lower case',
    '</Issuer>',
    '</issuer>',
    '6:13',
    /not that of the element `Issuer` from line 6.*upper and lower/,
  ],
  ['an end tag too many', '</Issuer>', '</Issuer></Issuer>', '6:22', /not that of the element/],
  ['&', '>me<', '>a & b<', '6:13', /`&` does not begin an entity.*&amp;/],
  ['& and a name', '>me<', '>a&b<', '6:12', /&amp;/],
  ['& in an attribute', '"private.key"', '"a&b"', '4:18', /&amp;/],
  ['& after entities', '>me<', '>&amp;&#38;&#x26; &<', '6:28', /&amp;/],
  ['& after one in CDATA', '>me<', '><![CDATA[a & b]]>&<', '6:28', /&amp;/],
  ['& after one in a comment', '>me<', '><!-- a & b -->&<', '6:25', /&amp;/],
  ['an empty line before the declaration', '<?xml', '\n<?xml', '2:1', /declaration is not at the start.*empty lines/],
  ['a comment before the declaration', '<?xml', '<!-- x -->\n<?xml', '2:1', /declaration is not at the start/],
  ['an attribute without quotes', '"private.key"', 'private.key', '4:16', /no quotes.*NAME="VALUE"/],
  ['typographic quotes', '"private.key"', '“private.key”', '4:16', /typographic quotes/],
  ['an open quote', '"private.key"', '"private.key', '4:16', /quote that opens here is not closed/],
  ['CDATA without an end', '>me<', '><![CDATA[me<', '6:11', /CDATA section that begins here does not end.*`\]\]>`/],
  ['a comment without an end', '>me<', '><!-- me<', '6:11', /comment that begins here does not end/],
];

for (const [name, replace, by, at, words] of mistakes) {
  test(`XML: ${name}`, () => {
    const text = policy.replace(replace, () => by);
    assert.notEqual(text, policy);
    const source = SourceText.ofFile('f.xml', text).describe({ words: () => new Set(['Issuer']), ranges: () => [] });
    assert.throws(
      () => readXml(new DocumentFile(source)),
      (error) => {
        assert.ok(error instanceof LocatedError);
        writtenWell([error.problem]);
        const { place, message, suggestion } = error.problem;
        assert.equal(`${place.line}:${place.column}`, at);
        assert.match(`${message} ${suggestion}`, words);
        return true;
      },
    );
  });
}
