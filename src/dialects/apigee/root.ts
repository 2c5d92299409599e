/**
 * @module
 * Reads the policy's name and its switches: the attributes of the root element, and `<IgnoreUnresolvedVariables>`.
 */
import type { SourceText } from '../../diagnostics/source-text.ts';
import type { XmlElement } from '../../documents/xml-element.ts';
import type { PolicyReader } from './policy-reader.ts';
import { attributeOf, childOf, trimmedText } from './xml-parts.ts';

/** SAP's policies have no name in the file: the policy has the name of the file. */
export function readPolicyName(source: SourceText, element: XmlElement): string {
  const name = attributeOf(element, 'name')?.text ?? '';
  if (name !== '') return name;
  const file = source.file.split(/[\\/]/).at(-1) ?? '';
  return file.replace(/\.[^.]*$/, '') || 'GenerateJWT';
}

/** Whether it is SAP's root element, for which SAP's own page counts. */
export function isSap(element: XmlElement): boolean {
  return element.attributes.some(({ name, value }) => name === 'xmlns' && /\bsap\.com\b/.test(value.text));
}

export interface Switches {
  readonly continueOnError: boolean;
  readonly enabled: boolean;
}

export function readRoot(reader: PolicyReader, element: XmlElement, sap: boolean): Switches {
  if (!sap && !element.attributes.some(({ name }) => name === 'name')) {
    reader.report('policy.missing-key', element, {
      message: '`<GenerateJWT>` has no `name`.',
      suggestion: 'Write `<GenerateJWT name="…">`.',
    });
  }
  const enabled = readFlag(reader, element, 'enabled', true);
  if (!enabled) {
    reader.report('policy.disabled', element, {
      message:
        'The policy is disabled (`enabled="false"`): no token is minted, and its header is removed from requests.',
      suggestion: 'Remove it from the route, or write `enabled="true"`.',
    });
  }
  const ignore = childOf(element, 'IgnoreUnresolvedVariables');
  if (ignore !== undefined && !/^(?:true|false|)$/.test(trimmedText(ignore).text)) {
    reader.refuse('InvalidValueForElement', ignore, '`<IgnoreUnresolvedVariables>` must be true or false');
  }
  readFlag(reader, element, 'async', false);
  return { enabled, continueOnError: readFlag(reader, element, 'continueOnError', false) };
}

function readFlag(reader: PolicyReader, element: XmlElement, name: string, byDefault: boolean): boolean {
  const attribute = attributeOf(element, name);
  if (attribute === undefined || attribute.text === '') return byDefault;
  if (attribute.text === 'true' || attribute.text === 'false') return attribute.text === 'true';
  reader.refuse('InvalidValueForElement', attribute, `\`${name}\` must be true or false`);
  return byDefault;
}
