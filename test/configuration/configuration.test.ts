import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { loadConfiguration } from './loading.ts';
import { flexPolicy, memoryFiles, secret, withoutNotes } from './memory-files.ts';

const partner = '  - { name: partner, file: partner.yaml }\n';
const other = '  - { name: other, file: partner.yaml, output: { header: x-other } }\n';
const toPartner = 'routes: [{ match: {}, policies: [partner] }]\n';
const usable = `policies:\n${partner}${toPartner}`;

const files = {
  'partner.yaml': flexPolicy({ iss: 'mint' }),
  'keyless.yaml': flexPolicy({}, ''),
  'weak.yaml': flexPolicy({}, 'short'),
  'broken.yaml': 'jwt-generation-flex: [',
  'none.yaml': 'a: b',
  'pair.yaml': `- ${assembled('request.headers.a')}\n- ${assembled('api.name')}\n`,
  'two.yaml': `${flexPolicy({ iss: 'one' })}\n---\n${flexPolicy({ iss: 'two' })}`,
  'named.yaml': ['one', 'twin', 'twin'].map(binding).join('\n---\n'),
  'host.xml': `<GenerateJWT name="g"><Algorithm>HS256</Algorithm><SecretKey><Value ref="private.k"/></SecretKey><OutputVariable>message.header.host</OutputVariable></GenerateJWT>`,
  'secret.txt': secret,
  ...Object.fromEntries(
    Object.entries({ get: 'GET|HEAD', post: 'POST', all: '.*' }).map(([name, methods]) => [
      `${name}.yaml`,
      ruled({ methods }),
    ]),
  ),
  ...Object.fromEntries(
    Array.from({ length: 17 }, (_, index) => [`path${index}.yaml`, ruled({ path: `/p${index}/.*` })]),
  ),
  'binary.yaml': Uint8Array.of(0xff, 0xfe, 0x00),
};

function assembled(claim: string): string {
  return `jwt-generate: { version: 2.0.0, iss-claim: ${claim}, jws-alg: HS256, jws-crypto: k }`;
}

function binding(name: string): string {
  const [{ policyRef, config }] = JSON.parse(flexPolicy({ iss: name }));
  return JSON.stringify({ kind: 'PolicyBinding', metadata: { name }, spec: { policyRef, config } });
}

/** A policy with a rule. */
function ruled(rule: object): string {
  const [policyWithout] = JSON.parse(flexPolicy({ iss: 'mint' }));
  return JSON.stringify([{ ...policyWithout, rules: [rule] }]);
}

/** Policies of files without their ending, all for one route and one header. */
function together(...names: readonly string[]): string {
  const entries = names.map((name) => `  - { name: ${name}, file: ${name}.yaml }\n`);
  return `policies:\n${entries.join('')}routes: [{ match: {}, policies: [${names.join(', ')}] }]\n`;
}

const byPath = Array.from({ length: 17 }, (_, index) => `path${index}`);

function problemsOf(text: string): string[] {
  const { problems } = loadConfiguration('conf.yaml', { files: memoryFiles({ ...files, 'conf.yaml': text }) });
  return withoutNotes(problems).map(({ code, severity, place }) => {
    const file = place.file === 'conf.yaml' ? '' : `${place.file}:`;
    return `${severity === 'warning' ? 'warning ' : ''}${code} ${file}${place.line}:${place.column}`;
  });
}

function policy(entry: string): string {
  return `policies:\n  - { name: partner, ${entry} }\n${toPartner}`;
}

/** A route, and one after it for every request. */
function guarded(match: string): string {
  return `${route(match)}  - { match: {}, deny: true }\n`;
}

function route(match: string): string {
  return `policies:\n${partner}routes:\n  - match: ${match}\n    policies: [partner]\n`;
}

function names(count: number): string {
  return Array.from({ length: count }, (_, index) => `x${index}: a`).join(', ');
}

