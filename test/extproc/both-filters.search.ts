/**
 * @module
 * The same request through both filters: as messages of ext_proc and of ext_authz, as Envoy writes them, each read and
 * answered by both codecs. All answers set and remove the same headers, or refuse alike. Only without
 * `encode_raw_headers` a request with a comma in a value may be refused instead.
 */
import { loadConfiguration } from '../../src/configuration/load.ts';
import { makeDecide } from '../../src/decision/decide.ts';
import type { Decide } from '../../src/decision/decision.ts';
import type { JsonObject } from '../../src/diagnostics/json.ts';
import { checkSettings, decisionOf } from '../../src/extproc/authz/check-exchange.ts';
import type { CheckRequest, CheckResponse } from '../../src/extproc/authz/check-messages.ts';
import { encodeCheck } from '../../src/extproc/authz/encode-check.ts';
import { checkMessage } from '../../src/extproc/authz/read-check.ts';
import { respondToCheck } from '../../src/extproc/authz/respond-check.ts';
import { decodeCheck } from '../../src/extproc/authz/wire-check.ts';
import { noMetadata } from '../../src/extproc/call-metadata.ts';
import { decodeRequest } from '../../src/extproc/codec/decode-request.ts';
import { encodeDecision } from '../../src/extproc/codec/encode-response.ts';
import { Exchange, type ExchangeSettings } from '../../src/extproc/exchange.ts';
import type { HeaderMutation, ProcessingRequest, ProcessingResponse } from '../../src/extproc/messages.ts';
import { structOf } from '../../src/extproc/struct.ts';
import { flexPolicy, memoryFiles } from '../configuration/memory-files.ts';
import { Dice } from '../search/dice.ts';
import { type Effort, Finding, type Search } from '../search/search.ts';
import { alone, defaultLimits } from './default-limits.ts';
import { randomClaims } from './random-claims.ts';
import { RecordingObserver } from './recording-observer.ts';
import { checkMethod, processMethod } from './stream-client.ts';

export const search: Search = {
  name: 'both-filters',
  property: 'A request gets the same token or the same refusal through ext_proc and through ext_authz.',
  inputs: 100_000,
  share: 1_000,
  run,
};

const now = 1_700_000_000_999;
const namespace = 'envoy.filters.http.jwt_authn';

const apigee = `<GenerateJWT name="A"><Algorithm>HS256</Algorithm><SecretKey><Value ref="private.key"/></SecretKey>
<IgnoreUnresolvedVariables>true</IgnoreUnresolvedVariables><Subject ref="client.ip"/><AdditionalClaims>
${['header.x-partner', 'header.x-partner.2', 'header.x-partner.values', 'header.X-Tenant.values.string', 'headers.count', 'queryparam.a', 'verb', 'path', 'url', 'version'].map((name, at) => `<Claim name="c${at}" ref="request.${name}"/>`).join('\n')}
</AdditionalClaims><OutputVariable>request.header.x-token</OutputVariable></GenerateJWT>`;

const files = {
  key: 'a secret of at least thirty-two bytes for HS256',
  'apigee.xml': apigee,
  'flex.yaml': flexPolicy({
    partner: "#[attributes.headers['x-partner']]",
    query: '#[attributes.queryParams.a]',
    path: '#[attributes.requestPath]',
    from: '#[attributes.remoteAddress ++ attributes.localAddress ++ attributes.scheme ++ attributes.version]',
  }),
  'whole.yaml': flexPolicy({ headers: '#[attributes.headers]' }),
  'caller.yaml': flexPolicy({ who: '#[authentication.principal]', claims: '#[authentication.properties.claims]' }),
};

const sources: readonly (readonly object[])[] = [
  [{ from: 'payload_header', header: 'x-jwt-payload' }],
  [{ from: 'headers', principal: 'x-user' }],
  [{ from: 'jwt_authn' }, { from: 'headers', principal: 'x-user' }],
  [{ from: 'certificate', trustForwardedClientCert: true }],
];

