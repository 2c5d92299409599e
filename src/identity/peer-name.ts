/**
 * @module
 * The caller as the TLS peer of the connection, by the name that an ext_authz check has of it: the first URI of the
 * certificate (in a mesh a SPIFFE ID), else its first DNS name, else its subject.
 *
 * Envoy also sends the name of a certificate that it did not verify. So this source is used only if the configuration
 * names it.
 */
import type { JsonObject } from '../diagnostics/json.ts';
import type { IncomingRequest } from '../request/incoming-request.ts';
import { type ObjectView, viewOf } from '../request/object-view.ts';
import { principalAttribute } from '../request/request-view.ts';

export const peerMembers: readonly string[] = ['principal', 'uri', 'trustDomain', 'namespace', 'serviceAccount'];

/** RFC 3986, 3.1. A subject begins with the type of an attribute and `=`, which a scheme cannot contain. */
const uri = /^[A-Za-z][A-Za-z0-9+.-]*:/;

/** A SPIFFE ID as Istio and Kubernetes write it (SPIFFE ID, section 2): trust domain, namespace and service account. */
const workload = /^spiffe:\/\/([a-z0-9._-]+)\/ns\/([^/]+)\/sa\/([^/]+)$/;

/** The claims of the peer; undefined if the check has no name of it. */
export function peerName({ attributes }: IncomingRequest): ObjectView | undefined {
  const principal = attributes.get(principalAttribute);
  return typeof principal === 'string' && principal !== '' ? viewOf(claimsOf(principal)) : undefined;
}

function claimsOf(principal: string): JsonObject {
  if (!uri.test(principal)) return { principal };
  const [, trustDomain, namespace, serviceAccount] = workload.exec(principal) ?? [];
  if (trustDomain === undefined || namespace === undefined || serviceAccount === undefined) {
    return { principal, uri: principal };
  }
  return { principal, uri: principal, trustDomain, namespace, serviceAccount };
}
