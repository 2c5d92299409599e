/**
 * @module
 * `npm run upstream -- PORT`: the demo's upstream by itself, which answers with the request that it received.
 */
import { endWithNpm } from '../src/cli/parent.ts';
import { systemCode } from './setup-error.ts';
import { startUpstream } from './upstream.ts';

const port = Number(process.argv[2]);
if (!Number.isInteger(port) || port < 1 || port > 65_535) {
  process.stderr.write('Usage: npm run upstream -- PORT\n');
  process.exitCode = 2;
} else {
  endWithNpm(process.env);
  try {
    await startUpstream(port);
  } catch (error) {
    const code = systemCode(error);
    const advice =
      code === 'EADDRINUSE' ? 'Another process listens there: end it, or choose another port.' : `${code}.`;
    process.stderr.write(`upstream: Cannot listen at 127.0.0.1:${port}. ${advice}\n`);
    process.exitCode = 1;
  }
}