function decideBy(dice: Dice): Decide {
  const onError = dice.pick(['deny', 'pass']);
  const names = ['apigee', 'flex', 'whole', 'caller'];
  const configuration = {
    edition: 'x',
    publishVariables: dice.chance(50),
    allowRoutePolicy: dice.chance(50),
    authentication: { sources: dice.pick(sources) },
    variables: { 'private.key': { file: 'key' } },
    policies: [
      ...names.map((name) => ({ name, file: `${name}.${name === 'apigee' ? 'xml' : 'yaml'}`, onError })),
      { name: 'named', file: 'caller.yaml', requireCaller: true, output: { header: 'x-token' } },
    ],
    routes: [
      { match: { pathPrefix: '/orders', headers: { 'x-tenant': ['acme', 'globex'] } }, policies: ['flex', 'apigee'] },
      { match: { path: '/orders/*', query: { a: '1' } }, policies: ['caller'] },
      { match: { host: 'api.example.com', method: ['GET', 'POST'] }, policies: dice.pick([['whole'], ['named']]) },
      { match: { pathPrefix: '/denied' }, deny: true },
    ],
    unmatched: dice.pick(['pass', 'deny']),
  };
  const { snapshot, problems } = loadConfiguration('mintproc.yaml', {
    files: memoryFiles({ ...files, 'mintproc.yaml': JSON.stringify(configuration) }),
    environment: {},
  });
  if (snapshot === undefined) throw new Error(JSON.stringify(problems));
  return makeDecide(snapshot, { clock: () => now, randomId: () => 'an id' });
}

/** A request as Envoy has it. Values are bytes, one character for each. */
interface Sent {
  readonly pseudo: Readonly<Record<':method' | ':path' | ':authority' | ':scheme', string>>;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly protocol: string;
  readonly metadata: JsonObject | undefined;
  readonly policy: string | undefined;
}

const values = ['acme', 'globex', 'one', 'one,two', '', ' ', ',', '!', '\xc3\xbc', '\xff', 'By=x;URI=spiffe://a/b'];
const payloads = [
  '{"sub":"alice"}',
  '{"sub":"a","sub":"b"}',
  '{"__proto__":{"sub":"x"}}',
  '[]',
  '{',
  '"x"',
  '{"sub":1}',
];
const headerNames = ['x-partner', 'x-tenant', 'x_tenant', 'x-user', 'x_user', 'authorization', 'x-token', 'x_token'];
const paths = [
  '/orders',
  '/orders/7',
  '/orders/7?a=1',
  '/Orders/7?a=1&a=2',
  '/orders/../denied',
  '/orders//7',
  '/denied',
];

function randomSent(dice: Dice): Sent {
  const headers = Array.from({ length: dice.roll(5) }, () => [dice.pick(headerNames), dice.pick(values)] as const);
  const payload = dice.chance(50) ? encoded(dice) : dice.pick(values);
  const payloadHeaders = Array.from({ length: dice.pick([0, 1, 1, 2]) }, () => ['x-jwt-payload', payload] as const);
  // Envoy makes one of several of these.
  const forwarded = dice.chance(30) ? [['x-forwarded-client-cert', dice.pick(values)] as const] : [];
  return {
    pseudo: {
      ':method': dice.pick(['GET', 'POST', 'PUT', 'get']),
      ':path': dice.pick(paths) + (dice.chance(20) ? dice.pick(['%2f', ';x', '?a=%31', '#', '/', ',']) : ''),
      ':authority': dice.pick(['api.example.com', 'API.example.com:80', 'api.example.com.', 'evil', 'a,b']),
      ':scheme': dice.pick(['http', 'https']),
    },
    headers: [...headers, ...payloadHeaders, ...forwarded],
    protocol: dice.pick(['HTTP/1.1', 'HTTP/2']),
    metadata: dice.chance(40) ? { payload: randomClaims(dice) } : undefined,
    policy: dice.chance(15) ? dice.pick(['named', 'flex', 'missing', '']) : undefined,
  };
}

