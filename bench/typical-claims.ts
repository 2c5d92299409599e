/**
 * @module
 * Typical claims of policies: expressions over the caller and the request, in the syntax of a Flex policy.
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

/** @returns `count` claims with different names, whose expressions repeat */
export function typicalClaims(count: number): { name: string; value: string }[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `claim_${index}`,
    value: `#[${expressions[index % expressions.length]}]`,
  }));
}
