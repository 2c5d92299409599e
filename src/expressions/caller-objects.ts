/**
 * @module
 * The objects that `authentication` can be: one row for each value of `as`, which names the vendor's policy that
 * authenticated the caller on its gateway.
 *
 * The rows of Flex Gateway follow its pages: "JWT Validation" (Propagating Claims), "OpenID Connect OAuth 2.0 Token
 * Enforcement" (Configuring the Expose Headers Option) and "MCP Attribute-Based Access Control" (Included
 * Authentication Policies), which lists what each policy knows of the caller. `identity/` makes the objects,
 * `member-check.ts` compares expressions with them.
 */

/**
 * What a source can know of a caller. `user` is who the caller is for an identity provider, `clientId`, `clientName`
 * and `slaId` belong to the client application (of the contract), `jwt` is the token as text.
 */
export const callerFacts = ['user', 'clientId', 'clientName', 'slaId', 'jwt', 'claims'] as const;

export type CallerFact = (typeof callerFacts)[number];

/** The object of one of Flex Gateway's policies. A member without a row is absent. */
export interface CallerObject {
  readonly principal: 'user' | 'clientId';
  /** Whether the policy finds the contract's client application: `clientId` and `clientName`. */
  readonly hasClient: boolean;
  /** The members of `properties`. */
  readonly properties: Readonly<Record<string, CallerFact>>;
}

interface CallerKindRow {
  /** The vendor's policies with this object, and the vendor. */
  readonly policies: string;
  /** Undefined: `authentication` is as without `as`. */
  readonly object: CallerObject | undefined;
}

const introspected: CallerObject = {
  principal: 'clientId',
  hasClient: true,
  properties: { userProperties: 'claims', slaId: 'slaId' },
};

/** The values of `as`. */
export const callerKinds = {
  'jwt-validation': {
    policies: "Flex Gateway's JWT Validation",
    object: {
      principal: 'clientId',
      hasClient: true,
      properties: { claims: 'claims', jwt: 'jwt', slaId: 'slaId' },
    },
  },
  introspection: { policies: "Flex Gateway's OAuth 2.0 Token Introspection", object: introspected },
  'openid-connect': {
    policies: "Flex Gateway's OpenID Connect OAuth 2.0 Token Enforcement",
    object: introspected,
  },
  basic: {
    policies: "Flex Gateway's Basic Authentication: Simple and LDAP",
    object: { principal: 'user', hasClient: false, properties: {} },
  },
  'client-id': {
    policies: "Flex Gateway's Client ID Enforcement and SLA-based Rate Limiting",
    object: { principal: 'clientId', hasClient: true, properties: { slaId: 'slaId' } },
  },
  apigee: { policies: "Apigee's VerifyAPIKey, OAuthV2 and VerifyJWT", object: undefined },
} as const satisfies Readonly<Record<string, CallerKindRow>>;

export type CallerKind = keyof typeof callerKinds;

export const callerKindNames = Object.keys(callerKinds) as readonly CallerKind[];

/** The object of a value of `as`; undefined if `authentication` is as without it. */
export function callerObject(kind: CallerKind | undefined): CallerObject | undefined {
  const row: CallerKindRow | undefined = kind && callerKinds[kind];
  return row?.object;
}

/** The fact that each member of an object holds, by its path: `properties.slaId`. */
export function membersOf({ principal, hasClient, properties }: CallerObject): ReadonlyMap<string, CallerFact> {
  return new Map<string, CallerFact>([
    ['principal', principal],
    ...(hasClient
      ? ([
          ['clientId', 'clientId'],
          ['clientName', 'clientName'],
        ] as const)
      : []),
    ...Object.entries(properties).map(([name, fact]) => [`properties.${name}`, fact] as const),
  ]);
}

/** What one source knows of the callers that it finds, and the object that it gives them. */
export interface KnownCallers {
  /** The name of the source. */
  readonly from: string;
  readonly as: CallerKind | undefined;
  /** Where each fact comes from, in words; a fact that the source cannot know is absent. */
  readonly facts: ReadonlyMap<CallerFact, string>;
  /** All claims that the source can have; undefined if they can have any name. */
  readonly claims: readonly string[] | undefined;
}
