/**
 * @module
 * The generated parts and pictures of docs/, and generated files of deploy/. Each is made from the table in the code that it
 * describes. `npm run docs` writes them, and a test compares them.
 */

import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeAdvice, groupAdvice } from '../../src/cli/help/advice.ts';
import { statusText } from '../../src/cli/help/code-page.ts';
import type { RuleExample } from '../../src/cli/help/rule-examples/example.ts';
import { ruleExamples } from '../../src/cli/help/rule-examples/index.ts';
import { type Code, codes } from '../../src/diagnostics/codes.ts';
import { type RuleCode, rules } from '../../src/diagnostics/rules.ts';
import { callerVariables } from '../../src/dialects/apigee/caller-variables.ts';
import { platforms } from '../../src/envoy/platforms.ts';
import { callerKindNames, callerKinds, callerObject } from '../../src/expressions/caller-objects.ts';
import { type MetricRow, metricTable } from '../../src/observe/metric-table.ts';
import { publisherTable } from '../../src/publishing/publisher/publisher-metrics.ts';
import { rooms } from '../architecture/rooms.ts';
import { dashboardText } from '../deploy/dashboard/grafana.ts';
import { rulesText } from '../deploy/dashboard/rules.ts';
import { addedLatency, requestCosts, reuseSavings } from './bench-figures.ts';
import {
  dataweaveBounds,
  dataweaveFunctions,
  engineDifferences,
  expressionBounds,
  expressionFunctions,
  inputMembers,
  refusedFunctions,
  unsupportedConstructs,
} from './expression-tables.ts';
import { failurePages } from './failure-pages.ts';
import { benchPictures } from './pictures/bench-pictures.ts';
import { longestCell, tableWithNotes } from './table.ts';
import { wrapped } from './wrap.ts';

interface Part {
  /** The page, from the repository's root. */
  readonly page: string;
  /** The name in the page's markers. */
  readonly name: string;
  readonly text: () => string;
}

export const parts: readonly Part[] = [
  { page: 'docs/README.md', name: 'decisions', text: decisionList },
  { page: 'docs/architecture.md', name: 'rooms', text: roomTable },
  { page: 'docs/commands.md', name: 'options of gen', text: platformOptions },
  { page: 'docs/metrics.md', name: 'metrics', text: metrics },
  { page: 'docs/metrics.md', name: 'metrics of publish', text: () => tableOfMetrics(publisherTable) },
  { page: 'docs/errors.md', name: 'codes', text: errorCodes },
  { page: 'docs/configuration.md', name: 'objects of the caller', text: callerObjectTable },
  { page: 'docs/dialects/apigee.md', name: 'variables of the caller', text: callerVariableTable },
  { page: 'docs/explanation/performance.md', name: 'costs', text: requestCosts },
  { page: 'docs/explanation/performance.md', name: 'added latency', text: addedLatency },
  { page: 'docs/guides/reuse.md', name: 'savings', text: reuseSavings },
  { page: 'docs/operations/failures.md', name: 'failures', text: failurePages },
  { page: 'docs/rules.md', name: 'rules', text: ruleList },
  { page: 'docs/expressions.md', name: 'members', text: inputMembers },
  { page: 'docs/expressions.md', name: 'functions', text: expressionFunctions },
  { page: 'docs/expressions.md', name: 'unsupported', text: unsupportedConstructs },
  { page: 'docs/expressions.md', name: 'bounds', text: expressionBounds },
  { page: 'docs/expressions.md', name: 'functions of dataweave', text: dataweaveFunctions },
  { page: 'docs/expressions.md', name: 'refused of dataweave', text: refusedFunctions },
  { page: 'docs/expressions.md', name: 'bounds of dataweave', text: dataweaveBounds },
  { page: 'docs/expressions.md', name: 'differences of dataweave', text: engineDifferences },
];

/** Files that are generated as a whole. */
export const wholeFiles: readonly { readonly file: string; readonly text: () => string }[] = [
  // Helm reads no file outside its chart.
  { file: 'deploy/helm/mintproc/files/rules.yaml', text: () => rulesText },
  // Kustomize takes no file of another folder.
  { file: 'deploy/kubernetes/components/prometheus-rule/rule.yaml', text: prometheusRule },
  { file: 'deploy/grafana/mintproc.json', text: dashboardText },
  ...benchPictures,
];

function prometheusRule(): string {
  const indented = rulesText.replace(/^(?=.)/gm, '  ');
  return `# Written by \`npm run docs\`: \`spec\` is deploy/prometheus/rules.yaml.
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: mintproc
spec:
${indented}`;
}

/** The page with the text between `<!-- NAME: … -->` and `<!-- end of NAME -->` replaced; undefined without markers. */
export function withPart(page: string, name: string, text: string): string | undefined {
  const marked = new RegExp(`(<!-- ${name}: [^\\n]*-->\\n)[\\s\\S]*?(<!-- end of ${name} -->)`);
  if (!marked.test(page)) return undefined;
  return page.replace(marked, (_, begin: string, end: string) => `${begin}\n${text}\n${end}`);
}

function roomTable(): string {
  const code = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ');
  const rows = Object.entries(rooms).map(([name, { job, imports, packages = [], isPure }]) => [
    `\`${name}/\`${isPure === true ? ' (pure)' : ''}`,
    job,
    imports.join(', '),
    code(packages),
  ]);
  return tableWithNotes(['Room', 'Job', 'May import', 'Packages'], rows);
}

