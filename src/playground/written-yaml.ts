/**
 * @module
 * JSON values as YAML that keeps the digits of numbers: every string that could be something else has quotes.
 */
import { exactDigits } from '../diagnostics/exact-json.ts';
import { isRecord, type JsonValue } from '../diagnostics/json.ts';

/** What a value is written as, below the indentation. Lines after the first begin with it. */
export function yamlText(value: JsonValue, indent = ''): string {
  if (Array.isArray(value) && value.length > 0) {
    return value.map((item: JsonValue) => `\n${indent}- ${yamlText(item, `${indent}  `).trimStart()}`).join('');
  }
  if (!isRecord(value) || Object.keys(value).length === 0 || exactDigits(value as JsonValue) !== undefined) {
    return typeof value === 'string' ? stringText(value) : JSON.stringify(value);
  }
  const members = Object.entries(value as Readonly<Record<string, JsonValue>>);
  const isPresent = members.length === 1 && 'present' in value && value['present'] === true;
  if (isPresent) return '{ present: true }';
  return members
    .map(([name, member]) => {
      const text = yamlText(member, `${indent}  `);
      return `\n${indent}${stringText(name)}:${text.startsWith('\n') ? '' : ' '}${text}`;
    })
    .join('');
}

/** Words that no version of YAML takes for anything else. */
const plain = /^(?!(?:true|false|yes|no|on|off|null|y|n)$)[A-Za-z/](?:[\w./@+-]|:(?=[\w/]))*(?: [\w./@+-]+)*$/i;

/** JSON's own escapes are those of YAML, too. */
function stringText(text: string): string {
  if (plain.test(text)) return text;
  return JSON.stringify(text).replace(/[\p{C}\u2028\u2029]/gu, (character) =>
    Array.from({ length: character.length }, (_, at) => {
      return `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`;
    }).join(''),
  );
}
