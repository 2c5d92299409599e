/**
 * @module
 * Which file of the repository is which page of the site, and where a link of a page leads: to a page of the site, or
 * to a file that only the repository has.
 */
import { posix } from 'node:path';
import type { Entry } from './contents.ts';
import { contentsPage } from './contents.ts';

/** What the site's generator gets, as `site.json` beside the pages. */
export interface SiteData {
  readonly base: string;
  readonly description: string;
  readonly sidebar: readonly SidebarItem[];
  readonly navigation: readonly { readonly text: string; readonly link: string; readonly activeMatch: string }[];
  /** The page's file in the repository by its path in the site. */
  readonly sources: Readonly<Record<string, string>>;
  /** The question that a page answers, by its path in the site. */
  readonly questions: Readonly<Record<string, string>>;
  readonly repository: Repository | null;
}

export interface SidebarItem {
  readonly text: string;
  readonly link?: string;
  readonly collapsed?: boolean;
  readonly items?: readonly SidebarItem[];
}

export interface Repository {
  /** Without a slash at the end, such as `https://code.example/team/mintproc`. */
  readonly url: string;
  /** The commit or branch whose files are meant. */
  readonly revision: string;
}

export type Target =
  /** A heading of the same page, or an address with a scheme. */
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'page'; readonly href: string }
  | { readonly kind: 'repository'; readonly path: string; readonly href: string | undefined };

/** Pages with another name in the site. */
const renamed: Readonly<Record<string, string>> = { [contentsPage]: 'contents.md', 'README.md': 'overview.md' };

/** The path of a page in the site, such as `guides/envoy.md` of `docs/guides/envoy.md`. */
export function sitePath(page: string): string {
  return renamed[page] ?? (page.startsWith('docs/') ? page.slice('docs/'.length) : page.toLowerCase());
}

/** The file of each page of the site. @throws if two would have the same path */
export function sourcesOf(entries: readonly Entry[]): Readonly<Record<string, string>> {
  const sources: Record<string, string> = {};
  for (const page of [contentsPage, ...entries.map((entry) => entry.page)]) {
    const path = sitePath(page);
    if (path === 'index.md' || sources[path] !== undefined) throw new Error(`Two pages of the site would be ${path}.`);
    sources[path] = page;
  }
  return sources;
}

/**
 * Where a link leads.
 *
 * @param from the page in the site, such as `guides/envoy.md`
 * @param href the link as the page writes it, relative to the page's place in the repository
 */
export function targetOf(from: string, href: string, site: Pick<SiteData, 'sources' | 'repository'>): Target {
  const source = site.sources[from];
  if (source === undefined || href.startsWith('#') || /^[a-z][\w+.-]*:/i.test(href)) return { kind: 'unchanged' };
  const [path = '', anchor] = href.split('#');
  const file = posix.join(posix.dirname(source), decodeURI(path));
  const page = sitePath(file);
  const suffix = anchor === undefined ? '' : `#${anchor}`;
  if (site.sources[page] === file) return { kind: 'page', href: `/${page}${suffix}` };
  return { kind: 'repository', path: file, href: repositoryAddress(file, suffix, site.repository) };
}

/** A picture of a page, relative to the page's place in the site. */
export function pictureOf(from: string, source: string, site: Pick<SiteData, 'sources'>): string {
  const page = site.sources[from];
  if (page === undefined || /^(?:[a-z][\w+.-]*:|\/)/i.test(source)) return source;
  const relative = posix.relative(posix.dirname(from), sitePath(posix.join(posix.dirname(page), source)));
  return relative.startsWith('.') ? relative : `./${relative}`;
}

function repositoryAddress(path: string, suffix: string, repository: Repository | null): string | undefined {
  if (repository === null) return undefined;
  const kind = path.endsWith('/') ? 'tree' : 'blob';
  return `${repository.url}/${kind}/${repository.revision}/${encodeURI(path.replace(/\/$/, ''))}${suffix}`;
}
