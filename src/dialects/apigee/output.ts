/**
 * @module
 * `<OutputVariable>`: a request header or a variable. If it is a variable, later policies can read it, and the token is
 * written to the header that the policy's entry names (by default `authorization: Bearer …`).
 */

import type { XmlElement } from '../../documents/xml-element.ts';
import type { Output } from '../../plan/token-plan.ts';
import type { PolicyReader } from './policy-reader.ts';
import { childOf, trimmedText } from './xml-parts.ts';

export interface PolicyOutput {
  readonly variable: string;
  readonly output: Output;
}

const byDefault: Output = { header: 'authorization', prefix: 'Bearer ' };

export function readOutput(reader: PolicyReader, policy: XmlElement): PolicyOutput {
  const element = childOf(policy, 'OutputVariable');
  if (element === undefined) return { variable: reader.edition.defaultVariable(reader.policy), output: byDefault };
  const variable = trimmedText(element);
  if (variable.text === '') {
    reader.refuse('InvalidEmptyElement', element, '`<OutputVariable>` is empty', 'Remove it, or name a variable.');
    return { variable: reader.edition.defaultVariable(reader.policy), output: byDefault };
  }
  if (/^response\./.test(variable.text)) {
    reader.report('policy.response-header', variable, {
      message: 'The policy writes the token to the response; mintproc only writes to the request.',
      suggestion: "Write `output: { header: … }` in the policy's entry in mintproc.yaml, or remove the policy.",
    });
  }
  const header = /^(?:message|request)\.header\.(.+)$/.exec(variable.text)?.[1];
  const place = variable.placeAt(0);
  if (header === undefined) return { variable: variable.text, output: { ...byDefault, place } };
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(header)) {
    const message = '`<OutputVariable>` does not name a valid header';
    reader.refuse('InvalidValueForElement', variable, message);
  }
  // Apigee writes only the token. If a backend expects `Bearer `, an AssignMessage policy adds it.
  return { variable: variable.text, output: { header: header.toLowerCase(), prefix: '', place } };
}
