/**
 * @module
 * An example in the form of MuleSoft Flex Gateway.
 */
import type { Example } from '../interface.ts';

export const flexExample: Example = {
  kind: 'workspace',
  name: 'flex',
  title: 'MuleSoft Flex Gateway: claims from the caller and a header',
  dialect: 'flex',
  files: [
    {
      name: 'orders.flex.yaml',
      kind: 'flex',
      text: `- policyRef:
    name: jwt-generation-flex
  config:
    signingMethod: RS256
    iat: true
    exp: 300
    nbf: 0
    customClaims:
      - name: iss
        value: "'https://gateway.example.com'"
      - name: aud
        value: "'orders'"
      - name: sub
        value: "#[authentication.principal]"
      - name: tenant
        value: "#[authentication.properties.claims.tenant default 'none']"
      - name: scopes
        value: "#[authentication.properties.claims.scope splitBy ' ']"
      - name: channel
        value: "#[upper(attributes.headers['x-channel'] default 'web')]"
      - name: jti
        value: "#[uuid()]"
    customHeaders:
      - name: kid
        value: "'orders-2026'"
`,
    },
    {
      name: 'mintproc.yaml',
      kind: 'configuration',
      text: `listen: 127.0.0.1:50051

authentication:
  sources:
    - from: jwt_authn # Envoy's filter verifies the caller's own token

policies:
  - name: orders
    file: orders.flex.yaml
    key: { file: keys/orders.pem }
    output: { header: authorization, prefix: "Bearer " }

unmatched: deny

routes:
  - name: health
    match: { path: /health }
    deny: true
  - name: orders
    match: { pathPrefix: /orders }
    policies: [orders]
`,
    },
  ],
  case: `request:
  method: GET
  path: /orders/4711?expand=items
  host: api.example.com
  headers:
    x-channel: mobile
caller:
  claims:
    sub: app-4711
    client_id: app-4711
    tenant: acme
    scope: orders:read orders:write
`,
};
