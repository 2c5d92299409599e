/**
 * @module
 * The gRPC health service for the grpc-js transport.
 */
import * as grpc from '@grpc/grpc-js';
import type { Health, ServingStatus } from '../health.ts';

interface Request {
  readonly service?: string;
}

interface Response {
  readonly status: ServingStatus | 'SERVICE_UNKNOWN';
}

export function checkHealth(health: Health): grpc.handleUnaryCall<Request, Response> {
  return (call, callback) => {
    const status = health.statusOf(call.request.service ?? '');
    if (status === undefined) callback({ code: grpc.status.NOT_FOUND, details: 'This server has no such service.' });
    else callback(null, { status });
  };
}

/** The watch ends after it has sent NOT_SERVING, because an open stream would delay the drain. */
export function watchHealth(health: Health): grpc.handleServerStreamingCall<Request, Response> {
  return (call) => {
    const service = call.request.service ?? '';
    call.write({ status: health.statusOf(service) ?? 'SERVICE_UNKNOWN' });
    const endWith = (status: ServingStatus): void => {
      if (status === 'NOT_SERVING') call.end();
    };
    const stop = health.onChange((status) => {
      if (health.statusOf(service) !== undefined) call.write({ status });
      endWith(status);
    });
    endWith(health.status);
    call.on('cancelled', stop);
    call.on('error', stop);
    call.on('close', stop);
  };
}
