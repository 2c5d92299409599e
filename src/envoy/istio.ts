/**
 * @module
 * `gen istio`: an EnvoyFilter for the proxies with mintproc beside them, or for ext_authz the objects of
 * `istio-authz.ts`.
 */
import { commentedYaml, Flow, Noted, Proposed, type Written } from '../documents/commented-yaml.ts';
import { callerNotes } from './caller-notes.ts';
import { mintprocCluster } from './clusters.ts';
import { type EnvoyPart, extProc } from './envoy-part.ts';
import { extProcFilter, managerSettings, managerType, trailersComment, trailersFilter } from './filters.ts';
import { istioAuthz, istioAuthzRefusals } from './istio-authz.ts';
import { objectName, optionValue, type Platform, type PlatformValues, pattern } from './platform.ts';
import { refusedInjectors } from './token-injectors.ts';

const contexts: ReadonlyMap<string, string> = new Map([
  ['gateway', 'GATEWAY'],
  ['sidecar', 'SIDECAR_INBOUND'],
  ['outbound', 'SIDECAR_OUTBOUND'],
  ['waypoint', 'WAYPOINT'],
]);

export const istioPlatform: Platform = {
  writes: 'envoyfilter.yaml, an EnvoyFilter; for ext_authz mesh-config.yaml and authorization.yaml',
  filters: ['ext_proc', 'ext_authz'],
  options: {
    name: { value: 'NAME', byDefault: 'mintproc', help: 'the name of the object and provider', check: objectName },
    namespace: {
      value: 'NAME',
      byDefault: '',
      help: 'the namespace of the object; default: that of kubectl',
      check: objectName,
    },
    selector: {
      value: 'LABEL=VALUE',
      byDefault: 'istio=mintproc-gateway',
      help: 'the label of the pods with mintproc, but for a waypoint',
      check: pattern('LABEL=VALUE', /^[\w./-]{1,253}=[\w.-]{1,63}$/),
    },
    context: {
      value: [...contexts.keys()].join('|'),
      byDefault: 'gateway',
      help: 'a gateway, requests to an application with its proxy, requests from it, or a waypoint',
      check: (value) => (contexts.has(value) ? undefined : `must be ${[...contexts.keys()].join(' or ')}`),
    },
    waypoint: { value: 'NAME', byDefault: 'waypoint', help: 'the Gateway of the waypoint', check: objectName },
  },
  canKeepTokens: false,
  problems: (part) => refusedInjectors('Istio', part),
  refusals: (part, values) => (part.filter === 'ext_authz' ? istioAuthzRefusals(part, values) : []),
  generate(part, values) {
    if (part.filter === 'ext_authz') return istioAuthz(part, values, policySelected(values), metadataOf(values));
    const text = commentedYaml(heading, [envoyFilter(part, values)]);
    return { files: [{ name: 'envoyfilter.yaml', text }], notes: notes(part) };
  },
};

const heading =
  "mintproc in the Envoy of the selected pods: the cluster with its address, the connection manager's settings, and the " +
  'filters. Written by `mintproc gen istio`. Select only pods with mintproc: elsewhere every request would be refused.';

function notes(part: EnvoyPart): readonly string[] {
  const all = [...callerNotes(part, 'a RequestAuthentication must select the same pods')];
  if (part.trustsForwardedCertificate) {
    all.push('x-forwarded-client-cert names the caller: set `forwardClientCertDetails: SANITIZE_SET` for the gateway.');
  }
  if (part.routeNames.length > 0) {
    all.push('`routeName` is the name of a route of a VirtualService: `http: [{ name: … }]`.');
  }
  return all;
}

/** Beside an application, other proxies of the mesh send the header with certificates, and Istio checks it. */
function inContext(part: EnvoyPart, context: string | undefined): EnvoyPart {
  if (context === 'GATEWAY') return part;
  const removed = part.copies.removed.filter((name) => name !== 'x-forwarded-client-cert');
  return { ...part, copies: { ...part.copies, removed } };
}

