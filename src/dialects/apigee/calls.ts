/**
 * @module
 * Finds where the flows of a bundle call a policy, and under which conditions.
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

/** The calls in every step of a flow, or of an element that contains flows. */
export function callsOf(root: XmlElement): readonly Call[] {
  return /^(?:ProxyEndpoint|TargetEndpoint|SharedFlow)$/.test(root.name) ? callsIn(root, [], []) : [];
}

function callsIn(element: XmlElement, path: readonly string[], outer: readonly string[]): readonly Call[] {
  const condition = conditionOf(element);
  const conditions = condition === undefined ? outer : [...outer, condition];
  if (element.name === 'Step') {
    const policy = textIn(element, 'Name');
    return policy === undefined ? [] : [{ policy, flow: path.join(', '), conditions }];
  }
  const inner = /^(?:Flows|FaultRules)$/.test(element.name) ? path : [...path, label(element)];
  return element.children.flatMap((child) => callsIn(child, inner, conditions));
}

function label(element: XmlElement): string {
  const name = attributeOf(element, 'name')?.text ?? '';
  // The `name` of a PreFlow or PostFlow repeats the element's name.
  return name === '' || name === element.name ? element.name : `${element.name} ${name}`;
}

function conditionOf(element: XmlElement): string | undefined {
  return textIn(element, 'Condition')?.replace(/\s+/g, ' ');
}
