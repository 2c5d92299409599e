/**
 * @module
 * The classes of highlighted words; editor.css has their colours. Classes, because the page's policy takes no inline
 * style, and so that one style serves light and dark.
 */
import { HighlightStyle } from '@codemirror/language';
import { tags } from '@lezer/highlight';

export const highlightStyle = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword], class: 'code-keyword' },
  { tag: [tags.string, tags.special(tags.string), tags.attributeValue], class: 'code-string' },
  { tag: [tags.number, tags.bool, tags.null, tags.atom, tags.literal, tags.regexp], class: 'code-literal' },
  { tag: [tags.definition(tags.propertyName), tags.propertyName], class: 'code-key' },
  { tag: [tags.tagName, tags.typeName], class: 'code-tag' },
  { tag: tags.attributeName, class: 'code-attribute' },
  { tag: [tags.function(tags.variableName), tags.special(tags.variableName)], class: 'code-function' },
  { tag: [tags.comment, tags.lineComment, tags.blockComment], class: 'code-comment' },
  { tag: [tags.punctuation, tags.bracket, tags.separator, tags.operator, tags.meta], class: 'code-punctuation' },
  { tag: tags.invalid, class: 'code-invalid' },
]);
