/**
 * @module
 * The variables that the policy sets for policies after it, and the answer to the client if it fails (vendor page,
 * "Errors").
 */
import type { JsonObject, JsonValue } from '../../diagnostics/json.ts';
import { statusOfDialect } from '../../diagnostics/refusals.ts';
import { jsonRefusal } from '../../plan/refusal.ts';
import type { Published, Refusal } from '../../plan/token-plan.ts';
import { canonicalName } from './variable-names.ts';

/**
 * The gateway's error for every failure of the policy. The reason is in the log and in a variable, never in the answer.
 */
export const refusal: Refusal = Object.freeze(
  jsonRefusal(
    statusOfDialect.datapower,
    { httpCode: '500', httpMessage: 'Invalid-JWT-Generate', moreInformation: '' },
    'RuntimeError',
  ),
);

/** The variable with the token: the one that the policy names, else the request header that it replaces. */
export function publishToken(variable: string | undefined, token: string, variablePrefix: string): Published {
  return published(
    variable === undefined
      ? { [canonicalName('message.headers.authorization')]: `Bearer ${token}` }
      : { [canonicalName(variable)]: variablePrefix + token },
  );
}

/** @param reason why there is no token, without values of the request */
export function publishFailure(reason: string): Published {
  return published({ 'jwt-generate.error-message': reason });
}

function published(variables: JsonObject): Published {
  return {
    read(name): JsonValue | undefined {
      const key = canonicalName(name);
      return Object.hasOwn(variables, key) ? variables[key] : undefined;
    },
    all: () => variables,
  };
}
