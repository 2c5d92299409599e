/**
 * @module
 * The deadlines of calls (`grpc-timeout`) on the grpc-js transport, which ends a call whose deadline passes by itself.
 */
import type { Deadline } from '@grpc/grpc-js';
import type { Exchange } from '../exchange.ts';
import type { Service } from './transport.ts';

/** A call of either kind. */
interface Call {
  getDeadline(): Deadline;
  on(event: 'cancelled', listener: () => void): unknown;
}

/** Whether the deadline of the call has passed: what cannot be answered in time is not begun. */
export function hasExpired(call: Pick<Call, 'getDeadline'>): boolean {
  return Number(call.getDeadline()) <= Date.now();
}

/**
 * Closes the exchange when the call is cancelled, also by its deadline, which is reported. The library also calls the
 * handler of a check whose deadline has passed before its message was read, and then reports no end of it.
 */
export function closeWhenCancelled(
  call: Call,
  service: Pick<Service, 'deadlinePassed'>,
  exchange: Pick<Exchange, 'close' | 'isGone'>,
): void {
  const end = (): void => {
    // The library calls the end of an answered call a cancellation too.
    if (exchange.isGone) return;
    if (hasExpired(call)) service.deadlinePassed();
    exchange.close();
  };
  call.on('cancelled', end);
  if (hasExpired(call)) end();
}
