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
import { attributeOf, textIn } from '../xml-parts.ts';
import { type Call, type CallingProxy, callsOf, chainsOf, type ProxyParts } from './chains.ts';
import { type Destination, destinationsOf } from './destination.ts';
import { endpointOf } from './flow-steps.ts';
import { type NeededVariable, neededBy } from './needed.ts';
import { type ProxyDocument, type ProxyFiles, policyName, proxiesIn } from './proxy-files.ts';
import { type ProposedRoute, routesOf } from './routes.ts';
import { type BundleRuntime, runtimeOf } from './runtime.ts';
import { bundlePolicy } from './settings.ts';
import { sharedName, withSharedFlows } from './shared-flows.ts';

export interface BundledCall {
  /** For a policy of a shared flow, a proxy that calls the flow. */
  readonly proxy: ProxyParts;
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
  readonly policies: readonly BundledPolicy[];
}

/** Reads the proxies that have a GenerateJWT policy. Files that are neither a policy nor a flow are skipped. */
export function readBundles(files: readonly ExportFile[], settings: PolicySettings): readonly Bundle[] {
  const read = proxiesIn(files).map((own) => ({ own, proxy: proxyOf(own) }));
  const sharedFlows = new Map(read.flatMap(({ own, proxy }) => sharedFlowNames(own).map((name) => [name, proxy])));
  const proxies = read.map(({ own, proxy }) => ({
    own,
    calling: { proxy: withSharedFlows(proxy, sharedFlows), prefix: '', name: proxyName(own.documents) },
  }));
  const callers = proxies.filter(({ own }) => sharedFlowNames(own).length === 0).map(({ calling }) => calling);
  return proxies
    .filter(({ own }) => own.documents.some(isMinting))
    .map(({ own, calling }) => {
      const shared = sharedFlowNames(own).flatMap((name) => callersOf(name, callers));
      return readBundle(own, shared.length === 0 ? [calling] : shared, settings);
    });
}

/** The proxies that call a shared flow. */
function callersOf(sharedFlow: string, proxies: readonly CallingProxy[]): readonly CallingProxy[] {
  const prefix = sharedName(sharedFlow, '');
  return proxies
    .filter(({ proxy }) => proxy.endpoints.some(({ steps }) => steps.some(({ policy }) => policy.startsWith(prefix))))
    .map((calling) => ({ ...calling, prefix }));
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
  proxies: readonly CallingProxy[],
  settings: PolicySettings,
): Bundle {
  const read = documents.filter(isMinting).map((document) => readPolicy(document, settings, proxies));
  const needsOf = (policies: readonly FoundPolicy[]): Needs => {
    const needed = neededBy(policies, proxies);
    // The configuration refuses this name.
    const variables = needed.filter(({ name }) => isPlainName(name) && name !== '__proto__');
    return { variables, runtime: runtimeOf(variables, proxies), unnamed: needed.length - variables.length };
  };
  return {
    folder,
    name: nameOf(documents) ?? folder,
    policies: read.map((policy) => ({ ...policy, needs: needsOf(policy.found === undefined ? [] : [policy.found]) })),
    ...needsOf(read.flatMap((policy) => policy.found ?? [])),
  };
}

/** The name of the proxy or shared flow; undefined for policies without one. */
function nameOf(documents: readonly ProxyDocument[]): string | undefined {
  const root = documents.find((document) => /^(?:APIProxy|SharedFlowBundle)$/.test(document.root.name))?.root;
  const name = root && (attributeOf(root, 'name')?.text ?? textIn(root, 'name'));
  return name === '' ? undefined : name;
}

/** The name of the proxy, if it has one. */
function proxyName(documents: readonly ProxyDocument[]): string | undefined {
  const [root, ...others] = documents.map((document) => document.root).filter(({ name }) => name === 'APIProxy');
  if (root === undefined || others.length > 0) return undefined;
  return attributeOf(root, 'name')?.text ?? textIn(root, 'name');
}

function readPolicy(
  { source, root, file }: ProxyDocument,
  settings: PolicySettings,
  proxies: readonly CallingProxy[],
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
    calls: proxies.flatMap(({ proxy, prefix }) =>
      callsOf(proxy, `${prefix}${name}`).map((call) => bundledCall(call, output, proxy)),
    ),
  };
}

function bundledCall(call: Call, output: string, proxy: ProxyParts): BundledCall {
  const destinations = destinationsOf(output, call, chainsOf(proxy, call), proxy);
  const headers = destinations.filter((one) => one.kind === 'header');
  const [header, ...more] = headers;
  const isRequest = call.step.direction === 'request' && call.step.section !== 'fault';
  const routes = header !== undefined && more.length === 0 && isRequest ? routesOf(proxy, call, header) : [];
  return { proxy, call, destinations, routes };
}
