import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HeaderList, noHeaders } from '../../src/request/header-fields.ts';
import { RouteCoverage } from '../../src/routing/route-coverage.ts';
import type { RouteMatch } from '../../src/routing/router.ts';
import { canMatch, compileMatch, makeRouter, type RoutingInput } from '../../src/routing/router.ts';

const plain: RoutingInput = {
  authority: 'api.example.com',
  target: '/orders/1',
  method: 'GET',
  routeName: 'orders',
  headers: noHeaders,
};

const matches: [match: RouteMatch, asked: Partial<RoutingInput>, expected: boolean][] = [
  [{}, {}, true],
  [{}, { authority: '', target: '', method: 'CONNECT', routeName: undefined }, true],
  [{ host: 'api.example.com' }, { authority: 'API.example.com:443' }, true],
  [{ host: 'api.example.com' }, { authority: 'www.example.com' }, false],
  [{ host: '*.example.com' }, {}, true],
  [{ host: '[::1]' }, { authority: '[0:0:0:0:0:0:0:1]' }, true],
  [{ host: '[::1]' }, { authority: '[::0001]' }, true],
  [{ host: '127.0.0.1' }, { authority: '127.1' }, true],
  [{ host: '127.0.0.1' }, { authority: '0x7f.0.0.1' }, true],
  [{ host: '127.0.0.1' }, { authority: '2130706433' }, true],
  [{ pathPrefix: '/orders' }, {}, true],
  [{ pathPrefix: '/orders' }, { target: '/ORDERS?x' }, true],
  [{ pathPrefix: '/orders' }, { target: '/ordersX' }, false],
  // H23: a CONNECT has no path.
  [{ pathPrefix: '/' }, { target: '', method: 'CONNECT' }, true],
  [{ pathPrefix: '/', host: 'a.com' }, { target: '', method: 'CONNECT' }, false],
  [{ pathPrefix: '/orders', method: ['GET'] }, { target: '', method: 'CONNECT' }, false],
  [{ pathPrefix: '/', routeName: 'orders' }, { target: '', method: 'CONNECT' }, true],
  [{ pathPrefix: '/', routeName: 'other' }, { target: '', method: 'CONNECT' }, false],
  [{ method: ['GET', 'HEAD'] }, { method: 'HEAD' }, true],
  [{ method: ['GET'] }, { method: 'get' }, true],
  [{ method: ['GET'] }, { method: 'gets' }, false],
  [{ routeName: 'orders' }, {}, true],
  [{ routeName: 'orders' }, { target: '' }, true],
  [{ routeName: 'orders' }, { routeName: 'Orders' }, false],
  [{ routeName: 'orders' }, { routeName: '' }, false],
  // Whatever the name is.
  [{ routeName: 'orders', method: ['PUT'] }, { routeName: undefined }, false],
  [{ routeName: 'a/*' }, { routeName: 'a/b' }, true],
  [{ routeName: 'a/*' }, { routeName: 'a/b/c' }, true],
  [{ routeName: 'a/*' }, { routeName: 'a/' }, true],
  [{ routeName: 'a/*' }, { routeName: 'a' }, false],
  [{ routeName: 'a/*' }, { routeName: 'ab/c' }, false],
  [{ routeName: 'a/*' }, { routeName: 'A/b' }, false],
  [{ routeName: 'a*' }, { routeName: 'ab' }, false],
  [{ routeName: 'a/*/c' }, { routeName: 'a/b/c' }, false],
  [{ pathPrefix: '/', routeName: 'a/*' }, { target: '', method: 'CONNECT', routeName: 'a/b' }, true],
  [{ host: 'api.example.com', pathPrefix: '/orders', method: ['GET'], routeName: 'orders' }, {}, true],
  [{ host: 'api.example.com', pathPrefix: '/orders', method: ['PUT'], routeName: 'orders' }, {}, false],
];
for (const [match, asked, expected] of matches) {
  test(`${JSON.stringify(match)} matches ${JSON.stringify(asked)}: ${expected}`, () => {
    const router = makeRouter([{ conditions: compileMatch(match), destination: 'here' }]);
    assert.equal(router({ ...plain, ...asked }), expected ? 'here' : undefined);
  });
}

