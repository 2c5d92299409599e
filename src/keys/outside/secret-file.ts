/**
 * @module
 * A small file with a secret, such as a token that another program renews. It is read while requests are served, off
 * the thread.
 */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/** @internal Exported for the test of the limit. */
export const maxSecretBytes = 65_536;

/** The text without white space around it. @throws Error of Node if it cannot be read, RangeError if it is too long */
export async function readSecret(path: string): Promise<string> {
  // Without O_NONBLOCK, opening a pipe waits for a writer.
  await using handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const buffer = Buffer.allocUnsafeSlow(maxSecretBytes + 1);
  let size = 0;
  for (;;) {
    const { bytesRead } = await handle.read(buffer, size, buffer.length - size);
    size += bytesRead;
    if (size > maxSecretBytes) throw new RangeError('the file is too long for a secret');
    if (bytesRead === 0) return buffer.toString('utf8', 0, size).trim();
  }
}
