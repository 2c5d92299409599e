/**
 * The workflows of .github: valid, pinned, with no more rights than they need, and without a host of a registry, so that
 * a fork runs them. What they run is run here where this machine can.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { parse } from 'yaml';
import { withThisNode } from '../library/packed-package.ts';
import { searches } from '../search/index.ts';
import { findTool } from './find-tool.ts';
import { project } from './samples/sample-folder.ts';

interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly 'timeout-minutes'?: number;
  readonly uses?: string;
  readonly steps?: readonly Step[];
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions?: object;
  readonly concurrency?: object;
  readonly jobs: Readonly<Record<string, Job>>;
}

const names = globSync('.github/workflows/*.yml', { cwd: project }).sort();
const texts = new Map(names.map((name) => [name, readFileSync(join(project, name), 'utf8')]));
const workflows = new Map(Array.from(texts, ([name, text]) => [name, parse(text) as Workflow]));
const jobs = Array.from(workflows).flatMap(([file, workflow]) =>
  Object.entries(workflow.jobs).map(([name, job]) => ({ place: `${file.replace(/^.*\//, '')} ${name}`, job })),
);
const steps = jobs.flatMap(({ place, job }) => (job.steps ?? []).map((step) => ({ place, step })));

function scriptOf(place: string, name: string): string {
  const found = steps.find(({ place: of, step }) => of === place && step.name === name);
  return found?.step.run ?? assert.fail(`${place} has no step ${name}`);
}

const folder = mkdtempSync(join(tmpdir(), 'mintproc-workflows-'));
after(() => rmSync(folder, { recursive: true }));

/** A file of the runner, such as `GITHUB_OUTPUT`, and what was written to it. */
const written = (name: string): string => readFileSync(join(folder, name), 'utf8');

/** As a runner runs it. @param tools programs to replace, each by a shell script */
function run(script: string, env: object, cwd = project, tools: Readonly<Record<string, string>> = {}) {
  const bin = join(folder, 'bin');
  rmSync(bin, { recursive: true, force: true });
  mkdirSync(bin);
  for (const [name, text] of Object.entries(tools))
    writeFileSync(join(bin, name), `#!/bin/sh\n${text}`, { mode: 0o755 });
  for (const name of ['output', 'summary', 'calls']) writeFileSync(join(folder, name), '');
  return spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script], {
    cwd,
    encoding: 'utf8',
    env: {
      ...withThisNode,
      PATH: `${bin}:${withThisNode.PATH}`,
      GITHUB_OUTPUT: join(folder, 'output'),
      GITHUB_STEP_SUMMARY: join(folder, 'summary'),
      CALLS: join(folder, 'calls'),
      ...env,
    },
  });
}

const [actionlint, checker] = [findTool('actionlint'), findTool('check-jsonschema')];

test('actionlint accepts every workflow, and refuses one with a mistake', { skip: actionlint.skip }, () => {
  // It reads the scripts too, where there is a shellcheck.
  const line = ['-no-color', `-shellcheck=${findTool('shellcheck').file}`, ...names];
  const { status, stdout } = spawnSync(actionlint.file, line, { cwd: project, encoding: 'utf8' });
  assert.deepEqual([status, stdout], [0, '']);
  const input = texts.get('.github/workflows/test.yml')?.replace('.nvmrc', `${'$'}{{ secret.X }}`);
  const wrong = spawnSync(actionlint.file, ['-no-color', '-'], { cwd: project, encoding: 'utf8', input });
  assert.match(wrong.stdout, /undefined variable "secret"/);
});

test('every workflow is valid by the schema of GitHub, and one with a mistake is not', { skip: checker.skip }, () => {
  const judge = (...files: string[]) =>
    spawnSync(checker.file, ['--builtin-schema', 'vendor.github-workflows', ...files], {
      cwd: project,
      encoding: 'utf8',
    });
  assert.equal(judge(...names).status, 0);
  const wrong = join(folder, 'wrong.yml');
  writeFileSync(wrong, texts.get('.github/workflows/test.yml')?.replaceAll('timeout-minutes', 'timeout') ?? '');
  assert.match(judge(wrong).stdout, /timeout/);
});

