/**
 * @module
 * The searches, a row each. `npm run search` runs one of them whole, `npm test` a share of each.
 */
import type { Search } from './search.ts';

/** By name. A process loads only the search that it runs: all of them together are most of the program's modules. */
export const searches: Readonly<Record<string, () => Promise<{ readonly search: Search }>>> = {
  admin: () => import('../observe/admin.search.ts'),
  apiconnect: () => import('../dialects/datapower/export/apiconnect.search.ts'),
  'apigee-exports': () => import('../dialects/apigee/bundle/exports.search.ts'),
  'apigee-mutations': () => import('../dialects/apigee/bundle/mutations.search.ts'),
  audit: () => import('../configuration/audit.search.ts'),
  'both-filters': () => import('../extproc/both-filters.search.ts'),
  bundles: () => import('../dialects/apigee/bundle/bundles.search.ts'),
  'client-names': () => import('../net/client-names.search.ts'),
  'edited-list': () => import('../documents/edited-list.search.ts'),
  envoy: () => import('../e2e/envoy.search.ts'),
  'envoy-reads': () => import('../configuration/envoy-reads.search.ts'),
  expressions: () => import('../expressions/expressions.search.ts'),
  'flex-exports': () => import('../dialects/flex/export/exports.search.ts'),
  frames: () => import('../extproc/transports/native/frames.search.ts'),
  hostile: () => import('../e2e/hostile/hostile.search.ts'),
  'in-flight': () => import('../extproc/transports/in-flight.search.ts'),
  imports: () => import('../migration/imports.search.ts'),
  'kept-time': () => import('../extproc/kept-time.search.ts'),
  'killed-rotations': () => import('../cli/killed-rotations.search.ts'),
  isolation: () => import('../e2e/isolation/isolation.search.ts'),
  'json-order': () => import('../diagnostics/json-order.search.ts'),
  load: () => import('../configuration/load.search.ts'),
  log: () => import('../observe/log.search.ts'),
  preparsed: () => import('../dialects/preparsed.search.ts'),
  reload: () => import('../cli/reload.search.ts'),
  'published-keys': () => import('../publishing/published-keys.search.ts'),
  publisher: () => import('../publishing/publisher/publisher.search.ts'),
  rotations: () => import('../cli/rotations.search.ts'),
  'request-text': () => import('../mint/request-text.search.ts'),
  routes: () => import('../routing/routes.search.ts'),
  'same-token': () => import('../extproc/same-token.search.ts'),
  secrets: () => import('../cli/secrets.search.ts'),
  'socket-file': () => import('../net/socket-file.search.ts'),
  'stand-in-keys': () => import('../configuration/stand-in-keys.search.ts'),
  steps: () => import('../configuration/steps.search.ts'),
  'tls-states': () => import('../cli/tls-states.search.ts'),
  transport: () => import('../extproc/transports/native/transport.search.ts'),
  typing: () => import('../playground/typing.search.ts'),
  verify: () => import('../verification/verify.search.ts'),
};
