/**
 * What a run answers: tokens of the three dialects with what made them, refusals, problems at their place.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import type { RunAnswer, ShownMember } from '../../src/playground/interface.ts';
import { MadeKeys, maxKeys } from '../../src/playground/made-keys.ts';
import { presets } from '../../src/playground/presets.ts';
import { maxProblems } from '../../src/playground/run.ts';
import { exampleNamed, expressions, playgroundOf, runExample, type WorkspaceExample, workspaces } from './client.ts';

const playground = playgroundOf();

for (const example of workspaces) {
  test(`the example ${example.name} loads without errors and warnings, and mints a valid token`, async () => {
    const { problems, outcome } = await runExample(playground, example);
    assert.deepEqual(
      problems.filter(({ severity }) => severity !== 'note'),
      [],
    );
    assert.equal(outcome?.kind, 'forward');
    assert.deepEqual(
      outcome.policies.map(({ dialect, result, token }) => [dialect, result, token?.verification.isValid]),
      [[example.dialect, 'minted', true]],
    );
  });
}

for (const preset of presets) {
  for (const example of workspaces) {
    test(`the caller ${preset.name} fits the example ${example.name}`, async () => {
      const { caller, certificate } = preset.members;
      const text = JSON.stringify({
        request: { path: '/orders' },
        ...(caller === null ? {} : { caller }),
        ...(certificate === null ? {} : { certificate }),
      });
      const { problems, outcome } = await runExample(playground, { ...example, case: text });
      assert.deepEqual(
        problems.filter(({ severity }) => severity !== 'note'),
        [],
      );
      assert.notEqual(outcome, undefined);
    });
  }
}

for (const example of expressions) {
  test(`the example ${example.name} has a value`, () => {
    const answer = playground.evaluate(example);
    assert.ok(!(answer instanceof Promise));
    assert.deepEqual([answer.problems, answer.error], [[], undefined]);
    assert.notEqual(answer.json, undefined);
  });
}

const expected: [example: string, claim: string, value: unknown, written: string, reads: string[]][] = [
  [
    'flex',
    'tenant',
    'acme',
    `"#[authentication.properties.claims.tenant default 'none']"`,
    ['authentication.properties.claims'],
  ],
  [
    'flex',
    'channel',
    'MOBILE',
    `"#[upper(attributes.headers['x-channel'] default 'web')]"`,
    ['attributes.headers.x-channel'],
  ],
  [
    'apigee',
    'sub',
    'alice',
    '<Subject ref="jwt.Verify-Caller.claim.sub">anonymous</Subject>',
    ['authentication.properties'],
  ],
  ['datapower', 'sub', 'app-4711', 'decoded.claims.sub', ['authentication.properties']],
];

for (const [name, claim, value, written, reads] of expected) {
  test(`a claim has the expression that made it, its place and what it read: ${name}, ${claim}`, async () => {
    const example = exampleNamed(name);
    const member = claimOf(await runExample(playground, example), claim);
    assert.deepEqual(JSON.parse(member.json ?? ''), value);
    assert.equal(textAt(example, member), written);
    assert.deepEqual(
      member.reads.map(({ input }) => input),
      reads,
    );
  });
}

function claimOf({ outcome }: RunAnswer, name: string): ShownMember {
  const member = outcome?.policies[0]?.token?.claims.find((one) => one.name === name);
  assert.ok(member);
  return member;
}

/** What the range of a member is in its file. */
function textAt({ files }: WorkspaceExample, { range }: ShownMember): string | undefined {
  const lines = files.find(({ name }) => name === range?.file)?.text.split('\n') ?? [];
  assert.equal(range?.from.line, range?.to.line);
  return lines[(range?.from.line ?? 0) - 1]?.slice((range?.from.column ?? 0) - 1, (range?.to.column ?? 0) - 1);
}

