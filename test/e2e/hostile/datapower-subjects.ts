/**
 * @module
 * Policies of API Connect whose claims come from the variables of the request and of the caller, each with what it must
 * give.
 */
import { stringify } from 'yaml';
import { type Expected, isInexact, membersOf, type Refusal, type Scene, type Subject } from './scene.ts';
import { type Json, type JsonMap, readJson } from './strict-json.ts';

const lifetime = 3600;
const invalid = 'datapower.invalid-variable';

const sign = { version: '2.1.0', jwt: 'message.headers.x-backend-token', 'jws-alg': 'ES256', 'jws-crypto': 'signer' };

function assembly(title: string, properties: object, before: readonly object[] = []): string {
  return stringify([...before, { 'jwt-generate': { title, ...sign, ...properties } }]);
}

/** An empty text is no value. */
function subjectOf(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}

function audienceOf(text: string | undefined): Json | undefined {
  if (text === undefined) return undefined;
  const parts = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  if (!text.includes(',')) return parts[0];
  return parts.length === 0 ? undefined : parts;
}

/** Repeated headers are one, with commas. */
function headerOf({ seen }: Scene, name: string): string | undefined {
  const values = seen.values(name);
  return values.length === 0 ? undefined : values.join(', ');
}

function expectedOf(
  scene: Scene,
  own: readonly (readonly [string, Json | undefined])[],
  privateClaims: JsonMap | undefined,
): Expected {
  return {
    header: membersOf([
      ['kid', 'signer'],
      ['alg', 'ES256'],
    ]),
    claims: membersOf([
      ['iss', 'hostile'],
      ...own,
      ['exp', scene.now + lifetime],
      ['iat', scene.now],
      ...(privateClaims ?? []),
    ]),
  };
}

/** Every part must have a value, and what is escaped stays in its string. */
function ofTemplate({ seen }: Scene): JsonMap | undefined {
  const [header] = [seen.first('x-b')];
  const comma = header?.indexOf(',') ?? -1;
  const first = comma === -1 ? header : header?.slice(0, comma).trim();
  const parameter = seen.parameters('__proto__')[0];
  const name = seen.parameters('k')[0];
  const list = seen.values('x-list').length === 0 ? undefined : seen.parts('x-list').join(',');
  if (first === undefined || parameter === undefined || name === undefined || list === undefined) return undefined;
  return membersOf([
    ['h', first],
    ['p', parameter],
    ['l', list],
    [name, 'name'],
  ]);
}

export const template =
  '{"h":"{escapeJSON(request.header.x-b)}","p":"{escapeJSON(request.queryparam.__proto__)}",' +
  '"l":"{escapeJSON(request.header.x-list.values.string)}","{escapeJSON(request.queryparam.k)}":"name"}';

/** As on the gateway, the text of the request becomes a part of the JSON: the policy lets the client add members. */
function ofText(scene: Scene): JsonMap | Refusal | undefined {
  const header = headerOf(scene, 'x-b');
  const path = scene.seen.path;
  if (header === undefined || path === undefined) return undefined;
  try {
    const value = readJson(`{"h":"${header}","verb":"${scene.seen.method}","path":"${path}"}`, 'allowed');
    return value instanceof Map ? (value as JsonMap) : invalid;
  } catch (error) {
    if (error instanceof SyntaxError) return invalid;
    throw error;
  }
}

function subject(name: string, text: string, expected: Subject['expected'], entry: Subject['entry'] = {}): Subject {
  return {
    name,
    extension: 'yaml',
    text,
    entry: { output: { prefix: '' }, ...entry },
    algorithm: 'ES256',
    expected,
  };
}

const common = { 'iss-claim': 'iss.claim' };

export const datapowerSubjects: readonly Subject[] = [
  subject(
    'connect',
    assembly('connect', {
      ...common,
      'sub-claim': 'request.headers.x-a',
      'aud-claim': 'request.parameters.q',
      'private-claims': 'escaped.claims',
    }),
    (scene) =>
      expectedOf(
        scene,
        [
          ['sub', subjectOf(headerOf(scene, 'x-a'))],
          ['aud', audienceOf(scene.seen.parameter('q'))],
        ],
        ofTemplate(scene),
      ),
  ),
  subject(
    'joined',
    assembly('joined', { ...common, 'sub-claim': 'request.headers.__proto__', 'private-claims': 'joined' }, [
      {
        'set-variable': {
          actions: [
            {
              set: 'joined',
              type: 'any',
              value: '{"h":"$(request.headers.x-b)","verb":"$(request.verb)","path":"$(request.path)"}',
            },
          ],
        },
      },
    ]),
    (scene) => {
      const claims = ofText(scene);
      if (typeof claims === 'string') return claims;
      return expectedOf(scene, [['sub', subjectOf(headerOf(scene, '__proto__'))]], claims);
    },
  ),
  subject(
    'decoded',
    assembly('decoded', { ...common, 'sub-claim': 'client.app.id', 'private-claims': 'decoded.claims' }),
    (scene) => {
      const { caller } = scene;
      if (caller !== undefined && isInexact(caller)) return 'identity.inexact-number';
      const client = ['client_id', 'azp', 'cid', 'clientId'].map((name) => caller?.get(name));
      const id = client.find((value) => typeof value === 'string' && value !== '') as string | undefined;
      return expectedOf(scene, [['sub', id]], caller);
    },
  ),
];
