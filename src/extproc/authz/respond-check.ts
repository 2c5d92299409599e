/**
 * @module
 * Converts a decision to the answer to a check.
 */
import type { Decision } from '../../decision/decision.ts';
import { codeOf, finalStatus } from '../respond.ts';
import { structOf } from '../struct.ts';
import type { CheckResponse, SetHeader } from './check-messages.ts';

export function respondToCheck(decision: Decision): CheckResponse {
  switch (decision.kind) {
    case 'untouched':
      return allowed([], []);
    case 'forward': {
      const { set, remove, metadata } = decision;
      const published = metadata === undefined ? {} : { dynamic_metadata: structOf({ mintproc: metadata }) };
      return { ...allowed(set, remove), ...published };
    }
    case 'refuse': {
      const { status, contentType, headers = [], body } = decision.refusal;
      const code = finalStatus(status);
      return {
        status: { code: rpcStatusOf(code), message: codeOf(decision) },
        denied_response: {
          status: { code },
          headers: [setHeader(['content-type', contentType]), ...headers.map(setHeader)],
          body,
        },
      };
    }
  }
}

/** `google.rpc.Code`: UNAUTHENTICATED or PERMISSION_DENIED. Any but OK refuses the request. */
export function rpcStatusOf(status: number): number {
  return status === 401 ? 16 : 7;
}

type Header = readonly [name: string, value: string];

function allowed(set: readonly Header[], remove: readonly string[]): CheckResponse {
  return { status: {}, ok_response: { headers: set.map(setHeader), headers_to_remove: remove } };
}

/** Setting a header replaces all its values. */
function setHeader([key, value]: Header): SetHeader {
  return { header: { key, value }, append_action: 'OVERWRITE_IF_EXISTS_OR_ADD' };
}
