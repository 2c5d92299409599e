/**
 * @module
 * The prefix of secret variables, for the configuration and for every dialect.
 */

export const privatePrefix = 'private.';

export function isPrivate(name: string): boolean {
  return name.toLowerCase().startsWith(privatePrefix);
}