const shop = makeRouter(
  (
    [
      [{ pathPrefix: '/public' }, 'public'],
      [{ pathPrefix: '/orders', method: ['GET'] }, 'read'],
      [{ pathPrefix: '/orders' }, 'write'],
      [{ pathPrefix: '/carts' }, 'write'],
    ] as const
  ).map(([match, destination]) => ({ conditions: compileMatch(match as RouteMatch), destination })),
);

const found: [target: string, method: string, destination: string | undefined][] = [
  ['/orders', 'GET', 'read'],
  ['/orders', 'PUT', 'write'],
  ['/orders', 'Get', 'read'],
  ['/elsewhere', 'GET', undefined],
  ['/elsewhere/a%2Fb', 'GET', undefined],
  ['/orders/a%2Fb;c/./', 'GET', 'read'],
  // Two routes, one destination: whichever the backend means.
  ['/orders/../carts', 'PUT', 'write'],
];
for (const [target, method, destination] of found) {
  test(`${method} ${target} leads to ${destination}`, () => {
    assert.equal(shop({ ...plain, target, method }), destination);
  });
}

const ambiguous = [
  '/public/../orders',
  '/public/%2e%2e/orders',
  '/public/..;/orders',
  '/public%2F..%2Forders',
  '/public/..\\orders',
  '//orders',
  '/x//../orders',
  '/orders;v=1',
  '/orders%2F1',
  '/orders%00',
  '/elsewhere/%252e%252e/orders',
  '/x/%u002e%u002e%u002forders',
  '/x/%c0%ae%c0%ae/orders',
  '/x/%25252e%25252e/orders',
  '/x/..%09/orders',
  '/orders.',
  '/orders%20',
  `//${'a'.repeat(5000)}`,
];
for (const target of ambiguous) {
  test(`refused: ${target.slice(0, 40)}`, () => {
    assert.throws(() => shop({ ...plain, target }), { name: 'MintError', code: 'route.ambiguous-path' });
  });
}

const byWholePath = makeRouter(
  (
    [
      [{ path: '/orders' }, 'list'],
      [{ path: '/orders/*' }, 'item'],
      [{ path: '/orders/new' }, 'never'],
      [{ path: '/orders/*/items' }, 'items'],
      [{ path: '/carts/' }, 'carts'],
      [{ path: '/carts/*' }, 'carts'],
      [{ path: '/files/**' }, 'files'],
      [{ path: '/docs/' }, 'docs'],
      [{ path: '/public/*' }, 'public'],
      [{ pathPrefix: '/public' }, 'public'],
      [{ path: '/' }, 'home'],
    ] as const
  ).map(([match, destination]) => ({ conditions: compileMatch(match as RouteMatch), destination })),
);
const wholePaths: [target: string, destination: string | undefined][] = [
  ['/orders', 'list'],
  ['/ORDERS?a=b/', 'list'],
  ['/orders/7', 'item'],
  ['/orders/new', 'item'],
  ['/orders/7/items', 'items'],
  ['/orders/7/items/8', undefined],
  ['/orders/7/other', undefined],
  // A final slash does not matter to routes that accept it, or if both readings lead nowhere.
  ['/carts', 'carts'],
  ['/carts/', 'carts'],
  ['/carts/7', 'carts'],
  ['/docs/', 'docs'],
  ['/elsewhere/', undefined],
  ['/public/', 'public'],
  ['/public//x', 'public'],
  ['/files/a/', 'files'],
  ['/files/a/b', 'files'],
  ['/files', undefined],
  ['/', 'home'],
  ['/x', undefined],
];
for (const [target, destination] of wholePaths) {
  test(`${target} leads to ${destination} by its whole path`, () => {
    assert.equal(byWholePath({ ...plain, target }), destination);
  });
}
const ambiguousWholes = [
  '/orders/',
  '/orders/7/',
  '/orders//items',
  '/orders/7/items/',
  '/orders/7%2Fitems',
  '/orders/x/../7',
  '/orders/..',
  '/orders//7',
  '/orders/%20',
  '/orders/;v=1',
  '/orders;v=1/',
  '/carts/7/',
  '/files/',
  '/files/.',
];
for (const target of ambiguousWholes) {
  test(`refused by its whole path: ${target}`, () => {
    assert.throws(() => byWholePath({ ...plain, target }), { name: 'MintError', code: 'route.ambiguous-path' });
  });
}

