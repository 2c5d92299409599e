/**
 * @module
 * The names of the clients that may connect (`tls.clients`), compared with those in a client's certificate.
 *
 * Only subject alternative names count, never the subject (RFC 9525, 2). A name with a character that its standard does
 * not allow matches nothing, such as a zero byte, a wildcard or a letter outside ASCII.
 */
import type { X509Certificate } from 'node:crypto';

/** The names of a certificate that can match. */
interface CertificateNames {
  /** Undefined if the certificate is no X.509-SVID. */
  readonly spiffe: string | undefined;
  /** In lower case. */
  readonly dns: readonly string[];
}

interface Form {
  /** How a pattern of this form begins. */
  readonly start: string;
  readonly separator: string;
  isName(text: string): boolean;
  namesOf(names: CertificateNames): readonly string[];
}

const spiffe: Form = {
  start: 'spiffe://',
  separator: '/',
  isName: isSpiffeId,
  namesOf: (names) => (names.spiffe === undefined ? [] : [names.spiffe]),
};
const dns: Form = { start: 'dns:', separator: '.', isName: isHostName, namesOf: (names) => names.dns };

/** SPIFFE-ID, 2: at most 2048 bytes; no segment is empty, `.` or `..`; no letter of the trust domain is upper case. */
export function isSpiffeId(text: string): boolean {
  return (
    text.length <= 2048 &&
    /^spiffe:\/\/[a-z0-9._-]{1,255}(?:\/[A-Za-z0-9._-]+)+$/.test(text) &&
    !/\/\.{1,2}(?:\/|$)/.test(text)
  );
}

const label = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;

/** RFC 1123, 2.1, in lower case. Names in other scripts are A-labels, such as `xn--bcher-kva` (RFC 5890). */
function isHostName(text: string): boolean {
  return text.length <= 253 && text.split('.').every((part) => label.test(part));
}

/** A segment of a pattern: the text itself, or its two parts around `*`. */
type Segment = readonly [text: string] | readonly [before: string, after: string];

export class ClientName {
  readonly #form: Form;
  readonly #segments: readonly Segment[];

  private constructor(form: Form, segments: readonly Segment[]) {
    this.#form = form;
    this.#segments = segments;
  }

  /** @param text `spiffe://TRUST-DOMAIN/PATH` or `dns:HOST`; undefined if it has neither form */
  static parse(text: string): ClientName | undefined {
    const form = text.startsWith(spiffe.start) ? spiffe : dns;
    if (!text.startsWith(form.start)) return undefined;
    const name = form === dns ? text.slice(dns.start.length).toLowerCase() : text;
    // A letter in place of each `*` is valid wherever any name is.
    if (!form.isName(name.replaceAll('*', 'a')) || /^spiffe:\/\/[^/]*\*/.test(name)) return undefined;
    const segments: Segment[] = [];
    for (const segment of name.split(form.separator)) {
      const [before = '', after, ...more] = segment.split('*');
      // In an A-label, a part of the letters does not stand for a part of the name.
      if (more.length > 0 || (form === dns && after !== undefined && before.startsWith('xn--'))) return undefined;
      segments.push(after === undefined ? [before] : [before, after]);
    }
    return new ClientName(form, segments);
  }

  isOneOf(names: CertificateNames): boolean {
    return this.#form.namesOf(names).some((name) => this.#matches(name.split(this.#form.separator)));
  }

  #matches(parts: readonly string[]): boolean {
    return (
      parts.length === this.#segments.length &&
      this.#segments.every(([before, after], index) => {
        const part = parts[index] ?? '';
        if (after === undefined) return part === before;
        // The star is at least one character.
        return part.length > before.length + after.length && part.startsWith(before) && part.endsWith(after);
      })
    );
  }
}

/** A subject alternative name, as Node writes it: a value with an unusual character is a JSON string. */
const alternativeName = /([A-Za-z0-9 ]+):("(?:[^"\\]|\\.)*"|[^",]*)(?:, |$)/y;

/** The names of a client's certificate that `ClientName` compares. */
export function certificateNames({
  subjectAltName,
  ca,
}: Pick<X509Certificate, 'subjectAltName' | 'ca'>): CertificateNames {
  const uris: string[] = [];
  const hosts: string[] = [];
  const text = subjectAltName ?? '';
  for (let at = 0; at < text.length; at = alternativeName.lastIndex) {
    alternativeName.lastIndex = at;
    const [, kind, value = ''] = alternativeName.exec(text) ?? [];
    if (kind === undefined) return { spiffe: undefined, dns: [] };
    if (kind === 'URI') uris.push(value);
    if (kind === 'DNS') hosts.push(value.toLowerCase());
  }
  const [id] = uris;
  // X509-SVID, 2 and 4.1: exactly one URI, and no certificate of an authority.
  const isSvid = id !== undefined && uris.length === 1 && !ca && isSpiffeId(id);
  return { spiffe: isSvid ? id : undefined, dns: hosts.filter(isHostName) };
}

/** The name for the log; undefined if none of the names is one that could match. */
export function plainNameOf(names: CertificateNames): string | undefined {
  return names.spiffe ?? names.dns[0];
}
