/**
 * @module
 * What each kind of policy sets: the names of variables, and for AssignMessage their values. A row for each kind.
 *
 * A kind without a row may set any variable, so that no value of a bundle is proposed that such a policy could replace.
 */
import type { XmlElement } from '../../../documents/xml-element.ts';
import { attributeOf, childOf, childrenOf, textIn } from '../xml-parts.ts';
import { type Assigned, assignmentOf } from './assigned.ts';
import { type ProxyDocument, type ProxyFiles, policyName } from './proxy-files.ts';
import { variablesSetBy } from './scripts.ts';

/** The variables that are set: one name; a name and all below it; all that begin so; any. */
export type Target =
  | { readonly kind: 'name' | 'below' | 'beginning'; readonly name: string }
  | { readonly kind: 'any' };

export interface Setting {
  readonly target: Target;
  /** What is assigned, if a declaration can say it. */
  readonly assigned?: Assigned;
  /** How it is set, in addition to the policy's kind and name; never a value. */
  readonly how?: string;
  /** The entry of a key-value map that it is read from. */
  readonly map?: MapEntry;
  /** Whether the variable certainly has the value after the policy. */
  readonly certain: boolean;
}

export interface MapEntry {
  readonly name: string;
  readonly scope: string;
  /** Undefined if a variable names it, or the map. */
  readonly entry: string | undefined;
}

export interface BundlePolicy {
  readonly kind: string;
  readonly name: string;
  /** The file that sets the variables: the policy's, or its script. */
  readonly file: string;
  readonly enabled: boolean;
  readonly root: XmlElement;
  /** In the order in which they are set. */
  readonly settings: readonly Setting[];
  /** The text of its script. */
  readonly script: string;
}

export function bundlePolicy(document: ProxyDocument, { resources }: Pick<ProxyFiles, 'resources'>): BundlePolicy {
  const { root, file } = document;
  const name = policyName(document);
  const scripts = scriptsOf(root, resources);
  const row = kinds[root.name];
  const policy: PolicyParts = { root, name, scripts };
  return {
    kind: root.name,
    name,
    file: scripts.files[0] ?? file.name,
    enabled: attributeOf(root, 'enabled')?.text !== 'false',
    root,
    settings: row === undefined ? [anything] : row(policy),
    script: scripts.text,
  };
}

interface PolicyParts {
  readonly root: XmlElement;
  readonly name: string;
  readonly scripts: Scripts;
}

type Row = (policy: PolicyParts) => readonly Setting[];

/** What a policy does that is not known. */
export const anything: Setting = { target: { kind: 'any' }, how: 'may set any variable', certain: false };

const name = (text: string | undefined): Setting[] =>
  text === undefined || text === '' ? [] : [{ target: { kind: 'name', name: canonical(text) }, certain: false }];
const below = (...names: readonly (string | undefined)[]): Setting[] =>
  names.flatMap((text) =>
    text === undefined ? [] : [{ target: { kind: 'below', name: canonical(text) }, certain: false } as const],
  );

const nothing: Row = () => [];
const ownName =
  (...prefixes: readonly string[]): Row =>
  (policy) =>
    below(...prefixes.map((prefix) => `${prefix}.${policy.name}`));
/** The vendor's default is the message itself, whose content is converted. */
const outputVariable: Row = ({ root }) => {
  const output = textIn(root, 'OutputVariable') ?? 'request';
  return below(/^(?:message|request|response)$/.test(output) ? `${output}.content` : output);
};

/** What an API key or a token brings along. */
const identity = [
  'apigee',
  'apiproduct',
  'app',
  'client_id',
  'company',
  'developer',
  'expires_in',
  'grant_type',
  'issued_at',
  'scope',
  'status',
  'token_type',
];

const token: Row = ({ root, name: policy }) => [
  ...below(`jwt.${policy}`, `jws.${policy}`),
  ...(/^Generate/.test(root.name) ? below(textIn(root, 'OutputVariable')) : []),
];

