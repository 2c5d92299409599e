/**
 * @module
 * What the XML parser finds, in sentences of our own: its own name tags, attributes and entities, and where a `<` or `&` of
 * a secret is not escaped, such a name is a part of the secret.
 */

const unescaped = 'A `<` that is text is written `&lt;`, or all of the text stands in `<![CDATA[…]]>`.';
const declaration = 'The XML declaration is `<?xml version="1.0" encoding="UTF-8"?>`, and begins the file.';

interface XmlFinding {
  readonly message: string;
  readonly suggestion?: string;
}

/** How a finding of saxes 6 begins, in lower case, with ours; the first row that fits counts. */
const findings: readonly (readonly [beginning: string, ours: XmlFinding])[] = [
  ['unclosed tag', { message: 'an element has no end tag', suggestion: unescaped }],
  ['unmatched closing tag', { message: 'an end tag closes no element that is open', suggestion: unescaped }],
  ['unexpected close tag', { message: 'an end tag closes no element that is open', suggestion: unescaped }],
  ['weird empty close tag', { message: 'an end tag has no name', suggestion: unescaped }],
  [
    'disallowed character in tag name',
    { message: 'a tag’s name has a character that none has', suggestion: unescaped },
  ],
  [
    'disallowed character in closing tag',
    { message: 'a tag’s name has a character that none has', suggestion: unescaped },
  ],
  ['forward-slash in opening tag', { message: 'a `/` in a tag has no `>` behind it', suggestion: unescaped }],
  ['incorrect syntax', { message: 'a `<` begins neither a tag nor a comment', suggestion: unescaped }],
  ['attribute without value', { message: 'an attribute has no value', suggestion: unescaped }],
  [
    'disallowed character in attribute name',
    { message: 'an attribute’s name has a character that none has', suggestion: unescaped },
  ],
  ['unquoted attribute value', { message: 'an attribute’s value has no quotes' }],
  ['no whitespace between attributes', { message: 'there is no blank between two attributes' }],
  ['duplicate attribute', { message: 'an attribute stands twice in one element' }],
  [
    'undefined entity',
    { message: 'an entity is used that XML does not have', suggestion: 'A `&` that is text is written `&amp;`.' },
  ],
  ['empty entity name', { message: 'a `&` begins no entity', suggestion: 'A `&` that is text is written `&amp;`.' }],
  [
    'disallowed character in entity',
    { message: 'a `&` begins no entity', suggestion: 'A `&` that is text is written `&amp;`.' },
  ],
  ['malformed character entity', { message: 'a `&#…;` stands for no character of XML' }],
  ['the string "]]>"', { message: 'a `]]>` stands outside of CDATA', suggestion: 'Write `]]&gt;`.' }],
  ['text data outside of root', { message: 'text stands outside of the root element' }],
  ['documents may contain only one root', { message: 'there is a second root element' }],
  ['document must contain a root', { message: 'there is no element' }],
  ['malformed comment', { message: 'a comment has `--` in it' }],
  ['processing instruction', { message: 'a processing instruction has no name, or stands at a wrong place' }],
  [
    'disallowed character in processing instruction',
    { message: 'a processing instruction’s name has a character that none has' },
  ],
  ['inappropriately located doctype', { message: 'a DOCTYPE stands behind the root element’s beginning' }],
  ['disallowed character', { message: 'there is a character that XML forbids', suggestion: unescaped }],
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
  ].map((beginning) => [beginning, { message: 'its declaration is not one', suggestion: declaration }] as const),
];

/** @param finding the parser's sentence; nothing of it is passed on */
export function describeXmlFinding(finding: string): XmlFinding {
  const text = finding.replace(/^(?:[^:]*:)?\d+:\d+: /, '').toLowerCase();
  const ours = findings.find(([beginning]) => text.startsWith(beginning))?.[1];
  if (ours === undefined) return { message: 'This is not well-formed XML' };
  return { ...ours, message: `This is not well-formed XML: ${ours.message}` };
}
