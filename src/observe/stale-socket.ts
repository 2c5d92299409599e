/**
 * @module
 * The socket file that a killed process left behind, which would keep the next one from listening.
 */
import { lstat, unlink } from 'node:fs/promises';
import { connect } from 'node:net';

/** Removes the socket at `path` where no process answers there; anything else that stands there stays. */
export async function removeStaleSocket(path: string): Promise<void> {
  const file = await lstat(path).catch(() => undefined);
  if (file?.isSocket() === true && (await isDead(path))) await unlink(path);
}

function isDead(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(path);
    probe.once('connect', () => {
      probe.destroy();
      resolve(false);
    });
    probe.once('error', (error) => resolve('code' in error && error.code === 'ECONNREFUSED'));
  });
}
