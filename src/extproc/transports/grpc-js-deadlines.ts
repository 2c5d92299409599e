/**
 * @module
 * The deadlines of calls (`grpc-timeout`) on the grpc-js transport, which ends a call whose deadline passes by itself.
 */
import type { Deadline } from '@grpc/grpc-js';
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

/** Calls `close` when the call is cancelled, also by its deadline, which is reported. */
export function whenCancelled(call: Call, service: Pick<Service, 'deadlinePassed'>, close: () => void): void {
  call.on('cancelled', () => {
    if (hasExpired(call)) service.deadlinePassed();
    close();
  });
}
