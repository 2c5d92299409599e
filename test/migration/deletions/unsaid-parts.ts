/**
 * @module
 * The parts of the exports in this folder that have no effect on what an import writes, with the reason for each kind.
 */

/** By the vendor, the file and the path in it. */
const reasons: readonly (readonly [parts: RegExp, why: string])[] = [
  [/@revision$|\/(?:DisplayName|Description|title|summary|description)$/, 'text for people'],
  [/\.xml \/\w+@name$|\/(?:PreFlow|PostFlow|Flow|FaultRule|RouteRule)@name$/, 'a policy has the name of its file'],
  [
    /@(?:continueOnError|enabled|ignoreContentType|createNew|transport|index|ignoreCase)$/,
    'the default, or no meaning',
  ],
  [/ \/(?:VerifyJWT|AssignMessage)\/(?:Source|AssignTo)(?:@type)?$/, 'the default'],
  [/\/KeyValueMapOperations\/(?:Scope|ExpiryTimeInSecs)$/, 'the default, and a cache'],
  [
    /\/(?:CORS|ServiceCallout|ResponseCache|Quota|SpikeArrest|Javascript|DecodeJWT|RaiseFault)[/@]/,
    'a setting of a policy that is named: its file has it',
  ],
  [/\/Change-Headers\.xml |Drop-Header\.xml /, 'what a policy that is named does to headers: its file has it'],
  [
    /\/(?:VerifyAPIKey\/APIKey|VerifyJWT\/Algorithm|VerifyJWS\/|OAuthV2\/Scope)/,
    'what a check that is named compares: its file has it',
  ],
  [
    /\/ExtractVariables\/Source$|\/Set-Tier\.xml .*IgnoreUnresolvedVariables$/,
    'the variable has a default, or is open',
  ],
  [/\/Mint\.xml /, 'the file is copied, and makes the same token'],
  [/\/Log\.xml |\/Error-Text\.xml |\/Response(?:\/|$)|\/FaultRules/, 'what happens after the request, or to a log'],
  [/\/PreFlow\/Request\/Step\/Condition$/, 'of a check beside one that always runs'],
  [
    /\/Flows\/Flow(?:\/Request(?:\/Step(?:\/Name)?)?)?$/,
    'a flow that refuses its requests, which no route matches here',
  ],
  [/\/VirtualHost$|\/HTTPTargetConnection\/URL$|\/Scopes?$/, 'where requests come from and go to: the Envoy part'],

  [/^flex\S* .*\/apiVersion$|^flex\/policies\.yaml \/(?:kind|metadata)(?:\/|$)/, 'a policy is found by `policyRef`'],
  [
    /^flex\/\S+ .*\/(?:targetRef|policyRef)\/(?:kind|namespace)$|\/metadata\/namespace$/,
    'the default, or that of the API',
  ],
  [/^flex\/api\.yaml \/metadata\/labels/, 'no selector reads them'],
  [/^flex\/api\.yaml \/spec\/(?:services\/\w+\/address|services\/backend\/routes\/1\/config|tls)/, 'the Envoy part'],
  [
    /^flex\/api\.yaml \/(?:kind|metadata|metadata\/name|spec|spec\/address|stringData|stringData\/key)$/,
    'of a Service, whose route names it, and of a Secret',
  ],
  [
    /^flex\/policies\.yaml \/spec\/(?:order|disabled|rules|config)(?:\/|$)/,
    'of policies that are named, or in the file that is copied',
  ],
  [/^flex-managed\/api\.yaml \/(?:id|technology|endpoint\/(?:uri|deploymentType)|routing\/)/, 'the Envoy part'],
  [
    /^flex-managed\/policies\.yaml \/policies\/\d\/(?:policyTemplateId|groupId|assetVersion|order|disabled|pointcutData|configurationData)/,
    'of policies that are named, or in the file that is copied',
  ],

  [/^datapower\/\S+ .*\/(?:version|type)$/, 'the API or the action has one that decides, or it is text'],
  [/^datapower\/orders\.yaml \/(?:host|schemes|consumes|produces|responses)(?:\/|$)/, 'documentation of the API'],
  [
    /^datapower\/orders\.yaml \/paths\/.*\/(?:parameters|responses|operationId)(?:\/|$)/,
    'documentation of the operation',
  ],
  [/^datapower\/orders\.yaml \/paths\/\/\{id\}\/delete/, 'an operation that the assembly always refuses'],
  [
    /^datapower\/orders\.yaml (?:\/paths\/\/\{id\}\/get)?\/security/,
    'what a check that is named compares: its file has it',
  ],
  [
    /^datapower\/orders\.yaml \/x-ibm-configuration\/(?:gateway|phase|enforced|testable|activity-log|servers|properties\/issuer\/encoded)(?:\/|$)/,
    'the default, a log, or where the gateway listens',
  ],
  [
    /\/execute\/\d+\/(?:rate-limit|client-security|user-security|jwt-validate|validate|parse|gatewayscript|map|validate-usernametoken)\//,
    'a setting of an action that is named: its file has it',
  ],
  [/\/execute\/7\/set-variable\/actions\/[01](?:\/|$)/, 'a variable that no policy reads'],
  [/\/jwt-generate\/|\/set-variable\/actions\/0\/type$/, 'the file is copied, and makes the same token'],
  [
    /\/operation-switch\/(?:otherwise|case\/1|case\/0\/operations\/0\/path)/,
    'operations that are refused, or have the same token',
  ],
  [/\/invoke\/|\/assembly\/catch\//, 'the Envoy part, and what happens after a failure'],
  [/^datapower\/product\.yaml /, 'who may subscribe, and limits of rates'],
];

export function reasonFor(part: string): string | undefined {
  const row = reasons.find(([parts]) => parts.test(part));
  return row && rowName(row);
}

/** @param used those that a part had */
export function unusedReasons(used: ReadonlySet<string>): readonly string[] {
  return reasons.map(rowName).filter((one) => !used.has(one));
}

function rowName([parts, why]: (typeof reasons)[number]): string {
  return `${parts}: ${why}`;
}