const found: [name: string, text: string, problems: string[]][] = [
  ['nothing wrong', usable, []],
  ['empty', '', ['config.missing-key 1:1']],
  ['a comment alone', '# nothing', ['config.missing-key 1:1']],
  ['null', 'null', ['config.wrong-type 1:1']],
  ['a list', '- a', ['config.wrong-type 1:1']],
  ['not YAML', 'a: [', ['config.syntax 1:4']],
  ['a key twice', `listen: a:1\n${usable}listen: b:1\n`, ['config.syntax 5:1']],
  ['two documents', `${usable}---\n${usable}`, ['config.invalid-value 5:1']],
  ['an unknown key', `lisen: x\n${usable}`, ['config.unknown-key 1:1']],
  ['a policy file', flexPolicy({}), ['config.wrong-type 1:1']],
  ['an XML policy file', files['host.xml'], ['config.wrong-type 1:1']],
  [
    'a missing policy does not hide a missing key',
    'policies: [{ name: a, file: no.yaml, key: { file: no.pem } }]\nroutes: [{ match: {}, policies: [a] }]\n',
    ['config.unreadable-file 1:29', 'config.unreadable-file 1:51'],
  ],
  [
    'nor one of the named keys',
    'policies: [{ name: a, file: no.yaml, key: k }]\nroutes: [{ match: {}, policies: [a] }]\nkeys: { k: { versions: [{ file: no.pem }] } }\n',
    ['config.unreadable-file 1:29', 'config.unreadable-file 3:33'],
  ],
  [
    'variables of a route that denies',
    `policies: [{ name: partner, file: partner.yaml }]\nroutes:\n  - { match: { host: a }, policies: [partner] }\n  - { match: {}, deny: true, variables: { a: b } }\n`,
    ['config.invalid-value 4:41'],
  ],
  ['a comment that names a policy', `# jwt-generation-flex\n${usable}`, []],
  ['no policies', 'routes: []', ['config.missing-key 1:1']],
  ['policies that are not a list', 'policies: {}\nroutes: []\n', ['config.wrong-type 1:11']],
  ['a policy that is not a map', `policies:\n${partner}  - 3\n${toPartner}`, ['config.wrong-type 3:5']],
  ['no policy', 'policies: []\nroutes: []\n', ['config.invalid-value 1:11']],
  [
    'several mistakes',
    'listen: here\npolicies:\n  - { name: p q, file: x.yaml }\n  - { name: b, file: y.yaml, fil: 1 }\nroutes:\n  - match: { pathPrefix: x }\n    policies: [c]\n',
    [
      'config.invalid-value 1:9',
      'config.invalid-value 3:13',
      'config.unknown-key 4:30',
      'config.invalid-value 6:26',
      'config.unknown-policy 7:16',
    ],
  ],
  ['listen and admin alike', `listen: 127.0.0.1:1\nadmin: 127.0.0.1:1\n${usable}`, ['config.invalid-value 2:8']],
  ['one socket', `listen: unix:/a\nadmin: unix:///a\n${usable}`, ['config.invalid-value 2:8']],
  ['port 0 twice', `listen: 127.0.0.1:0\nadmin: 127.0.0.1:0\n${usable}`, []],
  ['workers in words', `workers: many\n${usable}`, ['config.wrong-type 1:10']],
  ['threads in words', `limits: { threadSignatures: often }\n${usable}`, ['config.wrong-type 1:29']],
  ['too many threads', `limits: { threadSignatures: 1025 }\n${usable}`, ['config.invalid-value 1:29']],
  [
    'a retired key without a successor',
    `limits: { threadSignatures: 0 }\n${usable}`,
    ['warning config.retired-key 1:29'],
  ],
  ['the same by default', `limits: { threadSignatures: auto }\n${usable}`, ['warning config.retired-key 1:29']],
  [
    'state in a home folder',
    `jwks: { listen: 127.0.0.1:3, state: ~/s.json }\n${usable}`,
    ['config.invalid-value 1:37'],
  ],
  ['a home folder of include', `include: [~/a.yaml]\n${usable}`, ['config.invalid-value 1:11']],
  ['no workers', `workers: 0\n${usable}`, ['config.invalid-value 1:10']],
  ['a retired key', `drainSeconds: 5\n${usable}`, ['warning config.retired-key 1:15']],
  ['a retired key together with its successor', `drain: {}\ndrainSeconds: 5\n${usable}`, ['config.retired-key 2:15']],
  ['a retired key with a value out of its bounds', `drainSeconds: 3601\n${usable}`, ['config.invalid-value 1:15']],
  ['a delay in seconds alone', `drain: { delay: 5 }\n${usable}`, ['config.wrong-type 1:17']],
  ['a socket and a port', `listen: unix:/a\n${usable}`, []],
  [
    'an unknown policy',
    `policies:\n${partner}routes: [{ match: {}, policies: [partner, patner] }]\n`,
    ['config.unknown-policy 3:43'],
  ],
  [
    'two routes of one name',
    `policies:\n${partner}routes: [{ name: a, match: { path: /a }, policies: [partner] }, { name: a, match: {}, policies: [partner] }]\n`,
    ['config.duplicate-route 3:73'],
  ],
  [
    'a route whose name tests have for no route',
    `policies:\n${partner}routes: [{ name: none, match: {}, policies: [partner] }]\n`,
    ['config.invalid-value 3:18'],
  ],
  ['two policies of one name', `policies:\n${partner}${partner}${toPartner}`, ['config.duplicate-policy 3:13']],
  ['an unused policy', `policies:\n${partner}${other}${toPartner}`, ['warning config.unused-policy 3:13']],
  ['unused, but routes may name it', `allowRoutePolicy: true\npolicies:\n${partner}${other}${toPartner}`, []],
  ['no routes', `policies:\n${partner}`, ['config.no-routes 1:1']],
  ['no routes, but routes of Envoy may name policies', `allowRoutePolicy: true\npolicies:\n${partner}`, []],
  ['a policy file that is not there', policy('file: x.yaml'), ['config.unreadable-file 2:28']],
  ['a policy file that is not text', policy('file: binary.yaml'), ['config.unreadable-file 2:28']],
  ['a file without a policy', policy('file: none.yaml'), ['policy.unknown-dialect none.yaml:1:1']],
  ['a broken policy file', policy('file: broken.yaml'), ['policy.syntax broken.yaml:1:22']],
  [
    'a broken policy file that two entries name',
    `policies:\n  - { name: a, file: broken.yaml }\n  - { name: b, file: broken.yaml }\n`,
    ['policy.syntax broken.yaml:1:22', 'config.no-routes 1:1'].sort(),
  ],
  ['no key', policy('file: keyless.yaml'), ['keys.missing keyless.yaml:1:55']],
  ['a key in a file', policy('file: keyless.yaml, key: { file: secret.txt }'), []],
  ['a key file that is not there', policy('file: partner.yaml, key: { file: x }'), ['config.unreadable-file 2:55']],
  ['a weak secret in the policy', policy('file: weak.yaml'), ['warning jose.short-secret weak.yaml:1:94']],
  ['several policies', policy('file: two.yaml'), ['policy.several-policies 2:28']],
  ['the second of several', policy('file: two.yaml, select: 2'), []],
  ['the third of two', policy('file: two.yaml, select: 3'), ['config.invalid-value 2:46']],
  [
    'a policy beside one with a mistake',
    `keys: { k: { file: secret.txt } }\n${policy('file: pair.yaml, select: 1')}`,
    [],
  ],
  [
    'traces for a receiver with a password',
    `tracing: { otlp: 'http://u:p@h' }\n${usable}`,
    ['config.invalid-value 1:18'],
  ],
  ['a policy by its name', policy('file: named.yaml, select: one'), []],
  ['a name that no policy has', policy('file: named.yaml, select: ona'), ['config.invalid-value 2:48']],
  ['a name that two policies have', policy('file: named.yaml, select: twin'), ['policy.several-policies 2:48']],
  ['select: 0', policy('file: two.yaml, select: 0'), ['config.invalid-value 2:46']],
  [
    'a catalog of a policy that has none',
    policy('file: partner.yaml, catalog: test'),
    ['warning config.no-effect 2:51'],
  ],
  [
    'a header that the policy itself names',
    policy('file: host.xml, edition: x, key: { file: secret.txt }'),
    ['config.forbidden-header 2:5'],
  ],
  ['the host header', policy('file: partner.yaml, output: { header: Host }'), ['config.forbidden-header 2:60']],
  ['a pseudo-header', policy('file: partner.yaml, output: { header: ":path" }'), ['config.forbidden-header 2:60']],
  ['a prefix of two lines', policy('file: partner.yaml, output: { prefix: "a\\n" }'), ['config.invalid-value 2:60']],
  [
    'a prefix without its space',
    policy('file: partner.yaml, output: { prefix: Bearer }'),
    ['warning config.joined-prefix 2:60'],
  ],
  ['a prefix with its space', policy('file: partner.yaml, output: { prefix: "Bearer " }'), []],
  [
    'one header, two policies',
    'policies:\n  - { name: a, file: partner.yaml }\n  - { name: b, file: partner.yaml, output: { header: Authorization } }\nroutes: [{ match: {}, policies: [a, b] }]\n',
    ['config.duplicate-output 4:37'],
  ],
  ['policies for other methods', together('get', 'post'), []],
  ['policies that share a method', together('get', 'all'), ['config.duplicate-output 4:39']],
  ['a policy for a method and one for all', together('get', 'post', 'partner'), ['config.duplicate-output 5:45']],
  ['16 policies for other paths', together(...byPath.slice(1)), []],
  ['17 policies for other paths', together(...byPath), ['config.duplicate-output 19:152']],
  [
    'a policy twice',
    `policies:\n${partner}routes: [{ match: {}, policies: [partner, partner] }]\n`,
    ['config.duplicate-output 3:43'],
  ],
  ['a host with a port', route('{ host: "a.com:80" }'), ['config.invalid-value 4:20']],
  ['a path without a slash', route('{ pathPrefix: orders }'), ['config.invalid-value 4:26']],
  ['a path with a star', route('{ pathPrefix: /orders/* }'), ['config.invalid-value 4:26']],
  ['a path with a parameter', route('{ pathPrefix: "/orders/{id}" }'), ['config.invalid-value 4:26']],
  ['a path with a parameter after a colon', route('{ pathPrefix: /orders/:id }'), ['config.invalid-value 4:26']],
  ['a path with an encoded star', route('{ pathPrefix: /orders/%2A }'), []],
  ['a path with a colon inside a segment', route('{ pathPrefix: /orders:cancel }'), []],
  ['a whole path', route('{ path: "/orders/*/items/%2A" }'), []],
  ['a whole path without a slash', route('{ path: orders/* }'), ['config.invalid-value 4:20']],
  ['a whole path with a query', route('{ path: "/orders/*?a={a}" }'), ['config.invalid-value 4:20']],
  ['a whole path with an empty segment', route('{ path: /orders//* }'), ['config.invalid-value 4:20']],
  ['a whole path with a parameter', route('{ path: "/orders/{id*}" }'), ['config.invalid-value 4:20']],
  ['a whole path and a prefix', route('{ pathPrefix: /orders, path: "/orders/{id}" }'), ['config.invalid-value 4:41']],
  ['a whole path of 2,048 characters', route(`{ path: /${'a'.repeat(2047)} }`), []],
  ['one of 2,049 characters', route(`{ path: /${'a'.repeat(2048)} }`), ['config.invalid-value 4:20']],
  [
    'a whole path that an earlier one covers',
    `${route('{ path: /orders/** }')}  - { match: { path: /orders/*/items }, deny: true }\n`,
    ['warning config.unreachable-route 6:14'],
  ],
  [
    'a whole path after another',
    `${route('{ path: /orders/*/items }')}  - { match: { path: /orders/** }, deny: true }\n`,
    [],
  ],
  ['a CONNECT with a whole path', route('{ path: /, method: [CONNECT] }'), ['warning config.unreachable-route 4:12']],
  [
    'a whole path with a header that a client can avoid',
    `${route('{ path: /a/*, headers: { x: a } }')}  - { match: { path: /a/b }, deny: true }\n`,
    ['warning config.avoidable-route 4:12'],
  ],
  [
    'the same with a wider path after it',
    `${route('{ path: /a/*, headers: { x: a } }')}  - { match: { path: /a/** }, deny: true }\n`,
    [],
  ],
  ['a host with a star inside', route('{ host: "api.*.com" }'), ['config.invalid-value 4:20']],
  ['a host with a parameter', route('{ host: "{name}.example.com" }'), ['config.invalid-value 4:20']],
  ['a method in lower case', route('{ method: [GET, post] }'), ['config.invalid-value 4:22']],
  ['a header and a parameter', guarded('{ headers: { X-Tenant: acme }, query: { v: ["1", "2"], debug: true } }'), []],
  ['a header that is a number', guarded('{ headers: { x: 1 } }'), ['config.wrong-type 4:28']],
  ['a header that is absent', guarded('{ headers: { x: false } }'), ['config.wrong-type 4:28']],
  ['no header', guarded('{ headers: {} }'), ['config.invalid-value 4:23']],
  ['a list of no values', guarded('{ query: { x: [] } }'), ['config.invalid-value 4:26']],
  ['the host as a header', guarded('{ headers: { Host: a.com } }'), ['config.invalid-value 4:31']],
  ['a pseudo-header', guarded('{ headers: { ":path": /x } }'), ['config.invalid-value 4:34']],
  ['one header twice', guarded('{ headers: { X-A: a, x_a: b } }'), ['config.invalid-value 4:38']],
  ['an empty header', guarded('{ headers: { x: "" } }'), ['config.invalid-value 4:28']],
  ['a header with an accent', guarded('{ headers: { x: [a, é] } }'), ['config.invalid-value 4:28']],
  ['an encoded parameter', guarded('{ query: { q: "a%20b" } }'), ['warning config.encoded-condition 4:26']],
  ['every method', route('{ method: ["*"] }'), ['config.invalid-value 4:22']],
  ['a wildcard', guarded('{ headers: { x: acme-* } }'), ['warning config.literal-wildcard 4:28']],
  ['a wildcard in a list', guarded('{ query: { x: [a, "*"] } }'), ['warning config.literal-wildcard 4:26']],
  ['a regular expression', guarded('{ query: { x: ^acme$ } }'), ['warning config.literal-wildcard 4:26']],
  ['a wildcard in the name of a route', guarded('{ routeName: orders.* }'), ['warning config.literal-wildcard 4:25']],
  ['a wildcard within the name', guarded('{ routeName: a/*/b }'), ['warning config.literal-wildcard 4:25']],
  ['the beginning of a name', guarded('{ routeName: httproute/default/orders/* }'), []],
  ['values with a `*`', guarded('{ headers: { accept: "*/*", if-none-match: "*", x: "text/*", y: 2*3, z: $5 } }'), []],
  ['a percent sign in a parameter', guarded('{ query: { q: "100%" } }'), []],
  ['two parameters that PHP reads as one', guarded('{ query: { a.b: "1", a_b: "1" } }'), ['config.invalid-value 4:38']],
  ['a parameter and a part of it', guarded('{ query: { a: "1", "a[x]": "1" } }'), ['config.invalid-value 4:39']],
  ['two parts of a parameter', guarded('{ query: { "a[x]": "1", "a[y]": "1" } }'), []],
  ['32 headers', guarded(`{ headers: { ${names(32)} } }`), []],
  ['33 headers', guarded(`{ headers: { ${names(33)} } }`), ['config.invalid-value 4:23']],
  ['1,000 values', guarded(`{ query: { q: [${'a,'.repeat(1000)}] } }`), []],
  ['1,001 values', guarded(`{ query: { q: [${'a,'.repeat(1001)}] } }`), ['config.invalid-value 4:21']],
  ['a route that a client can avoid', route('{ headers: { x: a } }'), ['warning config.avoidable-route 4:12']],
  ['one that a client can avoid with a query', route('{ query: { x: a } }'), ['warning config.avoidable-route 4:12']],
  ['the same if nothing passes', `${route('{ headers: { x: a } }')}unmatched: deny\n`, []],
  [
    'one with a narrower route after it',
    `${route('{ pathPrefix: /a, headers: { x: a } }')}  - { match: { pathPrefix: /a/b }, deny: true }\n`,
    ['warning config.avoidable-route 4:12'],
  ],
  [
    'one with a route after it that needs another header',
    `${route('{ headers: { x: a }, query: { y: b } }')}  - { match: { headers: { x: a } }, deny: true }\n`,
    ['warning config.avoidable-route 4:12'],
  ],
  [
    'a header that is denied',
    `policies:\n${partner}routes:\n  - { match: { headers: { x: a } }, deny: true }\n  - { match: { pathPrefix: /x }, policies: [partner] }\n`,
    [],
  ],
  [
    'a header that an earlier route covers',
    `${guarded('{ headers: { x: [a, b] } }')}  - { match: { headers: { X: b }, query: { y: c } }, deny: true }\n`,
    ['warning config.unreachable-route 7:14'],
  ],
  [
    'a route that leads nowhere',
    `policies:\n${partner}${toPartner.replace('policies: [partner]', '')}`,
    ['config.missing-key 3:10', 'warning config.unused-policy 2:13'].sort(),
  ],
  [
    'a route that denies',
    `policies:\n${partner}routes: [{ match: {}, policies: [partner], requireCaller: true }, { match: { host: a }, deny: true }]\n`,
    ['warning config.unreachable-route 3:76'],
  ],
  [
    'a route that denies and does not',
    `policies:\n${partner}routes: [{ match: {}, policies: [partner], deny: true }]\n`,
    ['config.invalid-value 3:50'],
  ],
  [
    'a route that denies callers',
    `policies:\n${partner}${other}routes: [{ match: {}, deny: true, requireCaller: true }]\nallowRoutePolicy: true\n`,
    ['config.invalid-value 4:50'],
  ],
  ['deny: false', `policies:\n${partner}routes: [{ match: {}, deny: false }]\n`, ['config.invalid-value 3:29']],
  ['unmatched: drop', `unmatched: drop\n${usable}`, ['config.invalid-value 1:12']],
  ['no method', route('{ method: [] }'), ['config.invalid-value 4:22']],
  [
    'a route behind one that takes all',
    `policies:\n${partner}routes:\n  - { match: {}, policies: [partner] }\n  - { match: { host: a.com }, policies: [partner] }\n`,
    ['warning config.unreachable-route 5:14'],
  ],
  [
    'a CONNECT with a path',
    route('{ pathPrefix: /orders, method: [CONNECT] }'),
    ['warning config.unreachable-route 4:12'],
  ],
  ['a CONNECT with any path', route('{ pathPrefix: /, method: [CONNECT] }'), []],
  [
    'a source of the caller that is not known',
    `${usable}authentication:\n  sources:\n    - { from: jwt }\n`,
    ['config.wrong-type 6:15'],
  ],
  [
    'joinLists that is not a list',
    `${usable}authentication: { sources: [{ from: jwt_authn, joinLists: scope }] }\n`,
    ['config.wrong-type 4:59'],
  ],
  [
    'a claim to join without a name',
    `${usable}authentication: { sources: [{ from: jwt_authn, joinLists: [scope, ""] }] }\n`,
    ['config.invalid-value 4:67'],
  ],
  [
    'as many claims to join as there may be',
    `${usable}authentication: { sources: [{ from: jwt_authn, joinLists: [${claims(64)}] }] }\n`,
    [],
  ],
  [
    'one claim more to join',
    `${usable}authentication: { sources: [{ from: jwt_authn, joinLists: [${claims(65)}] }] }\n`,
    ['config.invalid-value 4:59'],
  ],
  [
    'joinLists of another source',
    `${usable}authentication: { sources: [{ from: ext_authz, joinLists: [] }] }\n`,
    ['config.unknown-key 4:48'],
  ],
  [
    'an invalid header name',
    `${usable}authentication: { sources: [{ from: headers, principal: a b }] }\n`,
    ['config.invalid-value 4:57'],
  ],
];
for (const [name, text, problems] of found) {
  test(`problems: ${name}`, () => assert.deepEqual(problemsOf(text).toSorted(), problems.toSorted()));
}

