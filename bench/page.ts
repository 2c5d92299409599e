/**
 * @module
 * A run as a page of Markdown: the machine, the tables, and an explanation.
 */
import type { Machine } from './machine.ts';
import type { Results } from './results.ts';
import { asMarkdown, type Table, tablesOf } from './tables.ts';

const reading = `CPU is the CPU time of the server's process alone, with all its threads, divided by the number of requests. It is the
median of several rounds, which alternate with those of the other servers; \`min\` is the cheapest round. If the host of
a virtual machine took CPU time away, only the calmer third of the rounds counts (and every other round in which it took
at most 1 %). \`bare\` is the CPU time of the signature alone in Node (or of the encryption), over as many bytes with the
same key, measured before and after each round. A ratio or a difference is the median of those of adjacent rounds.

Envoy has one worker and 16 connections from callers. It answers by itself, and each answer was 200. mintproc's own
count confirms that a token was minted for every request, and one token of each row was opened and verified. Envoy
reaches each server over a unix socket, as in \`deploy/kubernetes\`, except in the rows that say TCP. A compared server is
compared with the rows that use the same kind of address. In the table of the maximum rate, latencies are
those of a saturated Envoy. In the table of streams in flight, the cheapest of three rounds counts, and \`spread\` is the
ratio of the most expensive round to it. Figures depend on the machine, and on the CPU time that the host of a virtual
machine takes away. Compare the ratios.`;

export function resultsPage(results: Results, compared: readonly string[]): string {
  const warning = results.quick ? 'A run with `--quick`: these figures mean nothing.\n\n' : '';
  return `# The cost of a request: results

Written by \`npm run bench -- --write bench/RESULTS.md\`. [performance.md](../docs/performance.md) explains the
measurement.

${warning}${machineLine(results.machine)}

${reading}

${goalsFirst(tablesOf(results, compared)).map(asMarkdown).join('\n')}`;
}

/** On a terminal the end remains visible, on a page the beginning is read first. */
function goalsFirst(tables: readonly Table[]): Table[] {
  return [...tables.slice(-1), ...tables.slice(0, -1)];
}

/** When and on what it was measured. */
export function machineLine({ date, cpu, cores, memory, system, node, envoy, load }: Machine): string {
  return `${date.slice(0, 10)}: ${cores} × ${cpu}, ${memory.toFixed(0)} GB, ${system}, Node ${node}, Envoy ${envoy}.

Load average before the run: ${load.toFixed(2)}.`;
}
