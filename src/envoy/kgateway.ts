/**
 * @module
 * `gen kgateway`: the objects that attach mintproc to a Gateway of kgateway, with Envoy as its data plane.
 *
 * kgateway sends no attributes to an external processor, takes no metadata of it, has no way to drop headers with
 * underscores or trailers, and its backends have no unix socket. So the objects remove both spellings of a header, and
 * let mintproc see the trailers.
 */
import { commentedYaml, Flow, Noted, type Written } from '../documents/commented-yaml.ts';
import type { Address } from '../net/address.ts';
import { audienceOf } from '../net/address-literal.ts';
import { callerNotes } from './caller-notes.ts';
import { notedRemovals } from './client-copies.ts';
import { limits } from './clusters.ts';
import { type EnvoyPart, type EnvoyTls, namesOf, notedPatience } from './envoy-part.ts';
import { objectName, optionValue, type Platform, type PlatformValues } from './platform.ts';
import { refusedAttributes, refusedHeaders, refusedTlsName } from './refusals.ts';
import { refusedInjectors } from './token-injectors.ts';

const product = 'kgateway';

export const kgatewayPlatform: Platform = {
  writes: 'kgateway.yaml, the objects for a Gateway of kgateway',
  filters: ['ext_proc'],
  options: {
    gateway: { value: 'NAME', byDefault: 'gateway', help: 'the name of the Gateway', check: objectName },
    namespace: { value: 'NAME', byDefault: 'default', help: 'the namespace of the Gateway', check: objectName },
  },
  canKeepTokens: false,
  problems: (part) => refusedInjectors(product, part),
  refusals: (part) => [
    ...refusedAttributes(part, attributes),
    ...refusedAddress(part),
    ...refusedTlsName(product, part),
    ...refusedVariables(part),
    ...refusedHeaders(product, part.copies.removed.flatMap(spellings), maxRemoved),
  ],
  generate(part, values) {
    const text = commentedYaml(heading, objectsOf(part, values));
    return { files: [{ name: 'kgateway.yaml', text }], notes: notes(part) };
  },
};

const heading =
  'mintproc at a Gateway of kgateway, written by `mintproc gen kgateway`. It needs a kgateway whose ListenerPolicy has ' +
  '`pathWithEscapedSlashesAction`: an older one ignores or refuses what it does not know.';

/** A header has the value too: `:scheme`, `x-request-id`. */
const spare = ['request.scheme', 'request.id'];

const attributes = {
  product,
  accepts: (name: string) => spare.includes(name),
  insteadOf(name: string): string {
    if (name.startsWith('connection.'))
      return "the caller's token (`authentication: { sources: [{ from: jwt_authn }] }`)";
    return name === 'xds.route_name' ? 'host and path (`match`)' : "a header, or a claim of the caller's token,";
  },
};

function refusedAddress({ address }: EnvoyPart): readonly string[] {
  if (address.kind === 'tcp') return [];
  return [
    'kgateway connects to no unix socket. Write `listen: 127.0.0.1:50051` in mintproc.yaml for a mintproc in the pods ' +
      'of the Gateway, or name the address of its Service with --mintproc.',
  ];
}

function refusedVariables({ publishesVariables }: EnvoyPart): readonly string[] {
  if (!publishesVariables) return [];
  return ['kgateway gives later filters no variables of a policy. Remove `publishVariables`.'];
}

/** The definition of an HTTPHeaderFilter in the Gateway API accepts as many. */
const maxRemoved = 16;

/** The header, and with underscores: kgateway removes exact names only, and many servers take both for one. */
function spellings(header: string): readonly string[] {
  return [...new Set([header, header.replaceAll('-', '_')])];
}

function notes(part: EnvoyPart): readonly string[] {
  const all = [...callerNotes(part, 'a TrafficPolicy with `jwtAuth` must target the same Gateway or routes')];
  if (part.readsCallerToken) {
    all.push("A policy reads the caller's token itself: set `forwardToken: true` in the provider of `jwtAuth`.");
  }
  if (part.payloads.some((name) => name !== 'payload')) {
    all.push('kgateway writes the claims under `payload`: write `payload: payload` for `from: jwt_authn`.');
  }
  if (part.routePolicy !== undefined) {
    all.push('`allowRoutePolicy` has no effect: kgateway cannot give a route gRPC metadata. Use `routes`.');
  }
  return all;
}

const group = 'gateway.kgateway.dev';
const own = { apiVersion: `${group}/v1alpha1` };

