/**
 * @module
 * What an npm script starts ends with it. npm hands SIGTERM and SIGINT on, but nobody hands on a SIGKILL, and a shell
 * between the two keeps every signal for itself: to be left by the process that started this one is the same as SIGTERM.
 */

/** Milliseconds between two looks, each of which is one system call. */
const interval = 250;

/**
 * Sends this process SIGTERM once the process that started it is gone. Does nothing but below npm: a container or a
 * service manager may start a program and leave it.
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
