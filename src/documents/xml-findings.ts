/**
 * @module
 * Our own sentences for the errors of the XML parser. The parser's sentences name tags, attributes and entities; if a
 * `<` or `&` of a secret is not escaped, such a name is part of the secret.
 */

const unescaped = 'To write `<` as text, write `&lt;`, or put the whole text in `<![CDATA[…]]>`.';
const ampersand = 'To write `&` as text, write `&amp;`.';
const declaration = 'The XML declaration is `<?xml version="1.0" encoding="UTF-8"?>`, at the start of the file.';

interface XmlFinding {
  readonly message: string;
  readonly suggestion?: string;
}

/** The start of an error of saxes 6, in lower case, and our sentence for it. The first row that matches applies. */
const findings: readonly (readonly [beginning: string, ours: XmlFinding])[] = [
  ['unclosed tag', { message: 'an element has no end tag', suggestion: unescaped }],
  ['unmatched closing tag', { message: 'an end tag does not match an open element', suggestion: unescaped }],
  ['unexpected close tag', { message: 'an end tag does not match an open element', suggestion: unescaped }],
  ['weird empty close tag', { message: 'an end tag has no name', suggestion: unescaped }],
  ['disallowed character in tag name', { message: 'a tag name has an invalid character', suggestion: unescaped }],
  ['disallowed character in closing tag', { message: 'a tag name has an invalid character', suggestion: unescaped }],
  ['forward-slash in opening tag', { message: 'a `/` in a tag is not followed by `>`', suggestion: unescaped }],
  ['incorrect syntax', { message: 'a `<` begins neither a tag nor a comment', suggestion: unescaped }],
  ['attribute without value', { message: 'an attribute has no value', suggestion: unescaped }],
  [
    'disallowed character in attribute name',
    { message: 'an attribute name has an invalid character', suggestion: unescaped },
  ],
  ['unquoted attribute value', { message: 'an attribute value has no quotes' }],
  ['no whitespace between attributes', { message: 'there is no space between two attributes' }],
  ['duplicate attribute', { message: 'an element has the same attribute twice' }],
  ['undefined entity', { message: 'an entity is not one of the five that XML defines', suggestion: ampersand }],
  ['empty entity name', { message: 'a `&` does not begin an entity', suggestion: ampersand }],
  ['disallowed character in entity', { message: 'a `&` does not begin an entity', suggestion: ampersand }],
  ['malformed character entity', { message: 'a `&#…;` is not an XML character' }],
  ['the string "]]>"', { message: '`]]>` is used outside CDATA', suggestion: 'Write `]]&gt;`.' }],
  ['text data outside of root', { message: 'there is text outside the root element' }],
  [
    'documents may contain only one root',
    { message: 'there is a second root element', suggestion: 'Write each policy to a file of its own.' },
  ],
  ['document must contain a root', { message: 'there is no element' }],
  ['malformed comment', { message: 'a comment contains `--`', suggestion: 'Write `- -` in it.' }],
  ['processing instruction', { message: 'a processing instruction has no name or is misplaced' }],
  [
    'disallowed character in processing instruction',
    { message: 'the name of a processing instruction has an invalid character' },
  ],
  ['inappropriately located doctype', { message: 'the DOCTYPE is not before the root element' }],
  ['disallowed character', { message: 'there is a character that XML does not allow', suggestion: unescaped }],
  ['unexpected end', { message: 'the file ends in the middle of a tag, a comment or CDATA' }],
  ...[
    'xml declaration',
    'an xml declaration',
    'the xml declaration',
    'the character ?',
    'version number',
    'encoding value',
    'standalone value',
    'value ',
    'whitespace required',
    'expected ',
    'did not expect',
  ].map((beginning) => [beginning, { message: 'the XML declaration is invalid', suggestion: declaration }] as const),
];

/** The parser's sentence in lower case, without the place before it. */
export function parserSentence(finding: string): string {
  return finding.replace(/^(?:[^:]*:)?\d+:\d+: /, '').toLowerCase();
}

/** @param finding the parser's sentence, of which nothing is repeated */
export function describeXmlFinding(finding: string): XmlFinding {
  const text = parserSentence(finding);
  const ours = findings.find(([beginning]) => text.startsWith(beginning))?.[1];
  if (ours === undefined) return { message: 'This is not well-formed XML' };
  return { ...ours, message: `This is not well-formed XML: ${ours.message}` };
}
