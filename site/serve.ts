/**
 * @module
 * `npm run site -- --serve`: shows the built site to browsers on this machine.
 *
 * VitePress's own preview listens at every address of the machine, whatever `--host` says.
 */
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { extname, join } from 'node:path';

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};

/**
 * Serves until the process ends.
 *
 * @param base the path below which the pages name each other, with a slash at both ends
 */
export function serveSite(folder: string, base: string, port: number): Server {
  const server = createServer(async (request, response) => {
    const file = fileOf(request.url ?? '/', base);
    const found = file === undefined ? undefined : await contentOf(join(folder, file));
    const [status, name, body] =
      file !== undefined && found !== undefined
        ? [200, file, found]
        : [404, '404.html', (await contentOf(join(folder, '404.html'))) ?? 'Not found'];
    response.writeHead(status, { 'content-type': types[extname(name)] ?? 'application/octet-stream' }).end(body);
  });
  server.on('error', (error) => {
    const isTaken = 'code' in error && error.code === 'EADDRINUSE';
    const advice = isTaken ? 'Another process listens there: write another port after --serve.' : error.message;
    process.stderr.write(`Cannot serve the site at 127.0.0.1:${port}. ${advice}\n`);
    process.exitCode = 1;
  });
  server.listen(port, '127.0.0.1', () => {
    process.stdout.write(`The site is at http://127.0.0.1:${port}${base} until Ctrl-C.\n`);
  });
  return server;
}

/** Relative to the folder; undefined if the address is not below the base. `URL` has removed each `..` by then. */
function fileOf(url: string, base: string): string | undefined {
  const path = URL.parse(url, 'http://localhost')?.pathname;
  if (path === undefined || !path.startsWith(base) || /%|\\/.test(path)) return undefined;
  const name = path.slice(base.length);
  if (name === '' || name.endsWith('/')) return `${name}index.html`;
  return extname(name) === '' ? `${name}.html` : name;
}

async function contentOf(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
}
