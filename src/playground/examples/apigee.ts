/**
 * @module
 * An example in the form of Apigee.
 */
import type { Example } from '../interface.ts';

export const apigeeExample: Example = {
  kind: 'workspace',
  name: 'apigee',
  title: 'Apigee: claims from the verified caller, a header and a template',
  dialect: 'apigee',
  files: [
    {
      name: 'JWT-Orders.xml',
      kind: 'apigee',
      text: `<?xml version="1.0" encoding="UTF-8"?>
<GenerateJWT name="JWT-Orders">
  <DisplayName>Token for the order service</DisplayName>
  <Algorithm>ES256</Algorithm>
  <PrivateKey>
    <Value ref="private.orders-key"/>
    <Id>orders-2026</Id>
  </PrivateKey>
  <Issuer>https://gateway.example.com</Issuer>
  <Subject ref="jwt.Verify-Caller.claim.sub">anonymous</Subject>
  <Audience>orders,billing</Audience>
  <ExpiresIn>5m</ExpiresIn>
  <Id/>
  <AdditionalClaims>
    <Claim name="tenant" ref="jwt.Verify-Caller.claim.tenant">none</Claim>
    <Claim name="channel" ref="request.header.x-channel">web</Claim>
    <Claim name="request" type="map">{"method": "{request.verb}", "path": "{request.path}"}</Claim>
  </AdditionalClaims>
  <OutputVariable>jwt.orders</OutputVariable>
</GenerateJWT>
`,
    },
    {
      name: 'mintproc.yaml',
      kind: 'configuration',
      text: `listen: 127.0.0.1:50051
edition: x

authentication:
  sources:
    - from: jwt_authn # as Verify-Caller did on the gateway

variables:
  private.orders-key: { file: keys/orders.pem }

policies:
  - name: orders
    file: JWT-Orders.xml
    verifiedBy: Verify-Caller
    output: { header: authorization, prefix: "Bearer " }

routes:
  - name: orders
    match: { pathPrefix: /orders, method: [GET, POST] }
    policies: [orders]
`,
    },
  ],
  case: `request:
  method: POST
  path: /orders?dry-run=true
  host: api.example.com
  headers:
    content-type: application/json
    x-channel: mobile
caller:
  claims:
    sub: alice
    tenant: acme
    roles: [orders-admin]
`,
};
