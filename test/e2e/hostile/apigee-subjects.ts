/**
 * @module
 * Policies of Apigee whose claims come from headers, parameters and the caller, each with what it must give. One of them
 * encrypts.
 */
import { type Expected, isInexact, membersOf, type Refusal, type Scene, type Subject, sortedJson } from './scene.ts';
import type { SeenRequest } from './seen-request.ts';
import { type Json, type JsonMap, numberIn, readJson } from './strict-json.ts';

const lifetime = 60;
const failed = 'apigee.generation-failed';
const notJson = 'apigee.invalid-json-format';
const inexact = 'identity.inexact-number';

/** Ends the model of a policy with a refusal. */
class Refused extends Error {
  readonly code: Refusal;
  constructor(code: Refusal) {
    super(code);
    this.code = code;
  }
}

function policy(name: string, key: string, inside: string): string {
  return `<GenerateJWT name="${name}">
  ${key}
  <IgnoreUnresolvedVariables>true</IgnoreUnresolvedVariables>
  <ExpiresIn>${lifetime}s</ExpiresIn>
  ${inside}
  <OutputVariable>request.header.x-backend-token</OutputVariable>
</GenerateJWT>`;
}

const hmac = '<Algorithm>HS256</Algorithm><SecretKey><Value ref="private.secret"/></SecretKey>';
const rsa = '<Algorithm>RS256</Algorithm><PrivateKey><Value ref="private.rsa"/></PrivateKey>';
const direct = `<Algorithms><Key>dir</Key><Content>A256GCM</Content></Algorithms>
  <DirectKey><Value encoding="base64" ref="private.direct"/></DirectKey>`;

/** The first value: what is before a comma. */
function headerOf(seen: SeenRequest, name: string): string | undefined {
  const value = seen.first(name);
  const comma = value?.indexOf(',') ?? -1;
  return comma === -1 ? value : value?.slice(0, comma).trim();
}

function listOf(text: string): readonly string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function audienceOf(text: string | undefined): Json | undefined {
  const list = listOf(text ?? '');
  return list.length > 1 ? list : list[0];
}

type Claims = (scene: Scene) => readonly (readonly [name: string, value: Json | undefined])[];

const plain: Claims = ({ seen, id }) => [
  ['sub', headerOf(seen, 'x-a')],
  ['iss', 'hostile'],
  ['aud', audienceOf(seen.parameters('q')[0])],
  ['jti', headerOf(seen, 'x-b') || id],
  ['all', seen.parts('x-a')],
  ['text', seen.values('x-list').length === 0 ? undefined : seen.parts('x-list').join(',')],
  ['count', String(seen.parts('x-list').length)],
  ['second', seen.parts('x-a')[1]],
  ['__proto__', headerOf(seen, '__proto__')],
  ['constructor', seen.parameters('constructor')[0]],
  ['toString', headerOf(seen, 'tostring')],
  ['proto-list', seen.parameters('__proto__').length === 0 ? undefined : listOf(seen.parameters('__proto__')[0] ?? '')],
  ['names', seen.parameterNames],
  ['query', seen.query],
  ['verb', seen.method],
  ['agent', seen.first('user-agent')],
];

const plainText = `<Subject ref="request.header.x-a"/><Issuer>hostile</Issuer><Audience ref="request.queryparam.q"/>
  <Id ref="request.header.x-b"/>
  <AdditionalClaims>
    <Claim name="all" ref="request.header.x-a.values" array="true"/>
    <Claim name="text" ref="request.header.x-list.values.string"/>
    <Claim name="count" ref="request.header.x-list.values.count"/>
    <Claim name="second" ref="request.header.x-a.2"/>
    <Claim name="__proto__" ref="request.header.__proto__"/>
    <Claim name="constructor" ref="request.queryparam.constructor"/>
    <Claim name="toString" ref="request.header.toString"/>
    <Claim name="proto-list" ref="request.queryparam.__proto__" array="true"/>
    <Claim name="names" ref="request.queryparams.names" array="true"/>
    <Claim name="query" ref="request.querystring"/>
    <Claim name="verb" ref="request.verb"/>
    <Claim name="agent" ref="request.header.user-agent"/>
  </AdditionalClaims>
  <AdditionalHeaders><Claim name="__proto__" ref="request.queryparam.k"/></AdditionalHeaders>`;

