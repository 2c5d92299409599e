/**
 * What keeps a commit from being released, and the notes of a release.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { otherVersions, sectionOf, versionProblems } from '../../build/release-notes.ts';
import { project } from './samples/sample-folder.ts';

const changelog = '# Changelog\n\n## 1.1.0 (unreleased)\n\n- New.\n\n## 1.0.0 (2026-01-31)\n\n- Old.\n- Older.\n';

test('the notes are the section of the version', () => {
  assert.equal(sectionOf(changelog, '1.0.0'), '- Old.\n- Older.\n');
});

const refused: [name: string, text: string, version: string, error: RegExp][] = [
  ['no section', changelog, '2.0.0', /no section for 2\.0\.0/],
  ['only the start of another version', changelog.replace('1.0.0', '1.0.01'), '1.0.0', /no section for 1\.0\.0/],
  ['not dated', changelog, '1.1.0', /`unreleased` in place of a date/],
  ['nothing in it', '## 1.0.0 (2026-01-31)\n\n## 0.9.0 (2026-01-30)\n\n- a\n', '1.0.0', /is empty/],
];

for (const [name, text, version, error] of refused) {
  test(`refused: ${name}`, () => assert.throws(() => sectionOf(text, version), error));
}

test('every file that names the version has that of package.json', () => assert.deepEqual(versionProblems(), []));

test('a file with another version is found', () => {
  const texts = new Map([['a.yaml', 'image: mintproc:1.0.0\nimage: mintproc:0.9.0']]);
  assert.deepEqual(otherVersions('1.0.0', texts, /mintproc:(\S+)/g), [
    'a.yaml has `mintproc:0.9.0`: the version is 1.0.0.',
  ]);
});

test('a tag of another version is refused with one sentence', () => {
  const line = [join(project, 'build/release-notes.ts'), 'v99.0.0', '/dev/null'];
  const { status, stderr } = spawnSync(process.execPath, line, { encoding: 'utf8' });
  assert.equal(status, 1);
  assert.match(stderr, /^The tag is v99\.0\.0, but the version in package\.json is \d+\.\d+\.\d+\.\n$/);
});
