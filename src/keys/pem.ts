/**
 * @module
 * The PEM blocks (RFC 7468) in a text, as people paste them: indented, with Windows line ends, or with `\n` written
 * out. A text is walked through once, however many blocks it has or begins.
 */

export interface PemBlock {
  /** The words after BEGIN, such as `EC PRIVATE KEY`. */
  readonly label: string;
  /** What is between the two lines, headers such as `DEK-Info` included. */
  readonly body: string;
  /** The whole block in the form that OpenSSL reads. */
  readonly text: string;
}

const begin = '-----BEGIN ';
const end = '-----END ';
const dashes = '-----';

/** Longer than any label that a tool writes. */
const longestLabel = 40;

/** The complete blocks, in their order. */
export function pemBlocks(text: string): readonly PemBlock[] {
  const lines = withoutIndentation(text);
  const blocks: PemBlock[] = [];
  for (let at = lines.indexOf(begin); at !== -1; ) {
    const next = lines.indexOf(begin, at + begin.length);
    const part = lines.slice(at, next === -1 ? undefined : next);
    const block = blockIn(part);
    if (block !== undefined) blocks.push(block);
    at = next;
  }
  return blocks;
}

/** Also with `\n` and `\r` written out, as in an environment variable. */
function withoutIndentation(text: string): string {
  const lines = text.replaceAll('\\r', '').replaceAll('\\n', '\n').split(/\r?\n/);
  return lines.map((line) => line.trim()).join('\n');
}

/** The block that begins where `part` does; undefined if it does not end there. */
function blockIn(part: string): PemBlock | undefined {
  const labelEnd = part.indexOf(dashes, begin.length);
  const label = part.slice(begin.length, labelEnd);
  if (labelEnd === -1 || label.length > longestLabel || !/^[A-Z0-9# ]+$/.test(label)) return undefined;
  const bodyStart = labelEnd + dashes.length;
  const last = `${end}${label}${dashes}`;
  const bodyEnd = part.indexOf(last, bodyStart);
  if (bodyEnd === -1) return undefined;
  return { label, body: part.slice(bodyStart, bodyEnd), text: `${part.slice(0, bodyEnd + last.length)}\n` };
}

/** Whether its body is one line, the line of its label included: its line breaks became spaces, or were removed. */
export function isFlattened({ body }: PemBlock): boolean {
  return body !== '' && !body.startsWith('\n');
}

/** Whether its key is encrypted: PKCS#8, or the older form with `Proc-Type: 4,ENCRYPTED`. */
export function isEncrypted({ label, body }: PemBlock): boolean {
  return label === 'ENCRYPTED PRIVATE KEY' || /^\s*Proc-Type: ?4, ?ENCRYPTED/.test(body);
}

export function isPrivateKey({ label }: PemBlock): boolean {
  return /^(?:(?:RSA|EC|ENCRYPTED) )?PRIVATE KEY$/.test(label);
}

/** Whether a public key can be read of it. */
export function hasPublicKey({ label }: PemBlock): boolean {
  return /^(?:RSA )?PUBLIC KEY$|^CERTIFICATE$/.test(label);
}

/** The bytes of a block without headers; undefined if its body is not Base64. */
export function derOf({ body }: PemBlock): Buffer | undefined {
  const digits = body.replace(/\s/g, '');
  return /^[A-Za-z0-9+/]+={0,2}$/.test(digits) ? Buffer.from(digits, 'base64') : undefined;
}
