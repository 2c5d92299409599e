/**
 * @module
 * The certificate and key that Envoy sees at `listen`, read and tried before they are used. They are a part of their own:
 * a pair in the middle of its rotation keeps no policy out, and a mistake in a policy no new pair.
 */

import { X509Certificate } from 'node:crypto';
import type { Code } from '../diagnostics/codes.ts';
import { type Problem, type ProblemDetails, Problems, problemAt } from '../diagnostics/problem.ts';
import { SourceText } from '../diagnostics/source-text.ts';
import type { KeyFinding } from '../jose/key-finding.ts';
import { expiringCertificate } from '../keys/certificate-expiry.ts';
import { findCertificates } from '../keys/certificates.ts';
import type { Configuration } from './configuration.ts';
import type { Settings } from './configuration-schema.ts';
import { type FileReader, readTextFile } from './files.ts';

/** All in PEM. */
export interface ListenerTls {
  readonly certificate: string;
  readonly key: string;
  readonly clientAuthorities: string | undefined;
}

/** What can be said of `tls`; plain data, so that it can come from another process. */
export type TlsPart =
  | { readonly kind: 'plain' }
  | { readonly kind: 'pair'; readonly pair: ListenerTls; readonly warnings?: readonly Problem[] }
  | { readonly kind: 'unusable'; readonly problems: readonly Problem[] };

/** How `tls` is loaded beside a configuration that is in force. */
export interface TlsApart {
  /** Of the configuration in force; followed while the next one cannot be read. */
  readonly before: Settings['tls'];
  /** Is told before policies are looked at. */
  tell(part: TlsPart): void;
}

export interface TlsSource {
  /** The path of the configuration. */
  readonly file: string;
  /** Undefined where it cannot be read. */
  readonly configuration: Configuration | undefined;
  readonly before: Settings['tls'];
  readonly files: Pick<FileReader, 'read'>;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** A path of the configuration as it can be opened. */
  resolve(file: string): string;
}

type Member = keyof ListenerTls;

/** A bundle of all public authorities is some 220 KB. OpenSSL takes 30 ms for as much as this, and requests wait meanwhile. */
export const largestTlsFile = 256 * 1024;