function encoded(dice: Dice): string {
  return Buffer.from(dice.pick(payloads)).toString('base64url') + dice.pick(['', '', '=', '==', '!']);
}

const bytesOf = (value: string): Buffer => Buffer.from(value, 'latin1');
const isValid = (value: string): boolean => Buffer.from(bytesOf(value).toString('utf8')).equals(bytesOf(value));

const source = { address: '10.0.0.1', port_value: 4711 };
const destination = { address: '::1', port_value: 8080 };

function processOf({ pseudo, headers, protocol, metadata }: Sent): ProcessingRequest {
  const all = [...Object.entries(pseudo), ...headers];
  return {
    request: 'request_headers',
    request_headers: { headers: { headers: all.map(([key, value]) => ({ key, raw_value: bytesOf(value) })) } },
    attributes: {
      'envoy.filters.http.ext_proc': structOf({
        'source.address': '10.0.0.1:4711',
        'destination.address': '[::1]:8080',
        'request.scheme': pseudo[':scheme'],
        'request.protocol': protocol,
      }),
    },
    ...metadataOf(metadata),
  };
}

function metadataOf(metadata: JsonObject | undefined) {
  return metadata && { metadata_context: { filter_metadata: { [namespace]: structOf(metadata) } } };
}

/** @param isRaw `encode_raw_headers` */
function checkOf({ pseudo, headers, protocol, metadata, policy }: Sent, isRaw: boolean): CheckRequest {
  const all = [...Object.entries(pseudo), ...headers];
  const groups = Map.groupBy(all, ([name]) => name);
  const joined = Array.from(groups, ([name, fields]) => [name, fields.map(([, value]) => value).join(',')] as const);
  const shown = isRaw
    ? { header_map: { headers: all.map(([key, value]) => ({ key, raw_value: bytesOf(value) })) } }
    : { headers: Object.fromEntries(joined.map(([name, value]) => [name, bytesOf(value).toString('utf8')])) };
  const { ':method': method, ':path': path, ':authority': host, ':scheme': scheme } = pseudo;
  return {
    attributes: {
      source: { address: { socket_address: source } },
      destination: { address: { socket_address: destination } },
      request: { http: { method, path, host, scheme, protocol, ...shown } },
      ...(policy === undefined ? {} : { context_extensions: { 'x-mintproc-policy': policy } }),
      ...metadataOf(metadata),
    },
  };
}

const processing = processMethod();
const checking = checkMethod();

/** What becomes of the request, by both codecs of ext_proc. */
function processed(settings: ExchangeSettings, sent: Sent): readonly string[] {
  const bytes = processing.requestSerialize(processOf(sent));
  const readings = [decodeRequest(bytes, 0, bytes.length), processing.requestDeserialize(bytes)];
  return readings.map((message, isGeneric) => {
    const exchange = new Exchange(settings, { ...noMetadata, routePolicy: sent.policy });
    const answer = exchange.answer(message);
    exchange.close();
    if (answer.kind !== 'respond' || answer.decision === undefined) throw new Error(answer.kind);
    const { bytes: out, start, end } = encodeDecision(answer.decision);
    const whole = isGeneric ? processing.responseSerialize(answer.response) : Buffer.from(out.subarray(start, end));
    return fateOf(processing.responseDeserialize(whole));
  });
}

function fateOf({ request_headers, immediate_response, dynamic_metadata }: ProcessingResponse): string {
  if (immediate_response !== undefined) {
    const { status, headers, body } = immediate_response;
    return JSON.stringify([status.code, setOf(headers.set_headers), String(body)]);
  }
  const mutation = request_headers?.response?.header_mutation;
  return JSON.stringify([setOf(mutation?.set_headers), mutation?.remove_headers ?? [], dynamic_metadata]);
}

