/**
 * @module
 * The variables that VerifyAPIKey and OAuthV2 set on Apigee, from the caller's identity: `as: apigee` (vendor pages,
 * "Verify API Key policy" and "OAuth flow variables"; those that begin with `apigee.` are the gateway's own copies),
 * and those of an AccessEntity that looks up the caller's application or developer.
 *
 * Apigee knows the application and the developer from its own catalogue. Here they are claims, under the names that
 * Apigee's own products write: its tokens for the Envoy adapter, its token responses, and the adapter's metadata
 * (`x-apigee-…` in ext_authz).
 */
import type { JsonValue } from '../../diagnostics/json.ts';
import { isRecord } from '../../diagnostics/json.ts';
import { type Caller, plainCaller } from '../../expressions/bindings.ts';
import type { CallerFact, KnownCallers } from '../../expressions/caller-objects.ts';
import { claimMember } from '../../plan/needs.ts';
import { callerValue } from '../../plan/request-values.ts';
import type { Computed } from '../../plan/token-plan.ts';

export interface CallerVariable {
  /** The variables; `*` is the name of any policy, and a `NAME` at the end is any name. */
  readonly names: readonly string[];
  /** Where the value comes from, for the documentation. */
  readonly from: string;
  /** The claim that is read first; `NAME` is the name in the variable. Absent if the value is no claim. */
  readonly claim?: string;
  /** The value does not exist unless a source knows this fact. */
  readonly needs?: CallerFact;
  /** @param name what stands for `NAME` */
  read(caller: Caller, name: string): JsonValue | undefined;
}

/** The documentation has a table of them. */
export const callerVariables: readonly CallerVariable[] = [
  {
    names: ['client_id', 'apigee.client_id', 'verifyapikey.*.client_id', 'oauthv2accesstoken.*.client_id'],
    from: '`clientId` of the source, else the claim `x-apigee-clientid`',
    claim: 'client_id',
    read: (caller) => caller.clientId ?? firstText(caller, ['x-apigee-clientid']),
  },
  {
    names: [
      'developer.app.name',
      'apigee.developer.app.name',
      'app.name',
      'verifyapikey.*.app.name',
      'verifyapikey.*.developer.app.name',
      'oauthv2accesstoken.*.developer.app.name',
      'AccessEntity.ChildNodes.*.App.Name',
    ],
    from: '`clientName` of the source if it is declared, else the first of the claims `application_name`, `x-apigee-application`, `client_name`',
    claim: 'application_name',
    read: (caller) =>
      declaredName(caller) ?? firstText(caller, ['application_name', 'x-apigee-application', 'client_name']),
  },
  {
    names: [
      'developer.app.id',
      'apigee.developer.app.id',
      'app.id',
      'verifyapikey.*.app.id',
      'verifyapikey.*.developer.app.id',
      'oauthv2accesstoken.*.developer.app.id',
      'AccessEntity.ChildNodes.*.App.AppId',
    ],
    from: 'the first of the claims `application_id`, `app_id`',
    claim: 'application_id',
    read: (caller) => firstText(caller, ['application_id', 'app_id']),
  },
  {
    names: [
      'developer.email',
      'apigee.developer.email',
      'verifyapikey.*.developer.email',
      'oauthv2accesstoken.*.developer.email',
      'AccessEntity.ChildNodes.*.Developer.Email',
    ],
    from: 'the first of the claims `developer_email`, `developer.email`, `x-apigee-developeremail`',
    claim: 'developer_email',
    read: (caller) => firstText(caller, ['developer_email', 'developer.email', 'x-apigee-developeremail']),
  },
  {
    names: [
      'developer.id',
      'apigee.developer.id',
      'verifyapikey.*.developer.id',
      'oauthv2accesstoken.*.developer.id',
      'AccessEntity.ChildNodes.*.Developer.DeveloperId',
    ],
    from: 'the first of the claims `developer_id`, `developer.id`',
    claim: 'developer_id',
    read: (caller) => firstText(caller, ['developer_id', 'developer.id']),
  },
  {
    names: [
      'apiproduct.name',
      'apigee.apiproduct.name',
      'verifyapikey.*.apiproduct.name',
      'oauthv2accesstoken.*.apiproduct.name',
    ],
    from: 'the first of the claims `apiproduct_name`, `api_product_list`, `x-apigee-apiproducts`, if it names one product; with several there is no value',
    claim: 'apiproduct_name',
    read: (caller) => onlyProduct(caller),
  },
  {
    names: ['scope', 'oauthv2accesstoken.*.scope'],
    from: 'the first of the claims `scope`, `scp`, `x-apigee-scope`; a list is joined with spaces',
    claim: 'scope',
    read: (caller) => spaced(first(caller, ['scope', 'scp', 'x-apigee-scope'])),
  },
  {
    names: ['grant_type', 'oauthv2accesstoken.*.grant_type'],
    from: 'the claim `grant_type`',
    claim: 'grant_type',
    read: (caller) => firstText(caller, ['grant_type']),
  },
  {
    names: ['access_token', 'apigee.access_token', 'oauthv2accesstoken.*.access_token'],
    from: '`jwt` of the source, which must be declared',
    needs: 'jwt',
    read: (caller) => caller.fact?.('jwt'),
  },
  {
    names: ['accesstoken.NAME', 'oauthv2accesstoken.*.accesstoken.NAME'],
    from: 'the claim `NAME`',
    claim: 'NAME',
    read: (caller, name) => first(caller, [name]),
  },
];

