/**
 * @module
 * `security` of an API and of its operations: the gateway refuses a request that fulfils none of the alternatives,
 * before the assembly runs.
 */
import { isPlainName } from '../../../diagnostics/harmless.ts';
import { isRecord } from '../../../diagnostics/json.ts';
import type { CallerCheck } from '../../required-caller.ts';
import type { ApiContext } from './api-context.ts';
import type { ExportedOperation } from './routes.ts';

type Value = ApiContext['value'];

/** Whether no request of the operation goes on without a caller. */
export function isSecured(value: Value, { path, verb }: ExportedOperation): boolean {
  const item = recordAt(value['paths'], path);
  const own = recordAt(item, verb.toLowerCase())['security'];
  // An operation has its own, or that of the API.
  return isRequired(own ?? value['security']);
}

/** Whether no operation without a `security` of its own goes on without a caller. */
export function isSecuredByDefault({ security }: Value): boolean {
  return isRequired(security);
}

export function hasOperationSecurity(value: Value): boolean {
  return operationsIn(value).some((operation) => operation['security'] !== undefined);
}

/** Whether every alternative names a scheme: `{}` means that no caller is needed. */
function isRequired(security: unknown): boolean {
  const alternatives = alternativesOf(security);
  return alternatives.length > 0 && alternatives.every((one) => Object.keys(one).length > 0);
}

export interface SecurityScheme {
  /** As it may be shown. */
  readonly name: string;
  readonly checks: readonly CallerCheck[];
}

/** The schemes that the API or one of its operations names. */
export function schemesOf(value: Value): readonly SecurityScheme[] {
  const known = {
    ...recordAt(value, 'securityDefinitions'),
    ...recordAt(recordAt(value, 'components'), 'securitySchemes'),
  };
  const used = [value, ...operationsIn(value)].flatMap(({ security }) =>
    alternativesOf(security).flatMap((one) => Object.keys(one)),
  );
  return [...new Set(used)].map((name) => {
    const { type, scheme } = recordAt(known, name);
    const kind = types.find(([one]) => one === (type === 'http' ? scheme : type));
    const shown = isPlainName(name) ? name : 'a scheme';
    return { name: kind === undefined ? shown : `${shown} (${kind[0]})`, checks: kind?.[1] ?? ['jwt', 'asked'] };
  });
}

/** The token of an OAuth provider of API Connect may be opaque, or a JWT. */
const types: readonly (readonly [type: string, checks: readonly CallerCheck[]])[] = [
  ['apiKey', ['asked']],
  ['basic', ['asked']],
  ['bearer', ['jwt', 'asked']],
  ['oauth2', ['jwt', 'asked']],
  ['openIdConnect', ['jwt']],
];

function alternativesOf(security: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(security) ? security.map((one: unknown) => (isRecord(one) ? one : {})) : [];
}

function operationsIn({ paths }: Value): readonly Readonly<Record<string, unknown>>[] {
  const items = isRecord(paths) ? Object.values(paths) : [];
  return items.flatMap((item) => (isRecord(item) ? Object.values(item) : [])).filter(isRecord);
}

function recordAt(value: unknown, name: string): Readonly<Record<string, unknown>> {
  const inner = isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  return isRecord(inner) ? inner : {};
}
