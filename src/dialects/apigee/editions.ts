/**
 * @module
 * The differences between Apigee X, Apigee Edge and SAP API Management.
 *
 * `edge` is Edge's page of 2017 where that page speaks (seconds, `message.content`, `policies.jwt.…`), and otherwise
 * Edge as it is: elements and algorithms that came later are read without a word. `sap` is the policy with SAP's root
 * element, for which SAP's own page counts.
 */
import type { PolicySettings } from '../policy-file.ts';

export type EditionName = 'edge' | 'x' | 'sap';

export interface Edition {
  readonly name: EditionName;
  /** The product, in a message. */
  readonly product: 'Apigee Edge' | 'Apigee X' | 'SAP API Management';
  /** The unit of a number without a unit in `ExpiresIn`, in milliseconds. */
  readonly bareUnit: number;
  readonly unitWord: 'seconds' | 'milliseconds';
  /** The variable for the token if the policy does not name one. */
  defaultVariable(policy: string): string;
  /** The variable that is true if the policy failed. */
  failedVariable(policy: string): string;
  /** The prefix of a fault's name in the `errorcode` of an answer. */
  readonly faultPrefix: 'policies.jwt' | 'steps.jwt';
  /** Whether a request fails if the HMAC secret is shorter than RFC 7518 requires. */
  readonly refusesShortSecrets: boolean;
  /** Whether the product's page has only what Edge's page of 2017 has. */
  readonly isLimited: boolean;
  /** Rewrites JSON text as in recorded tokens of this edition, without changing its meaning. */
  escape(json: string): string;
}

/** The algorithms of Edge's page of 2017 and of SAP's. */
export const firstAlgorithms: readonly string[] = ['HS256', 'HS384', 'HS512', 'RS256', 'RS384', 'RS512'];

export const algorithms: readonly string[] = [...firstAlgorithms, 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512'];

const edge: Edition = {
  name: 'edge',
  product: 'Apigee Edge',
  bareUnit: 1000,
  unitWord: 'seconds',
  defaultVariable: () => 'message.content',
  failedVariable: (policy) => `jwt.${policy}.failed`,
  faultPrefix: 'policies.jwt',
  refusesShortSecrets: false,
  isLimited: false,
  escape: (json) => json,
};

/** @internal Exported for tests of what differs. */
export const editions: Readonly<Record<EditionName, Edition>> = {
  edge,
  x: {
    name: 'x',
    product: 'Apigee X',
    bareUnit: 1,
    unitWord: 'milliseconds',
    defaultVariable: (policy) => `jwt.${policy}.generated_jwt`,
    failedVariable: () => 'JWT.failed',
    faultPrefix: 'steps.jwt',
    refusesShortSecrets: true,
    isLimited: false,
    escape: escapeForWeb,
  },
  // SAP's page "Generate JWT" is Edge's page of 2017 with other faults, InsufficientKeyLength among them.
  sap: {
    ...edge,
    name: 'sap',
    product: 'SAP API Management',
    faultPrefix: 'steps.jwt',
    refusesShortSecrets: true,
    isLimited: true,
  },
};

/** The edition of a policy. @param sap whether it has SAP's root element */
export function editionOf(chosen: PolicySettings['edition'], sap: boolean): Edition {
  return editions[sap && chosen !== 'x' ? 'sap' : (chosen ?? 'x')];
}

/** Characters that Apigee X escapes although JSON does not require it. All of them occur only in strings. */
const escaped = /[/\u007f-\u009f\u2000-\u20ff]/g;

function escapeForWeb(json: string): string {
  return json.replace(escaped, (character) =>
    character === '/' ? '\\/' : `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`,
  );
}
