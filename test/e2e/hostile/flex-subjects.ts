/**
 * @module
 * A Flex policy whose claims, names of claims and header parameters come from the request, each expression with what it
 * must give.
 */
import { stringify } from 'yaml';
import { membersOf, type Scene, type Subject } from './scene.ts';
import type { Json } from './strict-json.ts';

type Row = readonly [name: string, value: string, expected: (scene: Scene) => Json | undefined];

const header = (name: string): Row[2] => {
  return ({ seen }) => seen.first(name);
};
const parameter = (name: string): Row[2] => {
  return ({ seen }) => seen.parameter(name);
};
const claims = 'authentication.properties.claims';

const rows: readonly Row[] = [
  ['a', "#[attributes.headers['x-a']]", header('x-a')],
  [
    'joined',
    "#['<' ++ (attributes.headers['x-a'] default 'none') ++ '>']",
    (s) => `<${s.seen.first('x-a') ?? 'none'}>`,
  ],
  ['__proto__', "#[attributes.headers['x-b']]", header('x-b')],
  ['constructor', '#[attributes.headers.constructor]', header('constructor')],
  ['header-proto', "#[attributes.headers.'__proto__']", header('__proto__')],
  ['header-string', "#[attributes.headers.'toString']", header('tostring')],
  ['hasOwnProperty', '#[attributes.queryParams.hasOwnProperty]', parameter('hasOwnProperty')],
  ['query-string', "#[attributes.queryParams.'toString']", parameter('toString')],
  ['query-proto', "#[attributes.queryParams.'__proto__']", parameter('__proto__')],
  ['q', '#[attributes.queryParams.q]', parameter('q')],
  ['path', '#[attributes.requestPath]', ({ seen }) => seen.path],
  ['query', '#[attributes.queryString]', ({ seen }) => seen.urlQuery],
  ['method', '#[attributes.method]', ({ seen }) => seen.method],
  [
    'list',
    "#[(attributes.headers['x-list'] default '') splitBy ',']",
    (s) => (s.seen.first('x-list') ?? '').split(','),
  ],
  ['bytes', "#[sizeOf(attributes.headers['x-a'] default '')]", (s) => Buffer.byteLength(s.seen.first('x-a') ?? '')],
  [
    'base64',
    "#[dw::core::Binaries::toBase64(attributes.headers['x-a'] default '')]",
    (s) => Buffer.from(s.seen.first('x-a') ?? '').toString('base64'),
  ],
  [
    'flag',
    "#[if ((attributes.headers['x-flag'] default '') == 'true') 'yes' else 'no']",
    (s) => (s.seen.first('x-flag') === 'true' ? 'yes' : 'no'),
  ],
  ['caller', `#[${claims}]`, ({ caller }) => caller],
  ['who', "#[authentication.principal default 'nobody']", ({ caller }) => nonEmpty(caller?.get('sub')) ?? 'nobody'],
  ['deep-proto', `#[${claims}.deep.'__proto__']`, ({ caller }) => present(memberOf(caller?.get('deep'), '__proto__'))],
  ['claim-constructor', `#[${claims}.constructor]`, ({ caller }) => present(caller?.get('constructor'))],
];

function nonEmpty(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The member of an object, and of each object in lists. Other items of a list are left out. */
function memberOf(value: Json | undefined, name: string): Json | undefined {
  if (value === null) return null;
  if (Array.isArray(value)) return value.map((item) => memberOf(item, name)).filter((item) => item !== undefined);
  return value instanceof Map ? ((value.get(name) as Json | undefined) ?? null) : undefined;
}

/** Null is no claim. */
function present(value: Json | undefined): Json | undefined {
  return value === null ? undefined : value;
}

/** Names that the request chooses. The last of several with one name counts. */
const named: readonly Row[] = [
  ["#['n-' ++ (attributes.queryParams.k default 'none')]", 'first', ({ seen }) => `n-${seen.parameter('k') ?? 'none'}`],
  ["#[attributes.headers['x-name'] default 'none']", 'second', ({ seen }) => seen.first('x-name') ?? 'none'],
];

const parameters: readonly Row[] = [
  ['kid', "#[attributes.headers['x-kid'] default 'k']", ({ seen }) => seen.first('x-kid') ?? 'k'],
  ['__proto__', "#[attributes.headers['x-b']]", header('x-b')],
];

const written = (list: readonly Row[]): object[] => list.map(([name, value]) => ({ name, value }));
const lifetime = 300;

export const flexSubjects: readonly Subject[] = [
  {
    name: 'flex',
    extension: 'yaml',
    entry: { key: { file: 'secret.key' }, output: { header: 'x-backend-token', prefix: '' } },
    algorithm: 'HS256',
    text: stringify([
      {
        policyRef: { name: 'jwt-generation-flex' },
        config: {
          signingMethod: 'HS256',
          iat: true,
          exp: lifetime,
          nbf: 0,
          customClaims: [...written(rows), ...written(named)],
          customHeaders: [...written(parameters), { name: named[1]?.[0], value: named[1]?.[1] }],
        },
      },
    ]),
    expected(scene) {
      const chosen = named.map(([, value, name]) => [String(name(scene)), value] as const);
      const own = rows.map(([name, , value]) => [name, value(scene)] as const);
      return {
        header: membersOf([
          ...parameters.map(([name, , value]) => [name, value(scene)] as const),
          ...chosen.slice(1),
          ['alg', 'HS256'],
          ['typ', 'JWT'],
        ]),
        claims: membersOf([...own, ...chosen, ['exp', scene.now + lifetime], ['iat', scene.now]]),
      };
    },
  },
];
