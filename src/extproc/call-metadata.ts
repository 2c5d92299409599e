/**
 * @module
 * What the gRPC metadata of a call says of its request.
 */

/** The gRPC metadata key by which a route names its policy; for ext_authz also a context extension. */
export const policyMetadata = 'x-mintproc-policy';

/** What the metadata of a call says of its request. */
export interface CallMetadata {
  /** The value of `policyMetadata`. Several values are joined into a name that no policy has. */
  readonly routePolicy: string | undefined;
  /** Envoy's own span for the call, if Envoy traces the request. Undefined if there are several. */
  readonly traceparent: string | undefined;
  /** Several values are joined by commas. */
  readonly tracestate: string | undefined;
}

/** @param valuesOf the values of a key in the metadata */
export function callMetadata(valuesOf: (key: string) => readonly string[]): CallMetadata {
  const [policies, parents, states] = [policyMetadata, 'traceparent', 'tracestate'].map(valuesOf);
  return {
    routePolicy: joined(policies, ', '),
    traceparent: parents?.length === 1 ? parents[0] : undefined,
    tracestate: joined(states, ','),
  };
}

function joined(values: readonly string[] = [], separator: string): string | undefined {
  return values.length === 0 ? undefined : values.join(separator);
}

/** A call that says nothing. */
export const noMetadata: CallMetadata = { routePolicy: undefined, traceparent: undefined, tracestate: undefined };