test('numbers keep all their digits', async () => {
  const example = exampleNamed('apigee');
  const answer = await runExample(playground, example, (text) =>
    text.replace(
      'type="map">{"method": "{request.verb}", "path": "{request.path}"}',
      'type="map">{"account": 12345678901234567890.10}',
    ),
  );
  assert.equal(claimOf(answer, 'request').json, '{"account":12345678901234567890.10}');
});

const mistakes: [name: string, example: string, from: string, to: string, code: string, at: string, marked: string][] =
  [
    [
      'a key of the configuration',
      'flex',
      'pathPrefix: /orders',
      'pathPrefx: /orders',
      'config.unknown-key',
      'mintproc.yaml:20:14',
      'pathPrefx',
    ],
    [
      'an expression',
      'flex',
      "default 'none']",
      "defualt 'none']",
      'dataweave.unknown-name',
      'orders.flex.yaml:16:59',
      'defualt',
    ],
    [
      'an element',
      'apigee',
      '<ExpiresIn>5m',
      '<ExpiresIn>5x',
      'apigee.invalid-value-for-element',
      'JWT-Orders.xml:12:14',
      '5x',
    ],
    ['a case', 'flex', 'method: GET', 'methd: GET', 'trial.unknown-key', 'case:2:3', 'methd'],
    ['the syntax of a case', 'flex', 'caller:', 'caller: [', 'trial.syntax', 'case:', ''],
  ];

for (const [name, example, from, to, code, at, marked] of mistakes) {
  test(`an error is at its place: ${name}`, async () => {
    const { problems, outcome } = await runExample(playground, exampleNamed(example), (text) => text.replace(from, to));
    const [error] = problems.filter(({ severity }) => severity === 'error');
    assert.ok(error);
    const { range, help } = error;
    assert.deepEqual([error.code, outcome], [code, undefined]);
    assert.ok(`${range.file}:${range.from.line}:${range.from.column}`.startsWith(at), JSON.stringify(range));
    if (marked !== '') assert.equal(range.to.column - range.from.column, marked.length);
    assert.ok(help.startsWith(`${code}\n`));
  });
}

test('problems of the files and of the case are shown together', async () => {
  const { problems } = await runExample(playground, exampleNamed('flex'), (text) =>
    text.replace('method: GET', 'methd: GET').replace('pathPrefix', 'pathPrefx'),
  );
  const files = problems.filter(({ severity }) => severity === 'error').map(({ range }) => range.file);
  assert.deepEqual(new Set(files), new Set(['case', 'mintproc.yaml']));
});

test('the form of a case is there although the files have an error', async () => {
  const { form } = await runExample(playground, exampleNamed('flex'), (text) =>
    text.replace('pathPrefix', 'pathPrefx'),
  );
  assert.deepEqual(form, {
    method: 'GET',
    path: '/orders/4711?expand=items',
    host: 'api.example.com',
    headers: [['x-channel', 'mobile']],
    claims: { sub: 'app-4711', client_id: 'app-4711', tenant: 'acme', scope: 'orders:read orders:write' },
  });
});

test('an empty case is an ordinary request of nobody', async () => {
  const { form, problems } = await runExample(playground, { ...exampleNamed('flex'), case: '# nothing\n' });
  assert.deepEqual(form, { method: 'GET', path: '/', host: 'localhost', headers: [] });
  assert.ok(problems.every(({ severity }) => severity === 'note'));
});

test('a request has the time of its case', async () => {
  const answer = await runExample(playground, exampleNamed('flex'), (text, name) =>
    name === 'case' ? `at: 2026-01-01T00:00:00Z\n${text}` : text,
  );
  assert.deepEqual([answer.outcome?.at, answer.form?.at], [Date.UTC(2026, 0, 1), '2026-01-01T00:00:00.000Z']);
  assert.equal(claimOf(answer, 'iat').json, `${Date.UTC(2026, 0, 1) / 1000}`);
});