function numberOf(text: string): number | bigint {
  const trimmed = text.trim();
  const double = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(trimmed) ? Number(trimmed) : Number.NaN;
  if (!Number.isFinite(double)) throw new Refused(failed);
  if (!Number.isInteger(double) || Number.isSafeInteger(double)) return double;
  if (!/^-?[1-9]\d{0,17}$/.test(trimmed)) throw new Refused(failed);
  return numberIn(trimmed);
}

function booleanOf(text: string): boolean {
  const word = text.trim().toLowerCase();
  if (word !== 'true' && word !== 'false') throw new Refused(failed);
  return word === 'true';
}

const typed: Claims = ({ seen }) => {
  const [number, flag, list] = [headerOf(seen, 'x-num'), headerOf(seen, 'x-flag'), seen.parameters('list')[0]];
  return [
    ['sub', 'typed'],
    ['number', number === undefined ? undefined : numberOf(number)],
    ['flag', flag === undefined ? undefined : booleanOf(flag)],
    ['numbers', list === undefined ? undefined : listOf(list).map(numberOf)],
  ];
};

const typedText = `<Subject>typed</Subject>
  <AdditionalClaims>
    <Claim name="number" ref="request.header.x-num" type="number"/>
    <Claim name="flag" ref="request.header.x-flag" type="boolean"/>
    <Claim name="numbers" ref="request.queryparam.list" type="number" array="true"/>
  </AdditionalClaims>`;

function parsed(text: string): Json {
  try {
    return readJson(text, 'allowed');
  } catch (error) {
    if (error instanceof SyntaxError) throw new Refused(notJson);
    throw error;
  }
}

function objectIn(text: string): JsonMap {
  const value = parsed(text);
  if (!(value instanceof Map)) throw new Refused(notJson);
  return value as JsonMap;
}

/** The text between the quotes of a string in JSON. */
function insideString(text: string): string {
  if (!/["\\\p{Cc}]/u.test(text)) return text;
  const value = parsed(`"${text}"`);
  if (typeof value !== 'string') throw new Refused(notJson);
  return value;
}

const inserted: Claims = ({ seen }) => [
  ['sub', 'inserted'],
  [
    'map',
    membersOf([
      ['in', `<${insideString(seen.values('x-b').length === 0 ? '' : seen.parts('x-b').join(','))}>`],
      ['escaped', seen.parameters('q')[0] ?? ''],
      ['any', parsed(seen.parameters('json')[0] ?? 'null')],
      [insideString(seen.parameters('k')[0] ?? 'none'), 'name'],
    ]),
  ],
];

const insertedText = `<Subject>inserted</Subject>
  <AdditionalClaims>
    <Claim name="map" type="map">{"in":"&lt;{request.header.x-b.values.string}&gt;",
      "escaped":"{escapeJSON(request.queryparam.q)}","any":{request.queryparam.json:null},
      "{request.queryparam.k:none}":"name"}</Claim>
  </AdditionalClaims>`;

const whole: Claims = ({ seen }) => {
  const text = seen.parameters('json')[0];
  const members = text === undefined ? [] : [...objectIn(text)].filter(([, value]) => value !== null);
  return [
    ...members.map(([name, value]): [string, Json] => [name, name === 'aud' ? onlyAudience(value) : value]),
    ['sub', headerOf(seen, 'x-a')],
    ['own', 'policy'],
  ];
};

function onlyAudience(value: Json): Json {
  return Array.isArray(value) && value.length === 1 ? (value[0] as Json) : value;
}

const wholeText = `<Subject ref="request.header.x-a"/>
  <AdditionalClaims ref="request.queryparam.json"><Claim name="own">policy</Claim></AdditionalClaims>`;

function textOf(value: Json | undefined): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (isInexact(value)) throw new Refused(inexact);
  return typeof value === 'string' ? value : sortedJson(value);
}

function mapOf(value: Json | undefined): JsonMap | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return objectIn(value);
  if (isInexact(value)) throw new Refused(inexact);
  if (!(value instanceof Map)) throw new Refused(notJson);
  return value as JsonMap;
}

const called: Claims = ({ caller }) => [
  ['sub', textOf(caller?.get('sub'))],
  ['__proto__', textOf(caller?.get('__proto__'))],
  ['constructor', textOf(caller?.get('constructor'))],
  ['deep', mapOf(caller?.get('deep'))],
  ['text', textOf(caller?.get('deep'))],
];