function objectsOf(part: EnvoyPart, values: PlatformValues): readonly Written[] {
  const metadata = new Flow({ name: 'mintproc', namespace: optionValue(values, 'namespace') });
  const gateway = new Flow({
    group: 'gateway.networking.k8s.io',
    kind: 'Gateway',
    name: optionValue(values, 'gateway'),
  });
  const object = (kind: string, spec: Written): Written => ({ ...own, kind, metadata, spec });
  const address = tcpAddress(part.address);
  return [
    object('Backend', {
      static: {
        hosts: [new Flow({ host: address.host, port: address.port })],
        appProtocol: new Noted('HTTP/2, as gRPC needs it.', 'kubernetes.io/h2c'),
      },
    }),
    object('BackendConfigPolicy', {
      targetRefs: [new Flow({ group, kind: 'Backend', name: 'mintproc' })],
      connectTimeout: '1s',
      circuitBreakers: new Noted(
        "Each request in flight is one stream here. Envoy's default limit of 1024 would refuse requests in a burst.",
        {
          maxConnections: limits.max_connections,
          maxPendingRequests: limits.max_pending_requests,
          maxRequests: limits.max_requests,
        },
      ),
      tls: part.tls && backendTls(part.tls),
    }),
    object('GatewayExtension', { extProc: processor(part) }),
    object('TrafficPolicy', {
      targetRefs: new Noted(overrideComment, [gateway]),
      extProc: { extensionRef: new Flow({ name: 'mintproc' }) },
    }),
    object('ListenerPolicy', {
      targetRefs: [gateway],
      default: { httpSettings: httpSettings(part) },
    }),
    ...(audienceOf(address.host) === 'machine' ? [object('GatewayParameters', sidecar(address.port))] : []),
  ];
}

function tcpAddress(address: Address): Address & { readonly kind: 'tcp' } {
  if (address.kind !== 'tcp') throw new TypeError('the address was not checked');
  return address;
}

const overrideComment =
  'All routes of the Gateway. A route whose own TrafficPolicy has `extProc: { disable: {} }` goes on WITHOUT a token.';

function backendTls({ name, needsClientCertificate }: EnvoyTls): Written {
  return {
    secretRef: new Noted(
      'A Secret with the authority of the certificate in `tls` of mintproc.yaml (`ca.crt`), and with the certificate ' +
        'and key of Envoy (`tls.crt`, `tls.key`).',
      new Flow({ name: 'mintproc-client' }),
    ),
    sni: name,
    verifySubjectAltNames: new Flow([name]),
    parameters: new Flow({ minVersion: '1.3', maxVersion: '1.3' }),
    alpnProtocols: new Flow(['h2']),
    simpleTLS: needsClientCertificate
      ? undefined
      : new Noted('mintproc asks for no certificate of Envoy (`clientAuthorities`).', true),
  };
}

function processor(part: EnvoyPart): Written {
  const { reads } = part;
  const namespaces = namesOf(reads.namespaces);
  return {
    grpcService: { backendRef: new Flow({ group, kind: 'Backend', name: 'mintproc' }) },
    messageTimeout: notedPatience(part),
    failOpen: new Noted(
      "kgateway's default is true: while mintproc is down or late, requests would go on without a token.",
      false,
    ),
    processingMode: {
      requestHeaderMode: 'SEND',
      responseHeaderMode: 'SKIP',
      requestBodyMode: 'NONE',
      responseBodyMode: 'NONE',
      requestTrailerMode: new Noted(
        'Some servers treat the trailers of a request as headers. kgateway cannot remove them; mintproc removes those ' +
          'that are named like a header of a token.',
        'SEND',
      ),
      responseTrailerMode: 'SKIP',
    },
    metadataOptions: namespaces.length === 0 ? undefined : { forwarding: { untyped: namespaces } },
  };
}

function httpSettings({ copies, trustsForwardedCertificate }: EnvoyPart): Written {
  return {
    pathWithEscapedSlashesAction: new Noted(
      'One spelling of a path for every filter. kgateway also normalises paths and merges slashes by default.',
      'RejectRequest',
    ),
    normalizePath: true,
    mergeSlashes: true,
    earlyRequestHeaderModifier: notedRemovals(copies, spellings, (remove) => ({ remove })),
    forwardClientCertDetails: trustsForwardedCertificate
      ? new Noted(
          '`x-forwarded-client-cert` names the caller (`trustForwardedClientCert`). Envoy writes it of the certificate ' +
            "that it verified itself, and a client's own copy goes.",
          new Flow({ mode: 'SanitizeSet', details: { subject: true, uri: true, dns: true } }),
        )
      : undefined,
  };
}

function sidecar(port: number): Written {
  const container = {
    name: 'mintproc',
    image: 'mintproc:0.1.0',
    restartPolicy: 'Always',
    ports: [new Flow({ name: 'mintproc', containerPort: port })],
    volumeMounts: [new Flow({ name: 'mintproc', mountPath: '/etc/mintproc', readOnly: true })],
  };
  const spec = {
    initContainers: new Noted(
      'mintproc as a sidecar. Name these GatewayParameters in the Gateway: `infrastructure.parametersRef`. Keys and ' +
        'probes as in deploy/kubernetes/.',
      [container],
    ),
    volumes: [new Flow({ name: 'mintproc', configMap: { name: 'mintproc' } })],
  };
  return { kube: { deploymentOverlay: { spec: { template: { spec } } } } };
}
