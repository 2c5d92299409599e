/**
 * @module
 * Loads the certificate and key of `listen` and checks them before they are used. They are loaded apart from the rest:
 * a pair that is being rotated does not block a change of policies, nor a mistake in a policy a new pair.
 */

import { X509Certificate } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Code } from '../diagnostics/codes.ts';
import { type Problem, type ProblemDetails, Problems, problemAt } from '../diagnostics/problem.ts';
import { SourceText } from '../diagnostics/source-text.ts';
import type { KeyFinding } from '../jose/key-finding.ts';
import { expiringCertificate } from '../keys/certificate-expiry.ts';
import { findCertificates } from '../keys/certificates.ts';
import type { Configuration } from './configuration.ts';
import type { Settings } from './configuration-schema.ts';
import { type FileReader, readTextFile } from './files.ts';

/** The settings of `tls`, with the contents of the files in PEM. */
export interface ListenerTls extends Pem {
  readonly minVersion?: '1.2' | '1.3' | undefined;
  readonly clients?: readonly string[] | undefined;
}

interface Pem {
  readonly certificate: string;
  readonly key: string;
  readonly clientAuthorities: string | undefined;
}

/** The result of loading `tls`. Plain data, so that another process can send it. */
export type TlsPart =
  | { readonly kind: 'plain' }
  | { readonly kind: 'pair'; readonly pair: ListenerTls; readonly warnings?: readonly Problem[] }
  | { readonly kind: 'unusable'; readonly problems: readonly Problem[] };

/** How `tls` is loaded while a configuration is in force. */
export interface TlsApart {
  /** The `tls` of the configuration in force, used if the next one cannot be read. */
  readonly before: Settings['tls'];
  /** Gets the result before policies are loaded. */
  report(part: TlsPart): void;
}

export interface TlsSource {
  /** The path of the configuration. */
  readonly file: string;
  /** Undefined if it cannot be read. */
  readonly configuration: Configuration | undefined;
  readonly before: Settings['tls'];
  readonly files: Pick<FileReader, 'read'>;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Resolves a path that the configuration contains. */
  resolve(file: string): string;
}

type Member = keyof Pem;

/**
 * A bundle of all public CAs has about 220 KB. OpenSSL parses this size in 30 ms, during which requests wait. @internal
 * Exported for its test.
 */
export const largestTlsFile = 256 * 1024;