const otherHeader = 'Write another `output: { header: … }` for one of them, or remove one from this route.';
const said: readonly [name: string, text: string, said: string][] = [
  ['rules that share a method', together('get', 'all'), 'Write rules that plainly exclude each other, such as'],
  ['rules before a policy without any', together('get', 'partner'), otherHeader],
  ['rules after a policy without any', together('partner', 'get'), otherHeader],
  ['1,001 values', guarded(`{ query: { q: [${'a,'.repeat(1001)}] } }`), 'must have at most 1000 values for a name.'],
];
for (const [name, text, expected] of said) {
  test(`what is said of ${name}`, () => {
    const { problems } = loadConfiguration('conf.yaml', { files: memoryFiles({ ...files, 'conf.yaml': text }) });
    const [problem] = withoutNotes(problems);
    assert.ok(`${problem?.message} ${problem?.suggestion}`.includes(expected), `${problem?.message}`);
  });
}

const bounds: [setting: string, max: number][] = [
  ['limits: { tokenBytes: N }', 1_048_576],
  ['limits: { headerCount: N }', 100_000],
  ['drain: { timeout: Ns }', 3600],
  ['drain: { delay: Ns }', 600],
  ['reuseBytes: N', 17_179_869_184],
  ['workers: N', 256],
];
for (const [setting, max] of bounds) {
  test(`${setting} is at most ${max}`, () => {
    assert.deepEqual(problemsOf(usable + setting.replace('N', String(max))), []);
    assert.equal(problemsOf(usable + setting.replace('N', String(max + 1))).length, 1);
  });
}

