/**
 * @module
 * An example in the form of IBM API Connect.
 */
import type { Example } from '../interface.ts';

export const datapowerExample: Example = {
  kind: 'workspace',
  name: 'datapower',
  title: 'IBM API Connect: claims that set-variable prepares',
  dialect: 'datapower',
  files: [
    {
      name: 'orders.assembly.yaml',
      kind: 'datapower',
      text: `assembly:
  execute:
    - set-variable:
        version: 2.0.0
        title: claims
        actions:
          - { set: token.iss, value: "https://gateway.example.com", type: string }
          - { set: token.aud, value: "orders,billing", type: string }
          - set: token.more
            value: '{"tenant": "$(decoded.claims.tenant)", "channel": "$(request.headers.x-channel)"}'
            type: string
    - jwt-generate:
        version: 2.0.0
        title: backend token
        jwt: request.headers.authorization
        jti-claim: true
        iss-claim: token.iss
        sub-claim: decoded.claims.sub
        aud-claim: token.aud
        exp-claim: 300
        private-claims: token.more
        jws-alg: RS256
        jws-crypto: orders-key
`,
    },
    {
      name: 'mintproc.yaml',
      kind: 'configuration',
      text: `listen: 127.0.0.1:50051

authentication:
  sources:
    - from: jwt_authn

keys:
  orders-key: { file: keys/orders.pem }

policies:
  - name: orders
    file: orders.assembly.yaml
    verifiedBy: decoded.claims

routes:
  - name: orders
    match: { pathPrefix: /orders }
    policies: [orders]
`,
    },
  ],
  case: `request:
  method: GET
  path: /orders/4711
  host: api.example.com
  headers:
    x-channel: mobile
caller:
  claims:
    sub: app-4711
    tenant: acme
`,
};