test('a policy that refuses: the client gets what its gateway would send, with the page of the code', async () => {
  const { outcome } = await runExample(playground, exampleNamed('apigee'), (text) =>
    text.replace('>anonymous</Subject>', '></Subject>').replace('    sub: alice\n', ''),
  );
  assert.deepEqual(
    [outcome?.kind, outcome?.refusal?.status, outcome?.refusal?.code],
    ['refuse', 401, 'apigee.failed-to-resolve-variable'],
  );
  assert.deepEqual(outcome?.refusal?.headers, [['content-type', 'application/json']]);
  assert.equal(JSON.parse(outcome?.refusal?.body ?? '').fault.detail.errorcode, 'steps.jwt.FailedToResolveVariable');
  assert.match(outcome?.refusal?.help ?? '', /^apigee\.failed-to-resolve-variable\n/);
  assert.deepEqual(
    outcome?.policies.map(({ result, token }) => [result, token]),
    [['refused', undefined]],
  );
});

test('routes up to the one that is taken, and why the others are not', async () => {
  const { outcome } = await runExample(playground, exampleNamed('flex'));
  assert.deepEqual(
    outcome?.routes.map(({ name, isTaken, why, range }) => [name, isTaken, why, range?.file, range?.from.line]),
    [
      ['health', false, 'It does not match: path /health.', 'mintproc.yaml', 16],
      ['orders', true, 'It matches.', 'mintproc.yaml', 19],
    ],
  );
});

const refusedByRoutes: [name: string, path: string, code: string][] = [
  ['a route with deny', '/health', 'route.denied'],
  ['no route', '/other', 'route.none'],
];

for (const [name, path, code] of refusedByRoutes) {
  test(`a request is refused before a policy runs: ${name}`, async () => {
    const example = { ...exampleNamed('flex'), case: `request: { path: ${path} }` };
    const { outcome } = await runExample(playground, example);
    assert.deepEqual([outcome?.kind, outcome?.refusal?.code, outcome?.policies], ['refuse', code, []]);
  });
}

test('a request that no route matches goes on, if the configuration says so', async () => {
  const { outcome } = await runExample(playground, { ...exampleNamed('apigee'), case: 'request: { path: /other }' });
  assert.deepEqual(
    [outcome?.kind, outcome?.sentence, outcome?.refusal],
    ['untouched', 'No route matches, and `unmatched` is `pass`: the request goes on without a token.', undefined],
  );
});

test('a token changes only where its policy does: the keys stay the same', async () => {
  const example = exampleNamed('flex');
  const at = (text: string, name: string) =>
    name === 'case' ? `at: 0\n${text}` : text.replace(/ {6}- name: jti\n.*\n/, '');
  const [one, other] = [await runExample(playground, example, at), await runExample(playground, example, at)];
  const text = one.outcome?.policies[0]?.token?.text;
  assert.ok(text);
  assert.equal(other.outcome?.policies[0]?.token?.text, text);
});

test('what was made is said with the place of the key', async () => {
  const { madeKeys } = await runExample(playground, exampleNamed('flex'));
  assert.deepEqual(madeKeys, [
    'A key to sign with (RS256) was made for this run: the one of mintproc.yaml:10:18 is not read.',
  ]);
});

/** A configuration whose policies each have a key of their own. */
function manyPolicies(count: number): WorkspaceExample['files'] {
  const policies = Array.from({ length: count }, (_, at) => ({
    name: `p${at}`,
    file: 'a.flex.yaml',
    key: { file: `${at}.pem` },
    output: { header: `x-${at}` },
  }));
  const routes = [{ match: {}, policies: policies.map(({ name }) => name) }];
  return [
    { name: 'mintproc.yaml', kind: 'configuration', text: JSON.stringify({ policies, routes }) },
    {
      name: 'a.flex.yaml',
      kind: 'flex',
      text: '- policyRef: { name: jwt-generation-flex }\n  config: { signingMethod: ES256, exp: 60, customClaims: [] }\n',
    },
  ];
}