test('a path with a placeholder anywhere is refused, and without one it is accepted', () => {
  const plain = fc.constantFrom('orders', 'v1', 'a:b', '(a)', '$ref', '%2A');
  const placeholder = fc.constantFrom('*', '**', '*.json', 'v*', '{id}', 'v{id}', '{id=**}', '<id>', ':id', '.*');
  const rest = fc.array(plain, { maxLength: 3 });
  fc.assert(
    fc.property(rest, fc.option(placeholder), rest, fc.constantFrom('', '/'), (before, found, after, end) => {
      const path = `/${[...before, ...(found === null ? ['x'] : [found]), ...after].join('/')}${end}`;
      const expected = found === null ? [] : ['config.invalid-value 4:26'];
      assert.deepEqual(problemsOf(route(`{ pathPrefix: ${JSON.stringify(path)} }`)), expected, path);
    }),
    { numRuns: 300, seed: 1 },
  );
});

test('a whole path has `*` as a segment, and `**` as the last one', () => {
  const plain = fc.constantFrom('orders', 'v1', 'a:b', '(a)', '$ref', '%2A', '*');
  const wrong = fc.constantFrom('**', '*.json', 'v*', '***', '{id}', 'v{id}', '{id=**}', '<id>', ':id', '.*', 'a**');
  const rest = fc.array(plain, { maxLength: 3 });
  fc.assert(
    fc.property(rest, fc.option(wrong), rest, fc.constantFrom('', '/', '/**'), (before, found, after, end) => {
      const path = `/${[...before, ...(found === null ? ['x'] : [found]), ...after].join('/')}${end}`;
      const isLast = found === '**' && after.length === 0 && end === '';
      const expected = found === null || isLast ? [] : ['config.invalid-value 4:20'];
      assert.deepEqual(problemsOf(route(`{ path: ${JSON.stringify(path)} }`)), expected, path);
    }),
    { numRuns: 300, seed: 1 },
  );
});

