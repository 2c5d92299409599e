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
  const proxies = readProxies(files);
  return proxies.filter(isMinting).map(({ own, calling, sharedFlow }) => {
    const callers = sharedFlow === undefined ? [] : callersOf(sharedFlow, proxies);
    return readBundle(own, callers.length === 0 ? [calling] : callers, settings);
  });
}

/** A proxy with the policies that run in it, also those of shared flows; or a shared flow that no proxy calls. */
export interface BundledProxy {
  readonly name: string;
  readonly proxy: ProxyParts;
  readonly bundles: readonly Bundle[];
}

export function readBundledProxies(files: readonly ExportFile[]): readonly BundledProxy[] {
  const proxies = readProxies(files);
  const shared = proxies.filter(isMinting).filter(({ sharedFlow }) => sharedFlow !== undefined);
  return proxies
    .filter(({ sharedFlow }) => sharedFlow === undefined || callersOf(sharedFlow, proxies).length === 0)
    .map((one) => {
      const own = isMinting(one) ? [readBundle(one.own, [one.calling], {})] : [];
      const called = shared
        .filter(({ sharedFlow }) => sharedFlow !== one.sharedFlow)
        .flatMap(({ own: files, sharedFlow = '' }) =>
          callersOf(sharedFlow, [one]).map((calling) => readBundle(files, [calling], {})),
        );
      return {
        name: nameOf(one.own.documents) ?? (one.own.folder.replace(/\/$/, '') || 'bundle'),
        proxy: one.calling.proxy,
        bundles: [...own, ...called],
      };
    });
}

interface ReadProxy {
  readonly own: ProxyFiles;
  readonly calling: CallingProxy;
  /** The name of a shared flow; undefined for a proxy. */
  readonly sharedFlow: string | undefined;
}

function readProxies(files: readonly ExportFile[]): readonly ReadProxy[] {
  const read = proxiesIn(files).map((own) => ({ own, proxy: proxyOf(own), sharedFlow: sharedFlowName(own) }));
  const sharedFlows = new Map(
    read.flatMap(({ sharedFlow, proxy }) => (sharedFlow === undefined ? [] : [[sharedFlow, proxy] as const])),
  );
  return read.map(({ own, proxy, sharedFlow }) => ({
    own,
    calling: { proxy: withSharedFlows(proxy, sharedFlows), prefix: '', name: proxyName(own.documents) },
    sharedFlow,
  }));
}

function isMinting({ own }: ReadProxy): boolean {
  return own.documents.some(mints);
}

/** The proxies that call a shared flow. */
function callersOf(sharedFlow: string, proxies: readonly ReadProxy[]): readonly CallingProxy[] {
  const prefix = sharedName(sharedFlow, '');
  return proxies
    .filter((one) => one.sharedFlow === undefined)
    .map(({ calling }) => ({ ...calling, prefix }))
    .filter(({ proxy }) => proxy.endpoints.some(({ steps }) => steps.some(({ policy }) => policy.startsWith(prefix))));
}

function mints({ root }: ProxyDocument): boolean {
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

function sharedFlowName({ documents }: ProxyFiles): string | undefined {
  const root = documents.find((document) => document.root.name === 'SharedFlowBundle')?.root;
  return root && (attributeOf(root, 'name')?.text ?? '');
}

function readBundle(
  { folder, documents }: ProxyFiles,
  proxies: readonly CallingProxy[],
  settings: PolicySettings,
): Bundle {
  const read = documents.filter(mints).map((document) => readPolicy(document, settings, proxies));
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
