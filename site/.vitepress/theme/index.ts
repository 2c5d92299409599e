/**
 * @module
 * VitePress's own theme with our colours and wider pages.
 */
import DefaultTheme from 'vitepress/theme';
import './style.css';

// biome-ignore lint/style/noDefaultExport: VitePress reads the default export.
export default DefaultTheme;
