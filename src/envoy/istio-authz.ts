/**
 * @module
 * `gen istio --filter ext_authz`: an extension provider for the configuration of the mesh, and the AuthorizationPolicy
 * that asks it. The proxies reach mintproc by its Service, over the mesh's own TLS.
 */
import { commentedYaml, Flow, Noted, Proposed, type Written } from '../documents/commented-yaml.ts';
import { isIpAddress } from '../net/address.ts';
import { audienceOf } from '../net/address-literal.ts';
import { authzPlatformNotes, authzRefusals, refusedMetadata } from './authz-filter.ts';
import { type EnvoyPart, patience } from './envoy-part.ts';
import { type Generated, optionValue, type PlatformValues } from './platform.ts';

const product = 'Istio';

const callers =
  'Name the source in `authentication`: `from: payload_header` with the header of `outputPayloadToHeader` of a ' +
  'RequestAuthentication, `from: headers`, or `from: peer`.';

export function istioAuthzRefusals(part: EnvoyPart, values: PlatformValues): readonly string[] {
  const all = [...authzRefusals(part), ...refusedMetadata(product, part, callers)];
  if (optionValue(values, 'context') === 'outbound') {
    all.push('An AuthorizationPolicy is for requests to an application, so `--context outbound` needs ext_proc.');
  }
  if (serviceOf(part) === undefined) {
    all.push('Istio reaches an extension provider by its Service: name the address with --mintproc.');
  }
  if (part.tls !== undefined) {
    all.push(
      "Istio reaches an extension provider over the mesh's own TLS. Remove `tls` from mintproc.yaml, and let only the " +
        'proxies connect, as deploy/istio-ext-authz/ does.',
    );
  }
  return all;
}

function serviceOf({ address }: EnvoyPart): { readonly service: string; readonly port: number } | undefined {
  if (address.kind !== 'tcp' || isIpAddress(address.host) || audienceOf(address.host) === 'machine') return undefined;
  return { service: address.host, port: address.port };
}

export function istioAuthz(part: EnvoyPart, values: PlatformValues, selected: Written, metadata: Written): Generated {
  const name = optionValue(values, 'name');
  return {
    files: [
      { name: 'mesh-config.yaml', text: commentedYaml(meshHeading, [meshConfig(part, name)]) },
      { name: 'authorization.yaml', text: commentedYaml(policyHeading, [policy(selected, metadata, name)]) },
    ],
    notes: notes(part),
  };
}

const meshHeading =
  'For the configuration of Istio itself: values of the Helm chart of istiod, or part of an IstioOperator. Written by ' +
  '`mintproc gen istio --filter ext_authz`.';

const policyHeading =
  'The selected proxies ask mintproc for every request, after RequestAuthentication and before the other ' +
  'AuthorizationPolicies. Apply it after the extension provider: without one, Istio refuses every request. Written by ' +
  '`mintproc gen istio --filter ext_authz`.';

function meshConfig(part: EnvoyPart, name: string): Written {
  const service = serviceOf(part);
  if (service === undefined) throw new TypeError('the address was not checked');
  const provider = {
    ...service,
    timeout: new Noted("Istio's default is 600s.", patience(part)),
    failOpen: new Noted(
      'While mintproc is down or late, requests are refused. Never true: they would go on without a token.',
      false,
    ),
  };
  return {
    meshConfig: {
      extensionProviders: [{ name, envoyExtAuthzGrpc: provider }],
      pathNormalization: new Proposed(
        'One spelling of a path for every filter and upstream. It is for all proxies of the mesh; uncomment it if no ' +
          'upstream needs escaped slashes:',
        new Flow({ normalization: 'DECODE_AND_MERGE_SLASHES' }),
      ),
    },
  };
}

function policy(selected: Written, metadata: Written, name: string): Written {
  return {
    apiVersion: 'security.istio.io/v1',
    kind: 'AuthorizationPolicy',
    metadata,
    spec: {
      ...(selected as Readonly<Record<string, Written>>),
      action: 'CUSTOM',
      provider: new Flow({ name }),
      rules: new Noted('Every request: one that no rule matches would go on without a token.', [new Flow({})]),
    },
  };
}

function notes(part: EnvoyPart): readonly string[] {
  const { copies, routePolicy } = part;
  const all = [...authzPlatformNotes(product, part)];
  if (copies.removed.length > 0) {
    all.push(
      'No filter removes copies of a client for all routes. mintproc replaces or removes those of a header of a token ' +
        `where it mints; a RequestAuthentication those of a header that it sets: ${copies.removed.join(', ')}.`,
    );
  }
  all.push('Trailers of requests go on as they are: an upstream must not treat them as headers.');
  if (routePolicy !== undefined) {
    all.push('`allowRoutePolicy` has no effect: Istio gives a route no context extensions. Use `routes`.');
  }
  return all;
}
