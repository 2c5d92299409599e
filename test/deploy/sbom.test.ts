/**
 * The bill of materials of `npm run sbom`: every package that is installed in production or part of the bundle, and
 * the licences of these.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { licenseTexts } from '../../build/licenses.ts';
import { bundleProgram } from '../../build/program.ts';
import { billOfMaterials, shippedComponents } from '../../build/sbom.ts';
import { withThisNode } from '../library/packed-package.ts';
import { findTool } from './find-tool.ts';
import { project } from './samples/sample-folder.ts';

interface Component {
  readonly 'bom-ref': string;
  readonly purl: string;
  readonly licenses: readonly { readonly license: { readonly id?: string } }[];
  readonly properties: readonly { readonly name: string; readonly value: string }[];
}

interface Bom {
  readonly metadata: { readonly timestamp?: string; readonly component: Component };
  readonly serialNumber: string;
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

const folder = mkdtempSync(join(tmpdir(), 'mintproc-sbom-'));
after(() => rmSync(folder, { recursive: true }));

const epoch = '1767225600';
const file = join(folder, 'sbom.json');
const env = { ...withThisNode, SOURCE_DATE_EPOCH: epoch };
execFileSync('npm', ['run', '--silent', 'sbom', '--', file], { cwd: project, env });
const text = readFileSync(file, 'utf8');
const bom: Bom = JSON.parse(text);
const refs = bom.components.map((component) => component['bom-ref']);
const bundled = bom.components.filter(({ properties }) => properties.some(({ name }) => name === 'mintproc:bundled'));

/** The lines of `npm ls`, without the project: `name@version`, whatever name it is installed by. */
function installed(): readonly string[] {
  interface Node {
    readonly name: string;
    readonly version: string;
    readonly extraneous?: boolean;
    readonly dependencies?: Readonly<Record<string, Node>>;
  }
  const line = ['ls', '--omit=dev', '--all', '--json', '--long', '--package-lock-only'];
  const { stdout } = spawnSync('npm', line, { cwd: project, encoding: 'utf8', env: withThisNode });
  const namesOf = ({ dependencies = {} }: Node): string[] =>
    Object.values(dependencies).flatMap((node) => [`${node.name}@${node.version}`, ...namesOf(node)]);
  return [...new Set(namesOf(JSON.parse(stdout)))];
}

test('it has what `npm ls --omit=dev` has, and what is bundled besides', () => {
  const production = installed();
  const more = refs.filter((ref) => !production.includes(ref));
  assert.ok(production.length > 40);
  assert.deepEqual(refs, [...new Set(refs)]);
  assert.deepEqual([...refs].sort(), [...production, ...more].sort());
  const names = more.map((ref) => ref.slice(0, ref.lastIndexOf('@')));
  const isTracing = (name: string): boolean => name.startsWith('@opentelemetry/');
  /** The page of the playground: what draws it, its editor and what that consists of. */
  const isOfPage = (name: string): boolean =>
    /^(?:@codemirror\/|@lezer\/|@marijn\/)|^(?:preact|crelt|style-mod|w3c-keyname)$/.test(name);
  assert.ok(names.some(isTracing));
  assert.ok(names.includes('preact'));
  assert.deepEqual(names.filter((name) => !isTracing(name) && !isOfPage(name)).sort(), [
    'aws4',
    'decimal.js',
    're2js',
    'saxes',
    'xmlchars',
    'zod',
  ]);
  assert.ok(more.every((ref) => bundled.some((component) => component['bom-ref'] === ref)));
});

