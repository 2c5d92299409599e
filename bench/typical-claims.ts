/**
 * @module
 * Claims of the kind that policies have: expressions over the caller and the request, written as a Flex policy does.
 */

const expressions: readonly string[] = [
  "if (attributes.method == 'POST') 'write' else 'read'",
  "authentication.properties.clientId default 'anonymous'",
  "'u:' ++ authentication.principal ++ ':' ++ attributes.method",
  "attributes.headers['x-request-id']",
  "attributes.queryParams.tenant default 'none'",
  "upper(attributes.headers['x-tenant'] default 'acme')",
  "attributes.headers['user-agent'] default ''",
  'attributes.requestPath splitBy "/"',
  "if (authentication.properties.sub == 'root') ['admin', 'user'] else ['user']",
  "attributes.scheme ++ ' ' ++ attributes.version",
];

/** @returns the first `count`, the expressions in turns, each under a name of its own */
export function typicalClaims(count: number): { name: string; value: string }[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `claim_${index}`,
    value: `#[${expressions[index % expressions.length]}]`,
  }));
}