test("a client's own NUL is not an empty segment", () => {
  const oneSegment = makeRouter([{ conditions: compileMatch({ path: '/*/' }), destination: 'one' }]);
  const ask = (target: string) => oneSegment({ ...plain, target });
  assert.equal(ask('/x%2f'), 'one');
  assert.throws(() => ask('/x%2f%00'), { name: 'MintError', code: 'route.ambiguous-path' });
});

const withoutPaths: RouteMatch[] = [{}, { method: ['GET'] }, { host: 'api.example.com', routeName: 'orders' }];
for (const match of withoutPaths) {
  test(`the path is not looked at: ${JSON.stringify(match)}`, () => {
    const router = makeRouter([{ conditions: compileMatch(match), destination: 'all' }]);
    assert.equal(router({ ...plain, target: `/..;/%2F//${'a'.repeat(5000)}` }), 'all');
  });
}

test('a route without conditions on headers and the query has none on values', () => {
  assert.equal(compileMatch({ method: ['GET'], headers: {}, query: {} }).values, undefined);
});

const coverage: [a: RouteMatch, b: RouteMatch, expected: boolean][] = [
  [{}, { host: 'a.com', pathPrefix: '/x', method: ['GET'], routeName: 'r' }, true],
  [{ host: 'a.com' }, {}, false],
  [{ host: 'a.com' }, { host: 'a.com', method: ['GET'] }, true],
  [{ host: '*.a.com' }, { host: 'x.a.com' }, true],
  [{ pathPrefix: '/' }, { pathPrefix: '/x' }, true],
  [{ pathPrefix: '/x' }, { pathPrefix: '/X/' }, true],
  [{ pathPrefix: '/x' }, { pathPrefix: '/xy' }, false],
  [{ pathPrefix: '/x' }, {}, false],
  [{ pathPrefix: '/x' }, { path: '/x/*', host: 'a.com' }, true],
  [{ path: '/*/y' }, { path: '/x/y', method: ['GET'] }, true],
  [{ path: '/x/' }, { path: '/x/', method: ['GET'] }, true],
  [{ path: '/*/y', method: ['GET'] }, { path: '/x/y' }, false],
  [{ path: '/x' }, {}, false],
  [{ method: ['GET', 'PUT'] }, { method: ['PUT'] }, true],
  [{ method: ['GET'] }, { method: ['GET', 'PUT'] }, false],
  [{ method: ['GET'] }, {}, false],
  [{ routeName: 'a' }, { routeName: 'a' }, true],
  [{ routeName: 'a' }, { routeName: 'b' }, false],
  [{ routeName: 'a' }, {}, false],
  [{ routeName: 'a/*' }, { routeName: 'a/b/c' }, true],
  [{ routeName: 'a/*' }, { routeName: 'a/b/*' }, true],
  [{ routeName: 'a/*' }, { routeName: 'a/*' }, true],
  [{ routeName: 'a/b/*' }, { routeName: 'a/*' }, false],
  [{ routeName: 'a/*' }, { routeName: 'ab/c' }, false],
  [{ routeName: 'a/*' }, {}, false],
  [{}, { headers: { x: '1' }, query: { v: '1' } }, true],
  [{ headers: { X: ['1', '2'] } }, { headers: { x: '1', y: '2' } }, true],
  [{ headers: { x: ['1', '2'] } }, { headers: { x: true } }, false],
  [{ headers: { x: true } }, { headers: { x: '1' } }, true],
  [{ headers: { x: '1' } }, { query: { x: '1' } }, false],
  [{ query: { v: true } }, { query: { V: '1' } }, false],
  [{ query: { v: '1' } }, { query: { v: ['1'] } }, true],
  [{ query: { v: '1' } }, {}, false],
];
for (const [a, b, expected] of coverage) {
  test(`${JSON.stringify(a)} covers ${JSON.stringify(b)}: ${expected}`, () => {
    const routes = new RouteCoverage();
    routes.add(compileMatch(a));
    assert.equal(routes.add(compileMatch(b)), expected ? 0 : undefined);
  });
}

