/**
 * @module
 * The endpoints of SAP API Management, which are Apigee's with other names of elements (SAP's page "API proxy
 * structure"): `<ProxyEndPoint>` with `<preFlow>`, and steps with a `<policy_name>`, ordered by their `<sequence>`.
 */
import type { XmlElement } from '../../../documents/xml-element.ts';
import { childOf, childrenOf, textIn, trimmedText } from '../xml-parts.ts';

/** The endpoint in Apigee's elements; any other document as it is. */
export function inApigeesElements(root: XmlElement): XmlElement {
  const name = roots[root.name];
  return name === undefined ? root : made(name, root, children(root, endpointParts));
}

const roots: Readonly<Record<string, string>> = { ProxyEndPoint: 'ProxyEndpoint', TargetEndPoint: 'TargetEndpoint' };

/** What becomes of the children of an element, by their names. The others have no meaning here. */
type Parts = Readonly<Record<string, (child: XmlElement) => readonly XmlElement[]>>;

const text =
  (name: string) =>
  (child: XmlElement): readonly XmlElement[] => [made(name, child, [])];

const stepParts: Parts = { policy_name: text('Name'), condition: text('Condition') };
const stepsIn = (child: XmlElement): readonly XmlElement[] => listed(child, 'step', 'Step', stepParts);

const flowParts: Parts = {
  condition: text('Condition'),
  conditions: text('Condition'),
  request: (child) => [made('Request', child, children(child, { steps: stepsIn }))],
  response: (child) => [made('Response', child, children(child, { steps: stepsIn }))],
  steps: stepsIn,
};

const flow =
  (name: string) =>
  (child: XmlElement): readonly XmlElement[] => [made(name, child, children(child, flowParts))];

const ruleParts: Parts = { conditions: text('Condition'), targetEndPointName: text('TargetEndpoint') };

const endpointParts: Parts = {
  base_path: (child) => [made('HTTPProxyConnection', child, text('BasePath')(child))],
  routeRules: (child) => listed(child, 'routeRule', 'RouteRule', ruleParts),
  faultRules: (child) => [made('FaultRules', child, listed(child, 'faultRule', 'FaultRule', flowParts))],
  defaultFaultRule: flow('DefaultFaultRule'),
  preFlow: flow('PreFlow'),
  postFlow: flow('PostFlow'),
  postClientFlow: flow('PostClientFlow'),
  conditionalFlows: (child) => [made('Flows', child, listed(child, 'conditionalFlow', 'Flow', flowParts))],
};

function children(element: XmlElement, parts: Parts): readonly XmlElement[] {
  return element.children.flatMap((child) => parts[child.name]?.(child) ?? []);
}

/** The children with a name, in the order of their `<sequence>`; one without it comes last. */
function listed(list: XmlElement, from: string, to: string, parts: Parts): readonly XmlElement[] {
  return childrenOf(list, from)
    .map((child) => ({ child, at: sequenceOf(child) }))
    .sort((a, b) => a.at - b.at)
    .map(({ child }) => made(to, child, children(child, parts)));
}

function sequenceOf(element: XmlElement): number {
  const sequence = textIn(element, 'sequence') ?? '';
  return /^\d{1,9}$/.test(sequence) ? Number(sequence) : Number.MAX_SAFE_INTEGER;
}

/** SAP writes the name of a flow as an element, Apigee as an attribute. */
function made(name: string, element: XmlElement, inner: readonly XmlElement[]): XmlElement {
  const own = childOf(element, 'name');
  const attributes = own === undefined ? [] : [{ name: 'name', value: trimmedText(own) }];
  return { name, offset: element.offset, attributes, children: inner, text: element.text };
}
