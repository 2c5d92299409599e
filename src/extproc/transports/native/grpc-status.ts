/**
 * @module
 * The end of a gRPC call: its status in trailers (or in the only header block, for a call without a message), and its
 * timeout.
 */
import type { Code } from '../../../diagnostics/codes.ts';
import { encodeBlock } from './hpack-encoder.ts';

/** The gRPC status codes that this server sends. */
export const grpcStatus = {
  ok: 0,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  resourceExhausted: 8,
  unimplemented: 12,
  internal: 13,
} as const;

/** Ends its call with a status. */
export class GrpcError extends Error {
  override readonly name = 'GrpcError';
  readonly status: number;

  /** @param details sent to the client */
  constructor(status: number, details: string) {
    super(details);
    this.status = status;
  }
}

/** The error for a stream that exceeds the memory limit (`memory.ts`). */
export function memoryFull(): GrpcError {
  return new GrpcError(grpcStatus.resourceExhausted, 'extproc.memory-full' satisfies Code);
}

const head = [
  [':status', '200'],
  ['content-type', 'application/grpc'],
] as const;

export const responseHead: Buffer = encodeBlock(head);
/** The trailers of almost every call. */
const okTrailers: Buffer = encodeBlock([['grpc-status', '0']]);
/** The only header block of a call that ended before any message. */
const okOnly: Buffer = encodeBlock([...head, ['grpc-status', '0']]);

/** @param only whether it is the only header block of the call @param details ASCII */
export function statusBlock(status: number, details: string, only: boolean): Buffer {
  if (status === grpcStatus.ok && details === '') return only ? okOnly : okTrailers;
  const fields: (readonly [string, string])[] = [['grpc-status', String(status)]];
  if (details !== '') fields.push(['grpc-message', details.replaceAll('%', '%25')]);
  if (status === grpcStatus.unimplemented) fields.push(['grpc-accept-encoding', 'identity,gzip']);
  return encodeBlock(only ? [...head, ...fields] : fields);
}

const millisecondsOf: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1000, m: 1, u: 1e-3, n: 1e-6 };

/** The value of `grpc-timeout` in milliseconds; undefined if it is malformed. */
export function parseTimeout(text: string): number | undefined {
  const [, digits, unit = ''] = /^(\d{1,8})([HMSmun])$/.exec(text) ?? [];
  const milliseconds = millisecondsOf[unit];
  return milliseconds === undefined ? undefined : Number(digits) * milliseconds;
}
