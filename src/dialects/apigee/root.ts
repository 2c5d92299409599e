/**
 * @module
 * What stands on the root element: the policy's name and its switches.
 */
import type { SourceText } from '../../diagnostics/source-text.ts';
import type { XmlElement } from '../../documents/xml-element.ts';
import type { Reading } from './reading.ts';
import { attributeOf } from './xml-parts.ts';

/** SAP's policies have no name in the file; there, the name of the file is the policy's. */
export function readPolicyName(source: SourceText, element: XmlElement): string {
  const name = attributeOf(element, 'name')?.text ?? '';
  if (name !== '') return name;
  const file = source.file.split(/[\\/]/).at(-1) ?? '';
  return file.replace(/\.[^.]*$/, '') || 'GenerateJWT';
}

export function readFlag(reading: Reading, element: XmlElement, name: string, byDefault: boolean): boolean {
  const attribute = attributeOf(element, name);
  if (attribute === undefined || attribute.text === '') return byDefault;
  if (attribute.text === 'true' || attribute.text === 'false') return attribute.text === 'true';
  reading.refuse('InvalidValueForElement', attribute, `\`${name}\` is true or false`);
  return byDefault;
}
