/**
 * @module
 * Every code an error can carry, `room.reason`, with what it means. Codes are stable: users alert on them.
 * `docs/errors.md` is compared with this table by a test.
 */
export const codes = {
  // dataweave: expressions
  'dataweave.unexpected-token': 'The expression is not well formed at this place.',

  // config: mintproc.yaml
  'config.syntax': 'The configuration is not well-formed YAML.',
  'config.unknown-key': 'The configuration has a key that mintproc does not know.',
  'config.missing-key': 'The configuration lacks a key that it must have.',
  'config.wrong-type': 'A value in the configuration is of another type than its key takes.',
  'config.invalid-value': 'A value in the configuration is not one that its key takes.',
  'config.unreadable-file': 'A file that the configuration names does not exist or cannot be read.',
  'config.duplicate-policy': 'Two policies of the configuration have the same name.',
  'config.unknown-policy': 'A route names a policy that the configuration does not have.',
  'config.unused-policy': 'No route leads to this policy.',
  'config.no-routes': 'The configuration has no route, so no request would get a token.',
  'config.unreachable-route': 'An earlier route takes every request that this route matches.',
  'config.duplicate-output': 'Two policies of one route write the same header.',
  'config.forbidden-header': 'The token cannot be written to this header.',

  // route: which policies a request gets
  'route.ambiguous-path': 'The path can be read in ways that lead to different routes.',
  'route.unknown-policy': "Envoy's route names a policy that the configuration does not have.",
  'route.policy-not-allowed': "Envoy's route names a policy, and the configuration does not allow routes to.",

  // identity: who the caller is
  'identity.ambiguous': 'The metadata of jwt_authn holds several payloads, and nothing says which one counts.',
  'identity.malformed-certificate': 'The header x-forwarded-client-cert, which the configuration trusts, is malformed.',
  'identity.repeated-header': 'A header that names the caller stands more than once in the request.',

  // policy: vendors' policy files
  'policy.syntax': 'The policy file is not well-formed YAML or XML.',
  'policy.unknown-key': 'The policy has a key or element that its vendor does not define.',
  'policy.missing-key': 'The policy lacks a key or element that it must have.',
  'policy.wrong-type': 'A value in the policy is of another type than its key takes.',
  'policy.invalid-value': 'A value in the policy is not one that its key takes.',
  'policy.unknown-dialect': 'The file holds no policy of a dialect that mintproc knows.',
  'policy.several-policies': 'The file holds several policies and nothing says which one is meant.',
  'policy.other-schema': 'The policy has a known name and the schema of another policy.',
  'policy.template': 'The text looks like an expression inside a text, which the gateway takes literally.',
  'policy.unsupported-algorithm': 'The policy names a signature algorithm that its vendor does not offer.',

  // jose: keys and algorithms
  'jose.wrong-key-type': 'The key is of another kind than the signature algorithm needs.',
  'jose.wrong-curve': 'The elliptic curve of the key is not the one that the signature algorithm needs.',
  'jose.rsa-too-small': 'The RSA key is smaller than 2048 bits.',
  'jose.empty-secret': 'The HMAC secret is empty.',
  'jose.short-secret': 'The HMAC secret is shorter than the hash that it keys, and so may be guessed.',

  // keys: reading key material
  'keys.missing': 'The policy has no key, and its entry in the configuration names none.',
  'keys.not-pem': 'The key is not a PEM private key.',
  'keys.unreadable': 'The private key is damaged, encrypted or of an unknown format.',

  // mint: making a token for a request
  'mint.name': 'The name of a claim or header parameter came out as something other than a text.',
  'mint.signing-failed': 'The key could not sign.',
  'mint.token-too-large': 'The header value with the token would be larger than the configured limit.',
  'mint.forbidden-character': 'The header value with the token would hold a line break or a zero byte.',

  // extproc: the conversation with Envoy
  'extproc.listen-failed': 'The gRPC server cannot listen at an address.',
  'extproc.bad-address': 'An address to listen at is not of the form HOST:PORT, [IPV6]:PORT or unix:/PATH.',
  'extproc.too-many-headers': 'The request has more headers than mintproc reads.',
  'extproc.headers-too-large': 'The headers of the request have more bytes than mintproc reads.',
  'extproc.metadata-too-deep': 'The metadata that Envoy sent with the request nests deeper than mintproc reads.',
  'extproc.no-request-headers':
    "Envoy sent a request's body or trailers without its headers (request_header_mode: SKIP).",
  'extproc.unexpected-request-headers': 'Envoy sent request headers twice, or after the response, on one stream.',
  'extproc.unknown-message': 'Envoy sent a message that mintproc does not know, or an empty one.',
  'extproc.internal': 'mintproc failed at the request because of a defect; the log has the place.',

  // observe: the admin address
  'observe.listen-failed': 'The admin address cannot be listened at.',
} as const satisfies Record<`${string}.${string}`, string>;

export type Code = keyof typeof codes;
