/**
 * @module
 * The attribute `encoding` of an element that names a secret.
 */

import type { XmlElement } from '../../documents/xml-element.ts';
import type { VariableKey } from '../../plan/token-plan.ts';
import type { PolicyReader } from './policy-reader.ts';
import { attributeOf } from './xml-parts.ts';

type Encoding = VariableKey['encoding'];

const encodings: ReadonlyMap<string, Encoding> = new Map([
  ['base16', 'hex'],
  ['hex', 'hex'],
  ['base64', 'base64'],
  ['base64url', 'base64url'],
]);

export const encodingNames: readonly string[] = [...encodings.keys()];

/** @param holder the element that may have the attribute */
export function readEncoding(
  reader: PolicyReader,
  holder: XmlElement | undefined,
  byDefault: 'utf8' | 'base64',
): Encoding {
  const attribute = holder === undefined ? undefined : attributeOf(holder, 'encoding');
  if (attribute === undefined || attribute.text === '') return byDefault;
  const encoding = encodings.get(attribute.text.toLowerCase());
  if (encoding === undefined) {
    const absent = byDefault === 'utf8' ? 'UTF-8' : 'Base64';
    const suggestion = `Write one of ${[...encodings.keys()].join(', ')}, or remove the attribute for ${absent}.`;
    reader.refuse('InvalidValueForElement', attribute, 'This is not a known encoding', suggestion);
  }
  return encoding ?? byDefault;
}
