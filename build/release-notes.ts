/**
 * @module
 * `node build/release-notes.ts TAG FILE`: checks that the tag is that of this version, that every file which names the
 * version has it, and that the changelog has a dated section for it, which becomes the notes of the release.
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

/** Files with the version of mintproc, as their texts name it. */
const naming: readonly (readonly [files: string, pattern: RegExp])[] = [
  ['deploy/helm/mintproc/Chart.yaml', /^(?:version|appVersion): (.+)$/gm],
  ['{deploy/**/*.{yaml,md,yml},docs/**/*.md,src/envoy/*.ts}', /\bmintproc[:-](\d+\.\d+\.\d+)\b/g],
  ['deploy/helm/mintproc/README.md', /name: mintproc, version: ([^,]+),/g],
];

/** Where texts name another version, as sentences. @param pattern its first group is a version */
export function otherVersions(version: string, texts: ReadonlyMap<string, string>, pattern: RegExp): readonly string[] {
  return Array.from(texts).flatMap(([file, text]) => {
    const others = Array.from(text.matchAll(pattern)).filter(([, named]) => named !== version);
    return others.map(([words]) => `${file} has \`${words}\`: the version is ${version}.`);
  });
}

/**
 * The section of a version, without its heading.
 *
 * @throws Error if it is missing, empty or not dated
 */
export function sectionOf(changelog: string, version: string): string {
  const sections = changelog.split(/^## /m).slice(1);
  const section = sections.find((text) => text.startsWith(`${version} (`));
  if (section === undefined) throw new Error(`CHANGELOG.md has no section for ${version}.`);
  const [, date = '', text = ''] = /^\S+ \(([^)]*)\)\n+(.*)$/s.exec(section) ?? [];
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) {
    throw new Error(`CHANGELOG.md: the section for ${version} has \`${date}\` in place of a date such as 2026-01-31.`);
  }
  if (text.trim() === '') throw new Error(`CHANGELOG.md: the section for ${version} is empty.`);
  return `${text.trim()}\n`;
}

/** Everything in the repository that does not have the version of package.json, as sentences. */
export function versionProblems(): readonly string[] {
  return naming.flatMap(([files, pattern]) => {
    const paths = globSync(files, { cwd: root }).sort();
    if (paths.length === 0) return [`There is no file ${files}.`];
    return otherVersions(packageVersion(), new Map(paths.map((path) => [path, read(path)])), pattern);
  });
}

/** @throws Error with everything that keeps this commit from being released as `tag` */
export function releaseNotes(tag: string): string {
  const version = packageVersion();
  const problems = [...versionProblems()];
  if (tag !== `v${version}`) problems.unshift(`The tag is ${tag}, but the version in package.json is ${version}.`);
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return sectionOf(read('CHANGELOG.md'), version);
}

function packageVersion(): string {
  return JSON.parse(read('package.json')).version;
}

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

if (import.meta.main) {
  const [tag, file] = process.argv.slice(2);
  try {
    if (tag === undefined || file === undefined) throw new Error('Usage: node build/release-notes.ts TAG FILE');
    writeFileSync(file, releaseNotes(tag));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  }
}
