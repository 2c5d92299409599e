/**
 * @module
 * Warns when policies read an attribute, or a namespace of metadata, that no request has. The usual cause is that
 * Envoy's filter does not list it, so tokens lack what depends on it.
 */
import { isPlainName } from '../diagnostics/harmless.ts';
import type { Log } from './log.ts';

/** What a configuration reads, and whether requests have it. */
interface WatchedRead {
  readonly kind: ReadKind;
  readonly name: string;
  readonly looked: number;
  readonly found: boolean;
  /** Whether enough requests were looked at to say that it does not come. */
  readonly isMissing: boolean;
  /** Begins a new period. */
  begin(): void;
}

export type ReadKind = 'attribute' | 'namespace';

interface ReadsInForce {
  /** Of the configuration in force. */
  current(): readonly WatchedRead[];
  readonly log: Pick<Log, 'warn'>;
  /** Called once in each period for each that was missing. */
  count(kind: ReadKind): void;
}

const seconds = 1000;
const minute = 60 * seconds;
const interval = 5 * seconds;

/**
 * Looks every few seconds. What enough requests lacked is reported then, and what all requests of a minute lacked is
 * reported at its end. It warns once, and again only after a request had it.
 *
 * @returns a handle that stops the checks
 */
export function watchReads({ current, log, count }: ReadsInForce): { close(): void } {
  const warned = new Set<string>();
  /** What was counted in this minute. */
  const counted = new Set<string>();
  let elapsed = 0;

  function check(): void {
    elapsed += interval;
    const isOver = elapsed >= minute;
    for (const read of current()) {
      look(read, isOver);
      if (isOver) read.begin();
    }
    if (!isOver) return;
    elapsed = 0;
    counted.clear();
  }

  function look({ kind, name, found, looked, isMissing }: WatchedRead, isOver: boolean): void {
    const key = `${kind} ${name}`;
    if (found) warned.delete(key);
    if (found || !(isMissing || (isOver && looked > 0))) return;
    if (!counted.has(key)) count(kind);
    counted.add(key);
    if (!warned.has(key)) warn(kind, name);
    warned.add(key);
  }

  function warn(kind: ReadKind, name: string): void {
    const { message, reason } = texts[kind];
    log.warn(message, { reason: reason(isPlainName(name) ? `\`${name}\`` : 'the one that mintproc.yaml names') });
  }

  const timer = setInterval(check, interval).unref();
  return { close: () => clearInterval(timer) };
}

const texts: Readonly<Record<ReadKind, { readonly message: string; reason(name: string): string }>> = {
  attribute: {
    message: 'The configuration reads an attribute of Envoy that no request had.',
    reason: (name) =>
      `Probably ${name} is missing in \`request_attributes\` of the ext_proc filter: \`mintproc gen\` writes all that are read. If it is there, Envoy had no value for it. The ext_authz filter sends no attributes but the addresses, the protocol, the scheme, \`source.principal\` and the server name.`,
  },
  namespace: {
    message: 'The configuration reads a namespace of metadata that no request had.',
    reason: (name) =>
      `Probably ${name} is missing in \`forwarding_namespaces\` of the ext_proc filter (\`metadata_context_namespaces\` of ext_authz): \`mintproc gen\` writes all that are read. If it is there, no filter before ext_proc wrote it, for example because no caller was authenticated.`,
  },
};
