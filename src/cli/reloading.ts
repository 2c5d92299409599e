/**
 * @module
 * Reloads while serving: at SIGHUP, and when files change.
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

/** What follows a reload. */
interface Followers {
  /** New keys are published. */
  readonly keysChanged?: (() => void) | undefined;
  /** Another configuration is in force. */
  readonly adopted?: () => void;
}

/** For files that keep changing; after these, the next change or poll tries again. */
const maxAttempts = 50;

/** Losses of a worker during a load after which the reload fails. */
const maxLosses = 3;

export function startReloading(
  reloader: Reloader,
  serving: Pick<Serving, 'prepare'>,
  report: ConfigurationReport,
  terminal: Pick<Terminal, 'onReload'>,
  pair: Pick<PairInUse, 'follow'>,
  followers: Followers = {},
): Reloading {
  const running = reloader.inForce;
  const { reload } = running.settings;
  const settleTime = milliseconds(reload.settle);
  let isClosing = false;
  let unsettled = 0;
  let losses = 0;
  let timer: NodeJS.Timeout | undefined;
  let last: Promise<unknown> = Promise.resolve();

  /** Attempts run one after the other: a signal may come during a reload. @returns whether to try again */
  function attempt(): Promise<boolean> {
    const mine = last.then(attemptOnce).catch((error: unknown) => {
      if (error instanceof WorkerLost && ++losses < maxLosses) {
        reloader.repeat();
        return true;
      }
      losses = 0;
      // A defect in reading a file must not end a process that serves.
      report.failed(error);
      return false;
    });
    last = mine;
    return mine;
  }

  async function attemptOnce(): Promise<boolean> {
    const result = await reloader.attempt();
    // First, so that a refused policy does not keep a new pair from being used.
    if (result.kind !== 'unsettled' && result.tls !== undefined) await pair.follow(result.tls);
    switch (result.kind) {
      case 'loaded':
        await putInForce(result);
        losses = 0;
        break;
      case 'refused':
        // A check that ends because this process ends says nothing about the files.
        if (!isClosing) report.refused(result.problems);
        break;
      case 'unsettled':
        unsettled++;
        return unsettled < maxAttempts;
    }
    unsettled = 0;
    return false;
  }

  async function putInForce(loaded: Extract<ReloadResult, { kind: 'loaded' }>): Promise<void> {
    // A new key counts as published from now on, however long the workers prepare.
    reloader.announce(loaded.snapshot);
    followers.keysChanged?.();
    const prepared = await serving.prepare(loaded).catch((error: unknown) => {
      reloader.announce(undefined);
      throw error;
    });
    const before = reloader.inForce;
    reloader.adopt(loaded.snapshot);
    await prepared.commit();
    followers.adopted?.();
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
