/**
 * @module
 * Scopes of requests at a fixed time.
 */
import { RequestScope } from '../../../src/mint/request-scope.ts';
import { type HeaderFields, noHeaders } from '../../../src/request/header-fields.ts';
import { emptyView } from '../../../src/request/object-view.ts';
import { RequestView } from '../../../src/request/request-view.ts';
import { identifier } from './conformance-case.ts';

const surroundings = { scheme: null, version: null, remoteAddress: null, localAddress: null };

export function scopeOf(headers: HeaderFields): RequestScope {
  return new RequestScope({
    attributes: new RequestView(headers, surroundings),
    authentication: { clientId: null, clientName: null, principal: null, properties: null },
    request: { headers, attributes: new Map(), metadata: emptyView },
    variables: new Map(),
    now: 1_700_000_000_999,
    randomId: () => identifier,
  });
}

export const emptyScope = scopeOf(noHeaders);
