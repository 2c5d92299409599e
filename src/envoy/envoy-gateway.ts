/**
 * @module
 * `gen envoy-gateway`: the objects that attach mintproc to a Gateway of Envoy Gateway 1.6 and later.
 */
import { commentedYaml, Flow, Noted, type Written } from '../documents/commented-yaml.ts';
import { type Address, isIpAddress } from '../net/address.ts';
import { audienceOf } from '../net/address-literal.ts';
import { callerNotes } from './caller-notes.ts';
import { lookalikesPattern, notedRemovals } from './client-copies.ts';
import {
  type EnvoyPart,
  type EnvoyTls,
  extAuthz,
  extProc,
  type FilterName,
  jwtAuthn,
  namesOf,
  notedPatience,
} from './envoy-part.ts';
import { attributesComment, publishedNamespace, trailersComment, trailersFilter } from './filters.ts';
import { gatewayAuthzNotes, gatewayAuthzRefusals, reachedBackend, securityPolicy } from './gateway-authz.ts';
import { objectName, optionValue, type Platform, type PlatformValues } from './platform.ts';
import { refusedAttributes, refusedHeaders, refusedTlsName } from './refusals.ts';
import { refusedInjectors } from './token-injectors.ts';

const product = 'Envoy Gateway';

/** The attributes that the definition of EnvoyExtensionPolicy accepts. */
const accepted = /^(?:connection\.|source\.|destination\.|request\.|response\.|upstream\.|xds\.route_)[a-z_1-9]*$/;

/** What to read instead of an attribute that is not accepted. */
const insteadOf: ReadonlyMap<string, string> = new Map([
  ['xds.virtual_host_name', 'the host of the request, or `xds.route_name`, whose last part is the host'],
  ['xds.cluster_name', '`xds.route_name`, which names the HTTPRoute and its rule'],
]);

const attributes = {
  product,
  accepts: (name: string) => accepted.test(name),
  insteadOf: (name: string) =>
    insteadOf.get(name) ?? 'an attribute of connection, source, destination, request or the route',
};

export const envoyGatewayPlatform: Platform = {
  writes: 'envoy-gateway.yaml, the objects for a Gateway of Envoy Gateway',
  filters: ['ext_proc', 'ext_authz'],
  options: {
    gateway: { value: 'NAME', byDefault: 'gateway', help: 'the name of the Gateway', check: objectName },
    namespace: { value: 'NAME', byDefault: 'default', help: 'the namespace of the Gateway', check: objectName },
    listener: { value: 'NAME', byDefault: 'http', help: 'the name of a listener of the Gateway', check: objectName },
  },
  canKeepTokens: false,
  problems: (part) => refusedInjectors(product, part),
  refusals: (part) => [
    ...(part.filter === 'ext_authz' ? gatewayAuthzRefusals(part) : refusedAttributes(part, attributes)),
    ...refusedAddress(part),
    ...refusedTlsName(product, part),
    ...refusedHeaders(product, part.copies.removed, maxRemoved),
  ],
  generate(part, values) {
    const text = commentedYaml(heading, objectsOf(part, values));
    return { files: [{ name: 'envoy-gateway.yaml', text }], notes: notes(part) };
  },
};

const heading =
  'mintproc at a Gateway of Envoy Gateway, written by `mintproc gen envoy-gateway`. In the configuration of Envoy Gateway ' +
  'itself set `extensionApis: { enableBackend: true, enableEnvoyPatchPolicy: true }`.';

function refusedAddress({ address }: EnvoyPart): readonly string[] {
  if (address.kind !== 'tcp' || audienceOf(address.host) !== 'machine') return [];
  return [
    'Envoy Gateway refuses a Backend at the loopback address. Write `listen: unix:/run/mintproc/mintproc.sock` in ' +
      'mintproc.yaml, or name the address of its Service with --mintproc.',
  ];
}

/** The definition of ClientTrafficPolicy accepts as many. */
const maxRemoved = 64;

function notes(part: EnvoyPart): readonly string[] {
  const allowed = 'Envoy Gateway itself must allow Backend and EnvoyPatchPolicy; the heading of the file says how.';
  return [allowed, ...(part.filter === 'ext_authz' ? gatewayAuthzNotes(part) : processorNotes(part))];
}

