/**
 * @module
 * The names of variables: several names may mean one variable.
 */

/** Header names are case-insensitive, and the headers of the message are those of the request on its way in. */
export function canonicalName(name: string): string {
  const header = /^(?:request|message)\.headers\.(.+)$/.exec(name)?.[1];
  return header === undefined ? name : `request.headers.${header.toLowerCase()}`;
}

/** The name inside `$(…)`. The gateway also allows expressions there, which mintproc does not evaluate. */
export const variableName = /^[A-Za-z_][\w.:/-]*$/;
