/**
 * @module
 * `docs/operations/failures.md`: tables and sections of the rows that `test/e2e/failures.test.ts` makes happen.
 */
import type { ClientSees, Failure, OperatorSees } from '../e2e/failures/failure.ts';
import { sections } from '../e2e/failures/table.ts';
import { tableWithNotes } from './table.ts';
import { wrapped } from './wrap.ts';

export function failurePages(): string {
  return Object.entries<Readonly<Record<string, Failure>>>(sections)
    .map(([title, rows]) => [`## ${title}\n`, overview(rows), ...Object.entries(rows).map(details)].join('\n'))
    .join('\n');
}

function overview(rows: Readonly<Record<string, Failure>>): string {
  const cells = Object.entries(rows).map(([name, { fault, client }]) => [
    `[${name}](#${name})`,
    fault,
    clientText(client.ext_proc),
    clientText(client.ext_authz),
  ]);
  return tableWithNotes(['Name', 'Fault', 'ext_proc', 'ext_authz'], cells);
}

const bodies: Readonly<Record<string, string>> = {
  empty: ', no body',
  Envoy: ", Envoy's text",
  token: ', with its token',
  "the client's header": ", **with the client's header**",
};

function clientText(sees: ClientSees | null): string {
  if (sees === null) return '–';
  const { status, body, header } = sees;
  const further = header === undefined ? '' : `, \`${header.join(': ')}\``;
  return `${status}${bodies[body] ?? `, \`${body}\``}${further}`;
}

function details([name, { fault, operator, toDo, reaches = false }]: readonly [string, Failure]): string {
  const seen = operatorText(operator).map((line) => wrapped(line, '- '));
  // A sentence may begin with the name of the program.
  const capital = fault.startsWith('mintproc') ? fault : `${fault.charAt(0).toUpperCase()}${fault.slice(1)}`;
  const arrives = reaches ? ' The upstream may get the request although the client gets a refusal.' : '';
  return [
    `### ${name}\n`,
    wrapped(`${capital}.${arrives}`),
    '',
    ...seen,
    wrapped(`What to do: ${toDo}`, '- '),
    '',
  ].join('\n');
}

function operatorText(sees: OperatorSees): readonly string[] {
  const { exit, log, ready, grows = [], figures = {}, envoy = [] } = sees;
  const names = (series: readonly string[]): string => series.map((one) => `\`${one}\``).join(' and ');
  return [
    ...(exit === undefined ? [] : [typeof exit === 'number' ? `Exit code: ${exit}` : `Ended by ${exit}`]),
    ...(log === undefined ? [] : [`Log: \`${log[0]}\`${log[1] === undefined ? '' : `, code \`${log[1]}\``}`]),
    ...(grows.length === 0 ? [] : [`Metric: ${names(grows)} grows`]),
    ...Object.entries(figures).map(([series, value]) => `Metric: \`${series}\` is ${value}`),
    ...(ready === undefined ? [] : [`\`/readyz\`: ${readyText(ready)}`]),
    ...(envoy.length === 0 ? [] : [`Statistics of Envoy: ${names(envoy)}`]),
  ];
}

function readyText(ready: NonNullable<OperatorSees['ready']>): string {
  if (ready === 'no answer') return 'no answer';
  const [status, member, value] = ready;
  return value === undefined ? `${status}, with \`${member}\`` : `${status}, with \`"${member}":"${value}"\``;
}