function processorNotes(part: EnvoyPart): readonly string[] {
  const { routePolicy, routeNames } = part;
  const all = [...callerNotes(part, 'a SecurityPolicy with `jwt` must target the same routes')];
  if (part.reads.namespaces.has(jwtAuthn) && !writes(part, 'authorization')) {
    all.push(
      "Envoy Gateway forwards the caller's own token: let each HTTPRoute remove it (RequestHeaderModifier) if the " +
        'upstream must not get it.',
    );
  }
  if (routePolicy !== undefined) {
    all.push('`allowRoutePolicy` has no effect: Envoy Gateway cannot give a route gRPC metadata. Use `routes`.');
  }
  if (routeNames.length > 0) {
    all.push(
      '`routeName` must be the name that Envoy Gateway gives, httproute/NAMESPACE/NAME/rule/0/match/0/HOST, or its ' +
        'beginning: httproute/NAMESPACE/NAME/*.',
    );
  }
  return all;
}

/** Whether a policy writes its token to the header. */
function writes({ copies: { removed, kept } }: EnvoyPart, header: string): boolean {
  return removed.includes(header) || kept.includes(header);
}

const own = { apiVersion: 'gateway.envoyproxy.io/v1alpha1' };

function objectsOf(part: EnvoyPart, values: PlatformValues): readonly Written[] {
  const at = (name: string): Written => new Flow({ name, namespace: optionValue(values, 'namespace') });
  const gateway = { group: 'gateway.networking.k8s.io', kind: 'Gateway', name: optionValue(values, 'gateway') };
  return [
    { ...own, kind: 'Backend', metadata: at('mintproc'), spec: backend(part) },
    ...(part.tls === undefined ? [] : [tlsPolicy(part.tls, at('mintproc'))]),
    policyOf(part, at('mintproc'), gateway),
    {
      ...own,
      kind: 'ClientTrafficPolicy',
      metadata: at('mintproc'),
      spec: { targetRefs: [new Flow(gateway)], ...clientTraffic(part) },
    },
    { ...own, kind: 'EnvoyPatchPolicy', metadata: at('mintproc-trailers'), spec: trailersPatch(gateway, values) },
    { ...own, kind: 'EnvoyProxy', metadata: at('mintproc'), spec: proxy(part) },
  ];
}

/** The policy that calls mintproc. */
function policyOf(part: EnvoyPart, metadata: Written, gateway: object): Written {
  const isAuthz = part.filter === 'ext_authz';
  const kind = isAuthz ? 'SecurityPolicy' : 'EnvoyExtensionPolicy';
  const comment =
    `All routes of the Gateway. A route with ${isAuthz ? 'a' : 'an'} ${kind} of its own goes on WITHOUT this one, unless ` +
    'that policy has `mergeType`; a listener with a ClientTrafficPolicy of its own goes on without the one below.';
  const spec = isAuthz ? securityPolicy(part) : { extProc: [processor(part)] };
  return { ...own, kind, metadata, spec: { targetRefs: new Noted(comment, [new Flow(gateway)]), ...spec } };
}

function backend({ address, tls }: EnvoyPart): Written {
  return {
    endpoints: [new Flow(endpointOf(address))],
    tls: tls && {
      minVersion: '1.3',
      maxVersion: '1.3',
      clientCertificateRef: tls.needsClientCertificate
        ? new Noted(
            "Envoy's own certificate: mintproc requires one (`clientAuthorities`).",
            new Flow({ kind: 'Secret', name: 'mintproc-client' }),
          )
        : undefined,
    },
  };
}

function endpointOf(address: Address): object {
  if (address.kind === 'unix') return { unix: { path: address.path } };
  const { host, port } = address;
  return isIpAddress(host) ? { ip: { address: host, port } } : { fqdn: { hostname: host, port } };
}

function tlsPolicy({ name }: EnvoyTls, metadata: Written): Written {
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'BackendTLSPolicy',
    metadata,
    spec: {
      targetRefs: [new Flow({ group: 'gateway.envoyproxy.io', kind: 'Backend', name: 'mintproc' })],
      validation: {
        caCertificateRefs: new Noted('The authority of the certificate in `tls` of mintproc.yaml, as `ca.crt`.', [
          new Flow({ group: '', kind: 'ConfigMap', name: 'mintproc-ca' }),
        ]),
        hostname: name,
      },
    },
  };
}

function processor(part: EnvoyPart): Written {
  const { reads, publishesVariables, address } = part;
  const attributes = namesOf(reads.attributes);
  const namespaces = namesOf(reads.namespaces);
  const request = attributes.length === 0 ? new Flow({}) : { attributes: new Noted(attributesComment, attributes) };
  const hasMetadata = namespaces.length > 0 || publishesVariables;
  return {
    ...reachedBackend(address),
    messageTimeout: notedPatience(part),
    failOpen: new Noted(
      'While mintproc is down or late, requests are refused. Never true: they would go on without a token.',
      false,
    ),
    processingMode: new Noted('`request` alone sends the headers, which is all that mintproc needs.', { request }),
    metadata: hasMetadata
      ? {
          accessibleNamespaces: namespaces.length === 0 ? undefined : namespaces,
          writableNamespaces: publishesVariables
            ? new Noted('Variables that policies set, for later filters (`publishVariables`).', [publishedNamespace])
            : undefined,
        }
      : undefined,
  };
}

