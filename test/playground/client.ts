/**
 * A playground for tests: its answers without a server, and a client of its server that says which headers it sends.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { codePage } from '../../src/cli/help/code-page.ts';
import { pageText } from '../../src/cli/help/write-page.ts';
import { replaceFile, rightsOf } from '../../src/cli/keys/replace-file.ts';
import { paint } from '../../src/cli/paint.ts';
import { answering, type OpenedOptions, type PlaygroundOptions } from '../../src/playground/answering.ts';
import type { Answering } from '../../src/playground/calls.ts';
import { examples } from '../../src/playground/examples/index.ts';
import type { Example, RunAnswer } from '../../src/playground/interface.ts';
import { MadeKeys } from '../../src/playground/made-keys.ts';

/** 2026-11-30T12:00:00Z */
export const now = Date.UTC(2026, 10, 30, 12);

const helpOf: PlaygroundOptions['helpOf'] = (code) => pageText(codePage(code), paint(false));

export type WorkspaceExample = Extract<Example, { readonly kind: 'workspace' }>;

export const workspaces: readonly WorkspaceExample[] = examples.filter((one) => one.kind === 'workspace');

export const expressions = examples.filter((one) => one.kind === 'expression');

export function exampleNamed(name: string): WorkspaceExample {
  const found = workspaces.find((one) => one.name === name);
  if (found === undefined) throw new Error(`there is no example ${name}`);
  return found;
}

export interface Opening extends Partial<Pick<OpenedOptions, 'withKeys' | 'testFiles'>> {
  readonly config: string;
}

export function playgroundOf(
  opening?: Opening,
  { keys = new MadeKeys(), environment = {} }: { readonly keys?: MadeKeys; readonly environment?: object } = {},
): Answering {
  const opened = opening && {
    ...{ shown: opening.config, withKeys: false, testFiles: () => [] },
    ...opening,
    replaceFile: (path: string, text: string) => replaceFile(path, text, rightsOf(path)),
  };
  return answering({ version: '1.2.3', opened, environment: { ...environment }, now: () => now, helpOf }, keys);
}

/** Runs an example after an edit of its files and its case. */
export async function runExample(
  { run }: Answering,
  { files, case: text }: Pick<WorkspaceExample, 'files' | 'case'>,
  edit: (text: string, name: string) => string = (same) => same,
): Promise<RunAnswer> {
  const edited = files.map(({ name, text: written }) => ({ name, text: edit(written, name) }));
  return run({ files: edited, isFolder: false, case: edit(text, 'case') });
}

/** A new folder with files, which goes when the tests of the file are over. */
export function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'mintproc-playground-'));
  after(() => rmSync(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

/** The built page, as far as a test without a browser needs it. */
export function pageFolder(): string {
  return folderWith({ 'page.js': 'document.title;', 'page.css': 'body {}' });
}

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
}

export interface Asked {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** @param url of the playground; only its host and port count */
export function ask(url: string, { method = 'GET', path = '/', headers = {}, body }: Asked): Promise<Answered> {
  const { hostname, port } = new URL(url);
  const { promise, resolve, reject } = Promise.withResolvers<Answered>();
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const sent = request({ host, port, method, path, headers, agent: false }, (response) => {
    let text = '';
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => {
      text += chunk;
    });
    response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
  });
  sent.on('error', reject);
  sent.end(body);
  return promise;
}
