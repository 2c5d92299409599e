/**
 * @module
 * The guides of proxies as a newcomer follows them: every `mintproc` command runs in a copy of the folder that it is
 * for, one after the other, and what `gen` prints is the file that lies in the folder. The blocks of other guides have
 * marks, by which they are run.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { runCommand } from '../cli/captured-terminal.ts';
import { blocksRunBy } from '../docs/run-pages/blocks-run-by.ts';
import { stepsOf } from '../docs/run-pages/console.ts';
import type { Block } from '../docs/run-pages/page-blocks.ts';
import { project, SampleFolder } from './samples/sample-folder.ts';

const guides = join(project, 'docs', 'guides');
const scratch = mkdtempSync(join(tmpdir(), 'mintproc-guides-'));
const home = process.cwd();
after(() => {
  process.chdir(home);
  rmSync(scratch, { recursive: true });
});

/** The blocks of each guide that are run here. */
const followed: Readonly<Record<string, readonly Block[]>> = {
  'envoy.md': blocksRunBy('docs/guides/envoy.md', import.meta.filename),
  'kubernetes.md': blocksRunBy('docs/guides/kubernetes.md', import.meta.filename),
  'istio.md': blocksRunBy('docs/guides/istio.md', import.meta.filename),
  'envoy-gateway.md': blocksRunBy('docs/guides/envoy-gateway.md', import.meta.filename),
  'kgateway.md': blocksRunBy('docs/guides/kgateway.md', import.meta.filename),
};

/** The folders of a guide, and which words of a command name each; the first is for all others. */
const folders: Readonly<Record<string, Readonly<Record<string, RegExp>>>> = {
  'envoy.md': { envoy: /./ },
  'kubernetes.md': { kubernetes: /./ },
  'istio.md': {
    'istio-sidecar': /--context sidecar/,
    'istio-outbound': /--context outbound/,
    'istio-waypoint': /--context waypoint/,
    'istio-ext-authz': /--filter ext_authz/,
    istio: /./,
  },
  'envoy-gateway.md': { 'envoy-gateway-ext-authz': /--filter ext_authz/, 'envoy-gateway': /./ },
  'kgateway.md': { kgateway: /./ },
};

test('every guide is followed: here, or by the marks of its blocks', () => {
  const others = readdirSync(guides).filter((name) => folders[name] === undefined);
  const isMarked = (name: string): boolean => readFileSync(join(guides, name), 'utf8').includes('\n<!-- run -->\n');
  assert.deepEqual(
    others.filter((name) => !isMarked(name)),
    [],
  );
});

for (const [name, patterns] of Object.entries(folders)) {
  const blocks = followed[name] ?? [];
  const request = blocks.find(({ language }) => language === 'yaml')?.text ?? '';
  const shells = blocks.filter(({ language }) => language === 'sh');
  const lines = shells.flatMap((block) => stepsOf(block).map(({ command }) => command));
  for (const line of lines) {
    const folder = Object.entries(patterns).find(([, pattern]) => pattern.test(line))?.[0] ?? '';
    test(`${name}: ${line.replaceAll(/\s+/g, ' ')}`, async () => {
      const sample = SampleFolder.copyOf(folder, mkdtempSync(join(scratch, 'copy-')));
      writeFileSync(join(sample.folder, 'request.yaml'), request);
      const [command = '', printedTo] = line.split('>').map((part) => part.trim());
      process.chdir(sample.folder);
      const { code, out, errors } = await runCommand(command.split(/\s+/).slice(1));
      assert.equal(code, 0, errors);
      if (printedTo !== undefined) assert.equal(out, sample.read(printedTo));
      if (command.includes(' --force')) assert.deepEqual(changedIn(sample, folder), ['request.yaml']);
      if (command.includes(' explain ')) assert.match(out, /client_id .*\n?.*partner-42/);
    });
  }
  test(`${name} has commands to follow`, () => {
    assert.ok(lines.some((line) => line.includes(' explain ')) && request !== '');
  });
}

/** The files of the copy that are not those of the folder. */
function changedIn(copy: SampleFolder, folder: string): readonly string[] {
  const own = new SampleFolder(join(project, 'deploy', folder));
  const names = readdirSync(copy.folder, { withFileTypes: true }).filter((entry) => entry.isFile());
  const before = readdirSync(own.folder);
  return names
    .map((entry) => entry.name)
    .filter((file) => !before.includes(file) || copy.read(file) !== own.read(file))
    .sort();
}
