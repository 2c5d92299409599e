/**
 * @module
 * Headers and queries for the search `routes`: whatever a server reads in a request, mintproc chose the route that this
 * server's reading would have, or refused the request. Servers and routes are written down here a second time, without
 * a look at `src/routing`.
 */
import { MintError } from '../../src/diagnostics/mint-error.ts';
import { type HeaderField, HeaderList } from '../../src/request/header-fields.ts';
import { compileMatch, makeRouter, type RouteMatch, type RoutingInput } from '../../src/routing/router.ts';
import type { Dice } from '../search/dice.ts';
import { Finding } from '../search/search.ts';

type Form = string | readonly string[] | true;
type Forms = Readonly<Record<string, Form>>;

interface Given {
  readonly headers: readonly HeaderField[];
  readonly target: string;
}

const headerNames = ['x-tenant', 'accept', 'x-api-key'];
const queryNames = ['tenant', 'api_version', 'f'];
const words = ['acme', 'globex', '2', 'v1'];

function randomForms(names: readonly string[], dice: Dice): Forms | undefined {
  const chosen = names.filter(() => dice.chance(35));
  if (chosen.length === 0) return undefined;
  const form = (): Form => dice.pick([dice.pick(words), [dice.pick(words), dice.pick(words)], true]);
  return Object.fromEntries(
    chosen.map((name) => [dice.chance(20) && name.startsWith('x') ? name.toUpperCase() : name, form()]),
  );
}

function randomRoutes(dice: Dice): readonly RouteMatch[] {
  return Array.from({ length: 1 + dice.roll(3) }, () => ({
    pathPrefix: dice.chance(30) ? '/orders' : undefined,
    headers: randomForms(headerNames, dice),
    query: randomForms(queryNames, dice),
  }));
}

/** What a server reads: one value for each name. */
interface Reading {
  readonly headers: ReadonlyMap<string, string>;
  readonly query: ReadonlyMap<string, string>;
}

/** The index of the first route that matches, by looking at each. */
function naive(routes: readonly RouteMatch[], { headers, query }: Reading, target: string): number | undefined {
  const path = target.split('?')[0] ?? '';
  const meets = (
    forms: Forms | undefined,
    found: ReadonlyMap<string, string>,
    fold: (name: string) => string,
  ): boolean =>
    Object.entries(forms ?? {}).every(([name, form]) => {
      const value = found.get(fold(name));
      return value !== undefined && (form === true || [form].flat().includes(value));
    });
  const at = routes.findIndex(
    (route) =>
      (route.pathPrefix === undefined || path === '/orders') &&
      meets(route.headers, headers, (name) => name.toLowerCase()) &&
      meets(route.query, query, (name) => name),
  );
  return at === -1 ? undefined : at;
}

type Result = 'routed' | 'refused' | 'past';

/** The index of the route, or the code of the refusal. */
function chosen(routes: readonly RouteMatch[], { headers, target }: Given): number | undefined | string {
  const route = makeRouter(routes.map((match, destination) => ({ conditions: compileMatch(match), destination })));
  const asked: RoutingInput = {
    authority: 'a.com',
    target,
    method: 'GET',
    routeName: undefined,
    headers: new HeaderList(headers),
  };
  try {
    return route(asked);
  } catch (error) {
    if (error instanceof MintError) return error.code;
    throw error;
  }
}

function byHand(text: string): string {
  return text.replace(/%([0-7][0-9a-f])/gi, (_, digits) => String.fromCharCode(Number.parseInt(digits, 16)));
}

type Pairs = readonly (readonly [name: string, value: string])[];

function split(query: string, separators: RegExp): Pairs {
  const parts = query.split(separators).filter((part) => part !== '');
  return parts.map((part) => {
    const [name = '', ...rest] = part.split('=');
    return [name, rest.join('=')];
  });
}

function each(pairs: Pairs, change: (text: string) => string): Pairs {
  return pairs.map(([name, value]) => [change(name), change(value)]);
}

