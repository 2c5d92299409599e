/**
 * @module
 * The example of README.md, and the keys of the samples: what they leave in a clone is no part of the repository, and
 * the checks that walk through the tree pass with it.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { staticChecks } from '../runner/static-checks.ts';
import { commandsOf, project, SampleFolder, writeFilesOf } from './samples/sample-folder.ts';

const clone = join(mkdtempSync(join(tmpdir(), 'mintproc-clone-')), 'mintproc');
after(() => rmSync(dirname(clone), { recursive: true }));

// Without the mark of the runner that runs this: a run within a run would run nothing.
const { NODE_TEST_CONTEXT: _, ...inherited } = process.env;
const environment = { ...inherited, PATH: `${join(project, 'node_modules', '.bin')}:${process.env['PATH']}` };

function git(...args: readonly string[]): string {
  const identity = ['-c', 'user.name=test', '-c', 'user.email=test@example.com', '-c', 'commit.gpgsign=false'];
  return execFileSync('git', [...identity, ...args], { cwd: clone, encoding: 'utf8' });
}

/** A repository with the files of this one as they are now, whether committed or not. */
before(() => {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: project,
    encoding: 'utf8',
  });
  for (const file of listed.split('\0').filter((path) => path !== '' && existsSync(join(project, path)))) {
    mkdirSync(dirname(join(clone, file)), { recursive: true });
    cpSync(join(project, file), join(clone, file));
  }
  symlinkSync(join(project, 'node_modules'), join(clone, 'node_modules'));
  git('init', '--quiet');
  // The link is no folder, so that `node_modules/` does not mean it.
  writeFileSync(join(clone, '.git', 'info', 'exclude'), 'node_modules\n');
  git('add', '--all');
  git('commit', '--quiet', '--message', 'as it is');
});

function run(line: string): ReturnType<typeof spawnSync> {
  return spawnSync('sh', ['-ec', line], { cwd: clone, env: environment, encoding: 'utf8' });
}

test("README.md's own commands work, and leave no key and nothing else for git", () => {
  const readme = readFileSync(join(clone, 'README.md'), 'utf8');
  assert.equal(writeFilesOf(readme, clone), 2);
  // test/deploy/import-examples.test.ts runs those of this section, which start servers.
  const [before = ''] = readme.split('## From an export to a request');
  const lines = commandsOf(before).filter((line) => line.includes('try/'));
  // `serve` runs until it is stopped, and `health` asks it on ports that may be in use here. test/cli/npm-scripts.test.ts
  // and test/cli/health.test.ts run them in the same words.
  const ending = lines.filter((line) => !/ (?:serve|health) /.test(line));
  assert.equal(lines.length - ending.length, 2);
  const runs = ending.map((line) => ({ line, ...run(line) }));
  for (const { line, status, stderr } of runs) assert.equal(status, 0, `${line}\n${stderr}`);
  assert.match(String(runs.at(-1)?.stdout), /alice/);
  assert.ok(existsSync(join(clone, 'try', 'keys', 'partner.pem')));
  assert.equal(git('status', '--porcelain'), '');
});

for (const sample of ['istio', 'kubernetes']) {
  test(`the keys of deploy/${sample} are nothing for git`, () => {
    const folder = new SampleFolder(join(clone, 'deploy', sample));
    folder.runCommands(folder.read('README.md'), 'Apply it');
    assert.ok(existsSync(join(folder.folder, 'keys', 'partner-1.pem')));
    assert.equal(git('status', '--porcelain'), '');
  });
}

test('a key that lies anywhere else is nothing for git either', () => {
  for (const file of ['partner.pem', 'keys/partner.pem']) {
    mkdirSync(dirname(join(clone, file)), { recursive: true });
    cpSync(join(clone, 'try', 'keys', 'partner.pem'), join(clone, file));
  }
  assert.equal(git('status', '--porcelain'), '');
});

for (const { title, program, arguments: given } of staticChecks.filter(({ title }) => title !== 'types')) {
  test(`with all that lying there: ${title}`, () => {
    const { status, stdout, stderr } = run([`node_modules/.bin/${program}`, ...given].join(' '));
    assert.equal(status, 0, `${stdout}${stderr}`);
  });
}

test('with all that lying there: the tests that walk through the tree', () => {
  const { status, stdout } = run('node test/run.ts test/architecture test/docs test/deploy/manifests');
  assert.equal(status, 0, String(stdout));
});
