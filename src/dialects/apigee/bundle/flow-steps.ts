/**
 * @module
 * Where the flows of a proxy call policies, in the order in which they run, and under which conditions.
 */
import type { Place, SourceText } from '../../../diagnostics/source-text.ts';
import type { XmlElement } from '../../../documents/xml-element.ts';
import { attributeOf, childOf, childrenOf, textIn } from '../xml-parts.ts';

export type Direction = 'request' | 'response';

/** In the order in which they run. Of the flows in `Flows`, only the first whose condition is true runs. */
export type Section = 'pre' | 'flow' | 'post' | 'client' | 'fault';

export interface Step {
  readonly policy: string;
  readonly place: Place;
  readonly source: SourceText;
  /** Such as `ProxyEndpoint default, Flow orders, Request`. */
  readonly flow: string;
  readonly section: Section;
  readonly direction: Direction;
  /** The number of the flow among its siblings, from 0. */
  readonly flowNumber: number;
  /** The condition of the flow. */
  readonly flowCondition: string | undefined;
  /** The step's own condition; for a step of a shared flow together with those of the FlowCallouts. */
  readonly condition: string | undefined;
  /** For a step of a shared flow. */
  readonly nested?: Nested;
}

interface Nested {
  /** The FlowCallouts that lead to it, outermost first. */
  readonly callouts: readonly Step[];
  /** Its condition in the shared flow alone. */
  readonly condition: string | undefined;
}

export interface RouteRule {
  /** Whether it sends the request on. */
  readonly isSent: boolean;
  /** Undefined for a rule with a URL or without a target. */
  readonly target: string | undefined;
  readonly condition: string | undefined;
}

export interface Flow {
  readonly condition: string | undefined;
}

export interface Endpoint {
  readonly kind: 'ProxyEndpoint' | 'TargetEndpoint' | 'SharedFlow';
  readonly name: string;
  readonly place: Place;
  readonly basePath: string | undefined;
  readonly routes: readonly RouteRule[];
  /** The header in which a TargetEndpoint sends a token of Google (`<Authentication>`); undefined without one. */
  readonly googleHeader: string | undefined;
  /** The flows in `Flows`, in order. */
  readonly flows: readonly Flow[];
  /** By direction and section in the order in which they run. */
  readonly steps: readonly Step[];
}

/** The conditions of a step, outermost first. */
export function conditionsOf({ flowCondition, condition }: Step): readonly string[] {
  return [flowCondition, condition].filter((one) => one !== undefined);
}

/** Undefined for a document that is no endpoint. */
export function endpointOf(root: XmlElement, source: SourceText): Endpoint | undefined {
  const kind = /^(?:ProxyEndpoint|TargetEndpoint|SharedFlow)$/.exec(root.name)?.[0] as Endpoint['kind'] | undefined;
  if (kind === undefined) return undefined;
  const connection = childOf(root, 'HTTPProxyConnection');
  const flows = childOf(root, 'Flows');
  const steps = stepsIn(root, {
    source,
    path: [],
    section: 'flow',
    direction: 'request',
    flowNumber: 0,
    condition: undefined,
  });
  return {
    kind,
    name: attributeOf(root, 'name')?.text ?? '',
    place: source.placeAt(root.offset),
    basePath: connection && textIn(connection, 'BasePath'),
    routes: childrenOf(root, 'RouteRule').map((rule) => ({
      isSent: rule.children.some(({ name }) => /^(?:TargetEndpoint|URL|IntegrationEndpoint)$/.test(name)),
      target: textIn(rule, 'TargetEndpoint'),
      condition: conditionOf(rule),
    })),
    googleHeader: googleHeaderOf(root),
    flows: flows === undefined ? [] : childrenOf(flows, 'Flow').map((flow) => ({ condition: conditionOf(flow) })),
    steps: steps.sort((a, b) => rank(a) - rank(b)),
  };
}

/** Vendor page, "Using Google authentication": the header is `Authorization` unless `HeaderName` says another one. */
function googleHeaderOf(root: XmlElement): string | undefined {
  const connection = childOf(root, 'HTTPTargetConnection');
  const authentication = connection && childOf(connection, 'Authentication');
  if (authentication?.children.some(({ name }) => /^Google(?:AccessToken|IDToken)$/.test(name)) !== true)
    return undefined;
  return (textIn(authentication, 'HeaderName') ?? 'authorization').toLowerCase();
}

const sections: readonly Section[] = ['pre', 'flow', 'post', 'client', 'fault'];

function rank({ direction, section }: Step): number {
  return (direction === 'request' ? 0 : sections.length) + sections.indexOf(section);
}

interface Surroundings {
  readonly source: SourceText;
  readonly path: readonly string[];
  readonly section: Section;
  readonly direction: Direction;
  readonly flowNumber: number;
  readonly condition: string | undefined;
}

const sectionOf: Readonly<Record<string, Section>> = {
  PreFlow: 'pre',
  Flow: 'flow',
  EventFlow: 'client',
  PostFlow: 'post',
  PostClientFlow: 'client',
  FaultRule: 'fault',
  DefaultFaultRule: 'fault',
};

function stepsIn(element: XmlElement, outer: Surroundings): Step[] {
  if (element.name === 'Step') return [...stepOf(element, outer)];
  const within = /^(?:Flows|FaultRules)$/.test(element.name) ? outer : enter(element, outer);
  return element.children.flatMap((child) =>
    stepsIn(child, { ...within, flowNumber: siblingNumber(element, child) ?? within.flowNumber }),
  );
}

function siblingNumber(parent: XmlElement, child: XmlElement): number | undefined {
  return /^(?:Flow|FaultRule)$/.test(child.name) ? childrenOf(parent, child.name).indexOf(child) : undefined;
}

function enter(element: XmlElement, outer: Surroundings): Surroundings {
  return {
    ...outer,
    path: [...outer.path, label(element)],
    section: sectionOf[element.name] ?? outer.section,
    direction: element.name === 'Response' || element.name === 'PostClientFlow' ? 'response' : outer.direction,
    condition: joined(outer.condition, conditionOf(element)),
  };
}

function* stepOf(element: XmlElement, outer: Surroundings): Generator<Step> {
  const policy = textIn(element, 'Name');
  if (policy === undefined) return;
  const { source, path, section, direction, flowNumber, condition } = outer;
  yield {
    policy,
    place: source.placeAt(element.offset),
    source,
    flow: path.join(', '),
    section,
    direction,
    flowNumber,
    flowCondition: condition,
    condition: conditionOf(element),
  };
}

function joined(outer: string | undefined, own: string | undefined): string | undefined {
  if (outer === undefined || own === undefined) return outer ?? own;
  return `(${outer}) and (${own})`;
}

function label(element: XmlElement): string {
  const name = attributeOf(element, 'name')?.text ?? '';
  // The `name` of a PreFlow or PostFlow repeats the element's name.
  return name === '' || name === element.name ? element.name : `${element.name} ${name}`;
}

function conditionOf(element: XmlElement): string | undefined {
  return textIn(element, 'Condition')?.replace(/\s+/g, ' ');
}
