/**
 * @module
 * Random gateways, and what they do with a request. The matcher is written apart from what it tests: it compares with
 * the regular expressions of JavaScript, by the vendor's reference of the declarative configuration.
 */
import type { Dice } from '../../../search/dice.ts';

export interface Rule {
  readonly path?: string;
  readonly methods?: string;
  readonly host?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface MadeInstance {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly port: number;
  /** With a slash at the beginning and none at the end; empty if there is none. */
  readonly basePath: string;
  /** The rules of each service; undefined: every request. */
  readonly services: Readonly<Record<string, readonly Rule[] | undefined>>;
  /** Whether its services are inside it, or resources of their own with `route` policies. */
  readonly isInline: boolean;
}

/** A policy that mints a token, and where it stands. */
export interface MadePolicy {
  /** A claim of it, which finds it again. */
  readonly mark: string;
  readonly rules: readonly Rule[] | undefined;
  readonly bound:
    | { readonly to: 'instance'; readonly instance: MadeInstance; readonly by: 'inline' | 'binding' }
    | {
        readonly to: 'service';
        readonly instance: MadeInstance;
        readonly service: string;
        readonly by: 'inline' | 'binding';
      }
    | { readonly to: 'labels'; readonly labels: Readonly<Record<string, string>> }
    | { readonly to: 'nothing'; readonly how: 'other name' | 'other namespace' | 'other labels' | 'bare' };
}

export interface MadeGateway {
  readonly instances: readonly MadeInstance[];
  readonly policies: readonly MadePolicy[];
}

export interface MadeRequest {
  readonly method: string;
  readonly path: string;
  readonly host: string;
  readonly headers: Readonly<Record<string, string>>;
}

const paths = [
  ...['/orders(/.*)?', '/orders(/.*)', '/items', '/items/[^/]+', '/a/[^/]+/b(/.*)?', '/a/[^/]+/.*', '(/.*)', '.*'],
  ...['/(x|y)(/.*)?', '/x|/y/.*', '/num/\\d+', '/v1\\.0/z(/.*)?', '/pre.*', '/orders/(\\w+)', '/(?:x|orders)', '/'],
  ...['/x(/.*)?|/items(/.*)?', '^/orders$', '/or?ders', '/it[a-z]ms/.*', '(/orders)(/.*)', '/((x|y)/1|num)'],
];
const methods = ['GET', 'GET|POST', '(GET|PUT)', 'P.*', 'POST'];
const hosts = ['a\\.example\\.com', '.*\\.example\\.com', 'b\\.example\\.com', '(a|b)\\.example\\.com'];
const values = ['one', 'one|two', '.*', 'o.*', '(two|three)'];

function rule(dice: Dice): Rule {
  return {
    ...(dice.chance(85) ? { path: dice.pick(paths) } : {}),
    ...(dice.chance(30) ? { methods: dice.pick(methods) } : {}),
    ...(dice.chance(10) ? { host: dice.pick(hosts) } : {}),
    ...(dice.chance(10) ? { headers: { 'x-t': dice.pick(values) } } : {}),
  };
}

function rules(dice: Dice): readonly Rule[] | undefined {
  return dice.chance(30) ? undefined : Array.from({ length: 1 + dice.roll(3) }, () => rule(dice));
}

function instance(dice: Dice, number: number): MadeInstance {
  const names = ['up', 'down'].slice(0, 1 + dice.roll(2));
  return {
    name: `api-${number}`,
    namespace: dice.chance(20) ? 'shop' : 'default',
    labels: dice.chance(40) ? { tier: dice.pick(['gold', 'tin']), all: 'yes' } : {},
    port: 8081 + dice.roll(2),
    basePath: dice.pick(['', '', '/api', '/api/v2', '/shop', '/shop/front']),
    services: Object.fromEntries(names.map((name) => [`${name}-${number}`, rules(dice)])),
    isInline: dice.chance(70),
  };
}

/** Whether one port could not have both. */
function clash(a: MadeInstance, b: MadeInstance): boolean {
  const [one, other] = [`${a.basePath}/`.toLowerCase(), `${b.basePath}/`.toLowerCase()];
  return a.port === b.port && (one.startsWith(other) || other.startsWith(one));
}

function bound(dice: Dice, instances: readonly MadeInstance[]): MadePolicy['bound'] {
  const one = dice.pick(instances);
  const by = dice.pick(['inline', 'binding'] as const);
  const kind = dice.roll(10);
  if (kind < 5) return { to: 'instance', instance: one, by };
  if (kind < 7) {
    const service = dice.pick(Object.keys(one.services));
    return { to: 'service', instance: one, service, by: one.isInline ? by : 'binding' };
  }
  if (kind < 9) return { to: 'labels', labels: dice.pick([{}, { tier: 'gold' }, { tier: 'tin', all: 'yes' }]) };
  return { to: 'nothing', how: dice.pick(['other name', 'other namespace', 'other labels', 'bare'] as const) };
}

export function makeGateway(dice: Dice): MadeGateway {
  const instances: MadeInstance[] = [];
  const wanted = 1 + dice.roll(3);
  for (let number = 0; number < wanted; number++) {
    const made = instance(dice, number);
    if (!instances.some((other) => clash(made, other))) instances.push(made);
  }
  const policies = Array.from({ length: 1 + dice.roll(3) }, (_, number): MadePolicy => {
    const own = rules(dice);
    return { mark: `mark-${number}`, rules: dice.chance(50) ? undefined : own, bound: bound(dice, instances) };
  });
  return { instances, policies };
}

const pathParts = [
  'orders',
  'items',
  'a',
  'b',
  'x',
  'y',
  'num',
  '7',
  'v1.0',
  'z',
  'prefix',
  'api',
  'v2',
  'shop',
  'front',
];

export function makeRequest(dice: Dice, { instances }: MadeGateway): MadeRequest {
  const { basePath } = dice.pick(instances);
  const parts = Array.from({ length: dice.roll(4) }, () => dice.pick(pathParts));
  const base = dice.chance(85) ? basePath : dice.pick(['', '/api', '/other']);
  const path = `${base}${parts.map((part) => `/${part}`).join('')}`;
  return {
    method: dice.pick(['GET', 'GET', 'POST', 'PUT']),
    path: path === '' ? '/' : path,
    host: dice.pick(['a.example.com', 'b.example.com', 'other.test']),
    headers: dice.chance(40) ? { 'x-t': dice.pick(['one', 'two', 'other']) } : {},
  };
}

function whole(expression: string | undefined, text: string | undefined): boolean {
  if (expression === undefined) return true;
  return text !== undefined && new RegExp(`^(?:${expression})$`, 's').test(text);
}

function meets(one: Rule, request: MadeRequest, rest: string): boolean {
  return (
    whole(one.path, rest) &&
    whole(one.methods, request.method) &&
    whole(one.host, request.host) &&
    Object.entries(one.headers ?? {}).every(([name, value]) => whole(value, request.headers[name]))
  );
}

/** An API that forwards a request. */
export interface Handling {
  readonly instance: MadeInstance;
  /** What follows the base path, in all ways in which gateways may compare it. */
  readonly rests: readonly string[];
  /** The services to which it may go, by one of these ways. */
  readonly services: readonly string[];
}

/** At each port. */
export function handlingsOf({ instances }: MadeGateway, request: MadeRequest): readonly Handling[] {
  return instances.flatMap((one) => {
    const { basePath, services } = one;
    if (request.path !== basePath && !request.path.startsWith(`${basePath}/`)) return [];
    const rest = request.path.slice(basePath.length);
    const rests = rest === '' ? ['', '/'] : [rest];
    const found = Object.entries(services).filter(
      ([, list]) => list === undefined || list.some((each) => rests.some((text) => meets(each, request, text))),
    );
    return found.length === 0 ? [] : [{ instance: one, rests, services: found.map(([name]) => name) }];
  });
}

/** Whether the policy runs for requests of an API that go to these services; `perhaps` if the order of routes decides. */
export function isBound({ bound: to }: MadePolicy, { instance: one, services }: Handling): boolean | 'perhaps' {
  switch (to.to) {
    case 'nothing':
      return false;
    case 'labels':
      return Object.entries(to.labels).every(([name, value]) => one.labels[name] === value);
    case 'instance':
      return to.instance === one;
    case 'service':
      if (to.instance !== one || !services.includes(to.service)) return false;
      return services.length === 1 ? true : 'perhaps';
  }
}

/** By the policy's own rules; undefined if gateways may differ. */
export function isFor({ rules: own }: MadePolicy, request: MadeRequest, { rests }: Handling): boolean | undefined {
  if (own === undefined) return true;
  const answers = new Set(rests.map((rest) => own.some((each) => meets(each, request, rest))));
  return answers.size === 1 ? answers.has(true) : undefined;
}