/** Each record with its title. */
function decisionList(): string {
  const folder = join(import.meta.dirname, '..', '..', 'docs', 'decisions');
  const rows = globSync('*.md', { cwd: folder })
    .sort()
    .map((name) => {
      const [, number = name, title = ''] = /^# (\d+) (.*)$/m.exec(readFileSync(join(folder, name), 'utf8')) ?? [];
      return [`[${number}](decisions/${name})`, title];
    });
  return tableWithNotes(['Record', 'Decision'], rows);
}

function tableOfMetrics(table: Readonly<Record<string, MetricRow>>): string {
  const rows = Object.entries(table).map(([name, row]) => {
    const labels = row.labels.map((label) => `\`${label}\``).join(', ');
    return [`\`${name}\``, row.type, labels, row.help];
  });
  return tableWithNotes(['Metric', 'Type', 'Labels', 'Meaning'], rows);
}

function metrics(): string {
  const buckets = Object.entries<MetricRow>(metricTable).flatMap(([name, row]) =>
    row.type === 'histogram' ? [wrapped(`\`${name}\`: ${row.buckets.join(', ')}`, '- ')] : [],
  );
  return `${tableOfMetrics(metricTable)}\nUpper bounds of the histogram buckets, in seconds or bytes according to the name:\n\n${buckets.join('\n')}\n`;
}

/** The members of each object, and what they hold. */
function callerObjectTable(): string {
  const client = 'the client application';
  const rows = callerKindNames.map((kind) => {
    const object = callerObject(kind);
    const row = [`\`${kind}\``, callerKinds[kind].policies];
    if (object === undefined) return [...row, 'as without `as`', 'as without `as`', 'as without `as`'];
    const properties = Object.keys(object.properties).map((name) => `\`${name}\``);
    return [
      ...row,
      object.principal === 'user' ? 'the user' : `the ID of ${client}`,
      object.hasClient ? client : '–',
      properties.length === 0 ? '–' : properties.join(', '),
    ];
  });
  return tableWithNotes(['`as`', 'Policy', '`principal`', '`clientId`, `clientName`', '`properties`'], rows);
}

function callerVariableTable(): string {
  const rows = callerVariables.flatMap(({ names, from }) =>
    inCells(names.map((name) => `\`${name.replace('*', 'ANY')}\``)).map((cell) => [cell, from]),
  );
  return tableWithNotes(['Variables', 'From'], rows);
}

/** The names in as few cells as they need. */
function inCells(names: readonly string[]): readonly string[] {
  const cells: string[] = [];
  for (const name of names) {
    const joined = cells.length === 0 ? name : `${cells.at(-1)}, ${name}`;
    if (cells.length > 0 && joined.length <= longestCell) cells[cells.length - 1] = joined;
    else cells.push(name);
  }
  return cells;
}

/** The options of `mintproc gen` that a platform has. */
function platformOptions(): string {
  const rows = Object.entries(platforms).flatMap(([platform, { options }]) =>
    Object.entries(options).map(([name, { value, help, byDefault }]) => [
      platform,
      `\`--${name} ${value}\``,
      byDefault === '' ? help : `${help}; default: ${byDefault}`,
    ]),
  );
  return tableWithNotes(['Platform', 'Option', 'Meaning'], rows);
}

function errorCodes(): string {
  const byRoom = Map.groupBy(Object.entries(codes), ([code]) => code.split('.')[0] ?? code);
  return Array.from(byRoom, ([room, entries]) => {
    const rows = entries.map(([code, meaning]) => [`\`${code}\``, statusText(code as Code), meaning]);
    const head = rows.some(([, status]) => status !== '') ? ['Code', 'Status', 'Meaning'] : ['Code', 'Meaning'];
    const cells = head.length === 3 ? rows : rows.map(([code = '', , meaning = '']) => [code, meaning]);
    const own = entries.flatMap(([code]) => {
      const text = codeAdvice[code as Code];
      return text === undefined ? [] : [wrapped(`\`${code}\`: ${text}`, '- ')];
    });
    const more = own.length === 0 ? '' : `\nWhat to do about single codes:\n\n${own.join('\n')}\n`;
    return `## ${room}\n\n${wrapped(groupAdvice[room] ?? '')}\n\n${tableWithNotes(head, cells)}${more}`;
  }).join('\n');
}

function ruleList(): string {
  const entries = Object.entries(rules) as [RuleCode, (typeof rules)[RuleCode]][];
  const table = tableWithNotes(
    ['Rule', 'Severity', 'Meaning'],
    entries.map(([code, severity]) => [`[\`${code}\`](#${anchor(code)})`, severity, codes[code]]),
  );
  return [table, ...entries.map(([code]) => ruleSection(code, ruleExamples[code]))].join('\n');
}

/** The anchor of a heading, as GitHub and most site generators make it. */
function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\w -]/g, '')
    .replaceAll(' ', '-');
}

function ruleSection(code: RuleCode, { file, wrong, right, given }: RuleExample): string {
  const fence = (text: string): string =>
    `\`\`\`${file.endsWith('.xml') ? 'xml' : 'yaml'}\n${text.trimEnd()}\n\`\`\`\n`;
  const taken = given === undefined ? '' : ` ${given}`;
  return [`### ${code}\n`, wrapped(`${codes[code]}${taken}`), '', fence(wrong), 'Mended:\n', fence(right)].join('\n');
}
