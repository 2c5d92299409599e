/**
 * @module
 * The messages of `proto/external_auth.proto` as JavaScript objects, as the generic codec gives and takes them. Fields
 * that were not sent are absent.
 */
import type { HeaderMutation, HeaderValue, Struct } from '../messages.ts';

export interface Address {
  readonly socket_address?: { readonly address?: string; readonly port_value?: number };
  readonly pipe?: { readonly path?: string };
}

export interface Peer {
  readonly address?: Address;
  readonly principal?: string;
}

export interface HttpRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly path?: string;
  readonly host?: string;
  readonly scheme?: string;
  readonly protocol?: string;
  readonly header_map?: { readonly headers?: readonly HeaderValue[] };
}

export interface CheckRequest {
  readonly attributes?: {
    readonly source?: Peer;
    readonly destination?: Peer;
    readonly request?: { readonly http?: HttpRequest };
    readonly context_extensions?: Readonly<Record<string, string>>;
    readonly metadata_context?: { readonly filter_metadata?: Readonly<Record<string, Struct>> };
    readonly tls_session?: { readonly sni?: string };
  };
}

/** Envoy reads `value` here, unlike in an answer of ext_proc. */
export type SetHeader = Omit<NonNullable<HeaderMutation['set_headers']>[number], 'header'> & {
  readonly header: { readonly key: string; readonly value: string };
};

/** Without `status.code` or with 0, Envoy lets the request go on. */
export interface CheckResponse {
  readonly status: { readonly code?: number; readonly message?: string };
  readonly ok_response?: { readonly headers: readonly SetHeader[]; readonly headers_to_remove: readonly string[] };
  readonly denied_response?: {
    readonly status: { readonly code: number };
    readonly headers: readonly SetHeader[];
    readonly body: string;
  };
  readonly dynamic_metadata?: Struct;
}
