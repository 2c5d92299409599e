/**
 * @module
 * What a file is that contains no policy of a known dialect: another policy of the same products, or another kind of
 * file. Only names of the tables below and names at the place of a policy's name are repeated.
 */
import { called } from '../diagnostics/harmless.ts';

export interface OtherFile {
  readonly offset: number;
  /** A sentence. */
  readonly message: string;
  /** The dialect whose policy belongs in its place; undefined for all of them. */
  readonly dialect?: 'flex' | 'apigee' | 'datapower';
  /** What to do, if not to write a policy of a dialect. */
  readonly suggestion?: string;
}

/** Undefined if the file resembles none of those below. Cheap, and never throws. */
export function otherFile(text: string): OtherFile | undefined {
  for (const find of finders) {
    const found = find(text);
    if (found !== undefined) return found;
  }
  return undefined;
}

const finders: readonly ((text: string) => OtherFile | undefined)[] = [
  emptyFile,
  keyOrToken,
  flexPolicy,
  managedPolicy,
  apigeeElement,
  assemblyPolicy,
  documentOfAnotherKind,
];

function emptyFile(text: string): OtherFile | undefined {
  return text.trim() === '' ? { offset: 0, message: 'The file is empty.' } : undefined;
}

function keyOrToken(text: string): OtherFile | undefined {
  const keyHint = "Name a key in the policy's entry, `key: { file: … }`, and the policy in `file`.";
  if (/^\s*-----BEGIN /.test(text))
    return { offset: 0, message: 'This is a key or certificate in PEM.', suggestion: keyHint };
  if (/^\s*\{/.test(text) && /"kty"\s*:/.test(text)) {
    return { offset: text.indexOf('{'), message: 'This is a JSON Web Key or a set of them.', suggestion: keyHint };
  }
  if (/^\s*eyJ[\w-]{1,200}/.test(text)) return { offset: 0, message: 'This is a token, not the policy that mints it.' };
  return undefined;
}

/** `policyRef: { name: … }`, on one line or several. */
function flexPolicy(text: string): OtherFile | undefined {
  const found = /["']?\bpolicyRef["']?\s*:(?:\s|#[^\n]*\n)*\{?\s*["']?name["']?\s*:\s*["']?([\w.-]+)/.exec(text);
  return found?.[1] === undefined ? undefined : flexNamed(found[1], found);
}

/** A policy of API Manager. */
function managedPolicy(text: string): OtherFile | undefined {
  if (!/\bconfigurationData\b/.test(text)) return undefined;
  const found = /["']?\bassetId["']?\s*:\s*["']?([\w.-]+)/.exec(text);
  return found?.[1] === undefined ? undefined : flexNamed(found[1], found);
}

function flexNamed(name: string, { index, 0: whole }: RegExpExecArray): OtherFile {
  return {
    offset: index + whole.length - name.length,
    message: `${called('The Flex Gateway policy', name)} mints no token.`,
    dialect: 'flex',
  };
}

/** Policies and other files of a proxy; those with JWT or JWS in their name are read by the dialect itself. */
const apigeeElements = [
  ...[
    'AccessControl',
    'AccessEntity',
    'AssignMessage',
    'BasicAuthentication',
    'ConcurrentRatelimit',
    'ExtractVariables',
  ],
  ...['FlowCallout', 'GenerateSAMLAssertion', 'HMAC', 'InvalidateCache', 'JSONThreatProtection', 'JSONToXML'],
  ...[
    'JavaCallout',
    'Javascript',
    'KeyValueMapOperations',
    'LookupCache',
    'MessageLogging',
    'OASValidation',
    'OAuthV1',
  ],
  ...['OAuthV2', 'PopulateCache', 'Quota', 'RaiseFault', 'RegularExpressionProtection', 'ResetQuota', 'ResponseCache'],
  ...[
    'ServiceCallout',
    'SetOAuthV2Info',
    'SharedFlow',
    'SpikeArrest',
    'VerifyAPIKey',
    'VerifyIAM',
    'XMLThreatProtection',
  ],
  ...['XMLToJSON', 'XSL', 'APIProxy', 'ProxyEndpoint', 'TargetEndpoint', 'SharedFlowBundle', 'TargetServer'],
];

/** The root element, after a declaration and comments. */
const rootElement = /^\uFEFF?\s*(?:<\?[^>]*>\s*|<!--(?:[^-]|-(?!->))*-->\s*)*<([A-Za-z][\w.:-]*)/;

function apigeeElement(text: string): OtherFile | undefined {
  const found = rootElement.exec(text);
  const name = found?.[1];
  if (found === null || name === undefined) return undefined;
  const offset = found[0].length - name.length - 1;
  if (apigeeElements.includes(name)) {
    return { offset, message: `This is \`<${name}>\` of Apigee, which mints no token.`, dialect: 'apigee' };
  }
  if (name === 'mule')
    return { offset, message: 'This is a Mule application, not a policy of Flex Gateway.', dialect: 'flex' };
  if (/^html$/i.test(name)) return { offset, message: 'This is a page in HTML, such as the answer of a server.' };
  return { offset, message: 'This XML file is not a policy that mintproc knows.', dialect: 'apigee' };
}

/** Policies of an assembly. */
const assemblyPolicies = [
  ...['jwt-validate', 'invoke', 'proxy', 'map', 'gatewayscript', 'set-variable', 'validate', 'oauth', 'user-security'],
  ...['validate-usernametoken', 'client-security', 'parse', 'xslt', 'redact', 'throw', 'switch', 'ratelimit'],
];

function assemblyPolicy(text: string): OtherFile | undefined {
  const found = /^\s*-\s*["']?([a-z][a-z-]*)["']?\s*:/m.exec(text);
  const name = found?.[1];
  if (found === null || name === undefined || !assemblyPolicies.includes(name)) return withoutAssembly(text);
  return {
    offset: found.index + found[0].indexOf(name),
    message: `This is an assembly with \`${name}\`, but without \`jwt-generate\`.`,
    dialect: 'datapower',
  };
}

function withoutAssembly(text: string): OtherFile | undefined {
  const found = /^\s*["']?(?:swagger|openapi)["']?\s*:/m.exec(text);
  return found === null
    ? undefined
    : { offset: found.index, message: 'This OpenAPI file has no assembly with `jwt-generate`.', dialect: 'datapower' };
}

const documents: readonly (readonly [form: RegExp, message: string, suggestion?: string])[] = [
  [
    /^\s*kind\s*:\s*["']?(?:ApiInstance|PolicyBinding)\b/m,
    'The Flex Gateway resources in this file name no policy that mints a token.',
  ],
  [
    /^\s*kind\s*:\s*["']?(?:ConfigMap|Secret)\b/m,
    'This is a resource of Kubernetes with other files in it.',
    'Mount it, and name the file of the policy.',
  ],
  [
    /^["']?cases["']?\s*:/m,
    'This is a test file, not a policy.',
    '`mintproc test FILE` reads it, with the configuration that it names.',
  ],
  [
    /^\s*\{\s*"(?:attributes|authentication|variables|request|caller)"\s*:|^(?:request|caller)\s*:/m,
    'This is a request for `mintproc mint`, not a policy.',
    'Write `--request` before it.',
  ],
];

function documentOfAnotherKind(text: string): OtherFile | undefined {
  for (const [form, message, suggestion] of documents) {
    const found = form.exec(text);
    if (found === null) continue;
    const offset = found.index + found[0].length - found[0].trimStart().length;
    return suggestion === undefined ? { offset, message } : { offset, message, suggestion };
  }
  return undefined;
}
