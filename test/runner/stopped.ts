/**
 * @module
 * The end of the runner itself: what it started ends with it. A second signal ends it at once.
 */
const controller = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => controller.abort());

/** Aborted at SIGINT and SIGTERM. */
export const stopped: AbortSignal = controller.signal;
