/**
 * @module
 * A sentence of the process, whose names are in backticks.
 */
import type { JSX } from 'preact';

interface ProseProps {
  readonly text: string;
  /** Whether it becomes a sentence of its own: with a capital letter and a full stop. */
  readonly isSentence?: boolean;
}

export function Prose({ text, isSentence = false }: ProseProps): JSX.Element {
  const parts = (isSentence ? sentenceOf(text) : text).split('`');
  // A backtick without its pair is a character of the text.
  if (parts.length % 2 === 0) return <>{text}</>;
  return <>{parts.map((part, index) => (index % 2 === 0 ? part : <code key={`${index} ${part}`}>{part}</code>))}</>;
}

function sentenceOf(text: string): string {
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
}
