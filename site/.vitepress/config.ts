/**
 * @module
 * The configuration of VitePress. What depends on the pages comes from `site.json`, which `site/build.ts` writes.
 */
import { readFileSync } from 'node:fs';
import { defineConfig } from 'vitepress';
import { anchorOf } from '../anchors.ts';
import type { SiteData } from '../pages.ts';
import { textIsNoTemplate, wideTables } from './rendering.ts';
import { repositoryLinks } from './repository-links.ts';

// VitePress bundles this file elsewhere; `npm run site` starts it in its folder.
const read = (path: string) => JSON.parse(readFileSync(path, 'utf8'));
const site: SiteData = read('pages/site.json');

/** Records of decisions are for the few who ask why. VitePress copies the text of this function into its pages. */
const boostDocument = (path: string): number => (path.includes('/decisions/') ? 0.3 : 1);

// biome-ignore lint/style/noDefaultExport: VitePress reads the default export.
export default defineConfig({
  base: site.base,
  srcDir: 'pages',
  cacheDir: '.vitepress/cache',
  outDir: '../dist/site',
  title: 'mintproc',
  description: site.description,
  lang: 'en',
  metaChunk: true,
  head: [['link', { rel: 'icon', type: 'image/svg+xml', href: `${site.base}logo.svg` }]],
  // site/built-links.ts checks the links of the built pages, with their anchors.
  ignoreDeadLinks: true,
  transformPageData: ({ relativePath }) => ({ description: site.questions[relativePath] ?? site.description }),
  markdown: {
    anchor: { slugify: anchorOf },
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    languages: ['dataweave', 'promql'].map((name) => read(`.vitepress/languages/${name}.json`)),
    config: (renderer) => {
      renderer.use(repositoryLinks(site));
      renderer.use(textIsNoTemplate);
      renderer.use(wideTables);
    },
  },
  themeConfig: {
    logo: { src: '/logo.svg', alt: '' },
    nav: [...site.navigation],
    sidebar: JSON.parse(JSON.stringify(site.sidebar)),
    outline: { level: [2, 3], label: 'On this page' },
    search: { provider: 'local', options: { detailedView: true, miniSearch: { searchOptions: { boostDocument } } } },
    docFooter: { prev: 'Previous', next: 'Next' },
    externalLinkIcon: true,
  },
  vite: { build: { chunkSizeWarningLimit: 4096 }, logLevel: 'warn' },
});
