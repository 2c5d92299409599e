/**
 * @module
 * What is wrong with the built site: a link that leads nowhere, or something that a browser would load from elsewhere.
 */
import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';

export interface BuiltSite {
  readonly pages: number;
  /** Links within the site. */
  readonly links: number;
  /** Links of other sites, and of the repository if it has an address. */
  readonly outside: number;
  /** Files of the repository that are named without a link, since it has no address. */
  readonly unlinked: number;
  readonly findings: readonly string[];
}

interface Reference {
  readonly tag: string;
  readonly attribute: string;
  readonly value: string;
}

const tag = /<([a-z][a-z0-9-]*)((?:\s+[^\s"'<>=/]+(?:="[^"]*")?)*)\s*\/?>/g;
const attribute = /\s([^\s"'<>=/]+)="([^"]*)"/g;
const entities: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&quot;': '"',
  '&lt;': '<',
  '&gt;': '>',
  '&#39;': "'",
};
const isOutside = (address: string): boolean => /^(?:[a-z][\w+.-]*:)?\/\//i.test(address);

/**
 * @param folder the built site
 * @param base the path under which it is served, with a slash at both ends
 */
export function checkBuiltSite(folder: string, base: string): BuiltSite {
  const names = globSync('**/*.html', { cwd: folder });
  const pages = names.map((name) => ({ name, html: readFileSync(join(folder, name), 'utf8') }));
  const ids = new Map(pages.map(({ name, html }) => [name, idsOf(html)]));
  const references = pages.flatMap(({ name, html }) => referencesOf(html).map((reference) => ({ name, ...reference })));
  const [outside = [], links = []] = [true, false].map((wanted) =>
    references.filter(({ value }) => isOutside(value) === wanted),
  );
  const findings = [
    ...outside.flatMap((reference) => prefixed(reference.name, loadedFromElsewhere(reference))),
    ...links.flatMap(({ name, value }) => prefixed(name, leadsNowhere(name, value, { folder, base, ids }))),
    ...globSync('**/*.css', { cwd: folder }).flatMap((name) => loadedByStyle(folder, name)),
  ];
  const unlinked = pages.reduce((sum, { html }) => sum + html.split('class="of-repository"').length - 1, 0);
  return { pages: pages.length, links: links.length, outside: outside.length, unlinked, findings };
}

function prefixed(page: string, problem: string | undefined): readonly string[] {
  return problem === undefined ? [] : [`${page}: ${problem}`];
}

/** What a page refers to, except what is in the page itself and addresses of mail. */
function referencesOf(html: string): readonly Reference[] {
  // What a script contains is no markup.
  const markup = html.replace(/(<script[^>]*>)[\s\S]*?<\/script>/g, '$1');
  const found = Array.from(markup.matchAll(tag)).flatMap(([, name = '', attributes = '']) =>
    Array.from(attributes.matchAll(attribute)).flatMap(([, key = '', value = '']) =>
      ['href', 'src', 'srcset', 'poster', 'action'].includes(key)
        ? [
            {
              tag: name,
              attribute: key,
              value: value.replace(/&(?:amp|quot|lt|gt|#39);/g, (found) => entities[found] ?? found),
            },
          ]
        : [],
    ),
  );
  return found.filter(({ value }) => !/^(?:data|mailto):/.test(value));
}

function idsOf(html: string): ReadonlySet<string> {
  return new Set(Array.from(html.matchAll(/\sid="([^"]+)"/g), ([, id = '']) => id));
}

/** Only a link that a reader follows may lead to another site. */
function loadedFromElsewhere({ tag: name, attribute: key, value }: Reference): string | undefined {
  return name === 'a' && key === 'href' ? undefined : `<${name} ${key}="${value}"> is loaded from elsewhere`;
}

interface Folder {
  readonly folder: string;
  readonly base: string;
  readonly ids: ReadonlyMap<string, ReadonlySet<string>>;
}

function leadsNowhere(from: string, link: string, { folder, base, ids }: Folder): string | undefined {
  const [path = '', anchor] = link.split('#').map((part) => decodeURIComponent(part));
  if (path.startsWith('/') && !path.startsWith(base)) return `${link}: is not below ${base}`;
  const file = path === '' ? from : fileOf(from, path, base);
  if (!existsSync(join(folder, file)) || !statSync(join(folder, file)).isFile()) return `${link}: no such file`;
  const anchors = ids.get(file);
  if (anchor === undefined || anchor === '' || anchors === undefined) return undefined;
  return anchors.has(anchor) ? undefined : `${link}: no such id`;
}

function fileOf(from: string, path: string, base: string): string {
  const file = path.startsWith('/') ? path.slice(base.length) : posix.join(posix.dirname(from), path);
  return file === '' || file.endsWith('/') ? `${file}index.html` : file;
}

function loadedByStyle(folder: string, name: string): readonly string[] {
  const style = readFileSync(join(folder, name), 'utf8');
  return Array.from(style.matchAll(/(?:url\(\s*["']?|@import\s+["'])([^"')]+)/g), ([, address = '']) => address)
    .filter(isOutside)
    .map((address) => `${name}: ${address} is loaded from elsewhere`);
}
