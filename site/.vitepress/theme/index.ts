/**
 * @module
 * VitePress's own theme with our colours and wider pages. Its layout `home` has no landmark for the main content, which
 * readers of the first page by a screen reader would miss; `front-page` is the same parts within one.
 */
import { Content, type Theme } from 'vitepress';
import DefaultTheme, { VPHomeFeatures, VPHomeHero } from 'vitepress/theme';
import { h } from 'vue';
import './style.css';

const FrontPage = () =>
  h('main', { class: 'front-page' }, [
    h(VPHomeHero),
    h(VPHomeFeatures),
    h('div', { class: 'vp-doc' }, h('div', { class: 'container' }, h(Content))),
  ]);

const theme: Theme = {
  extends: DefaultTheme,
  enhanceApp: ({ app }) => void app.component('front-page', FrontPage),
};

// biome-ignore lint/style/noDefaultExport: VitePress reads the default export.
export default theme;
