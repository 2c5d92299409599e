/**
 * @module
 * What differs between Apigee Edge, as its 2017 page describes it (and SAP API Management, which runs it), and Apigee X.
 */

export type EditionName = 'edge' | 'x';

export interface Edition {
  readonly name: EditionName;
  /** What a number without a unit in `ExpiresIn` counts, in milliseconds. */
  readonly bareUnit: number;
  readonly unitWord: 'seconds' | 'milliseconds';
  /** The variable that takes the token where the policy names none. */
  defaultVariable(policy: string): string;
  /** Before the name of a fault in the answer's `errorcode`. */
  readonly faultPrefix: 'policies.jwt' | 'steps.jwt';
  readonly algorithms: readonly string[];
  /** Rewrites JSON text as the recorded tokens of this edition have it; it means the same. */
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

/** What the later engine escapes beyond what JSON asks for; all of it can only stand inside strings. */
const escaped = /[/\u007f-\u009f\u2000-\u20ff]/g;

function escapeForWeb(json: string): string {
  return json.replace(escaped, (character) =>
    character === '/' ? '\\/' : `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`,
  );
}
