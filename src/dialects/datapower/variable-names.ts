/**
 * @module
 * Variables by name: one variable under the names that mean it.
 */

/** Names of headers count in any case, and the message's headers are the request's while it is on its way in. */
export function canonicalName(name: string): string {
  const header = /^(?:request|message)\.headers\.(.+)$/.exec(name)?.[1];
  return header === undefined ? name : `request.headers.${header.toLowerCase()}`;
}

/** The name inside `$(…)`: what else may stand there on the gateway is an expression, which is not evaluated here. */
export const variableName = /^[A-Za-z_][\w.:/-]*$/;
