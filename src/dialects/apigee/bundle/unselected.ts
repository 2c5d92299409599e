/**
 * @module
 * Requests that no conditional flow of a ProxyEndpoint selects: the gateway sends them on without a token, while no
 * route is for them here.
 */
import { reason } from '../../export-reasons.ts';
import type { Reason } from '../../exported.ts';
import type { BundledCall, BundledPolicy } from './bundle.ts';

/** One for each ProxyEndpoint whose flows call the policy and leave requests over. */
export function unselectedReasons({ calls }: BundledPolicy): readonly Reason[] {
  const endpoints = new Set(calls.filter(leavesOver).map(({ call }) => call.endpoint));
  return Array.from(endpoints, ({ place }) => reason('note', 'import.unselected', place, { message, suggestion }));
}

const message =
  'Each flow has a condition, and the gateway sends on a request that no flow selects, without this token.';
const suggestion =
  'Here it is refused, unless a route of another policy is for it. If it may go on, give it a way past mintproc in Envoy.';

function leavesOver({ call: { endpoint, step } }: BundledCall): boolean {
  if (endpoint.kind !== 'ProxyEndpoint' || step.direction !== 'request' || step.section !== 'flow') return false;
  return (
    endpoint.routes.some(({ isSent }) => isSent) && endpoint.flows.every(({ condition }) => condition !== undefined)
  );
}
