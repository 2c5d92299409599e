/**
 * @module
 * `mintproc playground`: a page in the browser to try policies, from a process of its own.
 */
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAddress } from '../net/address.ts';
import type { OpenedOptions } from '../playground/answering.ts';
import { startPlayground } from '../playground/playground.ts';
import { PlaygroundError } from '../playground/server.ts';
import { type Arguments, type Command, stringOption } from './command.ts';
import { filesBelow, statOf } from './folder-files.ts';
import { codePage } from './help/code-page.ts';
import { pageText } from './help/write-page.ts';
import { readInput } from './input-file.ts';
import { replaceFile, rightsOf } from './keys/replace-file.ts';
import { paint } from './paint.ts';
import { CommandError, type Terminal, UsageError } from './terminal.ts';

const help = `Usage: mintproc playground [--config FILE|DIR] [--listen 127.0.0.1:0] [--open] [--with-keys]

Serves one page for a browser on this machine, until Ctrl-C: write a policy, a request and its caller, and see the token
change while you type, with what made each claim, whether a recipient takes it, and what a refused client gets. It runs
the code of serve and test, and never in a process that serves Envoy.

Prints the page's address. The part after # is a key: who has it may use the page. The page removes it from the address.

  --config FILE|DIR  the mintproc.yaml to open, or a folder that has one, such as one that import has made. Its files are
                     written only when you save one. Without it, the page has examples, and neither a file nor a variable
                     of the environment is read
  --listen ADDRESS   127.0.0.1:PORT, [::1]:PORT or localhost:PORT; port 0 (default) takes any free one
  --open             opens the page in the default browser
  --with-keys        signs with the keys of the configuration, and asks the services that hold some. Without it, keys are
                     made for the run, and no key of the configuration is read`;

export const playgroundCommand: Command = {
  help,
  options: {
    config: { type: 'string' },
    listen: { type: 'string' },
    open: { type: 'boolean' },
    'with-keys': { type: 'boolean' },
  },
  async run(args, terminal) {
    if (args.positionals.length > 0) throw new UsageError('Name the configuration with --config.');
    const place = placeOf(stringOption(args, 'listen') ?? '127.0.0.1:0');
    const { version, environment } = terminal;
    const helpOf = (code: Parameters<typeof codePage>[0]) => pageText(codePage(code), paint(false));
    const playground = await explained(() =>
      startPlayground(place, pageFolder, {
        ...{ version, environment, helpOf, opened: openedOf(args) },
        now: () => terminal.now(),
      }),
    );
    const stopped = Promise.withResolvers<void>();
    const forget = terminal.onStop(() => stopped.resolve());
    terminal.out(`${playground.url}\n`);
    terminal.error('The playground runs until Ctrl-C. Open the address above in a browser on this machine.');
    if (args.values['open'] === true) openInBrowser(playground.urlForOnce(), terminal);
    await stopped.promise;
    forget();
    await playground.close();
    return 0;
  },
};

/** The build writes the page here, beside the program. */
const pageFolder = fileURLToPath(new URL('../../dist/playground/', import.meta.url));

/** The only hosts that are taken: a page that shows policies is for nobody on another machine. */
const loopback: ReadonlySet<string> = new Set(['127.0.0.1', '::1', 'localhost']);

/** @throws UsageError */
function placeOf(written: string): { readonly host: string; readonly port: number } {
  const address = parseAddress(written);
  if (address?.kind === 'tcp' && loopback.has(address.host)) return address;
  throw new UsageError(
    '--listen takes 127.0.0.1:PORT, [::1]:PORT or localhost:PORT: the page is for a browser on this machine.',
  );
}

/** @throws CommandError, UsageError */
function openedOf(args: Arguments): OpenedOptions | undefined {
  const shown = stringOption(args, 'config');
  const withKeys = args.values['with-keys'] === true;
  if (shown === undefined) {
    if (withKeys) throw new UsageError('--with-keys needs --config: the examples have no keys.');
    return undefined;
  }
  const config = statOf(shown)?.isDirectory() === true ? join(shown, 'mintproc.yaml') : shown;
  readInput(config);
  return {
    ...{ config, shown, withKeys },
    testFiles: () => testFilesBelow(dirname(config)),
    replaceFile: (path, text) => replaceFile(path, text, rightsOf(path)),
  };
}

/** None of a folder with too many files: it is hardly one of policies. */
function testFilesBelow(folder: string): readonly string[] {
  try {
    const { names } = filesBelow(folder, (name) => /\.test\.(?:ya?ml|json)$/.test(name));
    return names.map((name) => join(folder, name));
  } catch (error) {
    if (error instanceof CommandError) return [];
    throw error;
  }
}

async function explained<T>(start: () => Promise<T>): Promise<T> {
  try {
    return await start();
  } catch (error) {
    if (error instanceof PlaygroundError) throw new CommandError(error.message);
    throw error;
  }
}

/** What opens an address on a desktop, by the platform. */
const openers: Readonly<Partial<Record<NodeJS.Platform, readonly [command: string, ...before: string[]]>>> = {
  darwin: ['open'],
  // `start` is a part of the shell: it would read `&` in an address.
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
};

/** Without a shell. The page does not depend on it. */
function openInBrowser(url: string, terminal: Pick<Terminal, 'error' | 'environment'>): void {
  const [command, ...before] = openers[process.platform] ?? ['xdg-open'];
  const opener = spawn(command, [...before, url], { stdio: 'ignore', detached: true });
  opener.on('error', () => terminal.error(`There is no ${command} here: open the address by hand.`));
  opener.unref();
}