const several: [first: RouteMatch, second: RouteMatch][] = [
  [{ pathPrefix: '/x' }, { host: 'a.com' }],
  [{ host: 'a.com' }, { pathPrefix: '/x' }],
  [{ pathPrefix: '/x' }, { host: 'a.com', method: ['PUT'] }],
];
for (const [first, second] of several) {
  test(`the first route that covers another is found, before ${JSON.stringify(second)}`, () => {
    const routes = new RouteCoverage();
    const added = [first, second, { host: 'a.com', path: '/x' }].map((match) => routes.add(compileMatch(match)));
    assert.deepEqual(added, [undefined, undefined, 0]);
  });
}

test('at most 100 routes with one name, host and path are compared', () => {
  const routes = new RouteCoverage();
  const add = (method: string, host = 'a.com'): number | undefined =>
    routes.add(compileMatch({ method: [method], host }));
  // A route that is covered takes no place.
  for (let index = 0; index <= 100; index++) assert.deepEqual([add(`M${index}`), add('M0')], [undefined, 0]);
  assert.deepEqual([add('M99'), add('M100')], [2 * 99, undefined]);
  assert.deepEqual([add('M0', 'b.com'), add('M0', 'b.com')], [undefined, 204]);
});

const matchable: [match: RouteMatch, expected: boolean][] = [
  [{ method: ['CONNECT'] }, true],
  [{ pathPrefix: '/orders' }, true],
  [{ pathPrefix: '/', method: ['CONNECT'] }, true],
  [{ pathPrefix: '/orders', method: ['GET', 'CONNECT'] }, true],
  [{ pathPrefix: '/orders', method: ['CONNECT'] }, false],
  [{ path: '/', method: ['CONNECT'] }, false],
  [{ path: '/**', method: ['CONNECT'] }, false],
  [{ query: { v: '1' }, method: ['CONNECT'] }, false],
  [{ headers: { x: '1' }, method: ['CONNECT'] }, true],
];
for (const [match, expected] of matchable) {
  test(`${JSON.stringify(match)} can match: ${expected}`, () => {
    assert.equal(canMatch(compileMatch(match)), expected);
  });
}

const refused: [match: RouteMatch, asked: Partial<RoutingInput>, code: string][] = [
  [{ routeName: 'orders' }, { routeName: undefined }, 'route.untold'],
  [{ routeName: 'a/*' }, { routeName: undefined }, 'route.untold'],
  [{ method: ['GET'] }, { method: '' }, 'route.untold'],
  [{ host: 'a.com' }, { authority: undefined }, 'route.untold'],
  [{ host: 'a.com' }, { authority: '' }, 'route.ambiguous-host'],
  [{ pathPrefix: '/' }, { target: '' }, 'route.untold'],
  [{ pathPrefix: '/orders' }, { target: '', method: 'CONNECT' }, 'route.ambiguous-path'],
  [{ path: '/' }, { target: '', method: 'CONNECT' }, 'route.ambiguous-path'],
  [{ path: '/' }, { target: '' }, 'route.untold'],
  [{ pathPrefix: '/', routeName: 'r' }, { target: '', method: 'CONNECT', routeName: undefined }, 'route.untold'],
  [{ host: 'a.com' }, { authority: 'a.com,a.com' }, 'route.ambiguous-host'],
  [{ host: 'b.com' }, { authority: 'a.com..' }, 'route.ambiguous-host'],
  [{ host: '8.0.0.1' }, { authority: '010.0.0.1' }, 'route.ambiguous-host'],
];
const once = new HeaderList([['x', '1']]);
const twice = new HeaderList([
  ['x', '1'],
  ['x', '2'],
]);
const withValues: [match: RouteMatch, asked: Partial<RoutingInput>, code: string][] = [
  [{ headers: { x: true } }, { headers: twice }, 'route.ambiguous-header'],
  [
    { pathPrefix: '/', headers: { x: true } },
    { headers: twice, target: '', method: 'CONNECT' },
    'route.ambiguous-header',
  ],
  [{ query: { v: '1' } }, { target: '/?v=1&v=1' }, 'route.ambiguous-query'],
  [{ query: { v: '1' } }, { target: '' }, 'route.untold'],
  // Whatever the other conditions on values say.
  [{ headers: { x: true }, query: { v: '1' } }, { headers: twice }, 'route.ambiguous-header'],
];
for (const [match, asked, code] of [...refused, ...withValues]) {
  test(`${JSON.stringify(match)} cannot be compared with ${JSON.stringify(asked)}`, () => {
    const router = makeRouter([{ conditions: compileMatch(match), destination: 'here' }]);
    assert.throws(() => router({ ...plain, ...asked }), { code });
  });
}

