/**
 * @module
 * A plugin of markdown-it: links between pages keep working although the site has other paths than the repository, and
 * a link to any other file leads to the repository. Without an address of the repository, the file's path is shown.
 */
import type { MarkdownRenderer } from 'vitepress';
import { pictureOf, type SiteData, type Target, targetOf } from '../pages.ts';

type State = Parameters<Parameters<MarkdownRenderer['core']['ruler']['push']>[1]>[0];
type Token = State['tokens'][number];

export function repositoryLinks(site: SiteData): (renderer: MarkdownRenderer) => void {
  return (renderer) => {
    renderer.core.ruler.push('repository-links', (state) => {
      const page = String(state.env.relativePath);
      for (const token of state.tokens) {
        if (token.type === 'inline' && token.children !== null) rewrite(state, page, token.children, site);
      }
    });
  };
}

function rewrite(state: State, page: string, tokens: Token[], site: SiteData): void {
  for (const [index, token] of tokens.entries()) {
    if (token.type === 'image') token.attrSet('src', pictureOf(page, token.attrGet('src') ?? '', site));
    if (token.type === 'link_open') link(state, tokens, index, targetOf(page, token.attrGet('href') ?? '', site));
  }
}

function link(state: State, tokens: Token[], start: number, target: Target): void {
  if (target.kind === 'unchanged') return;
  if (target.kind === 'page' || target.href !== undefined) {
    tokens[start]?.attrSet('href', target.href ?? '');
    return;
  }
  const end = tokens.findIndex(({ type }, at) => at > start && type === 'link_close');
  showPath(state, tokens, start, end, target.path);
}

/** The link's text stays; the path follows unless the text is the path. */
function showPath(state: State, tokens: Token[], start: number, end: number, path: string): void {
  const inner = tokens.slice(start + 1, end);
  const text = inner.map((token) => token.content).join('');
  const code = `<code v-pre>${state.md.utils.escapeHtml(path)}</code>`;
  const isPath = path === text || path.endsWith(`/${text}`) || path.replace(/\/$/, '').endsWith(`/${text}`);
  if (isPath && inner.length === 1 && inner[0]?.type === 'text') inner[0].type = 'code_inline';
  become(tokens[start], '<span class="of-repository">');
  become(tokens[end], isPath ? '</span>' : ` (${code})</span>`);
}

function become(token: Token | undefined, html: string): void {
  if (token === undefined) return;
  token.type = 'html_inline';
  token.content = html;
}
