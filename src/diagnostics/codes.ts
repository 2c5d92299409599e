/**
 * @module
 * Every code an error can carry, `room.reason`, with what it means. Codes are stable: users alert on them.
 * `docs/errors.md` is compared with this table by a test.
 */
export const codes = {
  // dataweave: expressions
  'dataweave.unexpected-token': 'The expression is not well formed at this place.',
  'dataweave.parentheses-needed': 'An item of an array is an expression that needs parentheses around it.',
  'dataweave.quotes-needed': 'A name after a dot needs quotes around it.',
  'dataweave.invalid-escape': 'An escape in a string of the expression is none.',
  'dataweave.unsupported': 'The expression is DataWeave, but uses something that Flex Gateway does not have.',
  'dataweave.unknown-name': 'The expression names something that is neither an input nor a function.',
  'dataweave.circular-type': 'A type of the expression is declared by itself.',
  'dataweave.unknown-prefix': 'The expression uses a namespace prefix that it does not declare.',
  'dataweave.unbound-input': 'The expression reads an input that is not there where it stands.',
  'dataweave.too-long': 'The text of the expression is too long.',
  'dataweave.too-deep': 'The expression is nested too deeply.',

  // dataweave: evaluating an expression, at a request or (where no request is needed) at load
  'dataweave.type-mismatch': 'A function or operator got a value of a type that it does not take.',
  'dataweave.argument-count': 'A function was called with too few or too many arguments.',
  'dataweave.not-comparable': 'A comparison has something on its right side that has no order.',
  'dataweave.unsupported-selector': 'A selector came out as something other than a name or a number.',
  'dataweave.unsupported-result': 'The expression gives bytes or a function, which cannot be a claim.',
  'dataweave.lost-input': 'Flex Gateway loses an input inside an array before it is looked into.',
  'dataweave.arithmetic': 'A calculation has no result, such as a division by zero.',
  'dataweave.conversion': 'A value cannot be converted to the type that is asked for.',
  'dataweave.format': 'A number or date format is not well formed, or does not fit the value.',
  'dataweave.regex': 'A regular expression is not well formed, or uses what has no bound on its time.',
  'dataweave.no-match': 'No case of a `match` takes the value.',
  'dataweave.missing-member': 'A member that `!` demands is not there.',
  'dataweave.invalid-json': 'A text that is read as JSON is none.',
  'dataweave.number-too-long': 'The expression makes or holds a number of more digits than are allowed.',
  'dataweave.too-many-calls': 'Functions call each other deeper than is allowed.',
  'dataweave.too-many-steps': 'Evaluating the expression takes more steps than are allowed.',
  'dataweave.string-too-long': 'The expression makes a string longer than is allowed.',
  'dataweave.array-too-long': 'The expression makes an array longer than is allowed.',

  // config: mintproc.yaml
  'config.syntax': 'The configuration is not well-formed YAML.',
  'config.too-large': 'The configuration nests deeper, or has more parts, than mintproc reads.',
  'config.unknown-key': 'The configuration has a key that mintproc does not know.',
  'config.retired-key':
    'The configuration has a key that is retired: another key has replaced it, or it has no effect any more.',
  'config.missing-key': 'The configuration lacks a key that it must have.',
  'config.wrong-type': 'A value in the configuration is of another type than its key takes.',
  'config.invalid-value': 'A value in the configuration is not one that its key takes.',
  'config.unreadable-file': 'A file that the configuration names does not exist or cannot be read.',
  'config.check-broken': 'A new configuration could not be checked within the bounds of time and memory.',
  'config.unusable-tls': 'The certificate, the key or the authorities of `tls` cannot be used.',
  'config.missing-package': 'The configuration asks for something whose package is not installed.',
  'config.duplicate-policy': 'Two policies of the configuration have the same name.',
  'config.unknown-policy': 'A route names a policy that the configuration does not have.',
  'config.no-reuse': 'The entry asks for tokens to be reused, and the policy makes a new one each time.',
  'config.unused-policy': 'No route leads to this policy.',
  'config.no-routes': 'The configuration has no route, so no request would get a token.',
  'config.unreachable-route': 'No request reaches this route: an earlier one takes them all, or a CONNECT has no path.',
  'config.duplicate-output': 'Two policies of one route write the same header.',
  'config.forbidden-header': 'The token cannot be written to this header.',

  // route: which policies a request gets
  'route.ambiguous-path':
    'The path can be read in ways that lead to different routes, or there is none (CONNECT) and routes ask for it.',
  'route.ambiguous-host':
    'The host of the request is no host name or address, so it cannot be compared with the routes.',
  'route.untold': 'Routes ask for something of a request that Envoy does not tell, such as xds.route_name.',
  'route.none': 'No route matches the request, and `unmatched: deny` refuses such requests.',
  'route.denied': 'The route that matches the request denies all of its requests.',
  'route.unknown-policy': "Envoy's route names a policy that the configuration does not have.",
  'route.policy-not-allowed': "Envoy's route names a policy, and the configuration does not allow routes to.",

  // identity: who the caller is
  'identity.ambiguous': 'The metadata of jwt_authn holds several payloads, and nothing says which one counts.',
  'identity.inexact-number':
    'A number beyond 2^53 - 1 came out of metadata, which holds doubles: its last digits may be lost. Apigee and DataPower policies refuse it; a Flex policy takes it, with one warning in the log.',
  'identity.missing': 'The policy or its route requires a caller (`requireCaller`), and no source knows one.',
  'identity.malformed-certificate': 'The header x-forwarded-client-cert, which the configuration trusts, is malformed.',
  'identity.repeated-header': 'A header that names the caller stands more than once in the request.',

  // policy: vendors' policy files
  'policy.syntax': 'The policy file is not well-formed YAML or XML.',
  'policy.too-large': 'The policy file nests deeper, or has more parts, than mintproc reads.',
  'policy.unknown-key': 'The policy has a key or element that its vendor does not define.',
  'policy.missing-key': 'The policy lacks a key or element that it must have.',
  'policy.wrong-type': 'A value in the policy is of another type than its key takes.',
  'policy.invalid-value': 'A value in the policy is not one that its key takes.',
  'policy.unknown-dialect': 'The file holds no policy of a dialect that mintproc knows.',
  'policy.several-policies': 'The file holds several policies and nothing says which one is meant.',
  'policy.other-schema': 'The policy has a known name and the schema of another policy.',
  'policy.template': 'The text looks like an expression inside a text, which the gateway takes literally.',
  'policy.unsupported-algorithm': 'The policy names a signature algorithm that its vendor does not offer.',

  'policy.doctype': 'The XML document has a DOCTYPE, which mintproc refuses unread.',
  'policy.encoding': 'The file is not in UTF-8, or says that it is not.',
  'policy.disabled': 'The policy is switched off in its own file.',
  'policy.variable-output': 'The policy puts its token into a variable, and its entry names no header for it.',
  'policy.response-header': 'The policy writes the token to the response, which mintproc does not touch.',

  // apigee: GenerateJWT, at deployment; each code is the vendor's name for the error in kebab case
  'apigee.invalid-kid': 'The identifier of a key in the policy has the form of a key.',
  'apigee.empty-element-for-key-configuration': 'The `Value` of a key names no variable.',
  'apigee.invalid-configuration': 'The policy has both `Algorithm` and `Algorithms`.',
  'apigee.invalid-configuration-for-action-and-algorithm':
    'The policy has a key element that its algorithm does not use.',
  'apigee.invalid-empty-element': 'An element that needs a text or a `ref` has neither.',
  'apigee.invalid-jwt-algorithm': 'The algorithm is not one that this edition of Apigee offers.',
  'apigee.invalid-key-configuration': 'A key element has no `Value`, or more than one form of the key.',
  'apigee.invalid-name-for-additional-claim': 'An additional claim has the name of a registered claim.',
  'apigee.invalid-name-for-additional-header': 'An additional header parameter has the name `alg` or `typ`.',
  'apigee.invalid-public-key-id': 'A key set has no `Id` that says which of its keys is meant.',
  'apigee.invalid-public-key-value': 'A public key is given in none of the forms that Apigee reads.',
  'apigee.invalid-secret-in-config': 'A secret stands in the policy as text.',
  'apigee.invalid-time-format': '`NotBefore` is in none of the formats that Apigee reads.',
  'apigee.invalid-type-for-additional-claim': 'The `type` of an additional claim is none of the four that there are.',
  'apigee.invalid-type-for-additional-header': 'The `type` of an additional header parameter is none of the four.',
  'apigee.invalid-value-for-element': 'An element or attribute has a value that it does not take.',
  'apigee.invalid-value-of-array-attribute': 'The attribute `array` is neither true nor false.',
  'apigee.invalid-variable-name-for-secret': 'A key is read from a variable whose name does not begin with `private.`.',
  'apigee.missing-configuration-element': 'The policy lacks an element that its algorithm needs.',
  'apigee.missing-name-for-additional-claim': 'An additional claim has no name.',
  'apigee.missing-name-for-additional-header': 'An additional header parameter has no name.',

  // apigee: what only mintproc says of a policy
  'apigee.duplicate-element': 'An element that may stand once stands twice.',
  'apigee.edition-matters': 'The policy means one thing on Apigee Edge and another on Apigee X.',
  'apigee.ignored-element': 'The element has no effect, here as on Apigee.',
  'apigee.invalid-template': 'A message template is malformed, or calls a function that mintproc does not have.',
  'apigee.newer-element': 'The element is newer than the chosen edition of Apigee.',
  'apigee.not-generate-jwt': 'The file holds another kind of Apigee policy.',
  'apigee.private-variable': 'A variable whose name begins with `private.` is read where its value would be shown.',
  'apigee.remote-key-set': 'The policy names a key set at a network address, which mintproc does not fetch.',
  'apigee.undeclared-variable': 'The policy reads a variable that nothing sets.',

  // apigee: GenerateJWT, at a request
  'apigee.failed-to-resolve-variable': 'A variable that the policy reads has no value, and the policy has no default.',
  'apigee.invalid-json-format': 'A text that must be a JSON object is none.',
  'apigee.generation-failed': 'A value does not fit the type, time or duration that the policy makes of it.',

  // datapower: jwt-generate of API Connect
  'datapower.catch-ignored': 'The assembly catches errors, and mintproc does not run what it says.',
  'datapower.dynamic-property': 'A property that must be known when the policy loads depends on the request.',
  'datapower.invalid-kid': 'The `kid` of the policy is neither a variable nor an identifier, and may be a key.',
  'datapower.invalid-variable': 'A runtime variable holds something else than the property that reads it needs.',
  'datapower.literal-kid': 'The `kid` of the policy is the name of no variable, and so is taken as it stands.',
  'datapower.too-deep': 'The variables of the policy are made of each other too deep, or too often.',
  'datapower.uncertain-variable': 'A runtime variable is set only in a branch of the assembly.',
  'datapower.unprotected': 'The policy neither signs nor encrypts its token.',
  'datapower.unset-variable': 'Nothing sets a runtime variable that the policy reads, or it has no value at a request.',
  'datapower.unsupported-inline': 'Something other than the name of a variable stands in `$(…)`.',
  'datapower.version-matters': 'The policy names no version, and its versions write different things to a variable.',

  // variables: declared ones
  'variables.cycle': 'A declared variable needs its own value.',
  'variables.inexact-number':
    'A number in a declared variable is beyond 2^53 - 1, where its last digits are lost; as a string it keeps them.',
  'variables.private': 'A secret is declared under a name without `private.`, or something else under one with it.',
  'variables.unreadable': 'The file or environment variable that a declared variable names cannot be read.',

  // jose: keys and algorithms
  'jose.wrong-key-type': 'The key is of another kind than the signature algorithm needs.',
  'jose.wrong-curve': 'The elliptic curve of the key is not the one that the signature algorithm needs.',
  'jose.rsa-too-small': 'The RSA key is smaller than 2048 bits.',
  'jose.empty-secret': 'The HMAC secret is empty.',
  'jose.short-secret': 'The secret or password is so short that it may be guessed.',
  'jose.wrong-key-length': 'The secret has not the length that the encryption algorithm needs.',
  'jose.private-recipient': 'A private key stands where the public key of a recipient belongs.',
  'jose.rsa1-5': 'The policy encrypts by RSA1_5, which is open to padding oracles.',
  'jose.slow-encryption':
    'The policy encrypts with a key derived from a password, which costs milliseconds for each token.',
  'jose.malformed-jwk': 'The text is not a JSON Web Key, or a part of it is missing or damaged.',
  'jose.no-matching-key': 'The key set has no key of the chosen `kid`, or several.',
  'jose.wrong-key-use': 'The JWK says of itself, by `use` or `key_ops`, that it is for something else.',
  'jose.wrong-key-algorithm': 'The JWK says of itself that it is for another algorithm.',
  'jose.too-long-to-compress': 'The content of the token is longer than recipients of compressed tokens accept.',

  // keys: reading key material
  'keys.missing': 'The policy has no key, and its entry in the configuration names none.',
  'keys.not-pem': 'The key is not a PEM private key.',
  'keys.unreadable': 'The private key is damaged, encrypted or of an unknown format.',
  'keys.certificate-ends': 'A certificate has ended, or ends soon.',
  'keys.cut-off': 'The key ends in the middle of a PEM block, as a file does that is being written.',
  'keys.generated': 'The key was generated at the start of the process, for trying out.',
  'keys.generated-recipient': 'A key to encrypt to is to be generated, and nobody could read the tokens.',
  'keys.kid-differs': "The `kid` that a policy writes is not the key's own name.",
  'keys.no-variable': 'The environment variable that should hold a key or passphrase is not set.',
  'keys.none-active': 'None of the keys is active at this time.',
  'keys.readable-by-all': 'Every user of the machine may read a key file.',
  'keys.same-kid': 'Two different keys have the same `kid`.',
  'keys.unknown-name': 'A policy names a key that the configuration does not have.',
  'keys.unproven': 'What the key signs or encrypts is refused by an independent verifier.',
  'keys.unused': 'No policy signs with this key.',
  'keys.wrong-certificate': 'The certificate is not one for the key that it stands beside.',
  'keys.bad-encoding': 'The secret is not in the encoding that the policy names.',

  // mint: making a token for a request
  'mint.name': 'The name of a claim or header parameter came out as something other than a text.',
  'mint.signing-failed': 'The key could not sign.',
  'mint.encryption-failed': 'The token could not be encrypted.',
  'mint.token-too-large': 'The header value with the token would be larger than the configured limit.',
  'mint.forbidden-character': 'The header value with the token would hold a line break or a zero byte.',

  // extproc: the conversation with Envoy
  'extproc.listen-failed': 'The gRPC server cannot listen at an address.',
  'extproc.bad-address': 'An address to listen at is not of the form HOST:PORT, [IPV6]:PORT or unix:/PATH.',
  'extproc.too-many-headers': 'The request has more headers than mintproc reads.',
  'extproc.too-many-connections': 'There are as many connections as the configuration allows, and one more came.',
  'extproc.memory-full': 'Messages and answers that cannot go on yet hold as much memory as they may, and more came.',
  'extproc.headers-too-large': 'The headers of the request have more bytes than mintproc reads.',
  'extproc.metadata-too-deep': 'The metadata that Envoy sent with the request nests deeper than mintproc reads.',
  'extproc.no-request-headers':
    "Envoy sent a request's body or trailers without its headers (request_header_mode: SKIP).",
  'extproc.unexpected-request-headers': 'Envoy sent request headers twice, or after the response, on one stream.',
  'extproc.malformed-message': 'Bytes of a message from Envoy cannot be decoded.',
  'extproc.unknown-message': 'Envoy sent a message that mintproc does not know, or an empty one.',
  'extproc.internal': 'mintproc failed at the request because of a defect; the log has the place.',

  // serving: the processes that serve
  'serving.worker-ended': 'A worker process ended without being told to, or did not answer.',

  // observe: the admin address
  'observe.listen-failed': 'The admin address cannot be listened at.',
  'observe.keys-listen-failed': 'The address of the JWKS cannot be listened at.',
  // cli: what is handed to a command
  'cli.node-version': 'Node is older than the oldest that mintproc runs on.',
  'cli.missing-package': 'A package that the command needs is not installed.',
  'cli.malformed-line': 'A line of standard input is not JSON, or not of the form that the command takes.',
} as const satisfies Record<`${string}.${string}`, string>;

export type Code = keyof typeof codes;
