/**
 * @module
 * The page of a code as text for a terminal.
 */
import type { Painted } from '../paint.ts';
import { type CodePage, statusText } from './code-page.ts';

export function pageText(page: CodePage, { strong, faint }: Painted): string {
  const { code, meaning, example, advice } = page;
  const facts = factsOf(page).map(([name, value]) => `  ${name.padEnd(13)}${value}`);
  return [
    strong(code),
    '',
    folded(meaning),
    ...(facts.length === 0 ? [] : ['', ...facts]),
    '',
    strong('What to do'),
    ...advice.flatMap((paragraph) => ['', folded(withoutLinks(paragraph))]),
    ...(example === null ? [] : ['', strong(`Example (${example.file})`), '', indented(example.broken)]),
    ...(example?.given == null ? [] : ['', folded(example.given)]),
    ...(example === null ? [] : ['', strong('Mended'), '', indented(example.mended)]),
    '',
    faint(`More: ${example === null ? 'docs/errors.md' : 'docs/rules.md'}`),
    '',
  ].join('\n');
}

function factsOf(page: CodePage): readonly (readonly [name: string, value: string])[] {
  const { code, severity, allowed, strict, status } = page;
  return [
    ...(severity === null
      ? []
      : [['Severity', strict ? `${severity}; an error with strict: true` : severity] as const]),
    ...(status === null ? [] : [['HTTP status', statusText(code)] as const]),
    ...(allowed ? [['If meant', `allow: [${code}] in mintproc.yaml, its entry, route or source`] as const] : []),
  ];
}

/** Documentation links to other pages; a terminal shows the names of their files. */
function withoutLinks(text: string): string {
  return text.replace(/\[([^\]]*)\]\(([^)#]*)[^)]*\)/g, '$1 (docs/$2)');
}

const columns = 80;

function folded(text: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].join('\n');
}

function indented(text: string): string {
  return text.trimEnd().replace(/^(?=.)/gm, '  ');
}
