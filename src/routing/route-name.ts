/**
 * @module
 * The name of Envoy's route, and the pattern of a route that it is compared with: a whole name, or the beginning of
 * names with `/*` at its end.
 *
 * Platforms make names of parts: Envoy Gateway writes `httproute/NAMESPACE/NAME/rule/0/match/0/HOST`, with numbers that
 * change when a rule is added before. A pattern is a key of maps as it is written.
 */

/** Whether the pattern matches names by their beginning: everything up to its last slash. */
export function isBeginning(pattern: string): boolean {
  return pattern.endsWith('/*');
}

/** A route with no pattern matches every name. @param name undefined if Envoy did not send it */
export function routeNameMatches(pattern: string | undefined, name: string | undefined): boolean {
  if (pattern === undefined || pattern === name) return true;
  return name !== undefined && isBeginning(pattern) && name.startsWith(pattern.slice(0, -1));
}

/** The patterns by beginning that match the name, or all names of the pattern: one for each slash. */
export function beginningsOf(name: string): readonly string[] {
  const found: string[] = [];
  for (let slash = name.indexOf('/'); slash !== -1; slash = name.indexOf('/', slash + 1)) {
    found.push(`${name.slice(0, slash)}/*`);
  }
  return found;
}