for (const [name, count] of [
  ['as many keys as are made', maxKeys],
  ['one policy more, whose key is shared', maxKeys + 1],
] as const) {
  test(`every policy signs: ${name}`, async () => {
    const { outcome, problems } = await runExample(playgroundOf(), { files: manyPolicies(count), case: '{}' });
    assert.deepEqual(
      problems.filter(({ severity }) => severity === 'error'),
      [],
    );
    assert.deepEqual(
      outcome?.policies.map(({ token }) => token?.verification.isValid),
      Array(count).fill(true),
    );
  });
}

test('no more keys are made than are kept', async () => {
  const keys = new MadeKeys();
  await runExample(playgroundOf(undefined, { keys }), { files: manyPolicies(maxKeys + 1), case: '{}' });
  const run = keys.forRun();
  const made = Array.from({ length: maxKeys + 2 }, (_, at) =>
    run.make({
      ...{ source: `${at}`, role: 'key', algorithm: 'ES256', hasCertificate: false },
      place: { file: 'a', line: 1, column: 1 },
      generate: () => assert.fail('another key is made'),
    }),
  );
  assert.equal(new Set(made.map(({ key }) => key)).size, maxKeys);
});

const counts: [name: string, notes: number, hidden: number | undefined][] = [
  ['as many as are shown', maxProblems, undefined],
  ['one more', maxProblems + 1, 1],
];

for (const [name, count, hidden] of counts) {
  test(`problems: ${name}`, async () => {
    const claims = Array.from({ length: count }, (_, at) => `{ name: c${at}, value: "#[attributes.headers.h]" }`);
    const files = exampleNamed('flex').files.map((file) =>
      file.kind === 'flex'
        ? {
            ...file,
            text: `- policyRef: { name: jwt-generation-flex }\n  config: { signingMethod: RS256, exp: 60, customClaims: [${claims.join(', ')}] }\n`,
          }
        : file,
    );
    const { problems, hiddenProblems } = await runExample(playground, { files, case: '{}' });
    assert.deepEqual([problems.length, hiddenProblems], [maxProblems, hidden]);
  });
}

test('without a folder, neither files nor the environment are reached', async () => {
  const reached = playgroundOf(undefined, { environment: { SECRET: 'a' } });
  const { problems } = await runExample(reached, exampleNamed('apigee'), (text) =>
    text.replace(
      'variables:\n',
      `variables:\n  a: { file: ${import.meta.filename} }\n  b: { env: SECRET }\n  c: { file: ../../../etc/passwd }\n`,
    ),
  );
  assert.deepEqual(
    problems.filter(({ severity }) => severity === 'error').map(({ code, message }) => `${code}: ${message}`),
    [
      'variables.unreadable: The file does not exist.',
      'variables.unreadable: There is no environment variable with this name.',
      'variables.unreadable: The file does not exist.',
    ],
  );
});

test('curl: every word reaches the program as it is, and the caller is not in it', async () => {
  const words = [`it's`, '$(touch x)', '`a`', '"', '\\', 'a\nb', '#!', '*', '~', ''];
  const text = JSON.stringify({
    request: {
      method: 'POST',
      path: `/orders?q=it's&x=$HOME`,
      headers: Object.fromEntries(words.map((word, at) => [`x-${at}`, word])),
    },
    caller: { claims: { sub: 'never-in-the-command' } },
  });
  const { outcome } = await runExample(playground, { ...exampleNamed('flex'), case: text });
  const command = outcome?.curl ?? '';
  assert.ok(!command.includes('never-in-the-command'));
  const script = `curl() { printf '%s\\0' "$@"; }\n${command}`;
  const given = execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1);
  assert.deepEqual(given, [
    ...['--globoff', '--path-as-is', '--include', '--request', 'POST', '--header', 'host: localhost'],
    ...words.flatMap((word, at) => ['--header', word === '' ? `x-${at};` : `x-${at}: ${word}`]),
    `http://localhost:10000/orders?q=it's&x=$HOME`,
  ]);
});
