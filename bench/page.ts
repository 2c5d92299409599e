/**
 * @module
 * A run as a page of Markdown: the machine, the tables, and how to read them.
 */
import type { Machine } from './machine.ts';
import type { Results } from './results.ts';
import { asMarkdown, type Table, tablesOf } from './tables.ts';

const reading = `CPU is the time of the server's process alone, all its threads, divided by the requests; of several rounds, in turns with the
other servers, the median, and \`least\` is the cheapest. Where the host of a virtual machine took CPU time away, only the calmer third of the turns counts (and every other in which it took at most 1 %). \`bare\` is the CPU time of the signature alone in Node (or of
the encryption), over as many bytes with the same key, measured before and after each round. A ratio or a difference is the median of those of the rounds that were neighbours. Envoy has one worker and 16 callers' connections; it answers by
itself, and each answer was 200. That every request was minted for is checked by mintproc's own count, and one token of each row was opened and
verified. Envoy reaches each server by a unix socket, as in \`deploy/kubernetes\`, but for the rows that say TCP; a rival is compared with the rows that are reached as it is. A latency in the table of as many requests as it takes is one of a saturated Envoy. With more or fewer streams in flight the cheapest of three rounds counts, and
\`spread\` is the dearest as a ratio to it. Figures move with the machine, and with what the host of a virtual one takes away from it; read the ratios.`;

export function resultsPage(results: Results, rivals: readonly string[]): string {
  const warning = results.quick ? 'A run with `--quick`: these figures mean nothing.\n\n' : '';
  return `# What a request costs: results

Written by \`npm run bench -- --write bench/RESULTS.md\`; [performance.md](../docs/performance.md) says how it is measured.

${warning}${machineLine(results.machine)}

${reading}

${goalsFirst(tablesOf(results, rivals)).map(asMarkdown).join('\n')}`;
}

/** On a terminal the end is what stays in sight, on a page the beginning. */
function goalsFirst(tables: readonly Table[]): Table[] {
  return [...tables.slice(-1), ...tables.slice(0, -1)];
}

function machineLine({ date, cpu, cores, memory, system, node, envoy, load }: Machine): string {
  return `${date.slice(0, 10)}: ${cores} × ${cpu}, ${memory.toFixed(0)} GB, ${system}, Node ${node}, Envoy ${envoy}; load average before the run ${load.toFixed(2)}.`;
}
