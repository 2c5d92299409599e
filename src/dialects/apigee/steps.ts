/**
 * @module
 * Where the flows of a bundle call a policy, and under which conditions.
 */
import type { XmlElement } from '../../documents/xml-element.ts';
import { attributeOf, textIn } from './xml-parts.ts';

export interface Call {
  readonly policy: string;
  /** Such as `ProxyEndpoint default, Flow orders, Request`. */
  readonly flow: string;
  /** The conditions of the flow and of the step, outermost first. */
  readonly conditions: readonly string[];
}

/** Every step below an element that is a flow or holds flows. */
export function callsOf(root: XmlElement): readonly Call[] {
  return /^(?:ProxyEndpoint|TargetEndpoint|SharedFlow)$/.test(root.name) ? below(root, [], []) : [];
}

function below(element: XmlElement, path: readonly string[], conditions: readonly string[]): readonly Call[] {
  const condition = conditionOf(element);
  const inForce = condition === undefined ? conditions : [...conditions, condition];
  if (element.name === 'Step') {
    const policy = textIn(element, 'Name');
    return policy === undefined ? [] : [{ policy, flow: path.join(', '), conditions: inForce }];
  }
  const inner = /^(?:Flows|FaultRules)$/.test(element.name) ? path : [...path, label(element)];
  return element.children.flatMap((child) => below(child, inner, inForce));
}

function label(element: XmlElement): string {
  const name = attributeOf(element, 'name')?.text ?? '';
  // PreFlow and PostFlow bear their own names again, if any.
  return name === '' || name === element.name ? element.name : `${element.name} ${name}`;
}

function conditionOf(element: XmlElement): string | undefined {
  return textIn(element, 'Condition')?.replace(/\s+/g, ' ');
}