function clientTraffic({ copies, trustsForwardedCertificate }: EnvoyPart): Readonly<Record<string, Written>> {
  const headers: Record<string, Written> = {
    withUnderscoresAction: new Noted(
      "Many upstreams treat `x_token` as `x-token`: a client must not have two spellings of a token's header.",
      'DropHeader',
    ),
  };
  const early = notedRemovals(
    copies,
    (header) => [matcherOf(header)],
    (removeOnMatch) => ({ removeOnMatch }),
  );
  if (early !== undefined) headers['earlyRequestHeaders'] = early;
  if (trustsForwardedCertificate) {
    headers['xForwardedClientCert'] = new Noted(
      '`x-forwarded-client-cert` names the caller (`trustForwardedClientCert`). Envoy writes it of the certificate that ' +
        "it verified itself, and a client's own copy goes.",
      new Flow({ mode: 'SanitizeSet', certDetailsToAdd: ['Subject', 'URI', 'DNS'] }),
    );
  }
  return {
    path: new Noted(
      'One spelling of a path for every filter. Envoy Gateway always normalises paths and merges slashes.',
      new Flow({ escapedSlashesAction: 'RejectRequest', disableMergeSlashes: false }),
    ),
    headers,
  };
}

function matcherOf(header: string): Flow {
  const regex = lookalikesPattern(header);
  return new Flow(regex === undefined ? { value: header } : { type: 'RegularExpression', value: regex });
}

function trailersPatch(gateway: object, values: PlatformValues): Written {
  const [namespace, name, listener] = ['namespace', 'gateway', 'listener'].map((key) => optionValue(values, key));
  return {
    targetRef: new Flow(gateway),
    type: 'JSONPatch',
    jsonPatches: [
      new Noted(
        `${trailersComment} No other object of Envoy Gateway can say this. Repeat it for each listener; with ` +
          'XDSNameSchemeV2 its name is `tcp-PORT`.',
        {
          type: 'type.googleapis.com/envoy.config.listener.v3.Listener',
          name: `${namespace}/${name}/${listener}`,
          operation: { op: 'add', jsonPath: '..http_filters', path: '/0', value: trailersFilter },
        },
      ),
    ],
  };
}

/**
 * Filters that refuse requests, in the order of Envoy Gateway, which has mintproc before them by default. An entry for
 * one that is not there has no effect.
 */
const refusing: Readonly<Record<FilterName, readonly string[]>> = {
  ext_proc: ['rbac', 'local_ratelimit', 'ratelimit'],
  ext_authz: ['oauth2', 'jwt_authn', 'rbac', 'local_ratelimit', 'ratelimit'],
};

function proxy({ address, filter }: EnvoyPart): Written {
  const name = filter === 'ext_authz' ? extAuthz : extProc;
  const order = {
    filterOrder: new Noted(
      'mintproc after authentication, authorization and rate limits, where requests are refused.',
      refusing[filter].map((other) => new Flow({ name, after: `envoy.filters.http.${other}` })),
    ),
  };
  if (address.kind !== 'unix') return order;
  const folder = address.path.slice(0, Math.max(1, address.path.lastIndexOf('/')));
  const mount = { name: 'mintproc-socket', mountPath: folder };
  const container = {
    name: 'mintproc',
    image: 'mintproc:0.1.0',
    restartPolicy: 'Always',
    volumeMounts: [new Flow({ ...mount }), new Flow({ name: 'mintproc', mountPath: '/etc/mintproc', readOnly: true })],
  };
  return {
    ...order,
    provider: {
      type: 'Kubernetes',
      kubernetes: {
        envoyDeployment: {
          initContainers: new Noted(
            'mintproc as a sidecar. Name this EnvoyProxy in the Gateway: `infrastructure.parametersRef`. Keys and probes ' +
              'as in deploy/kubernetes/.',
            [container],
          ),
          container: { volumeMounts: [new Flow({ ...mount, readOnly: true })] },
          pod: {
            securityContext: new Noted(
              "A group of both containers: lets Envoy open mintproc's socket.",
              new Flow({ fsGroup: 65_532 }),
            ),
            volumes: [
              new Flow({ name: 'mintproc-socket', emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } }),
              new Flow({ name: 'mintproc', configMap: { name: 'mintproc' } }),
            ],
          },
        },
      },
    },
  };
}