test('a policy is called by 1 to 64 characters', () => {
  const named = (name: string) => usable.replaceAll('partner,', `${name},`).replaceAll('[partner]', `[${name}]`);
  assert.deepEqual(problemsOf(named('n'.repeat(64))), []);
  assert.deepEqual(problemsOf(named('n'.repeat(65))), ['config.invalid-value 2:13']);
  assert.deepEqual(problemsOf(named('""')), ['config.invalid-value 2:13']);
});

test('a configuration that is not there', () => {
  const { snapshot, problems } = loadConfiguration('conf.yaml', { files: memoryFiles({}) });
  assert.equal(snapshot, undefined);
  assert.deepEqual(
    problems.map(({ code, message }) => `${code} ${message}`),
    ['config.unreadable-file The configuration conf.yaml does not exist.'],
  );
});

test('problems are in the order of their places', () => {
  const text = `${usable}limits: { tokenBytes: 0 }\nlisen: 1\nadmin: x\n`;
  assert.deepEqual(problemsOf(text), [
    'config.invalid-value 4:23',
    'config.unknown-key 5:1',
    'config.invalid-value 6:8',
  ]);
});

test('no problem quotes a secret', () => {
  const leaky = [
    policy('file: weak.yaml, key: { file: partner.yaml, secret: hunter2 }'),
    policy('file: weak.yaml, onError: hunter2'),
    policy('file: weak.yaml, output: { prefix: "hunter2\\n" }'),
    `${usable}authentication: { sources: [{ from: hunter2 }] }`,
  ];
  for (const text of leaky) {
    const { problems } = loadConfiguration('conf.yaml', { files: memoryFiles({ ...files, 'conf.yaml': text }) });
    assert.ok(problems.length > 0);
    for (const { message, suggestion } of problems) assert.doesNotMatch(`${message} ${suggestion}`, /hunter2|short$/);
  }
});

/** So many names of claims, between commas. */
function claims(count: number): string {
  return Array.from({ length: count }, (_, at) => `c${at}`).join(', ');
}
