/**
 * A scope of a request of which little is known.
 */

import type { JsonValue } from '../../src/diagnostics/json.ts';
import type { Place } from '../../src/diagnostics/source-text.ts';
import { RequestScope } from '../../src/mint/request-scope.ts';
import { noHeaders } from '../../src/request/header-fields.ts';
import { emptyView } from '../../src/request/object-view.ts';
import { RequestView } from '../../src/request/request-view.ts';

/** A place for steps whose place does not matter. */
export const somewhere: Place = { file: 'test', line: 1, column: 1 };

const surroundings = { scheme: null, version: null, remoteAddress: null, localAddress: null };

/** At 1,700,000,000.999 seconds, with these variables. */
export function scopeWith(variables: Readonly<Record<string, JsonValue>> = {}): RequestScope {
  return new RequestScope({
    attributes: new RequestView(noHeaders, surroundings),
    authentication: { clientId: null, clientName: null, principal: null, properties: null },
    request: { headers: noHeaders, attributes: new Map(), metadata: emptyView },
    variables: new Map(Object.entries(variables)),
    now: 1_700_000_000_999,
    randomId: () => '89b22098-cfc2-45ee-8f0b-b4f83c77c5f9',
  });
}
