/**
 * @module
 * The time until the built mintproc is ready, with the project's example policy.
 */
import type { ProcessGroup } from '../demo/process-group.ts';
import { algorithms } from './algorithms.ts';
import type { Effort } from './effort.ts';
import { median } from './paired.ts';
import type { StartUp } from './results.ts';
import type { Progress } from './rounds.ts';
import { onePolicy } from './servers/policy-files.ts';
import { startSidecar } from './servers/start-server.ts';

const maxStarts = 15;

export async function measureStartUp(
  group: ProcessGroup,
  folder: string,
  effort: Effort,
  progress: Progress,
): Promise<StartUp> {
  const files = onePolicy({ algorithm: 'RS256', claims: 0, reuse: true }, algorithms.RS256.makeKeys());
  const times: number[] = [];
  const starts = Math.min(effort.rounds, maxStarts);
  for (let number = 1; number <= starts; number++) {
    const server = await startSidecar(group, folder, `start-${number}`, files);
    await server.stop();
    times.push(server.readyAfter);
    progress(`start ${number} of ${starts}: ready after ${server.readyAfter.toFixed(0)} ms`);
  }
  return { times, median: median(times) };
}
