/**
 * @module
 * The searches, a row each. `npm run search` runs one of them whole, `npm test` a share of each.
 */
import { search as reload } from '../cli/reload.search.ts';
import { search as secrets } from '../cli/secrets.search.ts';
import { search as tlsStates } from '../cli/tls-states.search.ts';
import { search as audit } from '../configuration/audit.search.ts';
import { search as envoyReads } from '../configuration/envoy-reads.search.ts';
import { search as load } from '../configuration/load.search.ts';
import { search as steps } from '../configuration/steps.search.ts';
import { search as jsonOrder } from '../diagnostics/json-order.search.ts';
import { search as bundles } from '../dialects/apigee/bundle/bundles.search.ts';
import { search as apigeeExports } from '../dialects/apigee/bundle/exports.search.ts';
import { search as apiconnect } from '../dialects/datapower/export/apiconnect.search.ts';
import { search as flexExports } from '../dialects/flex/export/exports.search.ts';
import { search as preparsed } from '../dialects/preparsed.search.ts';
import { search as envoy } from '../e2e/envoy.search.ts';
import { search as expressions } from '../expressions/expressions.search.ts';
import { search as sameToken } from '../extproc/same-token.search.ts';
import { search as frames } from '../extproc/transports/native/frames.search.ts';
import { search as transport } from '../extproc/transports/native/transport.search.ts';
import { search as imports } from '../migration/imports.search.ts';
import { search as requestText } from '../mint/request-text.search.ts';
import { search as socketFile } from '../net/socket-file.search.ts';
import { search as admin } from '../observe/admin.search.ts';
import { search as log } from '../observe/log.search.ts';
import { search as routes } from '../routing/routes.search.ts';
import { search as verify } from '../verification/verify.search.ts';
import type { Search } from './search.ts';

export const searches: readonly Search[] = [
  admin,
  apigeeExports,
  apiconnect,
  audit,
  bundles,
  envoy,
  envoyReads,
  expressions,
  flexExports,
  frames,
  imports,
  jsonOrder,
  preparsed,
  load,
  log,
  reload,
  requestText,
  routes,
  sameToken,
  secrets,
  socketFile,
  steps,
  tlsStates,
  transport,
  verify,
];
