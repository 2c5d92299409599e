/**
 * @module
 * `npm run site`: builds docs/ as a site of static files with local search into `dist/site/`.
 *
 * VitePress and its packages are in `site/node_modules`, so that `npm ci` of the project does not install them. The
 * pages are copied into `site/pages`, which is the folder that VitePress reads.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, globSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { anchorOf } from './anchors.ts';
import { type BuiltSite, checkBuiltSite } from './built-links.ts';
import { contentsPage, type Entry, entriesOf, type Group, type Section, sectionsOf } from './contents.ts';
import { description, homePage } from './home.ts';
import { type Repository, type SidebarItem, type SiteData, sitePath, sourcesOf } from './pages.ts';

const help = `npm run site                     builds docs/ into dist/site/, and checks every link of it
npm run site -- --serve [PORT]   builds, and serves the site at http://127.0.0.1:PORT (4173)
npm run site -- --out FOLDER     builds into another folder, which is emptied before
npm run site -- --help           this text

SITE_BASE         the path under which the site will be served, such as /mintproc/; the default is /
SITE_REPOSITORY   the address of the repository, for links to files that are no pages; the default is \`repository\` of
                  package.json; without one, the paths of such files are shown without a link
SITE_REVISION     the branch or commit that these links name; the default is main
`;

const root = join(import.meta.dirname, '..');
const site = import.meta.dirname;
const pages = join(site, 'pages');

function main(given: readonly string[]): void {
  const { values, positionals } = parseArgs({
    args: [...given],
    options: { help: { type: 'boolean', short: 'h' }, serve: { type: 'boolean' }, out: { type: 'string' } },
    allowPositionals: true,
  });
  const [port = '4173', ...more] = positionals;
  if (values.help === true || !/^\d{1,5}$/.test(port) || more.length > 0) {
    process.stdout.write(help);
    process.exitCode = values.help === true ? 0 : 2;
    return;
  }
  const output = resolve(values.out ?? join(root, 'dist', 'site'));
  const base = baseOf(process.env['SITE_BASE'] ?? '/');
  const repository = repositoryOf(process.env);
  install();
  stage(base, repository);
  vitepress('build', '--outDir', output);
  const built = checkBuiltSite(output, base);
  report(output, built, repository);
  if (built.findings.length > 0) process.exitCode = 1;
  else if (values.serve === true) vitepress('preview', '--outDir', output, '--host', '127.0.0.1', '--port', port);
}

/** Installs the packages of `site/package-lock.json` unless they are those of the last installation. */
function install(): void {
  const installed = join(site, 'node_modules', '.package-lock.json');
  const lock = join(site, 'package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  run('npm', ['ci', '--no-audit', '--no-fund']);
}

function vitepress(command: string, ...options: readonly string[]): void {
  run(process.execPath, [join(site, 'node_modules', 'vitepress', 'bin', 'vitepress.js'), command, ...options]);
}

function run(program: string, options: readonly string[]): void {
  const { status, signal, error } = spawnSync(program, options, { cwd: site, stdio: 'inherit' });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${program} ${options.join(' ')} ended with ${status ?? signal}.`);
}

function baseOf(path: string): string {
  return `/${path}/`.replace(/\/{2,}/g, '/');
}

function repositoryOf(environment: NodeJS.ProcessEnv): Repository | null {
  const { repository }: { repository?: string | { url?: string } } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  );
  const named = typeof repository === 'string' ? repository : repository?.url;
  const url = (environment['SITE_REPOSITORY'] || named || '').replace(/^git\+/, '').replace(/(?:\.git)?\/*$/, '');
  return url === '' ? null : { url, revision: environment['SITE_REVISION'] || 'main' };
}

/** Copies what VitePress reads into `site/pages`. */
function stage(base: string, repository: Repository | null): void {
  const sections = sectionsOf(readFileSync(join(root, contentsPage), 'utf8'));
  const entries = entriesOf(sections);
  const sources = sourcesOf(entries);
  rmSync(pages, { recursive: true, force: true });
  for (const [path, source] of Object.entries(sources)) copy(source, path);
  for (const file of globSync('docs/**/*.{svg,png,webp}', { cwd: root })) copy(file, sitePath(file));
  // Only what is in `public` keeps its name, which the first page and the browser's tab need.
  copy('docs/pictures/request.svg', 'public/request.svg');
  copy('site/logo.svg', 'public/logo.svg');
  writeFileSync(join(pages, 'index.md'), homePage(entries));
  const questions = entries.map(({ page, question }) => [sitePath(page), question.replaceAll('`', '')]);
  const data: SiteData = {
    base,
    description,
    sidebar: [...sections.map(sectionItem), { text: 'All pages', link: linkOf(contentsPage) }],
    navigation: sections.flatMap(navigationItem),
    sources,
    questions: Object.fromEntries(questions),
    repository,
  };
  writeFileSync(join(pages, 'site.json'), JSON.stringify(data));
}

function copy(source: string, path: string): void {
  mkdirSync(dirname(join(pages, path)), { recursive: true });
  cpSync(join(root, source), join(pages, path));
}

const linkOf = (page: string): string => `/${sitePath(page).replace(/\.md$/, '.html')}`;

/** A section with one page of the same name is a link to it. */
function sectionItem({ title, entries, groups }: Section): SidebarItem {
  const [only] = entries;
  if (entries.length === 1 && groups.length === 0 && only?.title === title) return entryItem(only);
  return { ...headingItem(title), items: [...entries.map(entryItem), ...groups.map(groupItem)] };
}

/** A long group is closed until a reader opens it. */
function groupItem({ title, entries }: Group): SidebarItem {
  const items = entries.map(entryItem);
  return entries.length > 20 ? { ...headingItem(title), collapsed: true, items } : { ...headingItem(title), items };
}

/** VitePress makes a heading without a link a button, and a screen reader would announce one that does nothing. */
function headingItem(title: string): SidebarItem {
  return { text: title, link: `${linkOf(contentsPage)}#${anchorOf(title)}` };
}

/** The title of a record is its number alone. */
function entryItem({ title, page, question }: Entry): SidebarItem {
  const text = /^\d+$/.test(title) ? `${title} ${question}` : title;
  return { text: text.replaceAll('`', ''), link: linkOf(page) };
}

/** Each section leads to its first page, and is marked on all of its pages. */
function navigationItem(section: Section): SiteData['navigation'] {
  const paths = entriesOf([section]).map(({ page }) => sitePath(page).replace(/\.md$/, ''));
  const [first] = paths;
  return first === undefined
    ? []
    : [{ text: section.title, link: `/${first}`, activeMatch: `^/(?:${paths.map(RegExp.escape).join('|')})$` }];
}

function report(
  output: string,
  { pages: count, links, outside, unlinked, findings }: BuiltSite,
  repository: Repository | null,
): void {
  const folder = relative(process.cwd(), output);
  process.stdout.write(`${folder}: ${count} pages, ${links} links within the site, ${outside} to other sites.\n`);
  if (repository === null && unlinked > 0) {
    process.stdout.write(
      `${unlinked} files of the repository are named without a link: it has no address (SITE_REPOSITORY).\n`,
    );
  }
  for (const finding of findings) process.stderr.write(`${finding}\n`);
}

main(process.argv.slice(2));
