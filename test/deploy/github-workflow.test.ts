/**
 * The workflow of deploy/github: its commands run here as a runner of GitHub runs them, with the packed tarball.
 */
import assert from 'node:assert/strict';
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { parse } from 'yaml';
import { packInto, withThisNode } from '../library/packed-package.ts';
import { findTool } from './find-tool.ts';

const path = join(import.meta.dirname, '..', '..', 'deploy/github/policies.yml');

interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
}

interface Workflow {
  readonly jobs: {
    readonly check: { readonly env: Readonly<Record<string, string>>; readonly steps: readonly Step[] };
  };
}

const { jobs } = parse(readFileSync(path, 'utf8')) as Workflow;
const { steps, env } = jobs.check;

const actionlint = findTool('actionlint');

test('actionlint accepts the workflow, and refuses one with a mistake', { skip: actionlint.skip }, () => {
  const lint = (text: string): SpawnSyncReturns<string> =>
    spawnSync(actionlint.file, ['-no-color', '-'], { encoding: 'utf8', input: text });
  const text = readFileSync(path, 'utf8');
  const { status, stdout } = lint(text);
  assert.deepEqual([status, stdout], [0, '']);
  assert.match(lint(text.replace('timeout-minutes', 'timeout-minuts')).stdout, /unexpected key "timeout-minuts"/);
});

test('no action is used without a commit, and no registry is named', () => {
  const used = steps.flatMap(({ uses }) => uses ?? []);
  assert.ok(used.length > 0);
  for (const action of used) assert.match(action, /^actions\/[a-z-]+@[0-9a-f]{40}$/);
  assert.equal(env['NPM_CONFIG_REGISTRY'], ['$', '{{ vars.NPM_REGISTRY }}'].join(''));
  assert.doesNotMatch(readFileSync(path, 'utf8'), /https?:/);
});

const folder = mkdtempSync(join(tmpdir(), 'mintproc-github-'));
after(() => rmSync(folder, { recursive: true }));
const tarball = packInto(folder);

const repository = join(folder, 'pull-request');
mkdirSync(join(repository, 'tests'), { recursive: true });

const configuration = `policies:
  - { name: partner, file: partner.flex.yaml, key: { file: keys/partner.pem } }
routes:
  - { match: { pathPrefix: /orders }, policies: [partner] }
`;
const policy = `- policyRef: { name: jwt-generation-flex }
  config:
    signingMethod: ES256
    exp: 300
    customClaims:
      - { name: tenant, value: "#[attributes.headers['x-tenant']]" }
`;
const tests = `config: ../mintproc.yaml
at: 2026-01-01T00:00:00Z
cases:
  - name: an order
    request: { path: /orders/7, headers: { x-tenant: t1 } }
    expect: { jwt: { claims: { tenant: t1 } } }
`;

/** Runs the steps in order, each by the shell of a runner. @returns the status and the output of each, by its name */
function run(files: Readonly<Record<string, string>>): Map<string, { readonly status: number | null; out: string }> {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(repository, name), text);
  const environment = {
    ...withThisNode,
    MINTPROC: tarball,
    NPM_CONFIG_REGISTRY: '',
    NPM_CONFIG_PREFER_OFFLINE: 'true',
  };
  return new Map(
    steps.flatMap(({ name = '', run: script }) => {
      if (script === undefined) return [];
      const options = { cwd: repository, encoding: 'utf8', env: environment } as const;
      const { status, stdout, stderr } = spawnSync(
        'bash',
        ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script],
        options,
      );
      return [[name, { status, out: stdout + stderr }] as const];
    }),
  );
}

const files = { 'mintproc.yaml': configuration, 'partner.flex.yaml': policy, 'tests/orders.test.yaml': tests };

const changes: [name: string, changed: Readonly<Record<string, string>>, failing: string[], shown: RegExp][] = [
  ['everything is right', {}, [], /1 passed/],
  [
    'another claim',
    { 'partner.flex.yaml': policy.replace('name: tenant', 'name: tenantId') },
    ['Test'],
    /^::error file=[^\n]*tests\/orders\.test\.yaml,line=\d+.*tenant/m,
  ],
  [
    'a policy that cannot be used',
    { 'partner.flex.yaml': policy.replace('#[attributes', '#[attribute') },
    ['Validate', 'Test'],
    /^::error file=[^\n]*partner\.flex\.yaml,line=6/m,
  ],
  [
    'a setting without effect',
    { 'mintproc.yaml': configuration.replace('name: partner,', 'name: partner, edition: x,') },
    ['Validate'],
    /^::error file=[^\n]*mintproc\.yaml,line=2.*config\.no-effect/m,
  ],
];

for (const [name, changed, failing, shown] of changes) {
  test(`a pull request: ${name}`, () => {
    const results = run({ ...files, ...changed });
    const failed = Array.from(results).flatMap(([step, { status }]) => (status === 0 ? [] : [step]));
    const out = Array.from(results.values(), (result) => result.out).join('');
    assert.deepEqual(failed, failing, out);
    assert.match(out, shown);
  });
}
