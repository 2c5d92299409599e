/**
 * @module
 * The times of a rotation: when a new key may sign at the earliest, from what the configuration says of caches.
 */
import type { Settings } from '../../configuration/configuration-schema.ts';
import { milliseconds } from '../../configuration/duration.ts';
import { verifiersCache } from '../../configuration/jwks-schema.ts';

const second = 1000;

/** An instance checks a change before it is in force, and a mounted Secret is up to a minute older than its source. */
const arrival = 60_000;

/**
 * How long after a change of the files every verifier has the new key: each instance must have the change in force, and
 * every cache must end. Milliseconds; undefined if no key is published here.
 */
export function announcementTime({ jwks, reload }: Settings): number | undefined {
  if (jwks === undefined) return undefined;
  const cache = Math.max(milliseconds(jwks.publishAhead ?? '0s'), verifiersCache(jwks));
  return cache + arrival + milliseconds(reload.poll) + milliseconds(reload.settle);
}

/** The next whole second: names and dates have no milliseconds. */
export function wholeSecond(time: number): number {
  return Math.ceil(time / second) * second;
}

/** As the configuration writes a time. */
export function timeText(time: number): string {
  return new Date(time).toISOString().replace(/\.000Z$/, 'Z');
}
