/**
 * @module
 * Writes a run as Markdown: the machine, the tables, and how to read them.
 */
import type { Machine } from './machine.ts';
import type { Results } from './results.ts';
import { asMarkdown, type Table, tablesOf } from './tables.ts';

const reading = `CPU is the CPU time of the server's process, all its threads, divided by the number of requests: the median of several
rounds, in turns with the other servers. \`min\` is the cheapest round. If the host of a virtual machine took CPU time
away, only the calmer third of the rounds counts, and every other round in which it took at most 1 %. \`bare\` is the
CPU time of the signature alone in Node (or of the encryption), over the same number of bytes with the same key,
measured before and after each round. A ratio or a difference is the median over paired rounds.

Envoy has one worker thread and 16 connections from callers. It answers by itself, and each answer was 200. mintproc's
own counter confirms that a token was minted for every request, and one token of each row was verified. Envoy reaches
each server by a unix socket, as in \`deploy/kubernetes\`, except for the rows over TCP. A compared server is compared
with the rows that are reached in the same way. Latencies in the table of the maximum rate are those of a saturated
Envoy. For the table of streams in flight the cheapest of three rounds counts, and \`spread\` is the ratio of the most
expensive round to it. Figures depend on the machine and on its load; compare the ratios.`;

export function resultsPage(results: Results, compared: readonly string[]): string {
  const warning = results.quick ? 'A run with `--quick`: these figures are not meaningful.\n\n' : '';
  return `# The cost of a request: results

Written by \`npm run bench -- --write bench/RESULTS.md\`; [performance.md](../docs/performance.md) describes the measurement.

${warning}${machineLine(results.machine)}

${reading}

${goalsFirst(tablesOf(results, compared)).map(asMarkdown).join('\n')}`;
}

/** On a terminal the goals come last, where they stay visible; on a page they come first. */
function goalsFirst(tables: readonly Table[]): Table[] {
  return [...tables.slice(-1), ...tables.slice(0, -1)];
}

function machineLine({ date, cpu, cores, memory, system, node, envoy, load }: Machine): string {
  return `${date.slice(0, 10)}: ${cores} × ${cpu}, ${memory.toFixed(0)} GB, ${system}, Node ${node}, Envoy ${envoy}; load average before the run ${load.toFixed(2)}.`;
}
