/**
 * @module
 * Reads the proxies of a folder or archive (`apiproxy/` or `sharedflowbundle/`): their GenerateJWT policies, the steps
 * that call them, where the tokens go, and the variables that a configuration must declare in place of other policies.
 *
 * Only the parts that concern tokens are read; everything else is left to Apigee.
 */

import { isPlainName } from '../../../diagnostics/harmless.ts';
import { type Problem, Problems } from '../../../diagnostics/problem.ts';
import type { Place } from '../../../diagnostics/source-text.ts';
import { finish } from '../../../diagnostics/steps.ts';
import { DocumentFile } from '../../../documents/document-file.ts';
import type { XmlElement } from '../../../documents/xml-element.ts';
import type { TokenPlan } from '../../../plan/token-plan.ts';
import type { ExportFile } from '../../exported.ts';
import type { FoundPolicy, PolicySettings } from '../../policy-file.ts';
import { isPrivate } from '../../private-names.ts';
import { apigee } from '../dialect.ts';
import { editionOf } from '../editions.ts';
import { isSap } from '../root.ts';
import { attributeOf, childOf, textIn } from '../xml-parts.ts';
import { type Call, callsOf, chainsOf, type ProxyParts } from './chains.ts';
import { type Destination, destinationsOf } from './destination.ts';
import { endpointOf } from './flow-steps.ts';
import { type NeededVariable, neededBy } from './needed.ts';
import type { Called } from './origins.ts';
import { type ProxyDocument, type ProxyFiles, policyName, proxiesIn } from './proxy-files.ts';
import { type ProposedRoute, routesOf } from './routes.ts';
import { type BundleRuntime, runtimeOf } from './runtime.ts';
import { bundlePolicy } from './settings.ts';

export interface BundledCall {
  readonly call: Call;
  readonly destinations: readonly Destination[];
  /** One for each ProxyEndpoint, if the token goes to one header of the request. */
  readonly routes: readonly ProposedRoute[];
}

/** What a configuration must say in place of a proxy's other policies. */
export interface Needs {
  readonly variables: readonly NeededVariable[];
  /** What the `apigee` block says in place of some of them. */
  readonly runtime: BundleRuntime;
  /** How many more it reads, whose names cannot be written here: they may be secrets in place of a name. */
  readonly unnamed: number;
}

export interface BundledPolicy {
  readonly file: string;
  readonly exported: ExportFile;
  readonly name: string;
  readonly problems: readonly Problem[];
  /** Undefined if an error was reported. */
  readonly plan: TokenPlan | undefined;
  /** Undefined for a file that is not well-formed. */
  readonly found: FoundPolicy | undefined;
  readonly root: XmlElement;
  readonly place: Place;
  readonly isEnabled: boolean;
  /** Whether the policy would show the value of a private variable. */
  readonly showsPrivate: boolean;
  readonly calls: readonly BundledCall[];
  /** What it needs if it is alone: with others, one variable may have several values. */
  readonly needs: Needs;
}

/** One proxy or shared flow, with what all of its policies need together. */
export interface Bundle extends Needs {
  /** Relative to the folder or archive; empty for the folder itself. */
  readonly folder: string;
  readonly name: string;
  readonly proxy: ProxyParts;
  /** Finds what a step of the proxy calls. */
  readonly find: Called['find'];
  readonly policies: readonly BundledPolicy[];
}

/** Reads the proxies that have a GenerateJWT policy. Files that are neither a policy nor a flow are skipped. */
export function readBundles(files: readonly ExportFile[], settings: PolicySettings): readonly Bundle[] {
  const proxies = proxiesIn(files).map((own) => ({ own, proxy: proxyOf(own) }));
  const sharedFlows = new Map(proxies.flatMap(({ own, proxy }) => sharedFlowNames(own).map((name) => [name, proxy])));
  return proxies
    .filter(({ own }) => own.documents.some(isMinting))
    .map(({ own, proxy }) => readBundle(own, proxy, sharedFlows, settings));
}

function isMinting({ root }: ProxyDocument): boolean {
  return root.name === 'GenerateJWT';
}

function proxyOf(files: ProxyFiles): ProxyParts {
  const endpointBy = new Map(files.documents.map((document) => [document, endpointOf(document.root, document.source)]));
  const endpoints = [...endpointBy.values()].filter((endpoint) => endpoint !== undefined);
  const policies = files.documents.filter((document) => endpointBy.get(document) === undefined);
  return {
    endpoints,
    policies: new Map(policies.map((document) => [policyName(document), bundlePolicy(document, files)])),
  };
}

