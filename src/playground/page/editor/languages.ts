/**
 * @module
 * The grammar of each text: YAML and XML, with expressions parsed inside their scalars.
 */
import { autoCloseTags, xmlLanguage } from '@codemirror/lang-xml';
import { yamlLanguage } from '@codemirror/lang-yaml';
import { LanguageSupport } from '@codemirror/language';
import { type Input, parseMixed, type SyntaxNodeRef } from '@lezer/common';
import type { FileKind } from '../../interface.ts';
import type { EditorLanguage } from './editor-props.ts';
import { embeddedParts } from './embedded.ts';
import { expressionLanguage } from './expression-language.ts';

/** A longer scalar is a key or a certificate. */
const maxScalar = 32_768;

const holders = /^(?:Literal|QuotedLiteral|BlockLiteralContent|Text|AttributeValue)$/;

/** Expressions in the scalars of a file of this kind. */
function withExpressions(file: FileKind) {
  const find = embeddedParts[file];
  return parseMixed((node: SyntaxNodeRef, input: Input) => {
    if (!holders.test(node.name) || node.to - node.from > maxScalar) return null;
    const overlay = find(input.read(node.from, node.to)).map(({ from, to }) => ({
      from: node.from + from,
      to: node.from + to,
    }));
    return overlay.length === 0 ? null : { parser: expressionLanguage.parser, overlay };
  });
}

function yamlFile(file: FileKind): LanguageSupport {
  return new LanguageSupport(yamlLanguage.configure({ wrap: withExpressions(file) }, file));
}

const files: Readonly<Record<FileKind, () => LanguageSupport>> = {
  configuration: () => yamlFile('configuration'),
  flex: () => yamlFile('flex'),
  datapower: () => yamlFile('datapower'),
  apigee: () =>
    new LanguageSupport(xmlLanguage.configure({ wrap: withExpressions('apigee') }, 'apigee'), autoCloseTags),
};

export function grammarOf(language: EditorLanguage): LanguageSupport {
  switch (language.kind) {
    case 'file':
      return files[language.file]();
    case 'expression':
      return new LanguageSupport(expressionLanguage);
    case 'data':
      return new LanguageSupport(yamlLanguage);
  }
}
