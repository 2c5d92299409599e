/**
 * @module
 * Where the token of a call goes on Apigee: from its output variable through the policies that read it.
 */
import type { XmlElement } from '../../../documents/xml-element.ts';
import { attributeOf, childOf, childrenOf, textIn } from '../xml-parts.ts';
import type { Call, Chain, ProxyParts } from './chains.ts';
import { conditionsOf, type Step } from './flow-steps.ts';
import { mentions } from './scripts.ts';
import { type BundlePolicy, canonical, messageOf } from './settings.ts';

/** One place that the token goes to. */
export type Destination =
  | {
      readonly kind: 'header';
      readonly header: string;
      readonly prefix: string;
      /** The policy that writes it; undefined if the GenerateJWT itself does. */
      readonly by: string | undefined;
      /** Under which the other policy runs. */
      readonly conditions: readonly string[];
      /** The call of the other policy. */
      readonly at: Call | undefined;
    }
  | {
      readonly kind: 'part' | 'callout' | 'response' | 'message' | 'script' | 'store' | 'check' | 'other';
      readonly by: string;
    };

/** A request header in which mintproc can write the token. */
export type HeaderDestination = Extract<Destination, { kind: 'header' }>;

interface Carrier {
  readonly variable: string;
  /** What was put before the token. */
  readonly prefix: string;
}

/** @param output the output variable */
export function destinationsOf(
  output: string,
  call: Call,
  chains: readonly Chain[],
  { policies }: ProxyParts,
): readonly Destination[] {
  const found = new Map<string, Destination>();
  const note = (one: Destination): void => {
    const { at, ...rest } = { at: undefined, ...one };
    found.set(JSON.stringify([rest, at?.endpoint.name, at?.step.flow]), one);
  };
  const header = headerOf(output, call.step);
  if (header !== undefined) note({ kind: 'header', header, prefix: '', by: undefined, conditions: [], at: undefined });
  for (const { after } of chains) {
    const carriers: Carrier[] = [{ variable: output, prefix: '' }];
    for (const run of after) {
      const policy = policies.get(run.step.policy);
      if (policy?.enabled === true)
        for (const one of (readers[policy.kind] ?? holding('other'))(policy, carriers, run)) note(one);
    }
  }
  const all = [...found.values()];
  const callouts = new Set([...policies.values()].flatMap(({ root }) => requestOf(root) ?? []));
  // A message of its own is sent by a ServiceCallout, or by nothing.
  return all.map((one) => (one.kind === 'message' && callouts.has(one.by) ? { kind: 'callout', by: one.by } : one));
}

type Reader = (policy: BundlePolicy, carriers: Carrier[], call: Call) => readonly Destination[];

const readers: Readonly<Record<string, Reader>> = {
  AssignMessage: ({ root }, carriers, call) => assigned(root, carriers, call),
  RaiseFault: holding('response'),
  ServiceCallout: holding('callout'),
  Javascript: scripted,
  Script: scripted,
  KeyValueMapOperations: referring('store'),
  PopulateCache: referring('store'),
  DecodeJWT: referring('check'),
  VerifyJWT: referring('check'),
};

type OtherKind = Exclude<Destination['kind'], 'header'>;

function holding(kind: OtherKind): Reader {
  return ({ root }, carriers, { step: { policy: by } }) => (holds(root, carriers) ? [{ kind, by }] : []);
}

function referring(kind: OtherKind): Reader {
  return ({ root }, carriers, { step: { policy: by } }) => (refersTo(root, carriers) ? [{ kind, by }] : []);
}

function scripted(
  { script }: BundlePolicy,
  carriers: Carrier[],
  { step: { policy: by } }: Call,
): readonly Destination[] {
  return carriers.some(({ variable }) => mentions(script, variable)) ? [{ kind: 'script', by }] : [];
}

/** The request header that a variable is; undefined for other variables and for headers of a response. */
function headerOf(variable: string, step: Step): string | undefined {
  const match = /^(message|request)\.header\.([^.]+)$/.exec(variable);
  if (match === null || step.direction === 'response') return undefined;
  return match[2]?.toLowerCase();
}

function assigned(root: XmlElement, carriers: Carrier[], call: Call): readonly Destination[] {
  const found: Destination[] = [];
  for (const change of root.children) {
    if (change.name === 'AssignVariable') found.push(...copied(change, carriers, call));
    if (change.name === 'Set' || change.name === 'Add') found.push(...written(change, root, carriers, call));
  }
  return found;
}