function sharedFlowNames({ documents }: ProxyFiles): readonly string[] {
  return documents
    .filter(({ root }) => root.name === 'SharedFlowBundle')
    .map(({ root }) => attributeOf(root, 'name')?.text ?? '');
}

function readBundle(
  { folder, documents }: ProxyFiles,
  proxy: ProxyParts,
  sharedFlows: ReadonlyMap<string, ProxyParts>,
  settings: PolicySettings,
): Bundle {
  const read = documents.filter(isMinting).map((document) => readPolicy(document, settings, proxy));
  const found = read.flatMap((policy) => policy.found ?? []);
  const published = found.flatMap(({ names }) => names);
  const find = finder(proxy, sharedFlows);
  const needsOf = (policies: readonly FoundPolicy[]): Needs => {
    const needed = neededBy(policies, published, proxy, find);
    // The configuration refuses this name.
    const variables = needed.filter(({ name }) => isPlainName(name) && name !== '__proto__');
    return { variables, runtime: runtimeOf(variables, proxy, documents), unnamed: needed.length - variables.length };
  };
  return {
    folder,
    name: nameOf(documents) ?? folder,
    proxy,
    find,
    policies: read.map((policy) => ({ ...policy, needs: needsOf(policy.found === undefined ? [] : [policy.found]) })),
    ...needsOf(found),
  };
}

/** The name of the proxy or shared flow; undefined for policies without one. */
function nameOf(documents: readonly ProxyDocument[]): string | undefined {
  const root = documents.find((document) => /^(?:APIProxy|SharedFlowBundle)$/.test(document.root.name))?.root;
  const name = root && (attributeOf(root, 'name')?.text ?? textIn(root, 'name'));
  return name === '' ? undefined : name;
}

/** Finds what a step of the proxy calls. A shared flow that is not in the folder or archive may set any variable. */
function finder(proxy: ProxyParts, sharedFlows: ReadonlyMap<string, ProxyParts>): Called['find'] {
  return (name) => {
    const policy = proxy.policies.get(name);
    if (policy === undefined) return undefined;
    const shared = sharedFlows.get(textIn(policy.root, 'SharedFlowBundle') ?? '');
    const [flow, ...more] = shared?.endpoints ?? [];
    const hasParameters = childOf(policy.root, 'Parameters') !== undefined;
    if (policy.kind !== 'FlowCallout' || shared === undefined || flow === undefined || more.length > 0 || hasParameters)
      return { policy, steps: undefined, find: () => undefined };
    const steps = flow.steps.map((step) => ({ step, always: step.condition === undefined }));
    return { policy, steps, find: finder(shared, sharedFlows) };
  };
}

function readPolicy(
  { source, root, file }: ProxyDocument,
  settings: PolicySettings,
  proxy: ProxyParts,
): Omit<BundledPolicy, 'needs'> {
  const problems = new Problems();
  const [found] = finish(apigee.read(new DocumentFile(source), settings, problems));
  // Variables that are not declared yet are listed below, once for all policies.
  const own = problems.all.filter(({ code }) => code !== 'apigee.undeclared-variable');
  const name = found?.names[0] ?? policyName({ source, root, file });
  const output = textIn(root, 'OutputVariable') ?? editionOf(settings.edition, isSap(root)).defaultVariable(name);
  return {
    file: source.file,
    exported: file,
    name,
    problems: own,
    plan: found?.plan,
    found,
    root,
    place: source.placeAt(found?.offset ?? 0),
    isEnabled: attributeOf(root, 'enabled')?.text !== 'false',
    showsPrivate: found?.variables?.some(({ name: read, use }) => use === 'value' && isPrivate(read)) === true,
    calls: callsOf(proxy, name).map((call) => bundledCall(call, output, proxy)),
  };
}

function bundledCall(call: Call, output: string, proxy: ProxyParts): BundledCall {
  const destinations = destinationsOf(output, call, chainsOf(proxy, call), proxy);
  const headers = destinations.filter((one) => one.kind === 'header');
  const [header, ...more] = headers;
  const isRequest = call.step.direction === 'request' && call.step.section !== 'fault';
  const routes = header !== undefined && more.length === 0 && isRequest ? routesOf(proxy, call, header) : [];
  return { call, destinations, routes };
}
