/**
 * @module
 * The scope of an empty request at a fixed time.
 */
import { RequestScope } from '../../../src/mint/request-scope.ts';
import { noHeaders } from '../../../src/request/header-fields.ts';
import { emptyView } from '../../../src/request/object-view.ts';
import { RequestView } from '../../../src/request/request-view.ts';
import { identifier } from './conformance-case.ts';

const surroundings = { scheme: null, version: null, remoteAddress: null, localAddress: null };

export const emptyScope = new RequestScope({
  attributes: new RequestView(noHeaders, surroundings),
  authentication: { clientId: null, clientName: null, principal: null, properties: null },
  request: { headers: noHeaders, attributes: new Map(), metadata: emptyView },
  variables: new Map(),
  now: 1_700_000_000_999,
  randomId: () => identifier,
});
