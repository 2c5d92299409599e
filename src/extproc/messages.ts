/**
 * @module
 * The messages of `proto/external_processor.proto` as JavaScript objects. Fields that were not sent are absent, enums
 * are names, and `request` names the member of the oneof that is present. A transport decodes into this shape.
 */

import type { HeaderFields } from '../request/header-fields.ts';
import type { IncomingRequest } from '../request/incoming-request.ts';
import type { WireLimits } from './wire-limits.ts';

/** The members of the oneof: the part of the HTTP request or response that Envoy sent. */
export type Phase =
  | 'request_headers'
  | 'response_headers'
  | 'request_body'
  | 'response_body'
  | 'request_trailers'
  | 'response_trailers';

/** With `GRPC` and `FULL_DUPLEX_STREAMED` Envoy keeps no copy of the body: the processor has to return it. */
export type BodySendMode = 'NONE' | 'STREAMED' | 'BUFFERED' | 'BUFFERED_PARTIAL' | 'FULL_DUPLEX_STREAMED' | 'GRPC';

export interface HeaderValue {
  readonly key?: string;
  readonly value?: string;
  readonly raw_value?: Buffer;
}

export interface HttpHeaders {
  readonly headers?: { readonly headers?: readonly HeaderValue[] };
  readonly end_of_stream?: boolean;
}

export interface HttpTrailers {
  readonly trailers?: { readonly headers?: readonly HeaderValue[] };
}

export interface HttpBody {
  readonly body?: Buffer;
  readonly end_of_stream?: boolean;
  readonly end_of_stream_without_message?: boolean;
  readonly grpc_message_compressed?: boolean;
}

/** `google.protobuf.Struct` */
export interface Struct {
  readonly fields?: Readonly<Record<string, Value>>;
}

/** `google.protobuf.Value`: one member is present; `nullValue` and an empty value both mean null. */
export interface Value {
  readonly nullValue?: string;
  readonly numberValue?: number;
  readonly stringValue?: string;
  readonly boolValue?: boolean;
  readonly structValue?: Struct;
  readonly listValue?: { readonly values?: readonly Value[] };
}

export interface ProcessingRequest {
  /** Undefined if Envoy sent no part, or one that these definitions do not contain. */
  readonly request?: Phase | undefined;
  readonly request_headers?: HttpHeaders;
  readonly response_headers?: HttpHeaders;
  readonly request_body?: HttpBody | undefined;
  readonly response_body?: HttpBody | undefined;
  readonly request_trailers?: HttpTrailers;
  readonly response_trailers?: object;
  readonly metadata_context?: { readonly filter_metadata?: Readonly<Record<string, Struct>> };
  readonly attributes?: Readonly<Record<string, Struct>>;
  readonly observability_mode?: boolean;
  readonly protocol_config?:
    | { readonly request_body_mode?: BodySendMode; readonly response_body_mode?: BodySendMode }
    | undefined;
  /**
   * Reads the request that `request_headers`, `attributes` and `metadata_context` describe. Present if the codec does
   * so without creating these members; see `readRequest` in `wire.ts`.
   */
  incoming?(routePolicy: string | undefined, limits: WireLimits): IncomingRequest;
  /** The fields of `request_trailers`, likewise. */
  trailers?(limits: WireLimits): HeaderFields;
}

export interface HeaderMutation {
  readonly set_headers?: readonly {
    readonly header: { readonly key: string; readonly raw_value: Buffer };
    readonly append_action: 'OVERWRITE_IF_EXISTS_OR_ADD';
  }[];
  readonly remove_headers?: readonly string[];
}

interface CommonResponse {
  readonly header_mutation?: HeaderMutation;
  readonly body_mutation?: { readonly streamed_response: HttpBody };
}

export interface ImmediateResponse {
  readonly status: { readonly code: number };
  readonly headers: HeaderMutation;
  readonly body: Buffer;
  readonly details: string;
}

/** Exactly one member is present, in addition to `dynamic_metadata`, which any of them may have. */
export interface ProcessingResponse {
  readonly request_headers?: { readonly response?: CommonResponse };
  readonly response_headers?: { readonly response?: CommonResponse };
  readonly request_body?: { readonly response?: CommonResponse };
  readonly response_body?: { readonly response?: CommonResponse };
  readonly request_trailers?: { readonly header_mutation?: HeaderMutation };
  readonly response_trailers?: object;
  readonly immediate_response?: ImmediateResponse;
  /** By namespace. */
  readonly dynamic_metadata?: Struct;
}
