/**
 * @module
 * Reloading while serving: at SIGHUP always, and by itself when files change.
 */

import { milliseconds } from '../configuration/duration.ts';
import type { Reloader, ReloadResult } from '../configuration/reload/reload.ts';
import { Watcher } from '../configuration/reload/watch.ts';
import { inSlices } from '../observe/slices.ts';
import type { Serving } from '../serving/serving.ts';
import { WorkerLost } from '../serving/worker-errors.ts';
import type { ConfigurationReport } from './configuration-report.ts';
import type { PairInUse } from './pair-in-use.ts';
import type { Terminal } from './terminal.ts';

export interface Reloading {
  /** Returns once no reload is under way. */
  close(): Promise<void>;
}

/** Files that never come to rest are tried again with the next change or poll. */
const mostAttempts = 50;

/** A worker that ends while it loads may have been unlucky; several in a row were not. */
const mostLosses = 3;

export function startReloading(
  reloader: Reloader,
  serving: Pick<Serving, 'prepare'>,
  report: ConfigurationReport,
  terminal: Pick<Terminal, 'onReload'>,
  pair: Pick<PairInUse, 'follow'>,
): Reloading {
  const running = reloader.inForce;
  const { reload } = running.settings;
  const settleTime = milliseconds(reload.settle);
  let isClosing = false;
  let unsettled = 0;
  let losses = 0;
  let timer: NodeJS.Timeout | undefined;
  let last: Promise<unknown> = Promise.resolve();

  /** One after the other: a signal may come while a change is under way. @returns whether to try again soon */
  function attempt(): Promise<boolean> {
    const mine = last.then(attemptOnce).catch((error: unknown) => {
      if (error instanceof WorkerLost && ++losses < mostLosses) {
        reloader.repeat();
        return true;
      }
      losses = 0;
      // A mistake of ours in a file's reading must not end a process that serves well.
      report.failed(error);
      return false;
    });
    last = mine;
    return mine;
  }

  async function attemptOnce(): Promise<boolean> {
    const result = await reloader.attempt();
    // First: a policy that is refused must not keep a new pair from being used.
    if (result.kind !== 'unsettled' && result.tls !== undefined) await pair.follow(result.tls);
    switch (result.kind) {
      case 'loaded':
        await putInForce(result);
        losses = 0;
        break;
      case 'refused':
        // A check that ends because this process does says nothing about the files.
        if (!isClosing) report.refused(result.problems);
        break;
      case 'unsettled':
        unsettled++;
        return unsettled < mostAttempts;
    }
    unsettled = 0;
    return false;
  }

  async function putInForce(loaded: Extract<ReloadResult, { kind: 'loaded' }>): Promise<void> {
    // The time for which a new key is published before it signs began when it was read, however long others prepare.
    reloader.announce(loaded.snapshot);
    const prepared = await serving.prepare(loaded).catch((error: unknown) => {
      reloader.announce(undefined);
      throw error;
    });
    const before = reloader.inForce;
    reloader.adopt(loaded.snapshot);
    await prepared.commit();
    await inSlices(report.loaded(loaded.snapshot, loaded.problems, { running, before }), 'reload');
  }

  async function reloadNow(): Promise<void> {
    clearTimeout(timer);
    if (await attempt()) timer = setTimeout(reloadNow, settleTime);
  }

  const watcher = reload.watch
    ? new Watcher({
        folders: () => reloader.folders,
        hasChanged: () => reloader.hasChanged(),
        digestNow: () => reloader.digestNow(),
        onChange: attempt,
        reach: (folder) => reloader.reach(folder),
        onTrouble: (error) => report.trouble(error),
        onCalm: () => report.calm(),
        onUnwatched: (error) => report.unwatched(error),
        pollTime: milliseconds(reload.poll),
        settleTime,
      })
    : undefined;
  const forget = terminal.onReload(() => void reloadNow());
  return {
    async close() {
      forget();
      isClosing = true;
      reloader.close();
      await watcher?.close();
      await last;
      clearTimeout(timer);
    },
  };
}
