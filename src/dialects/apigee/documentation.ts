/**
 * @module
 * What an author can read about a GenerateJWT policy: its elements and attributes, the flow variables, the functions of
 * templates. The playground shows it. `serve` does not load it.
 *
 * The names are those of the tables that the code runs; a test compares them.
 */
import { contentEncryptions } from '../../jose/content-encryption.ts';
import { claimTypes } from './claim-types.ts';
import { algorithms } from './editions.ts';
import { grammarPlaces } from './elements.ts';
import { keyElements } from './encryption.ts';
import { encodingNames } from './key-encoding.ts';

/** An element, or an attribute with `@` before its name. */
export interface ElementWord {
  readonly name: string;
  /** The elements around it, such as `GenerateJWT/PrivateKey`. */
  readonly path: string;
  readonly documentation: string;
  readonly values: readonly string[];
}

const kid = 'The header parameter kid. A text, or with `ref` the value of a flow variable.';

/** @internal Exported for the test that compares it with the grammar. By the path of the element. */
export const elementSentences: Readonly<Record<string, string>> = {
  GenerateJWT: 'Makes a signed or an encrypted JWT.',
  'GenerateJWT/DisplayName': "The policy's name in the editor. It has no effect on the token.",
  'GenerateJWT/Description': 'A note for readers. It has no effect on the token.',
  'GenerateJWT/FaultRules': 'Has no effect in this policy.',
  'GenerateJWT/Properties': 'Has no effect in this policy.',
  'GenerateJWT/Type': 'Signed or Encrypted. It must agree with Algorithm or Algorithms.',
  'GenerateJWT/Algorithm': 'The signature algorithm. The key belongs to its family: SecretKey for HS, PrivateKey else.',
  'GenerateJWT/Algorithms': 'The algorithms of an encrypted token.',
  'GenerateJWT/Algorithms/Key': 'The algorithm that encrypts the content key. It decides which element has the key.',
  'GenerateJWT/Algorithms/Content': 'The algorithm that encrypts the claims.',
  'GenerateJWT/SecretKey': 'The secret for HS256, HS384 and HS512, or for an AES key wrap.',
  'GenerateJWT/SecretKey/Value': 'The secret, from the variable that `ref` names.',
  'GenerateJWT/SecretKey/Id': kid,
  'GenerateJWT/PrivateKey': 'The private key for RS, PS and ES algorithms.',
  'GenerateJWT/PrivateKey/Value': 'The key in PEM, from the variable that `ref` names.',
  'GenerateJWT/PrivateKey/Password': 'The password of an encrypted key, from the variable that `ref` names.',
  'GenerateJWT/PrivateKey/Id': kid,
  'GenerateJWT/PublicKey': 'The public key that an encrypted token is encrypted to.',
  'GenerateJWT/PublicKey/Value': 'The key in PEM, or with `ref` the variable that has it.',
  'GenerateJWT/PublicKey/Certificate': 'A certificate in PEM with the key, or with `ref` the variable that has it.',
  'GenerateJWT/PublicKey/JWKS': 'A JWK set that has the key named by Id.',
  'GenerateJWT/PublicKey/Id': 'The kid of the key in the set. A text, or with `ref` the value of a flow variable.',
  'GenerateJWT/PasswordKey': 'A password that encrypts the token (PBES2).',
  'GenerateJWT/PasswordKey/Id': kid,
  'GenerateJWT/PasswordKey/Value': 'The password, from the variable that `ref` names.',
  'GenerateJWT/PasswordKey/SaltLength': 'The length of the salt in bytes, 8 to 1024.',
  'GenerateJWT/PasswordKey/PBKDF2Iterations': 'The number of iterations, 1000 to 100,000.',
  'GenerateJWT/DirectKey': 'The symmetric key that encrypts the claims itself (dir).',
  'GenerateJWT/DirectKey/Id': kid,
  'GenerateJWT/DirectKey/Value': 'The key, from the variable that `ref` names.',
  'GenerateJWT/Subject': 'The claim sub. A text, or with `ref` the value of a flow variable.',
  'GenerateJWT/Issuer': 'The claim iss. A text, or with `ref` the value of a flow variable.',
  'GenerateJWT/Audience':
    'The claim aud; a comma separates several. A text, or with `ref` the value of a flow variable.',
  'GenerateJWT/Id': 'The claim jti. A text, or with `ref` the value of a flow variable. If it is empty, a random UUID.',
  'GenerateJWT/ExpiresIn': 'The lifetime, for the claim exp: a number with ms, s, m, h or d.',
  'GenerateJWT/NotBefore': 'The claim nbf: a time, or a time from now such as 6h.',
  'GenerateJWT/AdditionalClaims': 'More claims. With `ref`, those of a JSON object in a variable.',
  'GenerateJWT/AdditionalClaims/Claim': 'A claim: its text, or with `ref` the value of a variable.',
  'GenerateJWT/AdditionalHeaders': 'More header parameters.',
  'GenerateJWT/AdditionalHeaders/Claim': 'A header parameter: its text, or with `ref` the value of a variable.',
  'GenerateJWT/CustomClaims': 'Has no effect. Write AdditionalClaims.',
  'GenerateJWT/CriticalHeaders': 'The header parameter crit: names that a verifier must understand, between commas.',
  'GenerateJWT/Compress': 'true compresses the claims of an encrypted token.',
  'GenerateJWT/IgnoreUnresolvedVariables':
    'What happens without a value: false refuses the request, true leaves the claim out. Default: false.',
  'GenerateJWT/OutputVariable':
    'Where the token goes: message.header.NAME or request.header.NAME sets that header. Default: authorization.',
};

