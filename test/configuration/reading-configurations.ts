/**
 * @module
 * Random configurations whose policies read values of all kinds, and requests that have all of them.
 */
import type { JsonObject, JsonValue } from '../../src/diagnostics/json.ts';
import type { HeaderField } from '../../src/request/header-fields.ts';
import type { Dice } from '../search/dice.ts';
import { flexPolicy, secret } from './memory-files.ts';

export interface ReadingConfiguration {
  readonly files: Readonly<Record<string, string>>;
  /** Whether a value may not be evaluated, so that no request shows what it reads. */
  readonly branches: boolean;
}

/** What all policies may read, as the configuration's variables. */
const declarations: Readonly<Record<string, JsonValue>> = {
  port: { attribute: 'source.port' },
  servername: { attribute: 'connection.requested_server_name' },
  tenant: { metadata: 'tenants', path: 'tenant.id' },
  region: { metadata: 'regions', path: 'name' },
  team: { header: 'x-team' },
  joined: { template: '{client.ip}-{team}' },
  nested: { template: '{tenant}/{joined}' },
  claimed: { template: '{jwt.verify.claim.sub}' },
  local: { expression: 'attributes.localAddress' },
  method: { expression: 'attributes.method' },
  who: { expression: 'authentication.principal' },
  fixed: 'fixed',
};

/** Expressions of both profiles. */
const expressions = [
  "'fixed'",
  'attributes.method',
  'attributes.remoteAddress',
  'attributes.localAddress',
  'attributes.version',
  'attributes.scheme',
  'attributes.headers',
  "attributes.headers['x-team']",
  'attributes.queryParams',
  'authentication.principal',
  'authentication.properties.claims.sub',
  'authentication',
  "(attributes.remoteAddress default '') ++ (authentication.principal default '')",
  '[(attributes.version), (attributes.localAddress)]',
  'uuid()',
];

/** Values that may hide others: a computed member reads one of all, and a branch may never be taken. */
const vagueExpressions = [
  'attributes',
  "attributes[('remote' ++ 'Address')]",
  "attributes.remoteAddress default attributes.headers['x-team']",
  "authentication.clientName default attributes.headers['x-team']",
  "if (attributes.method == 'NONE') attributes.localAddress else 'fixed'",
  "sizeOf(attributes) default 'none'",
];

/** Expressions of the profile `dataweave` only. */
const scripts = [
  'attributes.headers pluck ((value, key) -> key)',
  'attributes.remoteAddress[0]',
  "(attributes.remoteAddress!) ++ ''",
  'attributes.version?',
  '"$(attributes.localAddress)!"',
];

const vagueScripts = [
  "do { var name = 'remoteAddress' --- attributes[name] }",
  'keysOf(attributes)',
  'attributes mapObject ((value, key) -> { (key): value })',
  'do { var all = attributes --- all.remoteAddress }',
  'attributes update { case version at .version -> "x" }',
  'attributes.*remoteAddress',
  '(attributes - "headers").localAddress',
];

const flowVariables = [
  'client.ip',
  'client.port',
  'client.scheme',
  'proxy.client.ip',
  'messageid',
  'route.name',
  'virtualhost.name',
  'target.name',
  'request.header.x-team',
  'request.version',
  'request.url',
  'request.path',
  'system.timestamp',
  'jwt.verify.claim.sub',
  'client_id',
  'developer.email',
  ...Object.keys(declarations),
];

const contextVariables = [
  'request.uri',
  'request.path',
  'request.headers.x-team',
  'client.app.id',
  'decoded.claims.sub',
  'system.datetime',
  ...Object.keys(declarations),
];

type Make = (dice: Dice) => Pick<Policy, 'text' | 'entry' | 'branches'>;

interface Policy {
  readonly text: string;
  readonly entry: JsonObject;
  readonly branches: boolean;
}

const names = ['one', 'two', 'three'] as const;

function several(dice: Dice, from: readonly string[]): readonly string[] {
  return names.slice(0, 1 + dice.roll(names.length)).map(() => dice.pick(from));
}

const policies: Readonly<Record<string, Make>> = {
  flex(dice) {
    const isScript = dice.chance(50);
    const branches = dice.chance(30);
    const known = [...expressions, ...(isScript ? scripts : [])];
    const vague = [...vagueExpressions, ...(isScript ? vagueScripts : [])];
    const values = several(dice, branches ? [...known, ...vague] : known);
    const claims = Object.fromEntries(values.map((value, index) => [names[index] ?? '', `#[${value}]`]));
    return { text: flexPolicy(claims, ''), entry: isScript ? { expressions: 'dataweave' } : {}, branches };
  },
  apigee(dice) {
    const claims = several(dice, flowVariables).map((name, index) =>
      dice.chance(50)
        ? `<Claim name="${names[index]}" ref="${name}"/>`
        : `<Claim name="${names[index]}" type="map">{"in": "{${name}}"}</Claim>`,
    );
    const text = `<GenerateJWT name="P"><Algorithm>HS256</Algorithm><IgnoreUnresolvedVariables>true</IgnoreUnresolvedVariables><SecretKey><Value ref="private.key"/></SecretKey><AdditionalClaims>${claims.join('')}</AdditionalClaims></GenerateJWT>`;
    return {
      text,
      entry: { edition: 'x', ...(dice.chance(50) ? { authentication: { as: 'apigee' } } : {}) },
      branches: false,
    };
  },
  datapower(dice) {
    const [subject = '', audience = subject] = several(dice, contextVariables);
    const actions = [
      { 'set-variable': { actions: [{ set: 'made', value: `a-$(${subject})`, type: 'string' }] } },
      {
        'jwt-generate': {
          version: '2.0.0',
          'iss-claim': 'fixed',
          'sub-claim': dice.chance(50) ? 'made' : subject,
          'aud-claim': audience,
          'jws-alg': 'HS256',
          'jws-crypto': 'hmac',
        },
      },
    ];
    return { text: JSON.stringify(actions), entry: {}, branches: false };
  },
};

