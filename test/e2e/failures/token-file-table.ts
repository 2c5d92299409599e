/**
 * @module
 * The rows of the failure table for tokens in files (`sds`).
 */
import { both, type Failure, served } from './failure.ts';

const withoutToken = both({ status: 401, body: 'Envoy' });
const notInjected = 'http.callers.credential_injector.failed';

export const tokenFiles = {
  'sds-killed': {
    fault: 'mintproc is killed, and Envoy has the token from a file',
    client: served,
    operator: { ready: 'no answer', exit: 'SIGKILL', envoy: ['http.callers.credential_injector.injected'] },
    toDo: 'Start mintproc before the token expires: Envoy goes on with it, and from then on the upstream refuses it. Until mintproc runs, nothing takes away the token of a revoked key.',
  },
  'sds-stopped': {
    fault: 'mintproc is stopped, with `onStop: clear`',
    client: withoutToken,
    operator: { ready: 'no answer', exit: 0, envoy: [notInjected] },
    toDo: 'Start mintproc. If requests must go on with the last token meanwhile, write `onStop: keep`.',
  },
  'sds-removed': {
    fault: 'the token file is removed',
    client: served,
    operator: {
      grows: ['mintproc_sds_foreign_writes_total{policy="constant"}'],
      log: ['Something else wrote or removed a token file. It is made anew.', 'sds.changed-file'],
      ready: [200, 'status', 'ready'],
    },
    toDo: 'Find out what removed it. Envoy goes on with the last token, and mintproc writes the file again within seconds.',
  },
  'sds-not-made': {
    fault: 'the token of a file cannot be made, and none may stay',
    client: withoutToken,
    operator: {
      grows: ['mintproc_sds_failures_total{policy="constant",step="mint"}'],
      log: ['The token of a file could not be made.', 'keys.none-active'],
      ready: [200, 'tokenFiles'],
      envoy: [notInjected],
    },
    toDo: 'The log line and `tokenFiles` in `/readyz` have the reason. At the next renewal, the last token stays until shortly before its end.',
  },
} as const satisfies Record<string, Failure>;
