/**
 * @module
 * `Authorization/Check` for the grpc-js transport.
 */
import * as grpc from '@grpc/grpc-js';
import { decisionOf } from '../authz/check-exchange.ts';
import type { CheckRequest, CheckResponse } from '../authz/check-messages.ts';
import { checkMessage } from '../authz/read-check.ts';
import { respondToCheck } from '../authz/respond-check.ts';
import type { CallMetadata } from '../call-metadata.ts';
import type { Answer } from '../exchange.ts';
import { closeWhenCancelled } from './grpc-js-deadlines.ts';
import type { Service } from './transport.ts';

/** @param metadataOf reads what a call's metadata says */
export function authorize(
  service: Service,
  metadataOf: (metadata: grpc.Metadata) => CallMetadata,
): grpc.handleUnaryCall<CheckRequest, CheckResponse> {
  return (call, callback) => {
    const exchange = service.check(metadataOf(call.metadata));
    closeWhenCancelled(call, service, exchange);
    if (!exchange.isGone) deliver(exchange.answer(checkMessage(call.request)));

    /** An unexpected error ends the call with an error, and Envoy refuses the request. */
    function deliver(answer: Answer): void {
      try {
        const decision = decisionOf(answer);
        if (decision.kind === 'later') decision.listen(deliver);
        else finish(respondToCheck(decision));
      } catch (error) {
        service.defect(error);
        exchange.close();
        callback({ code: grpc.status.INTERNAL, details: 'extproc.internal' });
      }
    }

    function finish(response: CheckResponse): void {
      exchange.close();
      callback(null, response);
    }
  };
}
