/**
 * @module
 * Exports as readers give them, at random, and which policies of one run for a request on the gateway: written without
 * `src/routing` and `src/migration`.
 */
import {
  type ExportedApi,
  type ExportedKey,
  type ExportedPolicy,
  type ExportedRoute,
  type ExportedVariable,
  type ExportFile,
  Open,
  type Reason,
  type Writable,
} from '../../src/dialects/exported.ts';
import type { Dice } from '../search/dice.ts';

export interface MadeRequest {
  readonly host: string;
  readonly path: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
}

/** Names as vendors' tools allow them: spaces, other scripts, what YAML and Markdown read in their own way. */
const names = [
  'Generate',
  'generate',
  'JWT-1',
  'a b',
  'é',
  '',
  '#',
  '- x',
  '`',
  '|',
  '__proto__',
  'x'.repeat(100),
  '\n',
  '..',
  '[a](b)',
];

const bases = ['/', '/a', '/a/b', '/b', '/a/c'];
const rests = ['', '/x', '/x/y', '/*', '/**', '/x/*', '/x/**', '/*/y'];
const hosts = ['a.example', '*.example', 'b.a.example'];
const headers = ['authorization', 'x-a', 'x-b', 'X-A'];

export interface Made {
  readonly apis: readonly ExportedApi[];
  /** Whether the model has a value that is open, or a decision. */
  readonly hasOpens: boolean;
}

export function madeExport(dice: Dice): Made {
  const isOpen = dice.chance(30);
  const apis = Array.from({ length: 1 + dice.roll(3) }, (_, index) => madeApi(dice, index, isOpen));
  return { apis, hasOpens: apis.some(({ policies }) => policies.some((policy) => isUndecided(policy))) };
}

function isUndecided({ reasons, ...policy }: ExportedPolicy): boolean {
  const isPossible = !reasons.some(({ kind }) => kind === 'cannot');
  return isPossible && (reasons.some(({ kind }) => kind === 'value') || hasOpen(policy));
}

function hasOpen(value: unknown): boolean {
  if (value instanceof Open) return true;
  if (value instanceof Uint8Array || typeof value !== 'object' || value === null) return false;
  return Object.values(value).some(hasOpen);
}

function madeApi(dice: Dice, index: number, isOpen: boolean): ExportedApi {
  const base = dice.pick(bases);
  const host = dice.chance(15) ? { host: dice.pick(hosts) } : {};
  const length = dice.chance(15) ? 0 : 1 + dice.roll(3);
  const policies = Array.from({ length }, (_, number) =>
    madePolicy(dice, { base, host, isOpen, id: `${index}-${number}` }),
  );
  const takes = [{ place: placeOf(`api-${index}`, 1), match: { ...host, pathPrefix: base } }];
  return { name: dice.chance(70) ? `api-${index}` : dice.pick(names), policies, ...(dice.chance(75) ? { takes } : {}) };
}

interface Setting {
  readonly base: string;
  readonly host: { readonly host?: string };
  readonly isOpen: boolean;
  /** Different for each policy. */
  readonly id: string;
}

function madePolicy(dice: Dice, setting: Setting): ExportedPolicy {
  const { isOpen, id } = setting;
  const name = dice.pick(names);
  const cannot = dice.chance(20);
  const header = dice.chance(60) ? `x-${id}` : dice.pick(headers);
  const open = (chance: number): boolean => isOpen && dice.chance(chance);
  const reasons = [
    ...(cannot ? [reasonOf('cannot', id)] : []),
    ...(open(10) ? [reasonOf('value', id)] : []),
    ...(dice.chance(20) ? [reasonOf('note', id)] : []),
  ];
  const length = open(10) ? 0 : 1 + dice.roll(3);
  return {
    file: fileOf(dice, id),
    place: placeOf(id, 2),
    name,
    dialect: 'apigee',
    select: undefined,
    reasons,
    routes: Array.from({ length }, () => madeRoute(dice, setting)),
    output:
      cannot && dice.chance(50)
        ? undefined
        : {
            header: open(20) ? openValue(dice) : header,
            prefix: open(10) ? openValue(dice) : dice.pick(['', 'Bearer ']),
          },
    entry: open(10) ? { edition: openValue(dice) } : dice.chance(20) ? { onError: 'deny' } : {},
    meant: [],
    undecided: open(5) ? [openValue(dice)] : [],
    variables: madeVariables(dice, open),
    keys: [keyOf(dice, id)],
  };
}

function madeRoute(dice: Dice, { base, host, isOpen, id }: Setting): ExportedRoute {
  const rest = dice.pick(rests);
  const whole = `${base === '/' ? '' : base}${rest}`;
  const isWhole = rest.includes('*') || (whole !== '' && dice.chance(50));
  const path = isWhole ? { path: whole } : { pathPrefix: whole === '' ? '/' : whole };
  const match: Record<string, Writable> = {
    ...host,
    ...(isOpen && dice.chance(15) ? { pathPrefix: openValue(dice) } : path),
    ...(dice.chance(40) ? { method: dice.pick([['GET'], ['POST'], ['GET', 'POST']]) } : {}),
    ...(dice.chance(20) ? { headers: { [dice.pick(['x-k', 'X-K', 'x-l'])]: dice.pick([true, '1', ['1', '2']]) } } : {}),
    ...(dice.chance(10) ? { query: { q: dice.pick([true, '1', ['1', '2']]) } } : {}),
  };
  return { place: placeOf(id, 3 + dice.roll(20)), match };
}

