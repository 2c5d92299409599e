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
  /** The question that the page answers, or what was decided. */
  readonly question: string;
}

export interface Group {
  readonly title: string;
  readonly entries: readonly Entry[];
}

export interface Section extends Group {
  /** What is below the headings within the section. */
  readonly groups: readonly Group[];
}

/** A row of a table: `| [Title](page.md) | Question? |`. */
const entryLine = /^\|\s*\[(.+?)\]\(([^)\s]+)\)\s*\|\s*(.*?)\s*\|$/;

/** The sections of the page. @throws for an entry above the first section */
export function sectionsOf(text: string): readonly Section[] {
  const [above = '', ...parts] = text.split(/^## /m);
  const [lost] = entriesIn(above);
  if (lost !== undefined) throw new Error(`${contentsPage} lists ${lost.page} above its first section.`);
  return parts.map((part) => {
    const [own = '', ...groups] = part.split(/^### /m);
    return { ...groupOf(own), groups: groups.map(groupOf) };
  });
}

/** @param text begins with the title */
function groupOf(text: string): Group {
  return { title: text.slice(0, text.indexOf('\n')), entries: entriesIn(text) };
}

function entriesIn(text: string): readonly Entry[] {
  return text.split('\n').flatMap((line) => entryOf(line) ?? []);
}

/** All entries, in the order of the page. */
export function entriesOf(sections: readonly Section[]): readonly Entry[] {
  return sections.flatMap(({ entries, groups }) => [...entries, ...groups.flatMap((group) => group.entries)]);
}

function entryOf(line: string): Entry | undefined {
  const [found, title = '', link = '', question = ''] = entryLine.exec(line) ?? [];
  return found === undefined ? undefined : { title, page: posix.join(posix.dirname(contentsPage), link), question };
}
