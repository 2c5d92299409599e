/**
 * @module
 * `<OutputVariable>`: a header of the request, or a variable. Where it is no header, the token goes into the header that
 * the policy's entry names (by default `authorization: Bearer …`) and the variable is there for policies that follow.
 */

import type { XmlElement } from '../../documents/xml-element.ts';
import type { Output } from '../../plan/token-plan.ts';
import type { Reading } from './reading.ts';
import { childOf, trimmedText } from './xml-parts.ts';

export interface PolicyOutput {
  readonly variable: string;
  readonly output: Output;
}

const byDefault: Output = { header: 'authorization', prefix: 'Bearer ' };

export function readOutput(reading: Reading, policy: XmlElement): PolicyOutput {
  const element = childOf(policy, 'OutputVariable');
  if (element === undefined) return { variable: reading.edition.defaultVariable(reading.policy), output: byDefault };
  const variable = trimmedText(element);
  if (variable.text === '') {
    reading.refuse('InvalidEmptyElement', element, '`<OutputVariable>` is empty', 'Leave it out, or name a variable.');
    return { variable: reading.edition.defaultVariable(reading.policy), output: byDefault };
  }
  if (/^response\./.test(variable.text)) {
    reading.report('policy.response-header', variable, {
      severity: 'warning',
      message: 'The policy writes the token to the response; mintproc only writes to the request.',
      suggestion: 'Name another place in the entry of mintproc.yaml: `output: { header: … }`, or remove the policy.',
    });
  }
  const header = /^(?:message|request)\.header\.(.+)$/.exec(variable.text)?.[1];
  if (header === undefined) return { variable: variable.text, output: byDefault };
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(header)) {
    const message = '`<OutputVariable>` does not name a header that there can be';
    reading.refuse('InvalidValueForElement', variable, message);
  }
  // What Apigee puts there is the token alone; where a backend wants `Bearer `, an AssignMessage adds it.
  return { variable: variable.text, output: { header: header.toLowerCase(), prefix: '' } };
}
