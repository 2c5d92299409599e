/**
 * @module
 * Ends this process when the npm script that started it ends. npm forwards SIGTERM and SIGINT, but a SIGKILL cannot be
 * forwarded, and a shell in between forwards no signal.
 */

/** Milliseconds between two looks; each costs one system call. */
const interval = 250;

/**
 * Sends this process SIGTERM when its parent has ended. Only for processes that npm started: a container or a service
 * manager may start a program and exit.
 */
export function endWithNpm(environment: Readonly<Record<string, string | undefined>>): void {
  if (environment['npm_lifecycle_event'] === undefined) return;
  const parent = process.ppid;
  const look = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(look);
    process.kill(process.pid, 'SIGTERM');
  }, interval);
  look.unref();
}