const calledText = `<Subject ref="jwt.Verify.claim.sub"/>
  <AdditionalClaims>
    <Claim name="__proto__" ref="jwt.Verify.claim.__proto__"/>
    <Claim name="constructor" ref="jwt.Verify.claim.constructor"/>
    <Claim name="deep" ref="jwt.Verify.claim.deep" type="map"/>
    <Claim name="text" ref="jwt.Verify.claim.deep"/>
  </AdditionalClaims>`;

const encrypted: Claims = ({ seen }) => [
  ['sub', headerOf(seen, 'x-a')],
  ['__proto__', headerOf(seen, 'x-b')],
  ['q', seen.parameters('q')[0]],
];

const encryptedText = `<Subject ref="request.header.x-a"/>
  <AdditionalClaims>
    <Claim name="__proto__" ref="request.header.x-b"/><Claim name="q" ref="request.queryparam.q"/>
  </AdditionalClaims>`;

/** Variables with names that every object of JavaScript has. `__proto__` is refused at load, so it is not declared. */
export const oddVariables = {
  hasOwnProperty: { template: '<{request.header.x-a}>' },
  constructor: { expression: 'attributes.queryParams.q' },
  toString: { header: 'x-kid' },
};

const declared: Claims = ({ seen }) => [
  ['sub', 'nobody'],
  ['hasOwnProperty', templateOf(headerOf(seen, 'x-a'))],
  ['constructor', seen.parameter('q')],
  ['toString', seen.first('x-kid')],
  ['valueOf', 'nothing'],
];

function templateOf(value: string | undefined): string | undefined {
  return value === undefined ? undefined : `<${value}>`;
}

const declaredText = `<Subject ref="__proto__">nobody</Subject>
  <AdditionalClaims>
    <Claim name="hasOwnProperty" ref="hasOwnProperty"/>
    <Claim name="constructor" ref="constructor"/>
    <Claim name="toString" ref="toString"/>
    <Claim name="valueOf" ref="valueOf">nothing</Claim>
  </AdditionalClaims>`;

function subject(
  name: string,
  parts: { readonly key: string; readonly text: string; readonly algorithm: Subject['algorithm'] },
  claims: Claims,
  header: Claims = () => [],
): Subject {
  return {
    name,
    extension: 'xml',
    entry: {},
    algorithm: parts.algorithm,
    text: policy(name, parts.key, parts.text),
    expected: (scene) => outcome(() => expectedOf(parts.algorithm, scene, claims, header)),
  };
}

function expectedOf(algorithm: Subject['algorithm'], scene: Scene, claims: Claims, header: Claims): Expected {
  const encoding: [string, Json][] = algorithm === 'dir' ? [['enc', 'A256GCM']] : [];
  const times: [string, Json][] = [
    ['exp', scene.now + lifetime],
    ['iat', scene.now],
  ];
  return {
    header: membersOf([...header(scene), ['typ', 'JWT'], ['alg', algorithm], ...encoding]),
    claims: membersOf([...withoutReplaced(claims(scene)), ...times]),
  };
}

/** A later value replaces an earlier one only if there is one. */
function withoutReplaced(members: ReturnType<Claims>): ReturnType<Claims> {
  return members.filter(([, value]) => value !== undefined);
}

function outcome(compute: () => Expected): Expected | Refusal {
  try {
    return compute();
  } catch (error) {
    if (error instanceof Refused) return error.code;
    throw error;
  }
}

export const apigeeSubjects: readonly Subject[] = [
  subject('apigee', { key: rsa, text: plainText, algorithm: 'RS256' }, plain, ({ seen }) => [
    ['__proto__', seen.parameters('k')[0]],
  ]),
  subject('typed', { key: hmac, text: typedText, algorithm: 'HS256' }, typed),
  subject('inserted', { key: hmac, text: insertedText, algorithm: 'HS256' }, inserted),
  subject('whole', { key: hmac, text: wholeText, algorithm: 'HS256' }, whole),
  subject('called', { key: hmac, text: calledText, algorithm: 'HS256' }, called),
  subject('declared', { key: hmac, text: declaredText, algorithm: 'HS256' }, declared),
  subject('encrypted', { key: direct, text: encryptedText, algorithm: 'dir' }, encrypted),
];
