/**
 * @module
 * Reloading while serving: at SIGHUP always, and by itself when files change.
 */
import { milliseconds } from '../runtime/duration.ts';
import type { InForce } from '../runtime/in-force.ts';
import type { Reloader } from '../runtime/reload.ts';
import { Watcher } from '../runtime/watch.ts';
import type { ConfigurationReport } from './configuration-report.ts';
import type { Terminal } from './terminal.ts';

export interface Reloading {
  /** Returns once no reload is under way. */
  close(): Promise<void>;
}

/** Files that never come to rest are tried again with the next change or poll. */
const mostAttempts = 50;

export function startReloading(
  reloader: Reloader,
  inForce: InForce,
  report: ConfigurationReport,
  terminal: Pick<Terminal, 'onReload'>,
): Reloading {
  const running = inForce.current.snapshot;
  const { reload } = running.settings;
  const settleTime = milliseconds(reload.settle);
  let unsettled = 0;
  let timer: NodeJS.Timeout | undefined;

  /** @returns whether to try again soon */
  function attempt(): boolean {
    try {
      return attemptOnce();
    } catch (error) {
      // A mistake of ours in a file's reading must not end a process that serves well.
      report.failed(error);
      return false;
    }
  }

  function attemptOnce(): boolean {
    const result = reloader.attempt();
    switch (result.kind) {
      case 'loaded':
        inForce.put(result.snapshot);
        report.loaded(result.snapshot, result.problems, running);
        break;
      case 'refused':
        report.refused(result.problems);
        break;
      case 'unsettled':
        unsettled++;
        return unsettled < mostAttempts;
    }
    unsettled = 0;
    return false;
  }

  function reloadNow(): void {
    clearTimeout(timer);
    if (attempt()) timer = setTimeout(reloadNow, settleTime);
  }

  const watcher = reload.watch
    ? new Watcher({
        folders: () => reloader.folders,
        hasChanged: () => reloader.hasChanged(),
        digestNow: () => reloader.digestNow(),
        onChange: attempt,
        onTrouble: (error) => report.trouble(error),
        pollTime: milliseconds(reload.poll),
        settleTime,
      })
    : undefined;
  const forget = terminal.onReload(reloadNow);
  return {
    async close() {
      forget();
      clearTimeout(timer);
      await watcher?.close();
    },
  };
}
