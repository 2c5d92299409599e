/**
 * @module
 * The generated parts of docs/: each is made from the table in the code that it describes. `npm run docs` writes them,
 * a test compares them.
 */
import { codes } from '../../src/diagnostics/codes.ts';
import { type MetricRow, metricTable } from '../../src/observe/metric-table.ts';
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
import { tableOf } from './table.ts';

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
  { page: 'docs/errors.md', name: 'codes', text: errorCodes },
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
  return tableOf(['Room', 'Job', 'May import', 'Packages'], rows);
}

function metrics(): string {
  const rows = Object.entries<MetricRow>(metricTable).map(([name, row]) => {
    const labels = row.labels.map((label) => `\`${label}\``).join(', ');
    return [`\`${name}\``, row.type, labels, row.help];
  });
  const buckets = Object.entries<MetricRow>(metricTable).flatMap(([name, row]) =>
    row.type === 'histogram' ? [`- \`${name}\`: ${row.buckets.join(', ')}`] : [],
  );
  const table = tableOf(['Metric', 'Type', 'Labels', 'Meaning'], rows);
  return `${table}\nUpper bounds of the buckets, in seconds or bytes, as the name says:\n\n${buckets.join('\n')}\n`;
}

/** What to do about the codes of a room: the first part of their names. */
export const advice: Readonly<Record<string, string>> = {
  config:
    'Correct `mintproc.yaml` at the place that the error names; `mintproc validate` shows all problems at once. A reload with such an error changes nothing: the last good configuration stays in force.',
  policy:
    'Correct the policy file at the place that the error names, or its entry in `mintproc.yaml`. What a vendor accepts and mintproc does not is listed on the page of that dialect.',
  dataweave:
    'Correct the expression. An error at load comes with line, column and mostly with what to write instead. An error at a request means that the request brought something the expression cannot work with: use `default`, or test for it. `mintproc eval` tries an expression.',
  apigee:
    "The codes of GenerateJWT carry the vendor's names in kebab case, so that the vendor's troubleshooting page applies; what Apigee would refuse at deployment is refused at load. Correct the policy or the variables that its entry declares.",
  datapower:
    'Correct the policy, or declare in `mintproc.yaml` what only the gateway knew: variables that a script set, crypto objects, JWKs. docs/dialects/datapower.md says what is read and what is not.',
  variables:
    'Look at the variables that the configuration declares for the policy: their names and where each value comes from.',
  jose: 'Give the policy a key that fits its algorithm, or change the algorithm. Warnings leave the policy in force.',
  keys: 'Look at the key that the policy or its entry names: the file, its permissions, its form. The text of a key is never shown.',
  mint: 'The request was refused (or went on without a token, with `onError: pass`). The log line has the policy and the reason in words; `mintproc mint` repeats the request at your desk.',
  extproc:
    'At start: look at the address. At a request: look at how Envoy is configured to call mintproc, and at the limits. `extproc.internal` is a defect: please report it, the log has the place.',
  route:
    'An ambiguous path is refused, because two readers could take it for two routes: let Envoy normalise paths (`normalize_path`, `merge_slashes`). A policy that a route in Envoy names must stand in `mintproc.yaml`, which must also allow routes to name one.',
  identity:
    'What says who the caller is can be read in two ways, or in none, and the request was refused: look at `authentication` in `mintproc.yaml` and at the filters that stand before mintproc in Envoy.',
  serving:
    'The log says how the worker ended. It is replaced; where it keeps ending, look at its memory, and report what looks like a defect.',
  observe: 'Look at the address under `admin`, and at what else listens there.',
  cli: 'Look at the arguments; `mintproc help` shows what each command takes.',
  runtime: 'Look at the files that `mintproc.yaml` names: that they are there, and that the process may read them.',
};

function errorCodes(): string {
  const byRoom = Map.groupBy(Object.entries(codes), ([code]) => code.split('.')[0] ?? code);
  return Array.from(byRoom, ([room, entries]) => {
    const rows = entries.map(([code, meaning]) => [`\`${code}\``, meaning]);
    return `## ${room}\n\n${advice[room] ?? ''}\n\n${tableOf(['Code', 'Meaning'], rows)}`;
  }).join('\n');
}