function setOf(set: HeaderMutation['set_headers'] = []): readonly string[] {
  return set.map(({ header, append_action }) => `${header.key}: ${header.raw_value} ${append_action}`);
}

/** The same by both codecs of ext_authz. */
function checked(settings: ExchangeSettings, sent: Sent, isRaw: boolean): readonly string[] {
  const bytes = checking.requestSerialize(checkOf(sent, isRaw));
  const readings = [decodeCheck(bytes, 0, bytes.length), checkMessage(checking.requestDeserialize(bytes))];
  return readings.map((message, isGeneric) => {
    const exchange = new Exchange(checkSettings(settings), undefined);
    const decision = decisionOf(exchange.answer(message));
    exchange.close();
    if (decision.kind === 'later') throw new Error(decision.kind);
    const { bytes: out, start, end } = encodeCheck(decision);
    const whole = isGeneric
      ? checking.responseSerialize(respondToCheck(decision))
      : Buffer.from(out.subarray(start, end));
    return checkedFate(checking.responseDeserialize(whole));
  });
}

/** As Envoy reads it: a code of gRPC lets a request go on or not, and removals come after what is set. */
function checkedFate({ status, ok_response, denied_response, dynamic_metadata }: CheckResponse): string {
  const set = (denied_response ?? ok_response)?.headers?.map(
    ({ header, append_action }) => `${header.key}: ${header.value} ${append_action}`,
  );
  if ((status?.code ?? 0) !== 0) return JSON.stringify([denied_response?.status.code, set, denied_response?.body]);
  const removed = ok_response?.headers_to_remove ?? [];
  const lost = ok_response?.headers?.some(({ header }) => removed.includes(header.key.toLowerCase()));
  return lost ? 'a token is removed' : JSON.stringify([set ?? [], removed, dynamic_metadata]);
}

const joinedHeader = JSON.stringify([
  400,
  ['content-type: application/json OVERWRITE_IF_EXISTS_OR_ADD'],
  '{"error":{"code":"extproc.joined-header"}}',
]);

type Counts = Record<'forwarded' | 'refused' | 'untouched' | 'doubtful', number>;

async function run(effort: Effort): Promise<string> {
  const dice = new Dice(effort.seed);
  const counts: Counts = { forwarded: 0, refused: 0, untouched: 0, doubtful: 0 };
  let decide = decideBy(dice);
  for await (const input of effort.inputs()) {
    if (input % 100 === 0) decide = decideBy(dice);
    compare(decide, randomSent(dice), counts);
  }
  return Object.entries(counts)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ');
}

/** @throws Finding */
function compare(decide: Decide, sent: Sent, counts: Counts): void {
  const observer = new RecordingObserver();
  const settings = { observer, limits: defaultLimits, admission: alone(), now: () => 0, pin: () => decide };
  const [fate = '', ...others] = [...processed(settings, sent), ...checked(settings, sent, true)];
  const requireSame = (other: string): void => {
    if (other !== fate) throw new Finding(`${JSON.stringify(sent)}\next_proc: ${fate}\notherwise: ${other}`);
  };
  others.forEach(requireSame);
  counts[kindOf(fate)]++;
  // Such bytes arrive as exclamation marks.
  if (!sent.headers.every(([, value]) => isValid(value))) return;
  const joined = checked(settings, sent, false);
  const doubtful = hasComma(sent) ? joined.filter((other) => other === joinedHeader) : [];
  // Both codecs must doubt.
  if (doubtful.length === joined.length) counts.doubtful++;
  else joined.forEach(requireSame);
}

function hasComma({ headers }: Sent): boolean {
  const names = headers.map(([name]) => name);
  return new Set(names).size < names.length || headers.some(([, value]) => value.includes(','));
}

function kindOf(fate: string): 'forwarded' | 'refused' | 'untouched' {
  if (/^\[\d/.test(fate)) return 'refused';
  return fate.startsWith('[[],[]') ? 'untouched' : 'forwarded';
}