/** Reads the files of `tls` and tries them. */
export function loadTls({ file, configuration, before, files, now, resolve }: TlsSource): TlsPart {
  const settings = configuration?.settings;
  const wanted = settings === undefined ? before : settings.tls;
  if (wanted === undefined) return { kind: 'plain' };
  const problems = new Problems();
  const tell = (member: Member, code: Code, details: ProblemDetails): void => {
    if (configuration === undefined) problems.add(problemAt(SourceText.ofFile(file, ''), 0, code, details));
    else configuration.document.report(problems, ['tls', member], code, details);
  };
  const report = (member: Member, code: Code, message: string): void => tell(member, code, { message });
  const read = (member: Member, name: string): string => {
    const contents = readTextFile(files, resolve(name));
    const text = contents.kind === 'text' ? contents.text : '';
    const isLarge = Buffer.byteLength(text) > largestTlsFile;
    const reason = contents.kind === 'failed' ? contents.reason : `is larger than ${largestTlsFile} bytes`;
    if (isLarge || contents.kind === 'failed')
      report(
        member,
        'config.unreadable-file',
        `The file ${contents.kind === 'text' ? name : `of \`${member}\``} ${reason}.`,
      );
    return text;
  };
  const { clientAuthorities } = wanted;
  const pair: ListenerTls = {
    certificate: read('certificate', wanted.certificate),
    key: read('key', wanted.key),
    clientAuthorities: clientAuthorities === undefined ? undefined : read('clientAuthorities', clientAuthorities),
  };
  if (!problems.hasErrors) {
    const fault = faultOf(pair, wanted);
    if (fault === undefined) {
      for (const [member, finding] of endingParts(pair, now)) tell(member, finding.code, finding);
      return { kind: 'pair', pair, warnings: problems.all };
    }
    report(fault.member, 'config.unusable-tls', fault.message);
  }
  return { kind: 'unusable', problems: problems.all };
}

export function isSamePair(one: ListenerTls, other: ListenerTls): boolean {
  return (
    one.certificate === other.certificate && one.key === other.key && one.clientAuthorities === other.clientAuthorities
  );
}

function endingParts({ certificate, clientAuthorities = '' }: ListenerTls, now: number): [Member, KeyFinding][] {
  const findings = Object.entries({ certificate, clientAuthorities } satisfies Partial<ListenerTls>).map(
    ([member, pem]) => [member as Member, expiringCertificate(findCertificates(pem), now)] as const,
  );
  return findings.flatMap(([member, finding]) => (finding === undefined ? [] : [[member, finding]]));
}

interface Fault {
  readonly member: Member;
  readonly message: string;
}

/** What OpenSSL says of a key is not passed on: it might quote it. */
function faultOf(
  { certificate: cert, key, clientAuthorities }: ListenerTls,
  names: NonNullable<Settings['tls']>,
): Fault | undefined {
  const fault = (member: Member, reason: string): Fault => ({
    member,
    message: `The file ${names[member]} ${reason}.`,
  });
  const chain = pemFault(cert);
  if (chain !== undefined) return fault('certificate', chain);
  if (!isUsable({ cert, key })) {
    if (!isUsable({ cert })) return fault('certificate', 'holds no certificate that can be used');
    if (!isUsable({ key })) return fault('key', 'holds no private key in PEM without a password');
    return fault('key', `holds another private key than that of the certificate in ${names.certificate}`);
  }
  if (clientAuthorities === undefined) return undefined;
  const authorities = pemFault(clientAuthorities);
  return authorities === undefined ? undefined : fault('clientAuthorities', authorities);
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

/** A line that begins or ends a block; of one that is cut off at least the dashes and a letter are there. */
const mark = /^-----[BE].*$/gm;
const wholeMark = /^-----(BEGIN|END) ([A-Z0-9 ]+)-----\s*$/;
const certificateLabel = /^(?:X509 |TRUSTED )?CERTIFICATE$/;
/** The text ends with the dashes that begin a mark. */
const cutMark = /(?:^|\n)-{1,5}$/;

/** Ends a sentence that begins with the file's name; undefined where each block is whole and each certificate one. */
function pemFault(text: string): string | undefined {
  const blocks = blocksOf(text);
  if (blocks === undefined) return 'ends within a PEM block, as a file does that is being written';
  let certificates = 0;
  for (const block of blocks) {
    if (!certificateLabel.test(block.label)) continue;
    if (!isCertificate(block.text)) return 'holds a certificate that cannot be read';
    certificates++;
  }
  return certificates === 0 ? 'holds no certificate in PEM' : undefined;
}

/** Undefined where one of them is not whole. */
function blocksOf(text: string): readonly { readonly label: string; readonly text: string }[] | undefined {
  if (cutMark.test(text)) return undefined;
  const marks = Array.from(text.matchAll(mark));
  const blocks = [];
  for (let index = 0; index < marks.length; index += 2) {
    const [begin, end] = [marks[index], marks[index + 1]];
    const [, first, label = ''] = wholeMark.exec(begin?.[0] ?? '') ?? [];
    const [, last, again] = wholeMark.exec(end?.[0] ?? '') ?? [];
    if (begin === undefined || end === undefined) return undefined;
    if (first !== 'BEGIN' || last !== 'END' || label !== again) return undefined;
    blocks.push({ label, text: text.slice(begin.index, end.index + end[0].length) });
  }
  return blocks;
}

function isCertificate(block: string): boolean {
  try {
    return new X509Certificate(`${block}\n`).serialNumber !== '';
  } catch {
    return false;
  }
}
