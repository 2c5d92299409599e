/**
 * @module
 * How the gateway checks the requests of a policy before it mints a token. Envoy has to do it instead.
 */
import { isRecord } from '../../../diagnostics/json.ts';
import type { ReadPolicy } from '../plan.ts';
import { clientVariables } from '../variables.ts';
import type { ApiContext } from './api-context.ts';
import { type PlacedAction, positionIn } from './setters.ts';

/** The actions that refuse requests. */
const refusing = new Set([
  'jwt-validate',
  'oauth',
  'user-security',
  'client-security',
  'security',
  'validate-usernametoken',
  'validate',
  'rate-limit',
  'ratelimit',
  'throw',
]);

export interface GatewayChecks {
  /** A phrase for each. */
  readonly phrases: readonly string[];
  /** Whether no request without a known caller gets to the policy. */
  readonly requireCaller: boolean;
}

/** @param policy undefined if it is not in the flow of a request */
export function checksBefore({ facts, value, extension }: ApiContext, policy: PlacedAction | undefined): GatewayChecks {
  const at = policy === undefined ? 0 : facts.actions.indexOf(policy);
  const before = facts.actions.slice(0, at).filter(({ action }) => refusing.has(action.name));
  const security = value['security'];
  const isSecured = isRequired(security);
  const hasOwn = hasOperationSecurity(value['paths']);
  const isVerified = before.some(
    ({ action, cases }) => action.name === 'jwt-validate' && cases.every((one) => policy?.cases.includes(one)),
  );
  return {
    phrases: [
      ...(extension !== undefined && (isSecured || hasOwn) ? ['`security` of the API'] : []),
      ...before.map(({ action }) => `\`${action.name}\` (${positionIn(facts, action.path)})`),
    ],
    requireCaller: isVerified || (isSecured && !hasOwn),
  };
}

/** Whether every alternative names a scheme: `{}` means that no caller is needed. */
function isRequired(security: unknown): boolean {
  if (!Array.isArray(security) || security.length === 0) return false;
  return security.every((one: unknown) => isRecord(one) && Object.keys(one).length > 0);
}

function hasOperationSecurity(paths: unknown): boolean {
  const items = isRecord(paths) ? Object.values(paths) : [];
  const operations = items.flatMap((item) => (isRecord(item) ? Object.values(item) : []));
  return operations.some((operation) => isRecord(operation) && operation['security'] !== undefined);
}

/** Whether the token says who the caller is. */
export function readsCaller({ tokens, variables = [] }: ReadPolicy): boolean {
  if (tokens?.settle(new Set()).caller !== undefined) return true;
  return variables.some(({ name }) => clientVariables.has(name));
}
