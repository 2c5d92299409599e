/**
 * @module
 * The differences between Apigee X and Apigee Edge as its 2017 page describes it, which SAP API Management also runs.
 */

export type EditionName = 'edge' | 'x';

export interface Edition {
  readonly name: EditionName;
  /** The unit of a number without a unit in `ExpiresIn`, in milliseconds. */
  readonly bareUnit: number;
  readonly unitWord: 'seconds' | 'milliseconds';
  /** The variable for the token if the policy does not name one. */
  defaultVariable(policy: string): string;
  /** The prefix of a fault's name in the `errorcode` of an answer. */
  readonly faultPrefix: 'policies.jwt' | 'steps.jwt';
  readonly algorithms: readonly string[];
  /** Rewrites JSON text as in recorded tokens of this edition, without changing its meaning. */
  escape(json: string): string;
}

const hmacAndRsa = ['HS256', 'HS384', 'HS512', 'RS256', 'RS384', 'RS512'];

export const editions: Readonly<Record<EditionName, Edition>> = {
  edge: {
    name: 'edge',
    bareUnit: 1000,
    unitWord: 'seconds',
    defaultVariable: () => 'message.content',
    faultPrefix: 'policies.jwt',
    algorithms: hmacAndRsa,
    escape: (json) => json,
  },
  x: {
    name: 'x',
    bareUnit: 1,
    unitWord: 'milliseconds',
    defaultVariable: (policy) => `jwt.${policy}.generated_jwt`,
    faultPrefix: 'steps.jwt',
    algorithms: [...hmacAndRsa, 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512'],
    escape: escapeForWeb,
  },
};

/** Characters that Apigee X escapes although JSON does not require it. All of them occur only in strings. */
const escaped = /[/\u007f-\u009f\u2000-\u20ff]/g;

function escapeForWeb(json: string): string {
  return json.replace(escaped, (character) =>
    character === '/' ? '\\/' : `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`,
  );
}
