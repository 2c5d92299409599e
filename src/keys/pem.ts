/**
 * @module
 * PEM as people paste it: indented, with Windows line ends, or on one line with `\n` written out.
 */

/** A block's label, and the whole block in the form that OpenSSL reads. */
export interface PemBlock {
  readonly label: string;
  readonly text: string;
}

/** Before the Base64, OpenSSL's older encrypted form has headers (`DEK-Info: AES-256-CBC,…`), which may hold dashes. */
const block = /-----BEGIN ([A-Z ]+)-----\n?(?:[A-Za-z-]+: .*\n)*[^-]+-----END \1-----/g;

const labels = {
  private: /^(?:(?:RSA|EC|ENCRYPTED) )?PRIVATE KEY$/,
  /** A private key is found as well, so that it can be refused as one. */
  any: /^(?:(?:RSA|EC|ENCRYPTED) )?PRIVATE KEY$|^(?:RSA )?PUBLIC KEY$|^CERTIFICATE$/,
};

/** The first block in `text` that holds a key of the wanted kind; undefined where there is none. */
export function findPem(text: string, wanted: keyof typeof labels): PemBlock | undefined {
  const lines = text.replaceAll('\\r', '').replaceAll('\\n', '\n').split(/\r?\n/);
  for (const [whole, label = ''] of lines
    .map((line) => line.trim())
    .join('\n')
    .matchAll(block)) {
    if (labels[wanted].test(label)) return { label, text: `${whole}\n` };
  }
  return undefined;
}
