/**
 * @module
 * The coverage gate over src/: what the tests themselves run; processes they start may add to it but need not.
 */
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import type { EventData } from 'node:test';

export type CoverageSummary = EventData.TestCoverage['summary'];

interface Gate {
  readonly name: string;
  readonly percent: 'coveredLinePercent' | 'coveredBranchPercent' | 'coveredFunctionPercent';
  readonly minimum: number;
}

const gates: readonly Gate[] = [
  { name: 'lines', percent: 'coveredLinePercent', minimum: 95 },
  { name: 'branches', percent: 'coveredBranchPercent', minimum: 90 },
  { name: 'functions', percent: 'coveredFunctionPercent', minimum: 90 },
];

/** What keeps the coverage from passing, as sentences; none where all is well. */
export function coverageProblems(summary: CoverageSummary, root: string, unloaded: readonly string[]): string[] {
  const problems = unloaded.map((file) => `${file} is loaded by no test`);
  const missed = gates.filter((gate) => summary.totals[gate.percent] < gate.minimum);
  for (const gate of missed) {
    problems.push(`${summary.totals[gate.percent].toFixed(2)} % of ${gate.name} are covered, not ${gate.minimum} %`);
  }
  return missed.length === 0 ? problems : [...problems, ...leastCovered(summary, root)];
}

/** Source files that hold code yet were loaded by no test: the runner's figures leave them out. */
export function unloadedFiles(summary: CoverageSummary, files: readonly string[]): string[] {
  const loaded = new Set(summary.files.map((file) => file.path));
  return files.filter((file) => !loaded.has(file) && holdsCode(readFileSync(file, 'utf8')));
}

/**
 * False for a module of types alone, which is erased on loading. Statements begin at the margin, as biome puts them.
 */
export function holdsCode(text: string): boolean {
  const statement = /^(?:export\s+)?(?:const|let|function|async|class|abstract|for|if|await|try)\b/m;
  const effect = /^import\s*['"]|^export\s*[*{]/m;
  return statement.test(text) || effect.test(text);
}

function leastCovered(summary: CoverageSummary, root: string): string[] {
  return summary.files
    .filter((file) => gates.some((gate) => file[gate.percent] < gate.minimum))
    .map((file) => {
      const lines = file.lines.filter((line) => line.count === 0).map((line) => line.line);
      const figures = gates.map((gate) => `${file[gate.percent].toFixed(0)} % ${gate.name}`).join(', ');
      return `  ${relative(root, file.path)}: ${figures}; lines never run: ${ranges(lines)}`;
    });
}

/** `[3, 4, 5, 9]` as `3-5, 9`. */
export function ranges(numbers: readonly number[]): string {
  const spans: { first: number; last: number }[] = [];
  for (const number of numbers) {
    const open = spans.at(-1);
    if (open !== undefined && open.last === number - 1) open.last = number;
    else spans.push({ first: number, last: number });
  }
  return spans.map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`)).join(', ') || 'none';
}
