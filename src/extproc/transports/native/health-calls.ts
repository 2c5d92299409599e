/**
 * @module
 * The gRPC health service on the native transport.
 */
import { bytesTag, ProtobufReader, WireFormatError } from '../../codec/protobuf-reader.ts';
import { ProtobufWriter } from '../../codec/protobuf-writer.ts';
import type { Health, ServingStatus } from '../../health.ts';
import type { Method, Reply } from './calls.ts';
import { GrpcError, grpcStatus } from './grpc-status.ts';
import type { Call } from './stream.ts';

/** `HealthCheckResponse.ServingStatus` */
const statusNumber: Readonly<Record<ServingStatus | 'SERVICE_UNKNOWN', number>> = {
  SERVING: 1,
  NOT_SERVING: 2,
  SERVICE_UNKNOWN: 3,
};

/** `HealthCheckRequest.service` */
const service = bytesTag(1);

export function checkMethod(health: Health): Method {
  return (reply) => new CheckCall(health, reply);
}

export function watchMethod(health: Health): Method {
  return (reply) => new WatchCall(health, reply);
}

class CheckCall implements Call {
  readonly #health: Health;
  readonly #reply: Reply;
  #service: string | undefined;

  constructor(health: Health, reply: Reply) {
    this.#health = health;
    this.#reply = reply;
  }

  message(bytes: Buffer, start: number, end: number): void {
    this.#service = serviceOf(bytes, start, end);
  }

  ended(): void {
    if (this.#service === undefined) throw new GrpcError(grpcStatus.internal, 'The call has no message.');
    const status = this.#health.statusOf(this.#service);
    if (status === undefined) throw new GrpcError(grpcStatus.notFound, 'This server has no such service.');
    send(this.#reply, status);
    this.#reply.end(grpcStatus.ok, '');
  }

  closed(): void {}
}

/** The watch ends after it has sent NOT_SERVING, because an open stream would delay the drain. */
class WatchCall implements Call {
  readonly #health: Health;
  readonly #reply: Reply;
  #stop: (() => void) | undefined;

  constructor(health: Health, reply: Reply) {
    this.#health = health;
    this.#reply = reply;
  }

  message(bytes: Buffer, start: number, end: number): void {
    if (this.#stop !== undefined) throw new GrpcError(grpcStatus.invalidArgument, 'The call has two messages.');
    const name = serviceOf(bytes, start, end);
    send(this.#reply, this.#health.statusOf(name) ?? 'SERVICE_UNKNOWN');
    const endWith = (status: ServingStatus): void => {
      if (status === 'NOT_SERVING') this.#reply.end(grpcStatus.ok, '');
    };
    this.#stop = this.#health.onChange((status) => {
      if (this.#health.statusOf(name) !== undefined) send(this.#reply, status);
      endWith(status);
    });
    endWith(this.#health.status);
  }

  /** The client of a watch sends one message and then only listens. */
  ended(): void {
    if (this.#stop === undefined) throw new GrpcError(grpcStatus.internal, 'The call has no message.');
  }

  closed(): void {
    this.#stop?.();
  }
}

function serviceOf(bytes: Buffer, start: number, end: number): string {
  const reader = new ProtobufReader();
  reader.reset(bytes, start, end);
  let name = '';
  try {
    while (reader.at < end) {
      const tag = reader.tag();
      if (tag !== service) {
        reader.skip(tag);
        continue;
      }
      const stop = reader.length();
      name = bytes.toString('utf8', reader.at, stop);
      reader.at = stop;
    }
  } catch (error) {
    if (!(error instanceof WireFormatError)) throw error;
    throw new GrpcError(grpcStatus.internal, 'The message cannot be decoded.');
  }
  return name;
}

function send(reply: Reply, status: ServingStatus | 'SERVICE_UNKNOWN'): void {
  const writer = new ProtobufWriter(16);
  writer.varint(1, statusNumber[status]);
  reply.message(writer.bytes, writer.at, writer.bytes.length);
}
