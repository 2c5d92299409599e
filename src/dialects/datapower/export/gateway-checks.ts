/**
 * @module
 * How the gateway checks the requests of a policy on their way to the backend. Envoy has to do it instead, and the
 * entry of the policy refuses requests whose caller Envoy does not know.
 */
import { isPlainPath } from '../../../diagnostics/harmless.ts';
import { isRecord } from '../../../diagnostics/json.ts';
import { callerIssuer } from '../../caller-issuer.ts';
import type { CallerIssuer } from '../../exported.ts';
import type { CallerCheck, KnownCallers } from '../../required-caller.ts';
import type { AnalysedPolicy } from './analysis.ts';
import type { ApiContext } from './api-context.ts';
import { hasOperationSecurity, isSecured, isSecuredByDefault, schemesOf } from './api-security.ts';
import { type Action, alwaysWith, excludes, isAt } from './flow.ts';
import type { ExportedOperation } from './routes.ts';
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

interface CallerAction {
  readonly check: CallerCheck;
  /** Whether it refuses a request whose caller it does not know. */
  refuses(properties: Action['properties']): boolean;
}

/** Vendor pages, "client-security" and "user-security": both stop by default. */
const callerActions: ReadonlyMap<string, CallerAction> = new Map<string, CallerAction>([
  ['jwt-validate', { check: 'jwt', refuses: () => true }],
  ['security', { check: 'asked', refuses: () => true }],
  ['validate-usernametoken', { check: 'asked', refuses: () => true }],
  ['client-security', { check: 'asked', refuses: (properties) => properties['stop-on-error'] !== false }],
  [
    'user-security',
    {
      check: 'asked',
      refuses: (properties) =>
        properties['au-stop-on-error'] !== false && properties['user-auth-method'] !== 'disabled',
    },
  ],
]);

export interface GatewayChecks {
  /** A phrase for each. */
  readonly phrases: readonly string[];
  /** How it found out who the caller is. */
  readonly checks: readonly CallerCheck[];
  readonly callers: KnownCallers;
  readonly issuers: readonly CallerIssuer[];
  /** The operations without a check of the caller, as they may be shown. */
  readonly unchecked: readonly string[];
}

export function gatewayChecks(context: ApiContext, one: AnalysedPolicy): GatewayChecks {
  const { facts, value, extension } = context;
  const found = refusalsIn(facts.actions, one.placed);
  const hasSecurity = extension !== undefined && (isSecuredByDefault(value) || hasOperationSecurity(value));
  const schemes = hasSecurity ? schemesOf(value) : [];
  const known = one.runs.map(({ operation }) => ({ operation, callers: callersFor(context, operation, one) }));
  const authentication = extension?.['application-authentication'];
  return {
    phrases: [
      ...(hasSecurity ? [`\`security\` of the API: ${schemes.map(({ name }) => name).join(', ')}`] : []),
      ...(isRecord(authentication) && authentication['certificate'] === true
        ? ['`application-authentication` by a certificate']
        : []),
      ...found.map(({ action }) => `\`${action.name}\` (${positionIn(facts, action.path)})`),
    ],
    checks: [
      ...schemes.flatMap(({ checks }) => checks),
      ...found.flatMap(({ action }) => callerActions.get(action.name)?.check ?? []),
    ],
    callers: known.length === 0 ? callersOfAll(context, one, found) : together(known.map(({ callers }) => callers)),
    issuers: found.flatMap(({ action }) => (action.name === 'jwt-validate' ? [issuerOf(action)] : [])),
    unchecked: known.filter(({ callers }) => callers === 'none').map(({ operation }) => shown(operation)),
  };
}

/** Both claims are compared with regular expressions (vendor page, "jwt-validate"): those of one text say it. */
function issuerOf({ properties }: Action): CallerIssuer {
  const textAt = (name: string): unknown => {
    const text = properties[name];
    return typeof text === 'string' ? text.replace(/^\^|\$$/g, '').replace(/\\([./-])/g, '$1') : undefined;
  };
  return callerIssuer({ issuer: textAt('iss-claim'), audience: textAt('aud-claim'), jwks: undefined });
}

/** Those before the policy, and those after it that the request passes before it goes to the backend. */
function refusalsIn(actions: readonly PlacedAction[], policy: PlacedAction | undefined): readonly PlacedAction[] {
  if (policy === undefined) return [];
  const own = actions.indexOf(policy);
  return actions
    .slice(
      0,
      endOf(
        actions.map(({ action }) => action),
        own,
      ),
    )
    .filter(({ action }, at) => isRefusing(action) && (at < own || refusesCallers(action)));
}

/** @returns the position of the action that sends the request to the backend */
export function endOf(actions: readonly Action[], policy: number): number {
  const last = actions.findLastIndex(({ name }) => name === 'invoke' || name === 'proxy');
  return last === -1 ? actions.length : Math.max(policy, last);
}

export function isRefusing({ name }: Action): boolean {
  return refusing.has(name);
}

function refusesCallers({ name, properties }: Action): boolean {
  return callerActions.get(name)?.refuses(properties) === true;
}

/** Of the requests of an operation. */
function callersFor(
  context: ApiContext,
  operation: ExportedOperation,
  { action: { path } }: AnalysedPolicy,
): KnownCallers {
  if (context.extension !== undefined && isSecured(context.value, operation)) return 'all';
  const runs = context.runsFor(operation);
  const own = runs.find(({ action }) => isAt(action, path));
  if (own === undefined) return 'none';
  const end = endOf(
    runs.map(({ action }) => action),
    runs.indexOf(own),
  );
  const checks = runs.slice(0, end).filter((run) => refusesCallers(run.action) && !excludes(run, own));
  if (checks.some((run) => alwaysWith(run, own))) return 'all';
  return checks.length === 0 ? 'none' : 'some';
}

/** Of a policy whose operations are not known. */
function callersOfAll(
  { value, extension }: ApiContext,
  { placed }: AnalysedPolicy,
  found: readonly PlacedAction[],
): KnownCallers {
  const checks = found.filter(({ action }) => refusesCallers(action));
  const isAlways = checks.some(({ cases }) => cases.every((one) => placed?.cases.includes(one)));
  const isApi = extension !== undefined;
  const [byDefault, bySome] = [isApi && isSecuredByDefault(value), isApi && hasOperationSecurity(value)];
  if (isAlways || (byDefault && !bySome)) return 'all';
  return checks.length > 0 || byDefault || bySome ? 'some' : 'none';
}

function together(all: readonly KnownCallers[]): KnownCallers {
  const [only = 'none', ...others] = new Set(all);
  return others.length === 0 ? only : 'some';
}

function shown({ verb, path }: ExportedOperation): string {
  return isPlainPath(path.replace(/[{}+*]/g, '')) ? `${verb} ${path}` : `${verb} of another path`;
}
