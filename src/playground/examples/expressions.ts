/**
 * @module
 * An expression of each profile.
 */
import type { Example } from '../interface.ts';

const caller = `attributes:
  method: GET
  requestUri: /orders/4711?expand=items
  headers:
    x-channel: mobile
authentication:
  principal: alice
  clientId: app-4711
  properties:
    claims:
      sub: alice
      scope: orders:read orders:write profile
      roles: [orders-admin, reports]
`;

export const expressionExamples: readonly Example[] = [
  {
    kind: 'expression',
    name: 'flex-expression',
    title: 'An expression of Flex Gateway',
    profile: 'flex',
    expression: `(authentication.properties.claims.scope default '') splitBy ' '`,
    context: caller,
  },
  {
    kind: 'expression',
    name: 'dataweave-expression',
    title: 'An expression of DataWeave 2',
    profile: 'dataweave',
    expression: `{
  user: upper(authentication.principal),
  scopes: (authentication.properties.claims.scope splitBy ' ')
    filter (scope) -> scope startsWith 'orders:',
  (admin: true) if (authentication.properties.claims.roles contains 'orders-admin')
}`,
    context: caller,
  },
];