test('the same commit gives the same bytes, and another time only another time and number', async () => {
  assert.equal(await billOfMaterials(epoch), text);
  const later: Bom = JSON.parse(await billOfMaterials('1767225601'));
  assert.deepEqual(
    [bom.metadata.timestamp, later.metadata.timestamp],
    ['2026-01-01T00:00:00.000Z', '2026-01-01T00:00:01.000Z'],
  );
  assert.match(bom.serialNumber, /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.notEqual(later.serialNumber, bom.serialNumber);
  await assert.rejects(billOfMaterials('today'), /SOURCE_DATE_EPOCH is `today`/);
  assert.deepEqual({ ...later, serialNumber: '', metadata: '' }, { ...bom, serialNumber: '', metadata: '' });
});

test('it has no path of this machine, and no property for developers', () => {
  const { name, version } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'));
  assert.equal(bom.metadata.component.purl, `pkg:npm/${name}@${version}`);
  assert.ok(!text.includes(project) && !/package:(?:development|private|path)/.test(text));
});

test('every dependency is a component, and every component is a dependency', () => {
  const main = bom.metadata.component['bom-ref'];
  assert.deepEqual(bom.dependencies.map(({ ref }) => ref).sort(), [main, ...refs].sort());
  const needed = new Set(bom.dependencies.flatMap(({ dependsOn }) => dependsOn));
  assert.deepEqual([...needed].sort(), [...refs].sort());
});

test('a package of developers is left out unless it is bundled', () => {
  const component = (ref: string, isDev: boolean) => ({
    'bom-ref': ref,
    properties: isDev ? [{ name: 'cdx:npm:package:development', value: 'true' }] : [],
  });
  const all = {
    metadata: { component: component('main@1', false) },
    components: [component('@a/b@1', false), component('c@1', true), component('d@1', true)],
    dependencies: [{ ref: 'main@1', dependsOn: ['@a/b@1', 'c@1', 'd@1'] }],
  };
  const { components, dependencies } = shippedComponents(all, new Set(['d@1']), undefined) as Bom;
  assert.deepEqual(
    components.map(({ 'bom-ref': ref }) => ref),
    ['@a/b@1', 'd@1'],
  );
  assert.deepEqual(dependencies, [{ ref: 'main@1', dependsOn: ['@a/b@1', 'd@1'] }]);
});

/** What permits use in a product under Apache-2.0, with no more to do than to keep the text. */
const allowed = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT'];

test('every licence of what is shipped is one that we allow', () => {
  const others = bom.components.filter(
    ({ licenses }) => licenses.length !== 1 || !allowed.includes(licenses[0]?.license.id ?? ''),
  );
  assert.deepEqual(others, []);
});

test('the licence of each bundled package is beside the bundle', async () => {
  const texts = licenseTexts(await bundleProgram({ write: false }));
  for (const { 'bom-ref': ref, licenses } of bundled) {
    const at = ref.lastIndexOf('@');
    const head = `\n\n${ref.slice(0, at)} ${ref.slice(at + 1)} (${licenses[0]?.license.id})\n\n`;
    assert.ok(texts.includes(head), head);
  }
  assert.equal(texts.split(`${'-'.repeat(80)}\n`).length, bundled.length + 1);
});

const python = findTool('python');
const validator = spawnSync(python.file, ['-c', 'import cyclonedx.validation.json'], { encoding: 'utf8' });
const skipSchema = validator.status === 0 ? false : 'cyclonedx-python-lib is not installed';

test('it is valid by the schema of CycloneDX, and a wrong one is not', { skip: skipSchema }, () => {
  const script = `
import sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
error = JsonStrictValidator(SchemaVersion.V1_5).validate_str(sys.stdin.read())
print('valid' if error is None else 'invalid')`;
  const judge = (input: string): string =>
    spawnSync(python.file, ['-c', script], { encoding: 'utf8', input }).stdout.trim();
  assert.equal(judge(text), 'valid');
  assert.equal(judge(text.replace('"application"', '"sidecar"')), 'invalid');
});

const cyclonedx = findTool('cyclonedx-npm');

test('the tool of CycloneDX lists the same packages of production', { skip: cyclonedx.skip }, () => {
  const line = ['--omit', 'dev', '--package-lock-only', '--flatten-components', 'package.json'];
  const theirs: Bom = JSON.parse(execFileSync(cyclonedx.file, line, { cwd: project, encoding: 'utf8' }));
  const production = new Set(installed());
  const ours = bom.components.filter((component) => production.has(component['bom-ref']));
  assert.deepEqual(theirs.components.map(({ purl }) => purl).sort(), ours.map(({ purl }) => purl).sort());
});