function madeVariables(dice: Dice, open: (chance: number) => boolean): readonly ExportedVariable[] {
  const setter = { kind: 'AssignMessage', file: 'A|\n`.xml', flow: 'PreFlow', condition: 'a = "`|\n#"' };
  if (open(20)) {
    return [{ name: 'sub', verdict: 'ambiguous', setters: [setter, setter], declaration: openValue(dice) }];
  }
  const value = dice.pick<Writable>([
    'a',
    '',
    '#',
    'FILL',
    ': ',
    'a\nb',
    1,
    true,
    { template: '{request.header.x:y}' },
  ]);
  return [{ name: 'sub', verdict: 'known', setters: [setter], declaration: value }];
}

function openValue(dice: Dice): Open {
  const facts = ['It is `x`.', 'line\nbreak: "#"', '\u2028- a', 'x '.repeat(200)];
  return new Open(dice.pick(['Write it.', 'Write "a": {b} # c', 'é\nnext']), facts.slice(0, dice.roll(4)));
}

function fileOf(dice: Dice, id: string): ExportFile {
  const name = `${dice.pick(['a/', '', 'é/#/'])}${dice.pick(['P.xml', 'p.xml', 'a b.XML', '..xml', `${'n'.repeat(150)}.xml`])}`;
  const text = `<GenerateJWT name="P${id}"><Algorithm>HS256</Algorithm><SecretKey><Value ref="private.key"/></SecretKey>
<Subject ref="sub"/><ExpiresIn>1h</ExpiresIn><OutputVariable>request.header.x-out</OutputVariable></GenerateJWT>`;
  return { path: `export/${id}/${name}`, name, text, bytes: Buffer.from(text) };
}

function keyOf(dice: Dice, id: string): ExportedKey {
  const origin = dice.chance(50) ? 'KVM map keys, entry a|`b`\nc' : `KVM map ${id}`;
  return { name: dice.pick(['key', 'KEY', 'k-1']), kind: 'secret', origin, use: { variable: 'private.key' } };
}

function reasonOf(kind: Reason['kind'], id: string): Reason {
  const message = 'Something is `so` | or not.';
  return { kind, problem: { code: 'import.open-setting', severity: 'error', message, place: placeOf(id, 7) } };
}

function placeOf(id: string, line: number) {
  return { file: `export/${id}/default.xml`, line, column: 1 };
}

export function madeRequest(dice: Dice): MadeRequest {
  // For some servers, `/` has an empty segment: it may be refused.
  const segments = Array.from({ length: 1 + dice.roll(4) }, () => dice.pick(['a', 'b', 'c', 'x', 'y', 'z']));
  return {
    host: dice.pick(['a.example', 'b.a.example', 'other.test']),
    path: `/${segments.join('/')}`,
    method: dice.pick(['GET', 'POST', 'PUT']),
    headers: dice.chance(50) ? { [dice.pick(['x-k', 'x-l'])]: dice.pick(['1', '2', '3']) } : {},
    query: dice.chance(40) ? { q: dice.pick(['1', '2', '3']) } : {},
  };
}

/** What the gateway ran for a request: the policies, in their order; undefined if no API took it. */
export function runOnGateway(
  apis: readonly ExportedApi[],
  request: MadeRequest,
): readonly ExportedPolicy[] | undefined {
  const taking = apis.flatMap((api) =>
    // Where the export does not say what an API takes, it is what its policies run for.
    (api.takes ?? api.policies.flatMap(({ routes }) => routes))
      .filter(({ match }) => matches(match, request))
      .map(({ match }) => ({ api, weight: weightOf(match) })),
  );
  const [first] = taking.sort((a, b) => b.weight - a.weight);
  return first?.api.policies.filter(({ routes }) => routes.some(({ match }) => matches(match, request)));
}

function weightOf({ host, pathPrefix }: ExportedRoute['match']): number {
  const byHost = typeof host === 'string' ? (host.startsWith('*') ? 100 : 1000) : 0;
  return byHost + String(pathPrefix).split('/').filter(Boolean).length;
}

function matches(match: ExportedRoute['match'], request: MadeRequest): boolean {
  const { host, path, pathPrefix, method, headers: wanted = {}, query = {} } = match;
  return (
    (host === undefined || isHost(String(host), request.host)) &&
    (path === undefined || globbed(String(path)).test(request.path)) &&
    (pathPrefix === undefined || `${request.path}/`.startsWith(`${String(pathPrefix).replace(/\/$/, '')}/`)) &&
    (method === undefined || (method as readonly string[]).includes(request.method)) &&
    Object.entries(wanted as object).every(([name, form]) => isMet(form, request.headers[name.toLowerCase()])) &&
    Object.entries(query as object).every(([name, form]) => isMet(form, request.query[name]))
  );
}

function isHost(wanted: string, host: string): boolean {
  return wanted.startsWith('*.') ? host.endsWith(wanted.slice(1)) : host === wanted;
}

function globbed(path: string): RegExp {
  return new RegExp(`^${path.replace('/**', '/.+').replaceAll('/*', '/[^/]+')}$`);
}

function isMet(form: true | string | readonly string[], value: string | undefined): boolean {
  if (value === undefined) return false;
  return form === true || [form].flat().includes(value);
}
