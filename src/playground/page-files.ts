/**
 * @module
 * What the browser loads: `index.html`, whose nonce differs each time, and the two files that the build makes of
 * `page/`. They are read once, when the playground starts.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface PageFile {
  readonly contentType: string;
  readonly body: string | Uint8Array;
  /** Of `style-src`, for the styles that the editor adds. */
  readonly nonce: string;
}

export interface PageFiles {
  /** @param path of the URL; undefined if there is no such file */
  at(path: string): PageFile | undefined;
}

const built = { '/page.js': 'text/javascript; charset=utf-8', '/page.css': 'text/css; charset=utf-8' } as const;

/** Undefined if the page is not built. @param folder where the build writes it */
export function readPageFiles(folder: string): PageFiles | undefined {
  const bodies = new Map<string, Omit<PageFile, 'nonce'>>();
  for (const [path, contentType] of Object.entries(built)) {
    const body = bytesOf(join(folder, path));
    if (body === undefined) return undefined;
    bodies.set(path, { contentType, body });
  }
  return {
    at(path) {
      const nonce = randomBytes(16).toString('base64url');
      if (path === '/') return { contentType: 'text/html; charset=utf-8', body: indexWith(nonce), nonce };
      const file = bodies.get(path);
      return file && { ...file, nonce };
    },
  };
}

function bytesOf(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function indexWith(nonce: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="nonce" content="${nonce}">
<title>mintproc playground</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/page.css">
</head>
<body>
<div id="page"></div>
<noscript>The playground needs JavaScript.</noscript>
<script type="module" src="/page.js"></script>
</body>
</html>
`;
}