/** @internal Exported for the test. By name, or where one means something else by the path of its element and name. */
export const attributeSentences: Readonly<Record<string, string>> = {
  ref: 'The name of a flow variable. Its value is used; the text of the element if it has none.',
  encoding: 'How the value is encoded. Default: the text itself.',
  type: 'The type of the claim. Default: string.',
  array: 'true: the value is a list, or a text that is split at commas.',
  wantFaultIfUnresolved: 'Has no effect: IgnoreUnresolvedVariables decides.',
  uri: 'The address of the set. mintproc does not fetch it: name the key as `recipient` in mintproc.yaml.',
  uriRef: 'A variable with the address of the set. mintproc does not fetch it.',
  name: 'The name of the claim or header parameter.',
  'GenerateJWT@name': "The policy's name, by which mintproc.yaml selects it.",
  'GenerateJWT@continueOnError': 'true: a request without a token continues. Default: false.',
  'GenerateJWT@enabled': 'false: no token is made. Default: true.',
  'GenerateJWT@async': 'Has no effect.',
};

const truth: readonly string[] = ['true', 'false'];

/** The values of elements and attributes that have few. */
const values: Readonly<Record<string, readonly string[]>> = {
  'GenerateJWT/Type': ['Signed', 'Encrypted'],
  'GenerateJWT/Algorithm': algorithms,
  'GenerateJWT/Algorithms/Key': [...keyElements.keys()],
  'GenerateJWT/Algorithms/Content': [...contentEncryptions.keys()],
  'GenerateJWT/Compress': truth,
  'GenerateJWT/IgnoreUnresolvedVariables': truth,
  continueOnError: truth,
  enabled: truth,
  async: truth,
  array: truth,
  wantFaultIfUnresolved: truth,
  type: claimTypes,
  encoding: encodingNames,
};

/** Every element and attribute of the grammar. */
export function elementWords(): readonly ElementWord[] {
  return Array.from(grammarPlaces(), ({ path, name }) => {
    if (!name.startsWith('@')) {
      const whole = path === '' ? name : `${path}/${name}`;
      return { name, path, documentation: elementSentences[whole] ?? '', values: values[whole] ?? [] };
    }
    const attribute = name.slice(1);
    const documentation = attributeSentences[`${path}${name}`] ?? attributeSentences[attribute] ?? '';
    return { name, path, documentation, values: values[attribute] ?? [] };
  });
}

