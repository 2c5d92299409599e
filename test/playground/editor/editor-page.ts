/**
 * @module
 * A page with nothing but the editor, under the Content-Security-Policy of the playground, in headless Chromium.
 */
import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Page } from 'playwright-core';
import { pageBundle } from '../../../build/playground.ts';
import { languageTables } from '../../../src/playground/language/language-tables.ts';
import type { EditorProps } from '../../../src/playground/page/editor/editor-props.ts';
import { policyWith } from '../../../src/playground/server.ts';
import { launchBrowser } from '../../chromium.ts';

const root = join(import.meta.dirname, '..', '..', '..');

/** Draws the editor again with what a test has changed, as the page does when its state changes. */
const harness = `
import { render } from 'preact';
import { Editor } from './src/playground/page/editor/editor.tsx';
const tables = await (await fetch('/tables.json')).json();
const { nonce } = document.querySelector('script');
let props = { tables, nonce, problems: [], marked: undefined, onChange };
window.told = [];
window.violations = [];
document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sample }) => {
  window.violations.push([violatedDirective, blockedURI, sample].join(' '));
});
function draw() {
  render(<Editor {...props} />, document.querySelector('main div'));
}
function onChange(text) {
  window.told.push(text);
  props = { ...props, text };
  draw();
}
window.show = (changes) => {
  props = { ...props, ...changes };
  draw();
};
`;

const page = (nonce: string) => `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Editor</title>
<link rel="stylesheet" href="/page.css"><script type="module" nonce="${nonce}" src="/page.js"></script></head>
<body><main><h1>Editor</h1><div></div></main><footer><button>After</button></footer></body></html>`;

const styles = `:root { color-scheme: light dark; } body { margin: 1rem; font-family: system-ui; background: Canvas; color: CanvasText; }
main div:not(main div div) { display: flex; height: 24rem; border: 1px solid; }`;

interface Bundle {
  readonly script: string;
  readonly style: string;
}

/** The editor with what it imports, as the page has it. */
async function bundled(): Promise<Bundle> {
  const { entryPoints: _page, outdir: _folder, ...options } = pageBundle;
  const { outputFiles } = await build({
    ...options,
    stdin: { contents: harness, resolveDir: root, sourcefile: 'harness.tsx', loader: 'tsx' },
    write: false,
  });
  const style = await build({
    ...options,
    entryPoints: [join(root, 'src/playground/page/editor/editor.css')],
    write: false,
  });
  return { script: outputFiles[0]?.text ?? '', style: `${styles}${style.outputFiles[0]?.text ?? ''}` };
}

function served({ script, style }: Bundle): Server {
  const files: Readonly<Record<string, readonly [type: string, text: string]>> = {
    '/page.js': ['text/javascript', script],
    '/page.css': ['text/css', style],
    '/tables.json': ['application/json', JSON.stringify(languageTables())],
    '/favicon.ico': ['image/x-icon', ''],
  };
  return createServer(({ url = '/' }, response) => {
    const nonce = randomBytes(16).toString('base64');
    const [type, text] = files[url] ?? ['text/html', page(nonce)];
    response.setHeader('content-type', `${type}; charset=utf-8`);
    response.setHeader('content-security-policy', policyWith(nonce));
    response.end(text);
  });
}

export interface EditorPage {
  readonly page: Page;
  readonly bundle: Bundle;
  /** Errors that the page has written to the console or thrown. */
  readonly errors: readonly string[];
  /** Opens a document with these properties. Problems and mark are empty unless they are given. */
  show(props: Partial<Omit<EditorProps, 'tables' | 'nonce' | 'onChange'>>): Promise<void>;
  /** The last text that the page got. */
  told(): Promise<string | undefined>;
  close(): Promise<void>;
}

export async function openEditorPage(): Promise<EditorPage> {
  const bundle = await bundled();
  const server = served(bundle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const launched = await launchBrowser();
  const context = await launched.newContext({ viewport: { width: 900, height: 520 } });
  const opened = await context.newPage();
  opened.setDefaultTimeout(10_000);
  const errors: string[] = [];
  opened.on('pageerror', (error) => errors.push(String(error)));
  opened.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') errors.push(message.text());
  });
  await opened.goto(`http://127.0.0.1:${port}/`);
  await opened.waitForFunction('window.show !== undefined');
  return {
    page: opened,
    bundle,
    errors,
    async show(props) {
      const all = JSON.stringify({ label: 'The text', problems: [], ...props });
      await opened.evaluate(`window.told = []; window.show({ marked: undefined, ...${all} })`);
    },
    told: () => opened.evaluate('window.told.at(-1)'),
    async close() {
      await launched.close();
      server.close();
    },
  };
}
