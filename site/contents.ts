/**
 * @module
 * docs/README.md, the page that lists all others, as data. It is the index of docs/ on the repository page and the
 * sidebar of the site, so that a page is listed in one place.
 */
import { posix } from 'node:path';

/** The page of the contents, from the repository's root. */
export const contentsPage = 'docs/README.md';

export interface Entry {
  readonly title: string;
  /** The page, from the repository's root. */
  readonly page: string;
  /** The question that the page answers; a record of a decision has only its title. */
  readonly question?: string;
}

export interface Group {
  readonly title: string;
  readonly entries: readonly Entry[];
}

export interface Section extends Group {
  /** What is below the headings within the section. */
  readonly groups: readonly Group[];
}

/** `| [Title](page.md) | Question? |` in a table, or `- [Title](page.md)` in a list. */
const entryLine = /^(?:\|\s*|- )\[(.+?)\]\(([^)\s]+)\)(?:\s*\|\s*(.*?)\s*\|)?$/;

/** The sections of the page. @throws for an entry above the first section */
export function sectionsOf(text: string): readonly Section[] {
  const sections: { title: string; entries: Entry[]; groups: { title: string; entries: Entry[] }[] }[] = [];
  for (const line of text.split('\n')) {
    const section = sections.at(-1);
    const heading = /^(##|###) (.+)$/.exec(line);
    const entry = entryOf(line);
    if (heading?.[1] === '##') sections.push({ title: heading[2] ?? '', entries: [], groups: [] });
    else if (heading !== null) section?.groups.push({ title: heading[2] ?? '', entries: [] });
    else if (entry !== undefined) {
      if (section === undefined) throw new Error(`${contentsPage} lists ${entry.page} above its first section.`);
      (section.groups.at(-1) ?? section).entries.push(entry);
    }
  }
  return sections;
}

/** All entries, in the order of the page. */
export function entriesOf(sections: readonly Section[]): readonly Entry[] {
  return sections.flatMap(({ entries, groups }) => [...entries, ...groups.flatMap((group) => group.entries)]);
}

function entryOf(line: string): Entry | undefined {
  const [found, title = '', link = '', question] = entryLine.exec(line) ?? [];
  if (found === undefined) return undefined;
  const page = posix.join(posix.dirname(contentsPage), link);
  return question === undefined ? { title, page } : { title, page, question };
}