const kinds: Readonly<Record<string, Row>> = {
  AccessControl: nothing,
  AccessEntity: ownName('AccessEntity', 'AccessEntity.ChildNodes'),
  AssertCondition: ownName('assertcondition'),
  AssignMessage: ({ root }) => assignMessage(root),
  BasicAuthentication: ({ root }) => [
    ...name(refOf(root, 'User')),
    ...name(refOf(root, 'Password')),
    ...name(textIn(root, 'AssignTo')),
  ],
  CORS: nothing,
  ConcurrentRatelimit: nothing,
  DataCapture: nothing,
  DecodeJWS: token,
  DecodeJWT: token,
  DeleteOAuthV2Info: nothing,
  ExtractVariables: ({ root }) => extractedBy(root),
  GenerateJWS: token,
  GenerateJWT: token,
  GetOAuthV2Info: ownName('oauthv2accesstoken', 'oauthv2authcode', 'oauthv2client', 'oauthv2refreshtoken'),
  GraphQL: () => below('graphql'),
  HMAC: ({ root, name: policy }) => [...name(textIn(root, 'Output')), ...below(`hmac.${policy}`)],
  InvalidateCache: nothing,
  JSONThreatProtection: nothing,
  JSONToXML: outputVariable,
  Javascript: scripted,
  KeyValueMapOperations: ({ root }) => readFromMap(root),
  LookupCache: ({ root, name: policy }) => [...name(textIn(root, 'AssignTo')), ...below(`lookupcache.${policy}`)],
  MessageLogging: nothing,
  MessageValidation: nothing,
  OASValidation: nothing,
  OAuthV2: ({ name: policy }) => below(`oauthv2accesstoken.${policy}`, `oauthv2authcode.${policy}`, ...identity),
  PopulateCache: nothing,
  PublishMessage: nothing,
  Quota: ownName('ratelimit'),
  RaiseFault: ({ root }) => assignMessage(childOf(root, 'FaultResponse') ?? root, 'response'),
  RegularExpressionProtection: nothing,
  ResetQuota: nothing,
  ResponseCache: nothing,
  RevokeOAuthV2: nothing,
  Script: scripted,
  ServiceCallout: ({ root, name: policy }) => [
    ...below(textIn(root, 'Response') ?? 'calloutResponse', `servicecallout.${policy}`, variableOf(root, 'Request')),
  ],
  SetOAuthV2Info: nothing,
  SpikeArrest: ownName('ratelimit'),
  StatisticsCollector: nothing,
  TraceCapture: nothing,
  VerifyAPIKey: ({ name: policy }) => below(`verifyapikey.${policy}`, ...identity),
  VerifyJWS: token,
  VerifyJWT: token,
  XMLThreatProtection: nothing,
  XMLToJSON: outputVariable,
  XSL: outputVariable,
};

/** One name for what is the same variable: header names in lower case, `message` as `request`. */
export function canonical(text: string): string {
  const full = text.replace(/^message\./, 'request.');
  return full.replace(/^(request|response)\.header\.(.+)$/, (_, of, header) => `${of}.header.${header.toLowerCase()}`);
}

export function sets({ target }: Setting, variable: string): boolean {
  if (target.kind === 'any') return true;
  const wanted = canonical(variable);
  if (target.kind === 'beginning') return wanted.startsWith(target.name);
  return wanted === target.name || (target.kind === 'below' && wanted.startsWith(`${target.name}.`));
}

function refOf(root: XmlElement, child: string): string | undefined {
  return attributeIn(root, child, 'ref');
}

function variableOf(root: XmlElement, child: string): string | undefined {
  return attributeIn(root, child, 'variable');
}

function attributeIn(root: XmlElement, child: string, attribute: string): string | undefined {
  const element = childOf(root, child);
  return element && attributeOf(element, attribute)?.text;
}

/** What a FlowCallout gives to its shared flow. */
export function parametersOf(root: XmlElement): readonly Setting[] {
  const parameters = childOf(root, 'Parameters')?.children ?? [];
  return parameters.flatMap((parameter) => name(attributeOf(parameter, 'name')?.text));
}

/** In the name of a target, the message of the flow that the policy runs in: the request or the response. */
export const currentMessage = 'current message';

/** @param message the message that a policy without `AssignTo` changes */
function assignMessage(root: XmlElement, message = currentMessage): readonly Setting[] {
  const ignores = textIn(root, 'IgnoreUnresolvedVariables') === 'true';
  const continues = attributeOf(root, 'continueOnError')?.text === 'true';
  const assignTo = childOf(root, 'AssignTo');
  const isNew = assignTo !== undefined && attributeOf(assignTo, 'createNew')?.text === 'true';
  const made = root.children.flatMap((child): readonly Setting[] => {
    if (child.name === 'AssignVariable') return assignedVariable(child, ignores, continues);
    if (!/^(?:Add|Copy|Remove|Set)$/.test(child.name)) return [];
    return changedParts(child, messageOf(root) ?? message);
  });
  return [...(isNew ? allParts(messageOf(root) ?? message) : []), ...made];
}

/** The message that a policy writes to; undefined for the current one. */
export function messageOf(root: XmlElement): string | undefined {
  const assignTo = childOf(root, 'AssignTo');
  if (assignTo === undefined) return undefined;
  return textIn(root, 'AssignTo') ?? attributeOf(assignTo, 'type')?.text;
}

