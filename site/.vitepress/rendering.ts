/**
 * @module
 * How pages of Markdown are rendered where VitePress would do otherwise.
 */
import type { MarkdownRenderer } from 'vitepress';

/** Pages are rendered as templates of Vue. A `{{` in a page is text all the same: expressions of policies have it. */
export function textIsNoTemplate(renderer: MarkdownRenderer): void {
  const { rules } = renderer.renderer;
  const { text, code_inline: code } = rules;
  if (text === undefined || code === undefined) throw new Error('markdown-it has no rule for text or code.');
  rules.text = (...given) => text(...given).replaceAll('{{', '<span v-pre>{{</span>');
  rules.code_inline = (...given) => code(...given).replace('<code', '<code v-pre');
}

/** A table that is wider than the page scrolls by itself, and by the keyboard too. */
export function wideTables(renderer: MarkdownRenderer): void {
  const { rules } = renderer.renderer;
  rules['table_open'] = () => '<div class="wide-table" role="group" aria-label="Table" tabindex="0"><table>\n';
  rules['table_close'] = () => '</table></div>\n';
}
