/**
 * @module
 * The generated parts of docs/. Each is made from the table in the code that it describes. `npm run docs` writes them,
 * and a test compares them.
 */

import { codes } from '../../src/diagnostics/codes.ts';
import { type RuleCode, rules } from '../../src/diagnostics/rules.ts';
import { callerVariables } from '../../src/dialects/apigee/caller-variables.ts';
import { callerKindNames, callerKinds, callerObject } from '../../src/expressions/caller-objects.ts';
import { type MetricRow, metricTable } from '../../src/observe/metric-table.ts';
import { publisherTable } from '../../src/publishing/publisher/publisher-metrics.ts';
import { rooms } from '../architecture/rooms.ts';
import {
  dataweaveBounds,
  dataweaveFunctions,
  engineDifferences,
  expressionBounds,
  expressionFunctions,
  refusedFunctions,
  unsupportedConstructs,
} from './expression-tables.ts';
import type { RuleExample } from './rule-examples/example.ts';
import { ruleExamples } from './rule-examples/index.ts';
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
  { page: 'docs/architecture.md', name: 'rooms', text: roomTable },
  { page: 'docs/metrics.md', name: 'metrics', text: metrics },
  { page: 'docs/metrics.md', name: 'metrics of publish', text: () => tableOfMetrics(publisherTable) },
  { page: 'docs/errors.md', name: 'codes', text: errorCodes },
  { page: 'docs/configuration.md', name: 'objects of the caller', text: callerObjectTable },
  { page: 'docs/dialects/apigee.md', name: 'variables of the caller', text: callerVariableTable },
  { page: 'docs/rules.md', name: 'rules', text: ruleList },
  { page: 'docs/expressions.md', name: 'functions', text: expressionFunctions },
  { page: 'docs/expressions.md', name: 'unsupported', text: unsupportedConstructs },
  { page: 'docs/expressions.md', name: 'bounds', text: expressionBounds },
  { page: 'docs/expressions.md', name: 'functions of dataweave', text: dataweaveFunctions },
  { page: 'docs/expressions.md', name: 'refused of dataweave', text: refusedFunctions },
  { page: 'docs/expressions.md', name: 'bounds of dataweave', text: dataweaveBounds },
  { page: 'docs/expressions.md', name: 'differences of dataweave', text: engineDifferences },
];

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

/** What to do about the codes of a group: the first part of their names. */
export const advice: Readonly<Record<string, string>> = {
  flex: 'The policy of Flex Gateway is read, but its resource or a member of it is hardly meant, or cannot be honoured. [The dialect](dialects/flex.md) says what each part means here.',
  config:
    'Correct `mintproc.yaml` at the place that the error names. `mintproc validate` reports all problems together. A reload with such an error changes nothing: the last good configuration stays in force.',
  policy:
    'Correct the policy file at the place that the error names, or its entry in `mintproc.yaml`. The page of each dialect lists what the vendor accepts and mintproc does not.',
  dataweave:
    'Correct the expression. An error at load has a line, a column and usually a suggestion. An error at a request means that the request contained something that the expression cannot handle: use `default`, or test for it. `mintproc eval` evaluates an expression.',
  apigee:
    "The codes of GenerateJWT are the vendor's names in kebab case, so the vendor's troubleshooting page applies. What Apigee rejects at deployment, mintproc rejects when the policy loads. Correct the policy, or the variables that its entry declares.",
  datapower:
    'Correct the policy, or declare in `mintproc.yaml` what only the gateway knew: variables that a script set, crypto objects, JWKs. [The DataPower page](dialects/datapower.md) says what is supported.',
  import:
    'The report of `mintproc import` says what to do. Where a value is open, `mintproc.yaml` has a string that begins with `FILL IN`: replace it.',
  variables:
    'Check the variables that the configuration declares for the policy: their names, and the source of each value.',
  jose: 'Give the policy a key that fits its algorithm, or change the algorithm. A warning does not disable the policy.',
  keys: 'Check the key that the policy or its entry names: the file, its permissions and its format. The content of a key is never shown.',
  signer:
    'The service that holds the key did not sign, so the request was refused: with status 503 if it may work soon, or else 500 (`signer.denied`, `signer.key-unusable`, `signer.wrong-signature`, `signer.refused`). At load, mintproc does not start, or the last good configuration stays in force. [Keys](keys.md#keys-that-a-service-holds) says what each service needs.',
  mint: 'The request was refused, or continued without a token (`onError: pass`). The log line names the policy and the reason. `mintproc mint` repeats the request on your machine.',
  extproc:
    'At startup, check the address. At a request, check how Envoy is configured to call mintproc, and the limits. `extproc.internal` is a defect: please report it with the place from the log.',
  route:
    'An ambiguous path is refused because two servers could match it to different routes. Let Envoy normalise paths (`normalize_path`, `merge_slashes`). A policy that an Envoy route names must be in `mintproc.yaml`, and `allowRoutePolicy` must be set.',
  identity:
    "The caller's identity is missing, malformed or ambiguous, so the request was refused. Check `authentication` in `mintproc.yaml`, and the filters before mintproc in Envoy.",
  serving:
    'The log says how the worker ended, or what to do about one that does not answer. mintproc replaces it. If workers keep ending, check their memory, and report what looks like a defect.',
  observe: 'Check the address under `admin`, and whether another process listens there.',
  trial:
    'Correct the file with the request or the tests at the place that the error names. [mint](commands.md) and [Tests](testing.md) show their forms.',
  cli: 'Check the arguments. `mintproc help` shows what each command takes.',
  runtime: 'Check that the files that `mintproc.yaml` names exist, and that the process may read them.',
};

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

function errorCodes(): string {
  const byRoom = Map.groupBy(Object.entries(codes), ([code]) => code.split('.')[0] ?? code);
  return Array.from(byRoom, ([room, entries]) => {
    const rows = entries.map(([code, meaning]) => [`\`${code}\``, meaning]);
    return `## ${room}\n\n${wrapped(advice[room] ?? '')}\n\n${tableWithNotes(['Code', 'Meaning'], rows)}`;
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
