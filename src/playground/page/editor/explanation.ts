/**
 * @module
 * What an explanation looks like: of a word of the tables, or of a problem. Text becomes nodes, never markup.
 */
import type { FunctionWord, ShownProblem, Word } from '../../interface.ts';

function element(name: string, className: string, ...children: readonly (Node | string)[]): HTMLElement {
  const made = document.createElement(name);
  made.className = className;
  made.append(...children);
  return made;
}

/** A sentence; what is between backticks is code. */
function sentence(className: string, text: string): HTMLElement {
  const parts = text.split('`');
  return element('p', className, ...parts.map((part, i) => (i % 2 === 1 ? element('code', '', part) : part)));
}

export function wordExplanation(word: Word | FunctionWord): HTMLElement {
  const box = element('div', 'code-explanation');
  const signature = 'signature' in word ? word.signature.replaceAll(' · ', '\n') : shownName(word);
  box.append(element('code', 'code-signature', signature));
  for (const line of word.documentation.split('\n')) box.append(sentence('', line));
  if ('example' in word && word.example !== undefined) {
    const { expression, value } = word.example;
    box.append(element('code', 'code-example', `${expression}\n→ ${value}`));
  }
  return box;
}

/** An attribute is written without the `@` of its table. */
function shownName({ name }: Word): string {
  return name.replace(/^@/, '');
}

export function problemExplanation({ message, suggestion, code }: ShownProblem): HTMLElement {
  const box = element('div', 'code-explanation', sentence('', message));
  if (suggestion !== undefined) box.append(sentence('code-suggestion', suggestion));
  box.append(element('p', 'code-code', code));
  return box;
}

/** The same for a screen reader, in one text. */
export function spokenWord(word: Word | FunctionWord): string {
  const example =
    'example' in word && word.example ? ` For example ${word.example.expression} is ${word.example.value}.` : '';
  return `${shownName(word)}: ${word.documentation.replaceAll('`', '')}${example}`;
}

export function spokenProblem({ severity, message, suggestion = '' }: ShownProblem): string {
  return `${severity}: ${message} ${suggestion}`.replaceAll('`', '').trim();
}