/** The variables of the request; NAME, N and POLICY are placeholders. */
export const flowVariableSentences: Readonly<Record<string, string>> = {
  'request.header.NAME': 'The first value of a header; the name may be in any case.',
  'request.header.NAME.N': 'The value of a header with this number, from 1.',
  'request.header.NAME.values': 'All values of a header, as a list.',
  'request.header.NAME.values.count': 'The number of values of a header.',
  'request.header.NAME.values.string': 'All values of a header, between commas.',
  'request.headers.count': 'The number of headers.',
  'request.headers.names': 'The names of all headers, as a list.',
  'request.headers.names.string': 'The names of all headers, between commas.',
  'request.queryparam.NAME': 'The first value of a query parameter, decoded.',
  'request.queryparam.NAME.N': 'The value of a query parameter with this number, from 1.',
  'request.queryparam.NAME.values': 'All values of a query parameter, as a list.',
  'request.queryparam.NAME.values.count': 'The number of values of a query parameter.',
  'request.queryparam.NAME.values.string': 'All values of a query parameter, between commas.',
  'request.queryparams.count': 'The number of query parameters.',
  'request.queryparams.names': 'The names of all query parameters, as a list.',
  'request.queryparams.names.string': 'The names of all query parameters, between commas.',
  'request.querystring': 'The query as received; empty if there is none.',
  'request.verb': 'The method, such as GET.',
  'request.path': 'The path as received, without its query.',
  'request.uri': 'The path and query as received.',
  'request.url': 'The whole address with scheme and host.',
  'request.version': 'The version of HTTP, such as 1.1.',
  'client.ip': "The caller's address.",
  'client.host': "The caller's address.",
  'client.port': "The caller's port.",
  'client.scheme': 'http or https.',
  'proxy.client.ip': 'The last value of x-forwarded-for, else client.ip.',
  'system.timestamp': 'The time of the request, in milliseconds since 1970.',
  'system.uuid': 'A random UUID.',
  'system.time': 'The time of the request as text, in UTC.',
  'system.time.year': 'The year of the request, in UTC.',
  'system.time.month': 'The month, from 1.',
  'system.time.day': 'The day of the month.',
  'system.time.dayofweek': 'The day of the week, Sunday is 1.',
  'system.time.hour': 'The hour, in UTC.',
  'system.time.minute': 'The minute.',
  'system.time.second': 'The second.',
  'system.time.millisecond': 'The millisecond.',
  'system.time.zone': 'The time zone, always UTC.',
  messageid: "Envoy's id of the request, else the header x-request-id.",
  'route.name': "The name of Envoy's route.",
  'virtualhost.name': "The name of Envoy's virtual host.",
  'target.name': "The name of Envoy's cluster.",
  'jwt.POLICY.claim.NAME': "A claim of the caller's verified token.",
  'jwt.POLICY.decoded.claim.NAME': "A claim of the caller's verified token.",
};

/** Each function of message templates, with its arguments. */
export const templateFunctionSentences: Readonly<Record<string, readonly [args: string, sentence: string]>> = {
  md5Hex: ['text', 'The MD5 hash in hexadecimal.'],
  md5Base64: ['text', 'The MD5 hash in base64.'],
  sha1Hex: ['text', 'The SHA-1 hash in hexadecimal.'],
  sha1Base64: ['text', 'The SHA-1 hash in base64.'],
  sha256Hex: ['text', 'The SHA-256 hash in hexadecimal.'],
  sha256Base64: ['text', 'The SHA-256 hash in base64.'],
  sha384Hex: ['text', 'The SHA-384 hash in hexadecimal.'],
  sha384Base64: ['text', 'The SHA-384 hash in base64.'],
  sha512Hex: ['text', 'The SHA-512 hash in hexadecimal.'],
  sha512Base64: ['text', 'The SHA-512 hash in base64.'],
  createUuid: ['', 'A random UUID.'],
  decodeBase64: ['text', 'The text of a base64 string.'],
  encodeBase64: ['text', 'The text in base64.'],
  encodeHTML: ['text', 'The text with the characters of HTML encoded.'],
  escapeJSON: ['text', 'The text as the content of a JSON string.'],
  escapeXML: ['text', 'The text with the characters of XML 1.0 escaped.'],
  escapeXML11: ['text', 'The text with the characters of XML 1.1 escaped.'],
  firstnonnull: ['a,b', 'The first argument that has a value.'],
  jsonPath: ["'$.a',json,wantArray", 'The value at a path of names, indexes and wildcards.'],
  randomLong: ['min,max', 'A random whole number.'],
  replaceAll: ["text,'expression','by'", 'The text with all matches of a simple regular expression replaced.'],
  replaceFirst: ["text,'expression','by'", 'The text with the first match of a simple regular expression replaced.'],
  substring: ['text,start,end', 'A part of the text; positions from 0, negative ones from the end.'],
  timeFormat: ["'yyyy-MM-dd',seconds", 'A time in the format of SimpleDateFormat.'],
  timeFormatMs: ["'yyyy-MM-dd',milliseconds", 'A time in the format of SimpleDateFormat.'],
  timeFormatUTC: ["'yyyy-MM-dd',seconds", 'A time in UTC, in the format of SimpleDateFormat.'],
  timeFormatUTCMs: ["'yyyy-MM-dd',milliseconds", 'A time in UTC, in the format of SimpleDateFormat.'],
  toLowerCase: ['text', 'The text in lower case.'],
  toUpperCase: ['text', 'The text in upper case.'],
};
