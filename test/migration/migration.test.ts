/**
 * @module
 * Small exports, and the configurations that they become.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ExportedApi, type ExportedPolicy, Open, type Reason } from '../../src/dialects/exported.ts';
import { textReport } from '../../src/migration/text-report.ts';
import { examplePolicy as policy } from './example-policy.ts';
import { loadImport } from './load-import.ts';

const cannot: Reason = {
  kind: 'cannot',
  problem: { code: 'import.no-request', severity: 'error', message: 'It cannot.', place: policy.place },
};

const api = (name: string, ...policies: ExportedPolicy[]): ExportedApi => ({ name, policies });

test('an exact policy loads with its key', () => {
  const { problems, text: yaml, migration } = loadImport([api('orders', policy)]);
  assert.deepEqual(problems, [], yaml);
  assert.equal(
    yaml.replace(/^(?:#.*)?\n/gm, ''),
    `unmatched: deny
policies:
  # Generate of orders: export/apiproxy/proxies/default.xml:3:1
  - name: Generate
    file: policies/Generate.xml
    output: { header: authorization, prefix: "Bearer " }
    variables: { private.key: { file: keys/key.pem } }
routes:
  # export/apiproxy/proxies/default.xml:3:1
  - name: Generate
    match: { pathPrefix: /orders }
    policies: [ Generate ]
`,
  );
  assert.deepEqual(
    migration.policies.map(({ verdict }) => verdict),
    ['exact'],
  );
});

test('an open value is a string that says what to write', () => {
  const header = new Open('Write the header that the backend reads.', ['JavaScript set-header.js reads the token']);
  const {
    problems,
    text: yaml,
    migration,
  } = loadImport([api('orders', { ...policy, output: { header, prefix: '' } })]);
  assert.deepEqual(
    problems.map(({ code }) => code),
    ['config.fill-in'],
  );
  assert.match(
    yaml,
    /# JavaScript set-header.js reads the token\n +header: "FILL IN: Write the header that the backend reads."/,
  );
  assert.deepEqual(
    migration.policies.map(({ verdict }) => verdict),
    ['needs-values'],
  );
});

const openMatch = { pathPrefix: new Open('Write the path.') };

const shared: readonly [name: string, apis: readonly ExportedApi[], opens: number, expected: RegExp][] = [
  [
    'two policies with one header for the same requests',
    [api('orders', policy, { ...policy, name: 'Other' })],
    1,
    /Generate and Other run for these requests and write the header authorization/,
  ],
  [
    'two headers for the same requests',
    [api('orders', policy, { ...policy, name: 'Other', output: { header: 'x-b', prefix: '' } })],
    0,
    /policies: \[ Generate, Other \]/,
  ],
  [
    'a policy that cannot run here, for the same requests',
    [api('orders', policy, { ...policy, name: 'Other', reasons: [cannot], output: { header: 'x-b', prefix: '' } })],
    1,
    /The policy Other also ran for these requests/,
  ],
  [
    'a policy that cannot run here, whose token did not reach the backend',
    [api('orders', policy, { ...policy, name: 'Other', reasons: [cannot], output: undefined })],
    0,
    /policies: \[ Generate \]/,
  ],
  [
    'a policy that cannot run here, for requests that are not known',
    [
      api('orders', policy, {
        ...policy,
        name: 'Other',
        reasons: [cannot],
        routes: [{ place: policy.place, match: openMatch }],
      }),
    ],
    1,
    /The policy Other may have run for these requests/,
  ],
  [
    'two APIs that take the same paths',
    [api('a', policy), api('b', policy)],
    2,
    /Write the host by which clients reached the API b/,
  ],
  ['a policy without a route', [api('a', { ...policy, routes: [] })], 1, /pathPrefix: "FILL IN: /],
  ['no policy that can run', [api('a', { ...policy, reasons: [cannot] })], 1, /^policies: "FILL IN: /m],
];

for (const [name, apis, opens, expected] of shared) {
  test(`routes of ${name}`, () => {
    const { problems, text: yaml } = loadImport(apis);
    assert.deepEqual(
      problems.map(({ code }) => code),
      Array(opens).fill('config.fill-in'),
      yaml,
    );
    assert.match(yaml, expected);
  });
}

test('an API whose requests are known stays so beside one whose requests are not', () => {
  const known = { ...api('known', policy), takes: [{ place: policy.place, match: { pathPrefix: '/orders' } }] };
  const { migration } = loadImport([
    known,
    api('b', { ...policy, routes: [{ place: policy.place, match: openMatch }] }),
  ]);
  assert.deepEqual(
    migration.policies.map(({ verdict }) => verdict),
    ['exact', 'needs-values'],
  );
});

test('requests of a narrower API without a token are refused', () => {
  const wide = { ...api('wide', policy), takes: [{ place: policy.place, match: { pathPrefix: '/orders' } }] };
  const narrow = {
    name: 'narrow',
    policies: [],
    takes: [{ place: policy.place, match: { pathPrefix: '/orders/free' } }],
  };
  const { problems, text: yaml } = loadImport([wide, narrow]);
  assert.deepEqual(problems, []);
  assert.match(yaml, /- match: \{ pathPrefix: \/orders\/free \}\n {4}deny: true\n[\s\S]*pathPrefix: \/orders \}/);
});

test('a wider route of another API does not get the requests of a policy that cannot run here', () => {
  const match = { pathPrefix: '/orders/reports' };
  const lost = { ...policy, output: undefined, routes: [{ place: policy.place, match }], reasons: [cannot] };
  const { text } = loadImport([api('orders', policy), api('reports', lost)]);
  assert.match(text, /match: \{ pathPrefix: \/orders\/reports \}\n +deny: true/);
});

test('what an API took without a token is not refused where another of its policies has a token', () => {
  const routes = (...paths: string[]) => paths.map((path) => ({ place: policy.place, match: { path } }));
  const lost = { ...policy, name: 'Lost', output: undefined, reasons: [cannot] };
  const { problems, text: yaml } = loadImport([
    api('orders', { ...policy, routes: routes('/x/y', '/**') }, { ...lost, routes: routes('/x/y', '/x/*') }),
  ]);
  assert.deepEqual(problems, [], yaml);
  assert.doesNotMatch(yaml, /deny: true/);
});

const manyLines: readonly [count: number, said: RegExp][] = [
  [1, /, line \d+\.$/m],
  [2, /, lines \d+ and \d+\.$/m],
  [10, /, lines (?:\d+, ){8}\d+ and \d+\.$/m],
  [11, /, lines (?:\d+, ){9}\d+ and 1 more\.$/m],
];

for (const [count, said] of manyLines) {
  test(`what is printed names the lines of ${count} values to fill in`, () => {
    const header = new Open('Write the header that the backend reads.', ['"FILL IN: x" in a comment']);
    const open = Array.from({ length: count }, (_, index) => ({
      ...policy,
      name: `P${index}`,
      routes: [{ place: policy.place, match: { path: `/p${index}` } }],
      output: { header, prefix: '' },
    }));
    const { text, migration } = loadImport([api('orders', ...open)]);
    const printed = textReport(migration, 'out');
    const [found = ''] = said.exec(printed) ?? assert.fail(printed);
    const lines = text.split('\n');
    const numbers = Array.from(found.matchAll(/\d+(?! more)/g), ([number]) => Number(number)).slice(0, 10);
    for (const number of numbers) assert.match(lines[number - 1] ?? '', /header: "FILL IN: /);
    assert.equal(new Set(numbers).size, Math.min(count, 10));
  });
}
