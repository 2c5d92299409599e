/**
 * @module
 * `npm run upstream -- PORT`: the demo's upstream by itself, which answers with the request that it received.
 */
import { endWithNpm } from '../src/cli/parent.ts';
import { startUpstream } from './upstream.ts';

const port = Number(process.argv[2]);
if (!Number.isInteger(port) || port < 1 || port > 65_535) {
  process.stderr.write('Usage: npm run upstream -- PORT\n');
  process.exitCode = 2;
} else {
  endWithNpm(process.env);
  await startUpstream(port);
}
