/**
 * @module
 * Every error code, `area.reason`, with its meaning. Codes are stable: users alert on them.
 * `docs/errors.md` is compared with this table by a test.
 */
export const codes = {
  // dataweave: expressions
  'dataweave.unexpected-token': 'The expression has a syntax error at this place.',
  'dataweave.parentheses-needed': 'An array item is an expression that needs parentheses around it.',
  'dataweave.quotes-needed': 'A name after a dot needs quotes around it.',
  'dataweave.invalid-escape': 'A string in the expression contains an invalid escape sequence.',
  'dataweave.unsupported': 'The expression uses a part of DataWeave that Flex Gateway does not support.',
  'dataweave.unknown-name': 'The expression uses a name that is neither an input nor a function.',
  'dataweave.circular-type': 'A type in the expression is declared in terms of itself.',
  'dataweave.unknown-member': 'The expression reads a member that nothing fills, so its value is always null.',
  'dataweave.unknown-prefix': 'The expression uses a namespace prefix that it does not declare.',
  'dataweave.unbound-input': 'The expression reads an input that is not available at this place.',
  'dataweave.too-long': 'The expression is too long.',
  'dataweave.too-deep': 'The expression is nested too deeply.',

  // dataweave: evaluating an expression, at a request or (where no request is needed) at load
  'dataweave.type-mismatch': 'A function or operator received a value of a type that it does not accept.',
  'dataweave.argument-count': 'A function was called with too few or too many arguments.',
  'dataweave.not-comparable': 'The right side of a comparison is a value that cannot be ordered.',
  'dataweave.unsupported-selector': 'A selector evaluated to something other than a name or a number.',
  'dataweave.unsupported-result': 'The result of the expression is binary or a function, which cannot be a claim.',
  'dataweave.lost-input': 'An input inside an array is read, and Flex Gateway loses it there.',
  'dataweave.arithmetic': 'A calculation has no result, such as a division by zero.',
  'dataweave.conversion': 'A value cannot be converted to the requested type.',
  'dataweave.format': 'A number or date format is invalid, or does not fit the value.',
  'dataweave.regex': 'A regular expression is invalid, or uses a feature whose running time has no limit.',
  'dataweave.no-match': 'No case of a `match` matches the value.',
  'dataweave.missing-member': 'A member that `!` requires is missing.',
  'dataweave.failed': 'The expression called `fail` or `failIf`.',
  'dataweave.invalid-json': 'A string that is read as JSON is not valid JSON.',
  'dataweave.number-too-long': 'A number in the expression has more digits than the limit.',
  'dataweave.too-many-calls': 'Function calls are nested more deeply than the limit.',
  'dataweave.too-many-steps': 'The evaluation of the expression takes more steps than the limit.',
  'dataweave.string-too-long': 'The expression makes a string that is longer than the limit.',
  'dataweave.array-too-long': 'The expression makes an array that is longer than the limit.',

  // sds: tokens in files that Envoy reads
  'sds.not-constant': 'The entry has `sds`, but its token is not the same for every request.',
  'sds.lifetime': 'The entry has `sds`, but its token has no expiry that a new token can follow in time.',
  'sds.contradiction': 'Another setting of the entry, of its route or of the configuration contradicts `sds`.',
  'sds.duplicate-file': 'Two entries have the same file for their tokens.',
  'sds.foreign-file':
    'The file of `sds` exists and has something else than a token of mintproc, so it is not replaced.',
  'sds.changed-file':
    'Something else wrote or removed the file of `sds`. It is made anew, if it has nothing else than tokens.',
  'sds.unwritten': 'The file of `sds` cannot be written.',
  'sds.route':
    'Envoy would choose other requests for the token of a file than the route of `mintproc.yaml`. Only `mintproc gen` says so.',
  'sds.header':
    'A header that looks like that of the token would reach the upstream, since Envoy does not ask mintproc. Only `mintproc gen` says so.',
  'sds.platform': '`mintproc gen` writes no filter for tokens in files for this platform.',

  // reuse: why `gen --reuse-in-envoy` writes nothing
  'reuse.none-kept': 'No route has only policies whose tokens Envoy may keep.',
  'reuse.never': 'The tokens of a policy differ each time, so Envoy cannot keep them.',
  'reuse.unkept-read': 'A policy or a route reads what the key of a token that Envoy keeps cannot hold.',
  'reuse.caller': 'Envoy does not verify the caller itself, so it cannot keep tokens by the caller.',
  'reuse.header-name': 'A header of a policy or a route has a name that others look like, so Envoy cannot compare it.',
  'reuse.too-many-parts': 'The policies and routes read too much for the key of a token that Envoy keeps.',
  'reuse.contradiction': 'A setting needs mintproc for each request, so Envoy cannot keep tokens.',

  // config: mintproc.yaml
  'config.syntax': 'The configuration is not well-formed YAML.',
  'config.too-large': 'The configuration is nested more deeply, or has more parts, than the limit.',
  'config.unknown-key': 'The configuration has a key that mintproc does not know.',
  'config.retired-key': 'The configuration has a retired key: another key replaced it, or it no longer has an effect.',
  'config.missing-key': 'A required key is missing in the configuration.',
  'config.wrong-type': 'A value in the configuration has the wrong type.',
  'config.invalid-value': 'A value in the configuration is invalid for its key.',
  'config.unreadable-file': 'A file that the configuration names does not exist or cannot be read.',
  'config.fill-in': 'A value is missing that `mintproc import` could not find in the export.',
  'config.check-broken': 'A new configuration could not be checked within the limits on time and memory.',
  'config.unusable-tls': 'The certificate, the key or the authorities of `tls` cannot be used.',
  'config.missing-package': 'The configuration needs a package that is not installed.',
  'config.duplicate-policy': 'Two policies of the configuration have the same name.',
  'config.duplicate-route': 'Two routes of the configuration have the same name.',
  'config.duplicate-declaration': 'Two files of the configuration declare a variable, or a key, with the same name.',
  'config.misplaced-key': 'An included file has a key that belongs in `mintproc.yaml`.',
  'config.empty-include': 'A pattern of `include` matches no file.',
  'config.included-twice': 'A pattern of `include` matches a file that is read already.',
  'config.unknown-policy': 'A route names a policy that the configuration does not have.',
  'config.no-effect': 'A key of the entry has no effect on its policy.',
  'config.no-reuse': 'The entry asks for reuse, but the policy makes a different token for every request.',
  'config.joined-prefix': 'The prefix ends in a letter or digit, so nothing separates it from the token.',
  'config.literal-wildcard': 'A condition of a route contains a wildcard, which is compared literally.',
  'config.unused-allow': 'An `allow` names a code that nothing reports there.',
  'config.unclear-value': 'A value is something else than it looks like, or than other readers of YAML take it for.',
  'config.unprotected-listen': 'The gRPC server takes connections from other machines, without TLS.',
  'config.unused-policy': 'No route uses this policy.',
  'config.no-routes': 'The configuration has no route, so no request gets a token.',
  'config.unreachable-route':
    'No request reaches this route: an earlier one matches them all, or a CONNECT request has no path and no query.',
  'config.avoidable-route':
    'A client can avoid this route by changing a header or query parameter, and then no route matches its request.',
  'config.encoded-condition':
    'A condition on a query parameter is percent-encoded, but parameters are compared decoded.',
  'config.duplicate-output':
    'Two policies of one route write the same header, and their rules do not exclude each other.',
  'config.forbidden-header': 'The token cannot be written to this header.',

  // route: which policies a request gets
  'route.ambiguous-path':
    'The path has interpretations that lead to different routes (a final slash may be one), or a route needs a path and the request has none (CONNECT).',
  'route.ambiguous-host':
    'The host of the request is not a host name or an address, so it cannot be compared with the routes.',
  'route.ambiguous-header':
    'A header that a route or a rule of a policy compares is repeated, or servers may read it differently.',
  'route.ambiguous-query': 'A query parameter that a route compares is repeated, or servers may read it differently.',
  'route.untold': 'A route needs something that Envoy did not send, such as the attribute xds.route_name.',
  'route.outside-base-path':
    'The path does not begin with the base path of the API, and the rules of the policy compare what follows it.',
  'route.none': 'No route matches the request, and `unmatched: deny` refuses such requests.',
  'route.denied': 'The matching route denies all requests.',
  'route.unknown-policy': "Envoy's route names a policy that the configuration does not have.",
  'route.policy-not-allowed': "Envoy's route names a policy, and `allowRoutePolicy` is not set in the configuration.",

  // identity: who the caller is
  'identity.unfilled-member': 'The policy reads a member of the caller that no source of the configuration fills.',
  'identity.unused-key': 'A key of a source has no effect with the object that `as` names.',
  'identity.ambiguous':
    'The metadata of jwt_authn has several payloads, and the configuration does not say which one to use.',
  'identity.inexact-number':
    'The metadata has a number beyond 2^53 - 1. Metadata holds doubles, so its last digits may be lost. Apigee and DataPower policies refuse the request; a Flex policy uses the number, with one warning in the log.',
  'identity.missing':
    'The policy or its route requires a caller (`requireCaller`), and no source has a `principal`, `clientId` or `clientName`.',
  'identity.malformed-certificate': 'The header x-forwarded-client-cert, which the configuration trusts, is malformed.',
  'identity.malformed-payload':
    'The header of the source payload_header is too long or too deep, or is not a JSON object in base64url.',
  'identity.repeated-header': 'The request has more than one copy of a header that names the caller.',

  // policy: vendors' policy files
  'policy.syntax': 'The policy file is not well-formed YAML or XML.',
  'policy.too-large': 'The policy file is nested more deeply, or has more parts, than the limit.',
  'policy.unknown-key': 'The policy has a key or element that its vendor does not define.',
  'policy.missing-key': 'A required key or element is missing in the policy.',
  'policy.wrong-type': 'A value in the policy has the wrong type.',
  'policy.invalid-value': 'A value in the policy is invalid for its key.',
  'policy.unknown-dialect': 'The file has no policy of a dialect that mintproc knows.',
  'policy.several-policies': 'The file has several policies, and the entry does not say which one to use.',
  'policy.other-schema': 'The policy has a known name and the schema of another policy.',
  'policy.unclear-value': 'A value is something else than it looks like, or than other readers of YAML take it for.',
  'policy.template': 'A string contains what looks like an expression; the gateway does not evaluate it there.',
  'policy.unsupported-algorithm': 'The policy names a signature algorithm that its vendor does not offer.',

  'policy.client-claim': 'A claim is a header or a query parameter, which a client chooses.',
  'policy.error-passes': 'A request that cannot get its token goes on without one.',
  'policy.incomplete-form': 'The token does not have what the `form` of its entry requires.',
  'policy.unlikely-form': 'The token has the `form` of its entry, and recipients of such tokens often want more.',
  'policy.replaced-parameter': 'The entry replaces a header parameter that the policy writes.',
  'policy.never-expires': 'The tokens of the policy never expire.',
  'policy.doctype': 'The XML document has a DOCTYPE, which mintproc does not accept.',
  'policy.encoding': 'The file is not encoded in UTF-8, or declares another encoding.',
  'policy.disabled': 'The policy is disabled in its own file.',
  'policy.variable-output': 'The policy writes the token to a variable, and its entry does not name a header.',
  'policy.response-header': 'The policy writes the token to the response, which mintproc does not change.',

  'policy.never-valid': 'The token expires before it becomes valid, or as soon as it is issued.',
  'policy.unverifiable': 'A constant of the policy makes a token that verifiers refuse.',
  'policy.other-token': "The policy reads the claims of a token that is not the caller's.",
  'policy.repeated-member': 'Two claims, or two header parameters, have the same name, so one of the values is lost.',
  'policy.key-in-file': 'The key of the policy is in the text of its file.',
  'policy.unlikely-value': 'A registered claim or header parameter has a value that verifiers refuse or ignore.',
  'policy.outside-rules': 'The request matches none of the rules of the policy. Only `mintproc mint` says so.',

  // flex: jwt-generation-flex of MuleSoft Flex Gateway
  'flex.base-path':
    'The base path in the entry of the policy is not that of the address in its file, or is not a plain path.',
  'flex.caller': 'Another policy of the gateway authenticates the caller, or it is not known which one.',
  'flex.changed-header': 'Another policy of the gateway changes a header that the policy reads.',
  'flex.environment-variable':
    'The value is the name of an environment variable of the gateway, which mintproc does not replace.',
  'flex.invalid-rule': 'A regular expression in the rules of the policy is invalid or too large.',
  'flex.order': 'The resource says in which order the policies of a gateway run.',
  'flex.other-policy': 'The gateway runs other policies for the same requests.',
  'flex.replaced-member': 'A custom claim or header has the name of one that the policy writes itself.',
  'flex.spaces-around-expression': 'An expression has spaces before its `#[` or after its `]`.',
  'flex.target': 'The resource names the API instance that gets the policy.',
  'flex.target-selector': 'The resource selects the API instances that get the policy by their labels.',
  'flex.unknown-key': 'A key next to the configuration of the policy has no effect.',
  'flex.unlikely-name': 'The name of a custom claim or header is empty or has spaces.',
  'flex.upstream': 'On the gateway only requests to one upstream service get the token.',

  // apigee: GenerateJWT, at deployment; each code is the vendor's name for the error in kebab case
  'apigee.invalid-kid': 'The identifier of a key in the policy has the form of a key.',
  'apigee.empty-element-for-key-configuration': 'The `Value` element of a key does not name a variable.',
  'apigee.invalid-configuration': 'The policy has both `Algorithm` and `Algorithms`.',
  'apigee.invalid-configuration-for-action-and-algorithm':
    'The policy has a key element that its algorithm does not use.',
  'apigee.invalid-empty-element': 'An element that needs text or a `ref` has neither.',
  'apigee.invalid-jwt-algorithm': 'The algorithm is not one that this edition of Apigee offers.',
  'apigee.invalid-key-configuration': 'A key element has no `Value`, or more than one form of the key.',
  'apigee.invalid-name-for-additional-claim': 'An additional claim has the name of a registered claim.',
  'apigee.invalid-name-for-additional-header': 'An additional header parameter has the name `alg` or `typ`.',
  'apigee.invalid-public-key-id': 'A key set has no `Id` to select one of its keys.',
  'apigee.invalid-public-key-value': 'A public key is not in a form that Apigee accepts.',
  'apigee.invalid-secret-in-config': 'The policy contains a secret as text.',
  'apigee.invalid-time-format': '`NotBefore` is not in a format that Apigee accepts.',
  'apigee.invalid-type-for-additional-claim':
    'The `type` of an additional claim is not one of string, number, boolean and map.',
  'apigee.invalid-type-for-additional-header':
    'The `type` of an additional header parameter is not one of string, number, boolean and map.',
  'apigee.invalid-value-for-element': 'An element or attribute has an invalid value.',
  'apigee.invalid-value-of-array-attribute': 'The attribute `array` is neither true nor false.',
  'apigee.invalid-variable-name-for-secret': 'A key is read from a variable whose name does not begin with `private.`.',
  'apigee.missing-configuration-element': 'The policy lacks an element that its algorithm needs.',
  'apigee.missing-name-for-additional-claim': 'An additional claim has no name.',
  'apigee.missing-name-for-additional-header': 'An additional header parameter has no name.',

  // apigee: what mintproc reports and Apigee does not
  'apigee.duplicate-element': 'An element that is allowed once appears twice, with different contents.',
  'apigee.edition-matters': 'The policy means one thing on Apigee Edge and another on Apigee X.',
  'apigee.ignored-element': 'The element or attribute has no effect, here as on Apigee.',
  'apigee.literal-template': 'A text contains `{…}`, which Apigee does not expand at this place.',
  'apigee.unlikely-lifetime': 'A number without a unit in `ExpiresIn` was hardly meant in the unit of the edition.',
  'apigee.invalid-template': 'A message template is malformed, or calls a function that mintproc does not have.',
  'apigee.newer-element': "The policy uses what SAP's documentation of the policy does not have.",
  'apigee.not-generate-jwt': 'The file is another kind of Apigee policy.',
  'apigee.private-variable':
    'A secret variable is read where its value would become visible, or a key of the configuration is a `kid`.',
  'apigee.remote-key-set': 'The policy refers to a key set by URL, and mintproc does not fetch it.',
  'apigee.unread-private': 'A claim reads a private variable, which `mintproc.yaml` must declare as readable.',
  'apigee.undeclared-variable': 'The policy reads a variable that nothing sets.',

  // apigee: GenerateJWT, at a request
  'apigee.failed-to-resolve-variable': 'A variable that the policy reads has no value, and the policy has no default.',
  'apigee.invalid-json-format': 'A string that must be a JSON object is not one.',
  'apigee.generation-failed': 'A value cannot be converted to the type, time or duration that the policy needs.',

  // import: a vendor's export, as a configuration
  'import.disabled': 'The policy is disabled in the export, so the gateway minted no token.',
  'import.incomplete': 'A part of the export is missing or cannot be read, and the policy may depend on it.',
  'import.not-called': 'Nothing in the export runs the policy, or no request gets there.',
  'import.no-request': 'The gateway runs the policy only for a response or after a fault.',
  'import.no-header': 'The token does not go into a header of the request that mintproc can write.',
  'import.open-header': 'The export does not say with certainty into which header the token goes.',
  'import.open-route': 'The export does not say exactly which requests get the token, or a route cannot say it.',
  'import.open-setting': 'The policy depends on a value of the deployment that is not in the export.',
  'import.open-value': 'A variable of the policy has no value in the export, or not one value only.',
  'import.shared-requests': 'Several policies are for the same requests, and not all of their tokens can be sent.',
  'import.caller': 'The gateway checked the caller before it minted the token; here Envoy must do that.',
  'import.refusal': 'The gateway refused some of the requests, which mintproc does not do.',
  'import.other-policy': 'The gateway also ran policies for these requests that mintproc does not run.',
  'import.unselected': 'The gateway sends on requests that no flow selects; here they are refused.',
  'import.other-call': 'The gateway also runs the policy where mintproc does not.',

  // datapower: jwt-generate of API Connect
  'datapower.catalog-property': 'A catalog of the file has another value for a property that the policy reads.',
  'datapower.catch-ignored': 'The assembly has a `catch`, and mintproc does not run it.',
  'datapower.condition-ignored': 'The gateway runs the policy only on a condition, which mintproc does not evaluate.',
  'datapower.dynamic-property': 'A property depends on the request, but must be known when the policy loads.',
  'datapower.encryption-without-key': 'The policy names an algorithm to encrypt with, but no key to encrypt to.',
  'datapower.gateway-checks': 'The gateway checks requests before the policy, and mintproc does not.',
  'datapower.invalid-kid':
    'The `kid` of the policy is a secret of the configuration, or neither a variable nor an identifier.',
  'datapower.invalid-variable': 'The value of a runtime variable does not fit the property that reads it.',
  'datapower.key-algorithm': 'The JWK names another algorithm than the policy, whose algorithm is used.',
  'datapower.literal-kid': 'The `kid` of the policy is not the name of a variable, so it is used literally.',
  'datapower.missing-api': 'A product names an API that is not in the export.',
  'datapower.other-action': 'An action that mintproc does not run sets a variable that the policy reads.',
  'datapower.plain-property': 'A property of the API should be in Base64, but is not.',
  'datapower.too-deep': 'The variables of the policy refer to each other too deeply or too often.',
  'datapower.uncertain-variable': 'A runtime variable is set only in a branch of the assembly.',
  'datapower.unknown-catalog': 'The file has no values for the catalog that the entry names.',
  'datapower.client-application':
    'The policy reads the client application, which API Connect found by the client ID of the request.',
  'datapower.unprotected': 'The policy neither signs nor encrypts the token.',
  'datapower.unpublished': 'No product of the export has the API of the policy.',
  'datapower.unset-variable': 'A runtime variable that the policy reads is never set, or has no value for a request.',
  'datapower.unsupported-inline': '`$(…)` contains something other than the name of a variable.',
  'datapower.version-matters':
    'The policy does not name its version, and the versions write different values to a variable.',

  // variables: declared ones
  'variables.cycle': 'A declared variable refers to itself.',
  'variables.inexact-number':
    'A number in a declared variable is not written as in JSON and loses its last digits; write it as a string.',
  'variables.private':
    'A secret is declared under a name without `private.`, or a value that is not secret under a name with it.',
  'variables.route-key':
    'The variables of a route declare a secret or change the key of a policy; keys belong in an entry.',
  'variables.too-deep': 'The templates of declared variables read each other too deeply or too often.',
  'variables.unused': "Nothing reads a variable that a policy's entry or a route declares.",
  'variables.unreadable': 'The file or environment variable that a declared variable names cannot be read.',

  // jose: keys and algorithms
  'jose.wrong-key-type': 'The key is of another kind than the signature algorithm needs.',
  'jose.wrong-curve': 'The elliptic curve of the key is not the one that the signature algorithm needs.',
  'jose.rsa-too-small': 'The RSA key is smaller than 2048 bits.',
  'jose.rsa-too-large': 'The RSA key is larger than 8192 bits, so that it would delay other requests.',
  'jose.rsa-exponent': 'The public exponent of the RSA key is even or 1, so that the key protects nothing.',
  'jose.slow-signature':
    'The RSA key has more than 4096 bits, so that a signature takes 10 to 100 times as long as with 2048 bits.',
  'jose.empty-secret': 'The HMAC secret is empty.',
  'jose.short-secret': 'The secret or password is short enough to be guessed.',
  'jose.wrong-key-length': 'The length of the secret does not fit the encryption algorithm.',
  'jose.private-recipient': 'A private key is given where the public key of a recipient is needed.',
  'jose.rsa1-5': 'The policy encrypts with RSA1_5, which is vulnerable to padding oracles.',
  'jose.slow-encryption':
    'The policy encrypts with a key that is derived from a password, which takes up to tens of milliseconds for every token.',
  'jose.malformed-jwk': 'The text is not a valid JSON Web Key.',
  'jose.no-matching-key': 'The key set has no key with the chosen `kid`, or several.',
  'jose.wrong-key-use': 'The `use` or `key_ops` of the JWK does not allow this use.',
  'jose.wrong-key-algorithm': 'The `alg` of the JWK is another algorithm.',
  'jose.too-long-to-compress': 'The content of the token is longer than recipients of compressed tokens accept.',

  // keys: reading key material
  'keys.missing': 'The policy has no key, and its entry in the configuration does not name one.',
  'keys.placeholder':
    'A key is expected, and the text only stands for one: a placeholder, an expression, or a PEM as a secret.',
  'keys.not-pem': 'The text or file is not a key in a form that can be read; the message says what it is.',
  'keys.unreadable': 'The key is damaged, encrypted without its passphrase, or of an unknown format.',
  'keys.several': 'There is more than one private key in one text; only the first is used.',
  'keys.call-per-token':
    'A service signs the tokens of the policy, and none is reused for longer than a second, so requests wait for calls.',
  'keys.certificate-unread':
    'The certificate of a PKCS#12 file is encrypted with RC2, so the key is published without it.',
  'keys.certificate-ends': 'A certificate has expired, or will expire soon.',
  'keys.cut-off': 'The key ends in the middle of a PEM block. The file may still be being written.',
  'keys.fixed-kid': 'The policy writes a constant `kid`, and its keys follow each other.',
  'keys.generated': 'The key was generated at the start of the process, for trials.',
  'keys.generated-recipient': 'The key to encrypt to would be generated, so nobody could decrypt the tokens.',
  'keys.kid-differs': 'The `kid` that the policy writes is not the `kid` of the key.',
  'keys.no-variable': 'The environment variable with a key or passphrase is not set.',
  'keys.idle-policy': 'No key of a policy is active now, so its requests are refused.',
  'keys.not-asked': 'The key is held by a service that was not asked, so the key itself is not checked.',
  'keys.not-in-file': 'The policy file does not contain its key, so its entry must name one.',
  'keys.none-active': 'No key is active at this time.',
  'keys.late-announcement': 'A new key has a date at which verifiers may not know it yet.',
  'keys.published-elsewhere': 'Keys follow each other, and the configuration does not publish them.',
  'keys.outside-algorithm': 'The service or the key in it does not sign with the algorithm of the policy.',
  'keys.outside-recipient': 'A key to encrypt to cannot be one that a service holds.',
  'keys.outside-setting': 'A setting of a key that a service holds is missing or cannot be used.',
  'keys.readable-by-all': 'Every user of the machine can read a key file.',
  'keys.same-kid': 'Two different keys have the same `kid`.',
  'keys.short-announcement': 'A new key signs before every verifier has a JWKS that contains it.',
  'keys.source': 'A file or a peer of `mintproc publish` cannot be read, or something of it is refused.',
  'keys.state-unusable': 'The file of `jwks.state` or `--state` cannot be read, or is not a state file.',
  'keys.state-unwritten': 'The file of `jwks.state` or `--state` cannot be written, so keys are not remembered.',
  'keys.left-out': 'A public key is not published or not remembered: another key has its name, or there is no place.',
  'keys.unannounced': 'A key signs that verifiers may not know yet, since mintproc restarted without the one before.',
  'keys.unclear-name': 'The name of a key file looks like one with a date, or says another `kid` than its JWK.',
  'keys.undated': 'A key without a date is shared by several instances, which would switch to it at different times.',
  'keys.undated-file': 'Key files of a folder have no date in their names, although others have.',
  'keys.unknown-name': 'A policy names a key that the configuration does not have.',
  'keys.unpublished': 'No JWK can hold a key that signs, so verifiers do not get it.',
  'keys.unproven': 'An independent verifier refuses what the key signs or encrypts.',
  'keys.unused': 'No policy signs with this key.',
  'keys.unused-passphrase': 'There is a passphrase for a key that is not encrypted.',
  'keys.wrong-certificate': 'The certificate belongs to another key.',
  'keys.bad-encoding': 'The secret is not in the encoding that the policy names.',

  // signer: services that hold a key and sign with it
  'signer.timeout': 'The service did not sign within the deadline of its key.',
  'signer.unreachable': 'The service could not be reached, closed the connection, or answered that it has an error.',
  'signer.throttled': 'The service refused the call because it got too many.',
  'signer.busy': 'As many signatures wait for the service as the `queue` of its key allows.',
  'signer.paused': 'The service failed repeatedly, so it is not called for some seconds.',
  'signer.denied':
    'mintproc has no credentials for the service, or they are refused, or they do not allow signing with the key.',
  'signer.key-unusable': 'The service has disabled or deleted the key, or the key cannot be used in this way.',
  'signer.wrong-signature':
    'The service returned something that is no signature of the published key. It was not used.',
  'signer.refused': 'The service gave an answer that mintproc does not understand.',

  // mint: making a token for a request
  'mint.name': 'The name of a claim or header parameter evaluated to something other than a string.',
  'mint.incomplete-form': 'A token would not have what the `form` of its entry requires.',
  'mint.signing-failed': 'The key could not sign.',
  'mint.encryption-failed': 'The token could not be encrypted.',
  'mint.token-too-large': 'The header value with the token is larger than the configured limit.',
  'mint.forbidden-character': 'The header value with the token contains a line break or a zero byte.',

  // extproc: the conversation with Envoy
  'extproc.listen-failed': 'The gRPC server cannot listen on an address.',
  'extproc.bad-address': 'A listen address does not have the form HOST:PORT, [IPV6]:PORT or unix:/PATH.',
  'extproc.too-many-headers': 'The request has more headers than the limit.',
  'extproc.too-many-connections': 'A connection was refused because the number of connections is at its limit.',
  'extproc.overloaded': 'The request was refused because as many are in flight as `limits.inFlight` allows.',
  'extproc.given-up': 'Envoy gave the request up, or its deadline passed, before all tokens were made.',
  'extproc.other-filter': "Envoy's filter that keeps tokens was written for another configuration, so it keeps none.",
  'extproc.unknown-client': 'A client was refused because `tls.clients` has none of the names in its certificate.',
  'extproc.memory-full': 'Queued messages and answers have reached the limit on memory.',
  'extproc.headers-too-large': 'The headers of the request are larger than the limit.',
  'extproc.joined-header':
    'A value of the request was read that is one header or several: the ext_authz filter joins the values of a repeated header by commas.',
  'extproc.metadata-too-deep': 'The metadata of the request is nested more deeply than the limit.',
  'extproc.no-request-headers':
    "Envoy sent a request's body or trailers without its headers (request_header_mode: SKIP).",
  'extproc.unexpected-request-headers': 'Envoy sent request headers twice, or after the response, on one stream.',
  'extproc.malformed-message': 'A message from Envoy cannot be decoded.',
  'extproc.unknown-message': 'Envoy sent a message that mintproc does not know, or an empty one.',
  'extproc.internal': 'A defect in mintproc failed the request; the log has the place.',

  // serving: the processes that serve
  'serving.worker-ended': 'A worker process ended unexpectedly, or did not answer.',
  'serving.worker-silent': 'A worker process does not answer, so it gets no connections, and is killed after a minute.',

  // observe: the admin address
  'observe.listen-failed': 'mintproc cannot listen on the admin address.',
  'observe.keys-listen-failed': 'mintproc cannot listen on the JWKS address.',

  // trial: requests that an author has written
  'trial.syntax': 'The request or test file is not well-formed YAML or JSON.',
  'trial.too-large': 'The request or test file is nested more deeply, or has more parts, than the limit.',
  'trial.unknown-key': 'The request or test file has a key that mintproc does not know.',
  'trial.missing-key': 'The request or test file lacks a key.',
  'trial.wrong-type': 'A value of the request or test file has the wrong type.',
  'trial.invalid-value': 'A value of the request or test file is not allowed.',
  'trial.fill-in': 'A value of the request or test file is missing: `mintproc import` left it open.',

  // cli: the input of a command
  'cli.node-version': 'This version of Node is too old for mintproc.',
  'cli.missing-package': 'A package that the command needs is not installed.',
  'cli.malformed-line': 'A line of standard input is not JSON, or does not have the form that the command needs.',
} as const satisfies Record<`${string}.${string}`, string>;

export type Code = keyof typeof codes;