test('every script is one of bash', () => {
  const scripts = steps.flatMap(({ place, step }) => (step.run === undefined ? [] : [{ place, script: step.run }]));
  assert.ok(scripts.length > 10);
  for (const { place, script } of scripts) {
    assert.equal(spawnSync('bash', ['-n', '-c', script]).status, 0, place);
    // A value that GitHub writes into a script is run by it.
    assert.doesNotMatch(script, /\$\{\{/, place);
  }
});

test('every action is pinned by a commit, and is the same release everywhere', () => {
  const all = [...texts.values(), readFileSync(join(project, 'deploy/github/policies.yml'), 'utf8')].join('\n');
  const used = Array.from(all.matchAll(/uses: (\S+)(?: # (\S+))?$/gm)).filter(([, name]) => !name?.startsWith('./'));
  assert.ok(used.length > 15);
  const releases = new Map<string, string>();
  for (const [line, pinned = '', release = ''] of used) {
    assert.match(pinned, /^[\w-]+\/[\w-]+@(?!0{40})[0-9a-f]{40}$/, line);
    assert.match(release, /^v\d+\.\d+\.\d+$/, line);
    const [action = ''] = pinned.split('@');
    assert.equal(releases.get(action) ?? `${pinned} ${release}`, `${pinned} ${release}`);
    releases.set(action, `${pinned} ${release}`);
  }
});

test('no host is named', () => {
  const read = (name: string): string => readFileSync(join(project, name), 'utf8');
  for (const name of [...names, '.ci/image-names']) {
    assert.doesNotMatch(read(name), /https?:|\b[\w-]+\.(?:io|com|org|dev|net)\b/, name);
  }
});

/** The rights of each job beyond reading the repository. */
const rights: Readonly<Record<string, readonly string[]>> = {
  'image.yml image': ['packages', 'id-token', 'attestations', 'artifact-metadata'],
  'release.yml image': ['packages', 'id-token', 'attestations', 'artifact-metadata'],
  'release.yml package': ['id-token', 'attestations', 'artifact-metadata'],
  'release.yml publish': ['contents'],
};

test('a workflow has no rights, and each job those that it needs', () => {
  for (const [name, { permissions, concurrency }] of workflows) {
    assert.deepEqual(permissions, {}, name);
    assert.ok(concurrency !== undefined, name);
  }
  for (const { place, job } of jobs) {
    const written = Object.entries(job.permissions ?? assert.fail(place)).filter(([, right]) => right !== 'read');
    assert.deepEqual(
      written,
      (rights[place] ?? []).map((name) => [name, 'write']),
      place,
    );
  }
});

test('each job ends', () => {
  for (const { place, job } of jobs) assert.ok(job.uses !== undefined || (job['timeout-minutes'] ?? 361) <= 300, place);
});

test('what a pull request starts gets no secret, and a checkout keeps no credentials', () => {
  const started = Array.from(workflows).filter(([, { on }]) =>
    Object.keys(on).some((event) => event.startsWith('pull_')),
  );
  assert.deepEqual(
    started.map(([name, { on }]) => [name, Object.keys(on)]),
    [['.github/workflows/test.yml', ['pull_request', 'push']]],
  );
  for (const [name] of started) assert.doesNotMatch(texts.get(name) ?? '', /secrets|github\.token/);
  for (const { place, step } of steps.filter(({ step: { uses } }) => uses?.startsWith('actions/checkout@'))) {
    assert.equal(step.with?.['persist-credentials'], false, place);
  }
});

test('the nightly run has a job for each search, and the others', () => {
  const { status, stderr } = run(scriptOf('nightly.yml parts', 'List'), {});
  assert.equal(status, 0, stderr);
  const names: readonly string[] = JSON.parse(written('output').replace('names=', ''));
  const expected = [...Object.keys(searches).map((name) => `search/${name}`), 'fuzz', 'h2spec', 'envoy', 'node'];
  assert.deepEqual(
    expected.filter((name) => !names.includes(name)),
    [],
  );
});

test('the test run is that of .ci/run', () => {
  assert.equal(scriptOf('test.yml test', 'Test'), '.ci/run');
  assert.equal(scriptOf('release.yml check', 'Test'), '.ci/run');
});

const digest = `sha256:${'a'.repeat(64)}`;
const docker = `echo "$@" >> "$CALLS"; echo ${digest}`;

const named: [name: string, env: Readonly<Record<string, string>>, expected: Readonly<Record<string, string>>][] = [
  [
    'without a registry',
    { IMAGE_NAME: 'Team/Mintproc' },
    {
      base: `node:26-slim@${digest}`,
      image: '',
      output: 'type=oci,dest=image.tar,rewrite-timestamp=true',
    },
  ],
  [
    'with a registry',
    {
      IMAGE_REGISTRY: 'R.test:5000',
      IMAGE_NAME: 'Team/Mintproc',
      BASE_IMAGE: 'r.test/a',
      BUILD_BASE_IMAGE: 'r.test/b:26',
    },
    {
      base: `r.test/a@${digest}`,
      'build-base': `r.test/b:26@${digest}`,
      image: 'r.test:5000/team/mintproc',
      output:
        'type=image,"name=r.test:5000/team/mintproc",push=true,push-by-digest=true,name-canonical=true,' +
        'oci-mediatypes=true,rewrite-timestamp=true',
    },
  ],
  [
    'with a base that has a digest',
    { BASE_IMAGE: `node@sha256:${'b'.repeat(64)}` },
    { base: `node@${digest}`, image: '', output: 'type=oci,dest=image.tar,rewrite-timestamp=true' },
  ],
];

for (const [name, env, expected] of named) {
  test(`the names of the image: ${name}`, () => {
    const { status, stderr } = run(scriptOf('image.yml image', 'Names'), env, project, { docker });
    assert.equal(status, 0, stderr);
    const values = Object.fromEntries(
      written('output')
        .trim()
        .split('\n')
        .map((line) => line.split(/=(.*)/s, 2)),
    );
    const { epoch, created, ...others } = values;
    assert.equal(new Date(Number(epoch) * 1_000).toISOString().replace('.000', ''), created);
    assert.deepEqual(others, { 'base-digest': digest, 'build-base': `node:26-slim@${digest}`, ...expected });
  });
}

test('without a digest of its base, no image is built', () => {
  for (const tool of ['exit 1', 'echo', 'echo sha256:abc']) {
    assert.notEqual(run(scriptOf('image.yml image', 'Names'), {}, project, { docker: tool }).status, 0, tool);
  }
});

test('an image is tagged when it is signed, and not otherwise', () => {
  const order = steps.flatMap(({ place, step }) => (place === 'image.yml image' ? [step.name ?? ''] : []));
  assert.ok(order.indexOf('Provenance') < order.indexOf('Sign and tag') && order.includes('Provenance'));
  const env = { IMAGE: 'r.test/mintproc', DIGEST: digest, VERSION: '1.2.3' };
  const cosign = 'echo cosign "$@" >> "$CALLS"';
  const script = scriptOf('image.yml image', 'Sign and tag');
  assert.equal(run(script, env, project, { docker, cosign }).status, 0);
  assert.deepEqual(written('calls').trim().split('\n'), [
    `cosign sign --yes --recursive r.test/mintproc@${digest}`,
    `buildx imagetools create --tag r.test/mintproc:1.2.3 r.test/mintproc@${digest}`,
  ]);
  assert.equal(written('output'), `image=r.test/mintproc@${digest}\n`);
  assert.notEqual(run(script, env, project, { docker, cosign: 'exit 1' }).status, 0);
  assert.deepEqual([written('calls'), written('output')], ['', '']);
});

test('the image is built for both platforms from the same bases, then started with a read-only root', () => {
  const script = scriptOf('test.yml image', 'Build and start');
  const env = { BASE_IMAGE: 'a b', BUILD_BASE_IMAGE: '', NPM_CONFIG_REGISTRY: '' };
  assert.equal(
    run(script, env, project, {
      docker: 'for word; do echo "<$word>"; done | tr -d "\\n" >> "$CALLS"; echo >> "$CALLS"',
    }).status,
    0,
  );
  const [first, second, third] = written('calls').replaceAll('><', ' ').split('\n');
  const build = '<buildx build --file deploy/Dockerfile --build-arg NPM_CONFIG_REGISTRY --build-arg BASE=a b';
  assert.deepEqual(
    [first, second],
    [`${build} --platform linux/amd64,linux/arm64 --output type=cacheonly .>`, `${build} --load --tag mintproc .>`],
  );
  assert.match(third ?? '', /^<run --rm --read-only --cap-drop ALL .* mintproc version>$/);
});

test('an image that is not pushed is said so', () => {
  const script = scriptOf('image.yml image', 'Say what was made');
  const { stdout } = run(script, { IMAGE: '', BASE: 'b' });
  assert.match(stdout, /^::notice::The variable IMAGE_REGISTRY is not set/);
  assert.equal(written('summary'), 'Image: image.tar\n\nBase: b\n');
  assert.equal(run(script, { IMAGE: 'i', BASE: 'b' }).stdout, '');
});

test('what is packed for a release is not private, and names its repository', () => {
  const copy = mkdtempSync(join(folder, 'package-'));
  writeFileSync(join(copy, 'package.json'), readFileSync(join(project, 'package.json')));
  const env = { GITHUB_SERVER_URL: 'urn:host', GITHUB_REPOSITORY: 'team/mintproc' };
  const { status, stderr } = run(scriptOf('release.yml package', 'Prepare'), env, copy);
  assert.equal(status, 0, stderr);
  const {
    private: isPrivate,
    repository,
    publishConfig,
  } = JSON.parse(readFileSync(join(copy, 'package.json'), 'utf8'));
  assert.deepEqual(
    [isPrivate, repository, publishConfig],
    [undefined, { type: 'git', url: 'git+urn:host/team/mintproc.git' }, { access: 'public', provenance: true }],
  );
});

test('a release names its image and its base, and has the package and the bill of materials', () => {
  const cwd = mkdtempSync(join(folder, 'release-'));
  for (const name of ['notes.md', 'mintproc-1.2.3.tgz']) writeFileSync(join(cwd, name), 'Notes.\n');
  const env = { GITHUB_REF_NAME: 'v1.2.3', IMAGE: '', BASE: 'b' };
  const { status } = run(scriptOf('release.yml publish', 'Release'), env, cwd, { gh: 'echo "$@" >> "$CALLS"' });
  assert.equal(status, 0);
  assert.match(written('calls'), /^release create v1\.2\.3 --verify-tag .*mintproc-1\.2\.3\.tgz sbom\.cdx\.json\n$/);
  assert.equal(readFileSync(join(cwd, 'notes.md'), 'utf8'), 'Notes.\n\nImage: not pushed\n\nIts base: b\n');
});

test('the scripts of this folder start from anywhere', () => {
  const { status, stdout } = run(join(project, '.ci/image-names'), {}, dirname(folder), { docker });
  assert.equal(status, 0);
  assert.match(stdout, /^base=node:26-slim@sha256:/);
});