test('a path is needed as soon as one of several routes reads the query', () => {
  const router = makeRouter([
    { conditions: compileMatch({ query: { v: '1' } }), destination: 'one' },
    { conditions: compileMatch({ method: ['GET'] }), destination: 'two' },
  ]);
  assert.throws(() => router({ ...plain, target: '' }), { code: 'route.untold' });
});

const messages: [match: RouteMatch, asked: Partial<RoutingInput>, message: RegExp][] = [
  [{ host: 'a.com' }, { authority: undefined }, / this request: :authority\.$/],
  [{ method: ['GET'] }, { method: '' }, / this request: :method\.$/],
  [{ path: '/' }, { target: '' }, / this request: :path\.$/],
  [{ routeName: 'r' }, { routeName: undefined }, / this request: the attribute xds\.route_name\.$/],
  [{ host: 'a.com' }, { authority: 'a.com,a.com' }, /^The host is not valid/],
  [{ path: '/' }, { target: '', method: 'CONNECT' }, /^Routes need a path, but a CONNECT request has none/],
  [{ pathPrefix: '/x' }, { target: '/x;/..' }, /^The interpretations of the path lead to different routes/],
  [{ path: '/x' }, { target: `//${'a'.repeat(5000)}` }, /^The path has too many interpretations/],
  [{ headers: { x: true } }, { headers: twice }, /^Servers may disagree on a header/],
  [{ query: { v: '1' } }, { target: '/?v=1&v=1' }, /^Servers may disagree on a query parameter/],
];
for (const [match, asked, message] of messages) {
  test(`a refusal of ${JSON.stringify(match)} says why: ${message.source}`, () => {
    const router = makeRouter([{ conditions: compileMatch(match), destination: 'here' }]);
    assert.throws(() => router({ ...plain, ...asked }), { message });
  });
}

const byValue = makeRouter(
  (
    [
      [{ pathPrefix: '/a', headers: { x: '1' }, method: ['PUT'] }, 'one'],
      [{ pathPrefix: '/a', query: { v: ['2', '3'] }, method: ['GET', 'CONNECT'] }, 'two'],
      [{ pathPrefix: '/b', method: ['GET'] }, 'three'],
      [{ method: ['CONNECT'], query: { v: true } }, 'never'],
      [{ method: ['CONNECT'], headers: { x: '1' } }, 'four'],
    ] as const
  ).map(([match, destination]) => ({ conditions: compileMatch(match as RouteMatch), destination })),
);
const byValues: [
  target: string,
  headers: RoutingInput['headers'] | undefined,
  method: string,
  found: string | undefined,
][] = [
  ['/a', once, 'PUT', 'one'],
  ['/a?v=3', noHeaders, 'GET', 'two'],
  ['/a?v=4', noHeaders, 'GET', undefined],
  ['/a?v=3', noHeaders, 'PUT', undefined],
  // No route for this path looks at the repeated header.
  ['/b?v=1&v=2', twice, 'GET', 'three'],
  ['', once, 'CONNECT', 'four'],
  ['', noHeaders, 'CONNECT', undefined],
];
for (const [target, headers = noHeaders, method, expected] of byValues) {
  test(`${method} ${target} with ${JSON.stringify(headers.values('x'))} leads to ${expected}`, () => {
    assert.equal(byValue({ ...plain, target, method, headers }), expected);
  });
}

test('a CONNECT request may match a route without conditions on values, behind one that has some', () => {
  const router = makeRouter([
    { conditions: compileMatch({ headers: { x: '1' } }), destination: 'one' },
    { conditions: compileMatch({ method: ['CONNECT'] }), destination: 'two' },
    { conditions: compileMatch({ pathPrefix: '/x' }), destination: 'three' },
  ]);
  assert.equal(router({ ...plain, target: '', method: 'CONNECT' }), 'two');
});

test('parts that no route needs may be missing', () => {
  const router = makeRouter([{ conditions: compileMatch({}), destination: 'all' }]);
  assert.equal(router({ authority: 'a,b', target: '', method: '', routeName: undefined, headers: noHeaders }), 'all');
});