/** Reads the files of `tls` and checks that they can be used. */
export function loadTls({ file, configuration, before, files, now, resolve }: TlsSource): TlsPart {
  const settings = configuration?.settings;
  const wanted = settings === undefined ? before : settings.tls;
  if (wanted === undefined) return { kind: 'plain' };
  const problems = new Problems();
  const report = (member: Member, code: Code, details: ProblemDetails): void => {
    if (configuration === undefined) problems.add(problemAt(SourceText.ofFile(file, ''), 0, code, details));
    else configuration.document.report(problems, ['tls', member], code, details);
  };
  const read = (member: Member, name: string): string => {
    const contents = readTextFile(files, resolve(name));
    const text = contents.kind === 'text' ? contents.text : '';
    const isLarge = Buffer.byteLength(text) > largestTlsFile;
    const reason = contents.kind === 'failed' ? contents.reason : `is larger than ${largestTlsFile} bytes`;
    if (isLarge || contents.kind === 'failed') {
      const message = `The file ${contents.kind === 'text' ? name : `of \`${member}\``} ${reason}.`;
      report(member, 'config.unreadable-file', { message });
    }
    return text;
  };
  const { clientAuthorities, minVersion, clients } = wanted;
  const pair: ListenerTls = {
    certificate: read('certificate', wanted.certificate),
    key: read('key', wanted.key),
    clientAuthorities: clientAuthorities === undefined ? undefined : read('clientAuthorities', clientAuthorities),
    minVersion,
    clients,
  };
  if (!problems.hasErrors) {
    const unusable = unusablePart(pair, wanted);
    if (unusable === undefined) {
      for (const [member, finding] of endingParts(pair, now)) report(member, finding.code, finding);
      return { kind: 'pair', pair, warnings: problems.all };
    }
    report(unusable.member, 'config.unusable-tls', unusable);
  }
  return { kind: 'unusable', problems: problems.all };
}

export function isSamePair(one: ListenerTls, other: ListenerTls): boolean {
  return isDeepStrictEqual(one, other);
}

function endingParts({ certificate, clientAuthorities = '' }: ListenerTls, now: number): [Member, KeyFinding][] {
  const findings = Object.entries({ certificate, clientAuthorities } satisfies Partial<Pem>).map(
    ([member, pem]) => [member as Member, expiringCertificate(findCertificates(pem), now)] as const,
  );
  return findings.flatMap(([member, finding]) => (finding === undefined ? [] : [[member, finding]]));
}

interface UnusablePart {
  readonly member: Member;
  readonly message: string;
}

/** OpenSSL's own message is not repeated, since it might quote the key. */
function unusablePart(
  { certificate: cert, key, clientAuthorities }: ListenerTls,
  names: NonNullable<Settings['tls']>,
): UnusablePart | undefined {
  const unusable = (member: Member, reason: string): UnusablePart => ({
    member,
    message: `The file ${names[member]} ${reason}.`,
  });
  const chain = pemObjection(cert);
  if (chain !== undefined) return unusable('certificate', chain);
  if (!isUsable({ cert, key })) {
    if (!isUsable({ cert })) return unusable('certificate', 'contains no usable certificate');
    if (!isUsable({ key })) return unusable('key', 'contains no private key in PEM without a password');
    return unusable('key', `contains a private key that does not belong to the certificate in ${names.certificate}`);
  }
  if (clientAuthorities === undefined) return undefined;
  const authorities = pemObjection(clientAuthorities);
  return authorities === undefined ? undefined : unusable('clientAuthorities', authorities);
}

function isUsable(parts: { readonly cert?: string; readonly key?: string }): boolean {
  // Node ignores an empty key, and every handshake would fail.
  if (parts.key === '') return false;
  try {
    process.getBuiltinModule('node:tls').createSecureContext(parts);
    return true;
  } catch {
    return false;
  }
}

/** A line that begins or ends a block. If it is cut off, the dashes and one letter are enough. */
const mark = /^-----[BE].*$/gm;
const wholeMark = /^-----(BEGIN|END) ([A-Z0-9 ]+)-----\s*$/;
const certificateLabel = /^(?:X509 |TRUSTED )?CERTIFICATE$/;
/** The text ends within the dashes of a mark. */
const cutMark = /(?:^|\n)-{1,5}$/;

/** The end of a sentence that begins with the file's name; undefined if all blocks and certificates are intact. */
function pemObjection(text: string): string | undefined {
  const blocks = blocksOf(text);
  if (blocks === undefined) return 'ends within a PEM block; it may still be being written';
  let certificates = 0;
  for (const block of blocks) {
    if (!certificateLabel.test(block.label)) continue;
    if (!isCertificate(block.text)) return 'contains a certificate that cannot be read';
    certificates++;
  }
  return certificates === 0 ? 'contains no certificate in PEM' : undefined;
}

interface PemBlock {
  readonly label: string;
  readonly text: string;
}

/** Undefined if one of the blocks is cut off. */
function blocksOf(text: string): readonly PemBlock[] | undefined {
  if (cutMark.test(text)) return undefined;
  const marks = Array.from(text.matchAll(mark));
  const blocks: PemBlock[] = [];
  for (let index = 0; index < marks.length; index += 2) {
    const [begin, end] = [marks[index], marks[index + 1]];
    if (begin === undefined || end === undefined) return undefined;
    const label = labelOf(begin[0], end[0]);
    if (label === undefined) return undefined;
    blocks.push({ label, text: text.slice(begin.index, end.index + end[0].length) });
  }
  return blocks;
}

/** Undefined if the two lines do not begin and end one block. */
function labelOf(begin: string, end: string): string | undefined {
  const [, first, label] = wholeMark.exec(begin) ?? [];
  const [, last, again] = wholeMark.exec(end) ?? [];
  return first === 'BEGIN' && last === 'END' && label === again ? label : undefined;
}

function isCertificate(block: string): boolean {
  try {
    return new X509Certificate(`${block}\n`).serialNumber !== '';
  } catch {
    return false;
  }
}
