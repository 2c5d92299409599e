import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeProblems } from '../../src/configuration/judged-problems.ts';
import type { Problem } from '../../src/diagnostics/problem.ts';
import { loadConfiguration } from './loading.ts';
import { flexPolicy, memoryFiles, secret } from './memory-files.ts';

const template = flexPolicy({ sub: 'user-#[authentication.principal]' });
const unsupported = template.replace('HS256', 'PS256').replace(secret, '');

interface World {
  /** Lines at the top level. */
  readonly top?: string;
  readonly entry?: string;
  /** Another entry with the same file. */
  readonly other?: string;
  readonly route?: string;
  readonly policy?: string;
}

function problemsOf({ top = '', entry = '', other, route = '', policy = template }: World, strict = false): string[] {
  const second = other === undefined ? '' : `  - { name: b, file: p.yaml, output: { header: x-b }${other} }\n`;
  const names = other === undefined ? '[a]' : '[a, b]';
  const configuration = `${top}
policies:
  - { name: a, file: p.yaml${entry} }
${second}routes:
  - { match: { pathPrefix: /a }, policies: ${names} }
  - { match: { pathPrefix: /a/b }, policies: ${names}${route} }
`;
  const files = memoryFiles({ 'p.yaml': policy, 'mintproc.yaml': configuration });
  const { snapshot, problems } = loadConfiguration('mintproc.yaml', { files, strict });
  const found = expiring(problems).map(
    ({ severity, code, place }) => `${severity} ${code} ${place.file}:${place.line}`,
  );
  return [snapshot === undefined ? 'refused' : 'loaded', ...found];
}

/** The tokens of the policies here never expire. */
function expiring(problems: readonly Problem[]): Problem[] {
  return problems.filter(({ code }) => code !== 'policy.never-expires');
}

const unreachable = 'config.unreachable-route mintproc.yaml';

const cases: [name: string, world: World, found: string[]][] = [
  ['nothing is allowed', {}, ['loaded', `warning ${unreachable}:6`, 'warning policy.template p.yaml:1']],
  [
    'allowed everywhere',
    { top: 'allow: [policy.template, config.unreachable-route]' },
    ['loaded', `note ${unreachable}:6`, 'note policy.template p.yaml:1'],
  ],
  [
    'allowed in the entry',
    { entry: ', allow: [policy.template]' },
    ['loaded', `warning ${unreachable}:6`, 'note policy.template p.yaml:1'],
  ],
  [
    'allowed in the route',
    { route: ', allow: [config.unreachable-route]' },
    ['loaded', `note ${unreachable}:6`, 'warning policy.template p.yaml:1'],
  ],
  [
    'allowed by one of two entries with the file',
    { entry: ', allow: [policy.template]', other: '' },
    [
      'loaded',
      'note config.unused-allow mintproc.yaml:3',
      `warning ${unreachable}:7`,
      'warning policy.template p.yaml:1',
    ],
  ],
  [
    'allowed by both',
    { entry: ', allow: [policy.template]', other: ', allow: [policy.template]' },
    ['loaded', `warning ${unreachable}:7`, 'note policy.template p.yaml:1'],
  ],
  ['strict', { top: 'strict: true' }, ['refused', `error ${unreachable}:6`, 'error policy.template p.yaml:1']],
  [
    'strict, and all allowed',
    { top: 'strict: true', entry: ', allow: [policy.template]', route: ', allow: [config.unreachable-route]' },
    ['loaded', `note ${unreachable}:6`, 'note policy.template p.yaml:1'],
  ],
  [
    'a code that nothing reports',
    { top: 'allow: [keys.unused]' },
    [
      'loaded',
      'note config.unused-allow mintproc.yaml:1',
      `warning ${unreachable}:6`,
      'warning policy.template p.yaml:1',
    ],
  ],
  [
    'an error',
    { top: 'allow: [config.unknown-key]' },
    [
      'refused',
      'error config.invalid-value mintproc.yaml:1',
      `warning ${unreachable}:6`,
      'warning policy.template p.yaml:1',
    ],
  ],
  [
    'a note',
    { top: 'allow: [config.unused-allow]' },
    [
      'refused',
      'error config.invalid-value mintproc.yaml:1',
      `warning ${unreachable}:6`,
      'warning policy.template p.yaml:1',
    ],
  ],
];

for (const [name, world, found] of cases) {
  test(`allow and strict: ${name}`, () => assert.deepEqual(problemsOf(world), found));
}

test('strict can be demanded by the caller', () => {
  assert.deepEqual(problemsOf({}, true), ['refused', `error ${unreachable}:6`, 'error policy.template p.yaml:1']);
});

test('strict and `allow` are about warnings only', () => {
  const place = { file: 'f', line: 1, column: 1 };
  const found = (['error', 'note'] as const).map(
    (severity) => ({ code: 'policy.template', severity, message: '', place }) as const,
  );
  const allowances = { allows: () => true };
  for (const isStrict of [true, false]) {
    assert.deepEqual(judgeProblems(found, { allowances, isStrict }), found);
    assert.deepEqual(judgeProblems(found, { allowances: undefined, isStrict }), found);
  }
});

test('a misspelt code has the nearest one as its suggestion', () => {
  const files = memoryFiles({
    'p.yaml': unsupported,
    'mintproc.yaml': 'allow: [policy.templates]\npolicies: [{ name: a, file: p.yaml }]\n',
  });
  const { problems } = loadConfiguration('mintproc.yaml', { files });
  assert.deepEqual(
    problems.filter(({ code }) => code === 'config.invalid-value').map(({ suggestion }) => suggestion),
    ['Did you mean `policy.template`?'],
  );
});

test('an error that was a warning says what to write if it is meant', () => {
  const files = memoryFiles({
    'p.yaml': template,
    'mintproc.yaml': 'policies: [{ name: a, file: p.yaml }]\nroutes: [{ match: {}, policies: [a] }]\n',
  });
  const { problems } = loadConfiguration('mintproc.yaml', { files, strict: true });
  const [error] = problems.filter(({ code }) => code === 'policy.template');
  assert.match(error?.suggestion ?? '', /If it is meant, write `allow: \[policy\.template\]`\.$/);
});
