/**
 * @module
 * PEM as people paste it: indented, with Windows line ends, or on one line with `\n` written out.
 */

/** Before the Base64, OpenSSL's older encrypted form has headers (`DEK-Info: AES-256-CBC,…`), which may hold dashes. */
const block =
  /-----BEGIN (?:(?:RSA|EC|ENCRYPTED) )?PRIVATE KEY-----\n?(?:[A-Za-z-]+: .*\n)*[^-]+-----END (?:(?:RSA|EC|ENCRYPTED) )?PRIVATE KEY-----/;

/** The first private key block in `text` in the form that OpenSSL reads; undefined where there is none. */
export function normalizePem(text: string): string | undefined {
  const lines = text.replaceAll('\\r', '').replaceAll('\\n', '\n').split(/\r?\n/);
  const found = block.exec(lines.map((line) => line.trim()).join('\n'));
  return found === null ? undefined : `${found[0]}\n`;
}