/** Another variable with the token, maybe after a prefix. */
function copied(element: XmlElement, carriers: Carrier[], at: Call): readonly Destination[] {
  const { step } = at;
  const { policy: by } = step;
  const variable = textIn(element, 'Name');
  const carrier = carriedBy(textIn(element, 'Template') ?? `{${textIn(element, 'Ref') ?? ''}}`, carriers);
  if (variable === undefined || carrier === undefined) return [];
  carriers.push({ variable, prefix: carrier.prefix });
  if (variable.startsWith('response.')) return [{ kind: 'response', by }];
  const header = headerOf(variable, step);
  return header === undefined
    ? []
    : [{ kind: 'header', header, prefix: carrier.prefix, by, conditions: conditionsOf(step), at }];
}

function written(change: XmlElement, root: XmlElement, carriers: readonly Carrier[], at: Call): readonly Destination[] {
  const { step } = at;
  const { policy: by } = step;
  if (!holds(change, carriers)) return [];
  const message = messageOf(root) ?? step.direction;
  if (message === 'response') return [{ kind: 'response', by }];
  if (message !== 'request') return [{ kind: 'message', by: message }];
  // The request was sent before.
  if (step.direction === 'response') return [{ kind: 'response', by }];
  const headers = childrenOf(change, 'Headers').flatMap((part) => childrenOf(part, 'Header'));
  const found = headers.flatMap((element): Destination[] => {
    const header = attributeOf(element, 'name')?.text.toLowerCase() ?? '';
    const carrier = carriedBy(element.text.text.trim(), carriers);
    if (carrier === undefined || header === '') return [];
    return [{ kind: 'header', header, prefix: carrier.prefix, by, conditions: conditionsOf(step), at }];
  });
  return found.length > 0 ? found : [{ kind: 'part', by }];
}

/** A text that is a prefix and then the variable. */
function carriedBy(text: string, carriers: readonly Carrier[]): Carrier | undefined {
  const match = /^([^{}]*)\{([^{}]*)\}$/.exec(text);
  const carrier = carriers.find(({ variable }) => canonical(variable) === canonical(match?.[2] ?? ''));
  return carrier && { variable: carrier.variable, prefix: (match?.[1] ?? '') + carrier.prefix };
}

/** Whether a text inside inserts the token. */
function holds(element: XmlElement, carriers: readonly Carrier[]): boolean {
  const text = element.text.text;
  // SAP's proxies mark variables in a payload as they like: variablePrefix="@" variableSuffix="#".
  const [before, after] = ['variablePrefix', 'variableSuffix'].map((name) => attributeOf(element, name)?.text ?? '');
  const marked = (variable: string): readonly string[] => [
    `{${variable}}`,
    `%${variable}#`,
    ...(before === '' ? [] : [`${before}${variable}${after}`]),
  ];
  return (
    carriers.some(({ variable }) => marked(variable).some((mark) => text.includes(mark))) ||
    refersTo(element, carriers) ||
    element.children.some((child) => holds(child, carriers))
  );
}

/** Whether an element names the variable itself, as its text or in `ref`. */
function refersTo(element: XmlElement, carriers: readonly Carrier[]): boolean {
  const names = [element.text.text.trim(), attributeOf(element, 'ref')?.text];
  return (
    carriers.some(({ variable }) => names.includes(variable)) ||
    element.children.some((child) => child.name !== 'AssignTo' && refersTo(child, carriers))
  );
}

/** The message that a ServiceCallout sends. */
function requestOf(root: XmlElement): string | undefined {
  const request = root.name === 'ServiceCallout' ? childOf(root, 'Request') : undefined;
  return request && attributeOf(request, 'variable')?.text;
}

const places: Readonly<Record<OtherKind, (by: string) => string>> = {
  part: (by) => `another part of the request (${by})`,
  callout: (by) => `the request of a ServiceCallout (${by})`,
  response: (by) => `a response (${by})`,
  message: (by) => `the message ${by}, which no ServiceCallout sends`,
  script: (by) => `a script (${by})`,
  store: (by) => `a cache or map (${by})`,
  check: (by) => `a check of the token itself (${by})`,
  other: (by) => `another policy (${by})`,
};

/** As a phrase. */
export function placeOf(destination: Destination): string {
  if (destination.kind !== 'header') return places[destination.kind](destination.by);
  const { header, prefix, by, conditions } = destination;
  const writer = by === undefined ? '' : ` by ${by}`;
  const when = conditions.length === 0 ? '' : `, when ${conditions.join(' and ')}`;
  return `the header ${header}${prefix === '' ? ' without a prefix' : ` after "${prefix}"`}${writer}${when}`;
}