function assignedVariable(element: XmlElement, ignores: boolean, continues: boolean): readonly Setting[] {
  const variable = textIn(element, 'Name');
  if (variable === undefined) return [];
  if (/[{}]/.test(variable)) return [anything];
  const assignment = assignmentOf(element, ignores);
  const target = { kind: 'name', name: canonical(variable) } as const;
  if ('unknown' in assignment) return [{ target, how: assignment.unknown, certain: false }];
  const isFixed = 'value' in assignment.form;
  const hasDefault = isFixed || textIn(element, 'Ref') === undefined || textIn(element, 'Value') !== undefined;
  return [{ target, assigned: assignment, certain: isFixed || (hasDefault && !continues) }];
}

const partNames: Readonly<Record<string, string>> = {
  Headers: 'header',
  QueryParams: 'queryparam',
  FormParams: 'formparam',
  Payload: 'content',
  Verb: 'verb',
  Path: 'path',
  Version: 'version',
};

function allParts(message: string): readonly Setting[] {
  return below(...Object.values(partNames).map((part) => `${message}.${part}`));
}

/** The headers, parameters and other parts of a message that `<Set>`, `<Add>`, `<Copy>` or `<Remove>` changes. */
function changedParts(change: XmlElement, message: string): readonly Setting[] {
  // `<Copy source="…"/>` copies the whole message.
  if (change.children.length === 0 && /^(?:Copy|Remove)$/.test(change.name)) return allParts(message);
  return change.children.flatMap((part) => {
    const partName = partNames[part.name];
    if (partName === undefined) return [];
    const names = part.children.flatMap((item) => attributeOf(item, 'name')?.text ?? []);
    const whole = `${message}.${partName}`;
    return below(...(names.length === 0 ? [whole] : names.map((item) => `${whole}.${item}`)));
  });
}

function extractedBy(root: XmlElement): readonly Setting[] {
  const prefix = textIn(root, 'VariablePrefix');
  return elementsIn(root).flatMap((element) => {
    const names =
      element.name === 'Variable'
        ? [attributeOf(element, 'name')?.text ?? '']
        : element.name === 'Pattern'
          ? Array.from(element.text.text.matchAll(/\{([^{}]*)\}/g), ([, inside = '']) => inside.trim())
          : [];
    return names.flatMap((text) => name(prefix === undefined || text === '' ? text : `${prefix}.${text}`));
  });
}

function readFromMap(root: XmlElement): readonly Setting[] {
  const map = attributeOf(root, 'mapIdentifier')?.text ?? textIn(root, 'MapName');
  const scope = textIn(root, 'Scope') ?? 'environment';
  return childrenOf(root, 'Get').flatMap((get) => {
    const parameters = elementsIn(get).filter((element) => element.name === 'Parameter');
    const refs = parameters.flatMap((parameter) => attributeOf(parameter, 'ref')?.text ?? []);
    const keys = parameters.map((parameter) => attributeOf(parameter, 'ref')?.text ?? parameter.text.text.trim());
    const how = `map ${map ?? 'named by a variable'}, key ${keys.join(', ')}`;
    const entry = map === undefined || refs.length > 0 ? undefined : keys.join(', ');
    const assignTo = attributeOf(get, 'assignTo')?.text;
    return name(assignTo).map((setting) => ({ ...setting, how, map: { name: map ?? '', scope, entry } }));
  });
}

interface Scripts {
  /** Those of the proxy; the policy's own source has none. */
  readonly files: readonly string[];
  readonly text: string;
  /** Whether a script is not among the files. */
  readonly isMissing: boolean;
}

function scriptsOf(root: XmlElement, resources: ProxyFiles['resources']): Scripts {
  if (root.name !== 'Javascript' && root.name !== 'Script') return { files: [], text: '', isMissing: false };
  const urls = root.children
    .filter(({ name: child }) => child === 'ResourceURL' || child === 'IncludeURL')
    .map(({ text }) => /^(jsc|py):\/\/(.+)$/.exec(text.text.trim()));
  const found = urls.map((url) => (url === null ? undefined : resources.get(`${url[1]}/${url[2]}`)));
  const files = found.filter((file) => file !== undefined);
  return {
    // The script itself first: the included ones are libraries.
    files: files.map((file) => file.name).reverse(),
    text: [...files.map(({ text }) => text), textIn(root, 'Source') ?? ''].join('\n'),
    isMissing: files.length < urls.length,
  };
}

function scripted({ scripts }: PolicyParts): readonly Setting[] {
  const { names, beginnings, others } = variablesSetBy(scripts.text);
  const missing: Setting = { ...anything, how: 'its script is not in the bundle' };
  return [
    ...below(...names),
    ...beginnings.map((text): Setting => ({ target: { kind: 'beginning', name: canonical(text) }, certain: false })),
    ...(others ? [{ ...anything, how: 'may set any variable: it puts names together' }] : []),
    ...(scripts.isMissing ? [missing] : []),
  ];
}

function elementsIn(element: XmlElement): readonly XmlElement[] {
  return element.children.flatMap((child) => [child, ...elementsIn(child)]);
}