const sources: readonly JsonObject[] = [
  { from: 'jwt_authn' },
  { from: 'jwt_authn', payload: 'token', clientId: { metadata: 'clients', path: 'id' } },
  { from: 'ext_authz' },
  { from: 'metadata', namespace: 'gateway', path: 'caller' },
  { from: 'certificate' },
  { from: 'certificate', trustForwardedClientCert: true },
  { from: 'headers', principal: 'x-user', clientId: 'x-client' },
];

export function readingConfiguration(dice: Dice): ReadingConfiguration {
  const files: Record<string, string> = {};
  const entries: JsonObject[] = [];
  let branches = false;
  for (let number = 0; number < 1 + dice.roll(2); number++) {
    const name = dice.pick(Object.keys(policies));
    const made = policies[name]?.(dice);
    if (made === undefined) continue;
    branches ||= made.branches;
    files[`p${number}`] = made.text;
    entries.push({
      name: `p${number}`,
      file: `p${number}`,
      key: { text: secret },
      output: { header: `x-token-${number}`, prefix: '' },
      ...(dice.chance(15) ? { requireCaller: true } : {}),
      ...(name !== 'flex' && dice.chance(30) ? { variables: layer(dice) } : {}),
      ...made.entry,
    });
  }
  const asked = sources.filter(() => dice.chance(25));
  const configuration = {
    ...(asked.length === 0 ? {} : { authentication: { sources: asked } }),
    variables: declarations,
    policies: entries,
    routes: entries.map(({ name = '' }, index) => ({
      match: { pathPrefix: `/${index}`, ...(dice.chance(30) ? { routeName: `route-${index}` } : {}) },
      policies: [name],
      ...(dice.chance(10) ? { requireCaller: true } : {}),
      ...(dice.chance(20) ? { variables: layer(dice) } : {}),
    })),
    unmatched: 'deny',
  };
  return { files: { ...files, 'mintproc.yaml': JSON.stringify(configuration) }, branches };
}

/** Declarations of an entry or a route, over those of the configuration. */
function layer(dice: Dice): JsonObject {
  return Object.fromEntries([
    [dice.pick(Object.keys(declarations)), dice.pick(Object.values(declarations).slice(0, 5))],
  ]);
}

const claims: JsonObject = {
  sub: 'alice',
  client_id: 'app-7',
  client_name: 'App Seven',
  developer_email: 'dev@example.com',
};

const certificate: JsonObject = {
  'connection.mtls': true,
  'connection.subject_peer_certificate': 'CN=alice',
  'connection.uri_san_peer_certificate': 'spiffe://example/alice',
  'connection.dns_san_peer_certificate': 'alice.example',
  'connection.sha256_peer_certificate_digest': 'ab'.repeat(32),
};

/** Who may know the caller, as parts of a request. */
const callers: Readonly<Record<string, Partial<FullRequest>>> = {
  headers: { headers: [['x-user', 'alice']] },
  jwt_authn: { metadata: { 'envoy.filters.http.jwt_authn': { token: claims } } },
  ext_authz: { metadata: { 'envoy.filters.http.ext_authz': claims } },
  metadata: { metadata: { gateway: { caller: claims } } },
  certificate: { attributes: certificate },
};

export interface FullRequest {
  readonly headers: readonly HeaderField[];
  readonly attributes: JsonObject;
  readonly metadata: JsonObject;
}

/** Requests to a route that have everything: one whose caller all know, one for each source, and an unknown caller. */
export function fullRequests(route: number): readonly FullRequest[] {
  const known = Object.values(callers);
  const all: Partial<FullRequest> = {
    attributes: Object.assign({}, ...known.map(({ attributes }) => attributes)) as JsonObject,
    metadata: Object.assign({}, ...known.map(({ metadata }) => metadata)) as JsonObject,
  };
  return [all, ...known, {}].map(({ headers = [], attributes = {}, metadata = {} }) => ({
    headers: [
      [':method', 'GET'],
      [':path', `/${route}/orders?q=1`],
      [':authority', 'api.example'],
      ['x-team', 'red'],
      ...headers,
    ],
    attributes: { ...connection, 'xds.route_name': `route-${route}`, ...attributes },
    metadata: {
      tenants: { tenant: { id: 't1' } },
      regions: { name: 'eu' },
      clients: { id: 'c1' },
      other: {},
      ...metadata,
    },
  }));
}

const connection: JsonObject = {
  'source.address': '192.0.2.1:4711',
  'source.port': 4711,
  'destination.address': '192.0.2.9:443',
  'request.protocol': 'HTTP/2',
  'request.scheme': 'https',
  'request.id': 'a-request',
  'request.time': 'now',
  'xds.virtual_host_name': 'host',
  'xds.cluster_name': 'cluster',
  'connection.requested_server_name': 'api.example',
};