/** The variable with this name; undefined if there is none, or no source with `as: apigee` can know it. */
export function callerVariable(name: string, callers: readonly KnownCallers[] | undefined): Computed | undefined {
  const sources = callers?.filter(({ as }) => as === 'apigee') ?? [];
  const found = sources.length === 0 ? undefined : findRow(name);
  if (found === undefined) return undefined;
  const { row, inner } = found;
  const { needs } = row;
  if (needs !== undefined && !sources.some(({ facts }) => facts.has(needs))) return undefined;
  const member = row.claim === undefined ? undefined : claimMember(row.claim === 'NAME' ? inner : row.claim);
  return callerValue((caller) => row.read(plainCaller(caller), inner), member);
}

/** Whether `as: apigee` would fill the variable. */
export function isCallerVariable(name: string): boolean {
  const found = findRow(name);
  return found !== undefined && found.row.needs === undefined;
}

interface Found {
  readonly row: CallerVariable;
  /** What stands for `NAME`. */
  readonly inner: string;
}

const exact: ReadonlyMap<string, CallerVariable> = new Map(
  callerVariables.flatMap((row) =>
    row.names.filter((name) => !/\*|NAME$/.test(name)).map((name) => [name, row] as const),
  ),
);

const patterns: readonly (readonly [pattern: RegExp, row: CallerVariable])[] = callerVariables.flatMap((row) =>
  row.names.filter((name) => /\*|NAME$/.test(name)).map((name) => [patternOf(name), row] as const),
);

function patternOf(name: string): RegExp {
  const source = name.replaceAll('.', '\\.').replace('*', '[^.]+').replace(/NAME$/, '(.+)');
  return new RegExp(`^${source}$`);
}

function findRow(name: string): Found | undefined {
  const row = exact.get(name);
  if (row !== undefined) return { row, inner: '' };
  for (const [pattern, patterned] of patterns) {
    const match = pattern.exec(name);
    if (match !== null) return { row: patterned, inner: match[1] ?? '' };
  }
  return undefined;
}

/** The name of the application if the configuration says where it is. A token's `name` is often that of a person. */
function declaredName(caller: Caller): JsonValue | undefined {
  return caller.fact === undefined ? (caller.clientName ?? undefined) : caller.fact('clientName');
}

function first(caller: Caller, names: readonly string[]): JsonValue | undefined {
  for (const name of names) {
    const value = claim(caller, name);
    if (value !== undefined && value !== null && value !== '') return value;
  }
  return undefined;
}

function firstText(caller: Caller, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = claim(caller, name);
    if (typeof value === 'string' && value !== '') return value;
  }
  return undefined;
}

/** A claim by its name. A caller in a request file may have its claims under `claims` only. */
function claim(caller: Caller, name: string): JsonValue | undefined {
  if (caller.property !== undefined) return caller.property(name);
  const { properties } = caller;
  const inside = properties?.['claims'];
  for (const from of [properties, inside]) {
    if (isRecord(from) && Object.hasOwn(from, name)) return from[name];
  }
  return undefined;
}

/** With several products, Apigee finds the one that has the request's path; this cannot be known here. */
function onlyProduct(caller: Caller): JsonValue | undefined {
  const found = first(caller, ['apiproduct_name', 'api_product_list', 'x-apigee-apiproducts']);
  const products = Array.isArray(found) ? (found as readonly JsonValue[]) : [found];
  const [only, ...others] = products;
  return others.length === 0 && typeof only === 'string' && !only.includes(',')
    ? only.replace(/^\[|\]$/g, '')
    : undefined;
}

function spaced(value: JsonValue | undefined): JsonValue | undefined {
  return Array.isArray(value) ? value.join(' ') : value;
}
