/**
 * @module
 * The anchors of a page's headings, as the repository page makes them. The site makes the same ones, so that a link to
 * a heading works in both places.
 */

/** A block of code; a `#` in it begins a comment, not a heading. The fence that closes it may be indented. */
const codeBlock = /^[ \t]*(`{3,}|~{3,}).*\n[\s\S]*?^[ \t]*\1[`~]*[ \t]*$/gm;

/** The anchor of a heading, without a number for a repeated one. @param heading its text, without markup */
export function anchorOf(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}_\- ]/gu, '')
    .replaceAll(' ', '-');
}

/** All anchors of a page of Markdown: those of headings, and those that HTML names. */
export function anchorsOf(page: string): ReadonlySet<string> {
  const prose = withoutCode(page);
  const anchors = new Set<string>();
  const seen = new Map<string, number>();
  for (const [, heading = ''] of prose.matchAll(/^#{1,6} +(.*?)(?: +#+)?$/gm)) {
    const anchor = anchorOf(plainText(heading));
    const count = seen.get(anchor) ?? 0;
    seen.set(anchor, count + 1);
    anchors.add(count === 0 ? anchor : `${anchor}-${count}`);
  }
  for (const [, id = ''] of prose.matchAll(/<[a-z]+ [^>]*?\b(?:id|name)="([^"]+)"/g)) anchors.add(id);
  return anchors;
}

/** The page without its blocks of code. */
export function withoutCode(page: string): string {
  return page.replace(codeBlock, '');
}

/** The targets of a page's links and pictures, but for those with a scheme. */
export function relativeLinks(page: string): readonly string[] {
  const links = withoutCode(page)
    .replace(/(`+)(?!`)[^`][\s\S]*?(?<!`)\1(?!`)/g, '`code`')
    .matchAll(/\]\(\s*<?([^)\s>]+)>?[^)]*\)|<(?:a|img|source) [^>]*?\b(?:href|src|srcset)="([^"]+)"/g);
  return Array.from(links, ([, markdown, html]) => markdown ?? html ?? '').filter(
    (link) => !/^[a-z][\w+.-]*:/i.test(link),
  );
}

/** A heading without the markup of its links, emphasis and code; what is in code is not markup. */
function plainText(heading: string): string {
  return heading
    .split(/(`[^`]+`)/)
    .map((part) =>
      part.startsWith('`')
        ? part.slice(1, -1)
        : part.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/(?<![\p{L}\p{N}])[*_]+|[*_]+(?![\p{L}\p{N}])/gu, ''),
    )
    .join('');
}