/** PHP: `ltrim`, and a name ends at a bracket; dots and spaces are underscores. */
function phpName(name: string): string {
  const plain = (name.split('\0')[0] ?? '').trimStart().replaceAll('.', '_').replaceAll(' ', '_');
  if (!plain.includes('[')) return plain;
  return plain.includes(']') ? (plain.split('[')[0] ?? '') : plain.replace('[', '_');
}

/** How servers turn `:path` into parameters. `kept` decides which value of a repeated name counts. */
interface QueryServer {
  readonly name: string;
  read(query: string): Pairs;
  /** Whether the server only counts if it finds a route that mintproc did not: it also misreads encoded values. */
  readonly isCareless?: true;
}

const plus = (text: string): string => text.replaceAll('+', ' ');
const queryServers: readonly QueryServer[] = [
  { name: 'WHATWG', read: (query) => each(split(query, /&/), (text) => byHand(plus(text))) },
  { name: 'without +', read: (query) => each(split(query, /&/), byHand) },
  { name: 'HTML 4', read: (query) => each(split(query, /[&;]/), (text) => byHand(plus(text))) },
  {
    name: 'PHP',
    read: (query) => split(query, /&/).map(([name, value]) => [phpName(byHand(plus(name))), byHand(plus(value))]),
  },
  {
    name: 'brackets',
    read: (query) => split(query, /&/).map(([name, value]) => [byHand(name).split('[')[0] ?? '', byHand(value)]),
  },
  {
    name: 'ASP.NET',
    read: (query) => split(query, /&/).map(([name, value]) => [byHand(plus(name)).toLowerCase(), byHand(plus(value))]),
  },
  { name: 'twice', read: (query) => each(split(query, /&/), (text) => byHand(byHand(plus(text)))) },
  { name: 'thrice', read: (query) => each(split(query, /&/), (text) => byHand(byHand(byHand(text)))) },
  { name: 'C strings', read: (query) => each(split(query, /&/), (text) => byHand(plus(text)).split('\0')[0] ?? '') },
  { name: 'decodes first', read: (query) => split(byHand(query), /&/), isCareless: true },
  { name: 'decodes first, ;', read: (query) => each(split(byHand(query), /[&;]/), byHand), isCareless: true },
  { name: 'decodes first, #', read: (query) => split(byHand(query).split('#')[0] ?? '', /&/), isCareless: true },
  { name: 'last ?', read: (query) => split(query.slice(query.lastIndexOf('?') + 1), /&/), isCareless: true },
];

/** How servers find the query. */
const queryFinders: readonly ((target: string) => string)[] = [
  (target) => target.split('?').slice(1).join('?'),
  (target) => (target.split('#')[0] ?? '').split('?').slice(1).join('?'),
  (target) =>
    (byHand(target.split('?')[0] ?? '').includes('?') ? byHand(target) : target).split('?').slice(1).join('?'),
];

const kept: Readonly<Record<string, (values: readonly string[]) => string | undefined>> = {
  first: (values) => values[0],
  last: (values) => values.at(-1),
  joined: (values) => (values.length === 0 ? undefined : values.join(',')),
};

/** How servers read header fields. */
const headerServers: Readonly<Record<string, (fields: readonly HeaderField[]) => readonly HeaderField[]>> = {
  plain: (fields) => fields,
  CGI: (fields) => fields.map(([name, value]) => [name.replaceAll('_', '-').replaceAll('.', '-'), value]),
  'first of a list': (fields) => fields.map(([name, value]) => [name, (value.split(',')[0] ?? '').trim()]),
  'last of a list': (fields) => fields.map(([name, value]) => [name, (value.split(',').at(-1) ?? '').trim()]),
  trims: (fields) => fields.map(([name, value]) => [name, value.trim()]),
  'drops empty ones': (fields) => fields.filter(([, value]) => value !== ''),
};

function grouped(
  pairs: readonly (readonly [name: string, value: string])[],
  keep: (values: readonly string[]) => string | undefined,
): ReadonlyMap<string, string> {
  const groups = Map.groupBy(pairs, ([name]) => name);
  return new Map(Array.from(groups, ([name, group]) => [name, keep(group.map(([, value]) => value)) ?? '']));
}

const [headerReaders, queryReaders, keepers] = [Object.keys(headerServers), queryServers, Object.keys(kept)];

