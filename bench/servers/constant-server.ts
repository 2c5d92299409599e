/**
 * @module
 * The external processor with a constant decision, to measure the transport alone.
 *
 * Usage: node bench/servers/constant-server.ts native|grpc-js ADDRESS
 */

import { settingsSchema } from '../../src/configuration/configuration-schema.ts';
import type { Decision } from '../../src/decision/decision.ts';
import { startServer } from '../../src/extproc/server.ts';
import { transports } from '../../src/extproc/transports/index.ts';

const [name = '', address = ''] = process.argv.slice(2);
const transport = name === 'native' || name === 'grpc-js' ? name : undefined;
if (transport === undefined) throw new Error(`Name a transport: ${Object.keys(transports).join(' or ')}.`);

/** A realistic size: the vendor's example, signed with RS256, has at least 550 characters. */
const tokenLength = 640;

const decision: Decision = {
  kind: 'forward',
  set: [['authorization', `Bearer ${'a'.repeat(tokenLength)}`]],
  remove: [],
  mints: [{ policy: 'p', outcome: 'minted' }],
};

await startServer({
  addresses: [address],
  transport,
  limits: settingsSchema.parse({}).limits,
  pin: () => () => decision,
  observer: {
    streamOpened() {},
    streamClosed() {},
    finished() {},
    connectionRefused() {},
    memoryFull() {},
    deadlinePassed() {},
    defect({ name: error, stack }) {
      process.stderr.write(`${error}\n${stack}\n`);
    },
  },
});