function envoyFilter(whole: EnvoyPart, values: PlatformValues): Written {
  const context = contexts.get(optionValue(values, 'context'));
  const part = inContext(whole, context);
  const inManager = (filter: Written): Written => ({
    context,
    ...(context === waypoint ? { waypoint: { filter } } : { listener: { filterChain: { filter } } }),
  });
  const insert = (filter: Written, comment: string): Written => ({
    applyTo: 'HTTP_FILTER',
    match: inManager({ name: managerName, subFilter: new Flow({ name: 'envoy.filters.http.router' }) }),
    patch: { operation: new Noted(comment, 'INSERT_BEFORE'), value: filter },
  });
  return {
    apiVersion: 'networking.istio.io/v1alpha3',
    kind: 'EnvoyFilter',
    metadata: metadataOf(values),
    spec: {
      ...workloads(context, values),
      configPatches: [
        {
          applyTo: 'CLUSTER',
          match: new Flow({ context, ...(context === waypoint ? { waypoint: {} } : {}) }),
          patch: { operation: 'ADD', value: mintprocCluster(part) },
        },
        {
          applyTo: 'NETWORK_FILTER',
          match: inManager(new Flow({ name: managerName })),
          patch: {
            operation: 'MERGE',
            value: { typed_config: { '@type': managerType, ...managerSettings(part) } },
          },
        },
        insert(extProcFilter(part), position),
        insert(trailersFilter, trailersComment),
        ...routePatches(part, context),
      ],
    },
  };
}

/** The definition of EnvoyFilter wants `waypoint` in the match exactly for this context, and the Gateway as target. */
const waypoint = 'WAYPOINT';

interface Selected {
  readonly labels?: Written;
  readonly targetRefs?: Written;
}

function selected(context: string | undefined, values: PlatformValues): Selected {
  if (context === waypoint) {
    const group = 'gateway.networking.k8s.io';
    return { targetRefs: [new Flow({ group, kind: 'Gateway', name: optionValue(values, 'waypoint') })] };
  }
  const [label = '', value = ''] = optionValue(values, 'selector').split('=');
  return { labels: new Flow({ [label]: value }) };
}

function workloads(context: string | undefined, values: PlatformValues): Readonly<Record<string, Written>> {
  const { labels, targetRefs } = selected(context, values);
  return targetRefs === undefined ? { workloadSelector: { labels } } : { targetRefs };
}

/** As an AuthorizationPolicy selects the same pods. */
function policySelected(values: PlatformValues): Written {
  const { labels, targetRefs } = selected(contexts.get(optionValue(values, 'context')), values);
  return targetRefs === undefined ? { selector: { matchLabels: labels } } : { targetRefs };
}

function metadataOf(values: PlatformValues): Written {
  return { name: optionValue(values, 'name'), namespace: optionValue(values, 'namespace') || undefined };
}

const managerName = 'envoy.filters.network.http_connection_manager';
const position =
  'Directly before the router: after authentication and authorization, and after all filters that change the request.';

function routePatches({ routeNames, routePolicy }: EnvoyPart, context: string | undefined): readonly Written[] {
  if (routePolicy === undefined) return [];
  const override = {
    [extProc]: {
      '@type': 'type.googleapis.com/envoy.extensions.filters.http.ext_proc.v3.ExtProcPerRoute',
      overrides: { grpc_initial_metadata: [new Flow({ key: 'x-mintproc-policy', value: routePolicy })] },
    },
  };
  const name = routeNames.find((pattern) => !pattern.endsWith('/*')) ?? 'orders';
  const proposed = new Proposed(
    'A route may name its policy (`allowRoutePolicy`), which takes precedence over mintproc.yaml. The name of the route ' +
      'is that of `http` in the VirtualService:',
    {
      applyTo: 'HTTP_ROUTE',
      match: new Flow({
        context,
        ...(context === waypoint
          ? { waypoint: { route: { name } } }
          : { routeConfiguration: { vhost: { route: { name } } } }),
      }),
      patch: { operation: 'MERGE', value: { typed_per_filter_config: override } },
    },
  );
  return [proposed];
}