function randomGiven(dice: Dice): Given {
  const value = (): string => dice.pick([...words, 'acme,globex', 'acme, 2', ' acme', '', 'ACME', 'acme,']);
  const headers = Array.from(
    { length: dice.roll(4) },
    (): HeaderField => [dice.pick([...headerNames, 'x_tenant', 'x.api-key', 'other']), value()],
  );
  return {
    headers,
    target: `${dice.pick(['/orders', '/pets', '/orders', '/pets%3ftenant=acme'])}${randomQuery(dice)}`,
  };
}

const pieces = [
  '&',
  '&',
  '&',
  '=',
  '=',
  ';',
  '?',
  '#',
  '+',
  '%26',
  '%3D',
  '%3d',
  '%3b',
  '%23',
  '%00',
  '%2B',
  '%',
  '[]',
  '[',
  '.',
  '%2526',
];

function randomQuery(dice: Dice): string {
  if (dice.chance(10)) return '';
  const parts = Array.from({ length: 1 + dice.roll(3) }, () => {
    const name = dice.pick([...queryNames, 'other']);
    const cased = dice.chance(10) ? name.toUpperCase() : name;
    const pair = [disguised(cased, dice), disguised(dice.pick(words), dice)];
    return `${dice.chance(15) ? dice.pick(pieces) : ''}${pair.join(dice.chance(90) ? '=' : dice.pick(pieces))}${dice.chance(15) ? dice.pick(pieces) : ''}`;
  });
  return `?${parts.join(dice.chance(80) ? '&' : dice.pick(pieces))}`;
}

function disguised(text: string, dice: Dice): string {
  if (dice.chance(70)) return text;
  const hex = (character: string): string => `%${character.charCodeAt(0).toString(16)}`;
  return [...text]
    .map((character) => dice.pick([character, character, hex(character), hex(character).replace('%', '%25')]))
    .join('');
}

/** A random server must not read the request as one for another route. */
export function tryValues(dice: Dice): Result {
  const routes = randomRoutes(dice);
  const given = randomGiven(dice);
  const result = chosen(routes, given);
  if (typeof result === 'string') return 'refused';
  const [header, server, keep] = [dice.pick(headerReaders), dice.pick(queryReaders), dice.pick(keepers)];
  const query = dice.pick(queryFinders)(given.target);
  const keeper = kept[keep] ?? (() => undefined);
  const reading: Reading = {
    headers: grouped(headerServers[header]?.(given.headers) ?? [], keeper),
    query: grouped(server.read(query), keeper),
  };
  const read = naive(routes, reading, given.target);
  if (read === result) return result === undefined ? 'past' : 'routed';
  const isExcused = server.isCareless && (read === undefined || (result !== undefined && result < read));
  if (isExcused) return 'routed';
  throw new Finding(
    `${JSON.stringify(routes)} choose ${result} for ${JSON.stringify(given)}; a server (${header}, ${server.name}, ${keep}) reads it as one for ${read}`,
  );
}

/** Requests without anything unusual: each gets the route that looking at every route finds, and none is refused. */
export function tryOrdinaryValues(dice: Dice): Result {
  const routes = randomRoutes(dice);
  const names = [...headerNames, 'other'].filter(() => dice.chance(50));
  const headers = names.map((name): HeaderField => [name, dice.pick([...words, 'text/html, a/b', 'a;b', 'x'])]);
  const params = [...queryNames, 'other', 'next'].filter(() => dice.chance(40));
  const value = (): string => dice.pick([...words, '', 'a/b?c', 'ACME', 'a b', 'é', '100%', 'a,b']);
  const query = new Map(params.map((name) => [name, value()]));
  const text = [...query].map(([name, given]) => `${name}=${encodeURIComponent(given)}`).join('&');
  const target = `/orders${text === '' ? '' : '?'}${text}`;
  const read = naive(routes, { headers: new Map(headers), query }, target);
  const result = chosen(routes, { headers, target });
  if (read === result) return 'routed';
  throw new Finding(
    `${JSON.stringify(routes)} choose ${result} for the ordinary ${JSON.stringify({ headers, target })}, not ${read}`,
  );
}
