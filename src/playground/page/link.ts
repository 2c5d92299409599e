/**
 * @module
 * A link that holds what is being edited in its fragment: `#state=` and JSON, deflated, in base64url. A browser does
 * not send a fragment to any server.
 *
 * A link comes from anybody. What it holds is opened as files in memory, never as files of the folder, and everything
 * in it is checked and bounded.
 */
import { isRecord } from '../../diagnostics/json.ts';
import type { FileKind } from '../interface.ts';
import type { OpenFile, Origin, Subject } from './subject.ts';

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

export interface Linked {
  readonly subject: Subject;
  readonly theme: Theme;
}

/** @internal Exported for the tests at each limit. */
export const linkLimits = {
  /** Characters of the fragment: browsers take 2 MiB. */
  fragment: 1_048_576,
  /** Bytes of the JSON. */
  json: 1_048_576,
  files: 64,
  /** Characters of a file's name or of the title. */
  name: 200,
} as const;

const prefix = 'state=';
const kinds: ReadonlySet<unknown> = new Set<FileKind>(['configuration', 'flex', 'apigee', 'datapower']);

export function isLink(fragment: string): boolean {
  return fragment.replace(/^#/, '').startsWith(prefix);
}

/** The fragment, without `#`; undefined if it would be too long. */
export async function toFragment({ subject, theme }: Linked): Promise<string | undefined> {
  const content = { v: 1, theme, ...contentOf(subject) };
  const json = new TextEncoder().encode(JSON.stringify(content));
  if (json.length > linkLimits.json) return undefined;
  const packed = await bytesOf(new Blob([json]).stream().pipeThrough(new CompressionStream('deflate')), Infinity);
  const fragment = `${prefix}${packed === undefined ? '' : toBase64url(packed)}`;
  return fragment.length > linkLimits.fragment ? undefined : fragment;
}

function contentOf(subject: Subject): object {
  if (subject.kind === 'expression') {
    const { kind, title, profile, expression, context } = subject;
    return { kind, title, profile, expression, context };
  }
  const files = subject.files.map(({ name, kind, text }) => ({ name, kind, text }));
  // The path of a folder is nobody else's business.
  const title = subject.origin.kind === 'folder' ? 'Shared files' : subject.title;
  return { kind: subject.kind, title, files, case: subject.case };
}

/** Undefined if the fragment is not a link of this page, or is damaged or too large. */
export async function fromFragment(fragment: string): Promise<Linked | undefined> {
  const text = fragment.replace(/^#/, '');
  if (!text.startsWith(prefix) || text.length > linkLimits.fragment) return undefined;
  try {
    const packed = fromBase64url(text.slice(prefix.length));
    const unpacked = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate'));
    const json = await bytesOf(unpacked, linkLimits.json);
    return json === undefined ? undefined : readLinked(JSON.parse(new TextDecoder().decode(json)), text);
  } catch {
    // Not base64url, not deflated, or not JSON: all of it means a damaged link.
    return undefined;
  }
}

function readLinked(content: unknown, fragment: string): Linked | undefined {
  if (!isRecord(content) || content['v'] !== 1) return undefined;
  const theme = themes.find((known) => known === content['theme']) ?? 'system';
  const origin = { kind: 'link', fragment } as const;
  const subject = content['kind'] === 'expression' ? readExpression(content, origin) : readWorkspace(content, origin);
  return subject === undefined ? undefined : { subject, theme };
}

type Content = Readonly<Record<string, unknown>>;

function readExpression({ title, profile, expression, context }: Content, origin: Origin): Subject | undefined {
  if (!isName(title) || typeof expression !== 'string' || typeof context !== 'string') return undefined;
  if (profile !== 'flex' && profile !== 'dataweave') return undefined;
  return { kind: 'expression', origin, title, profile, expression, context, saved: { expression, context } };
}

function readWorkspace({ title, files, case: text }: Content, origin: Origin): Subject | undefined {
  if (!isName(title) || typeof text !== 'string' || !Array.isArray(files)) return undefined;
  if (files.length === 0 || files.length > linkLimits.files) return undefined;
  const read = files.map(readFile).filter((file) => file !== undefined);
  const names = new Set(read.map(({ name }) => name));
  if (read.length !== files.length || names.size !== files.length) return undefined;
  return { kind: 'workspace', origin, title, files: read, case: text, savedCase: text };
}

function readFile(file: unknown): OpenFile | undefined {
  if (!isRecord(file)) return undefined;
  const { name, kind, text } = file;
  if (!isName(name) || typeof text !== 'string' || !isFileKind(kind)) return undefined;
  return { name, kind, text, saved: text };
}

function isFileKind(kind: unknown): kind is FileKind {
  return kinds.has(kind);
}

function isName(name: unknown): name is string {
  return typeof name === 'string' && name !== '' && name.length <= linkLimits.name;
}

/** All bytes; undefined as soon as there are more than `limit`, so that a small link cannot fill the memory. */
async function bytesOf(stream: ReadableStream<Uint8Array>, limit: number): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = stream.getReader();
  for (let next = await reader.read(); next.value !== undefined; next = await reader.read()) {
    length += next.value.length;
    if (length > limit) {
      await reader.cancel();
      return undefined;
    }
    chunks.push(next.value);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/** Bytes as characters of a string, in parts that fit on the stack. */
const part = 8_192;

function toBase64url(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += part) text += String.fromCharCode(...bytes.subarray(at, at + part));
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function fromBase64url(text: string): Uint8Array<ArrayBuffer> {
  const decoded = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(decoded, (character) => character.charCodeAt(0));
}
