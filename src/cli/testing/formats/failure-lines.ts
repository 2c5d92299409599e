/**
 * @module
 * A failure in lines, for the formats that people read. Names and values are the work of others, so that each line is
 * made printable.
 */

import { type StandIn, standInText } from '../../../configuration/keys/stand-in-keys.ts';
import type { JsonValue } from '../../../diagnostics/json.ts';
import { printable } from '../../../diagnostics/printable.ts';
import { formatProblem, type Problem } from '../../../diagnostics/problem.ts';
import { placeText } from '../../../diagnostics/source-text.ts';
import { type MemberFields, shortened } from '../../../trial/member-fields.ts';
import { jsonText } from '../../json-text.ts';
import { type Painted, paint } from '../../paint.ts';
import { routeText } from '../../route-fields.ts';
import type { ShownFailure } from '../test-report.ts';

const plain = paint(false);

/** `jwt.claims.sub: The texts are different.` */
export function failureTitle({ what, message }: ShownFailure): string {
  return printable(`${what}: ${message}`);
}

/** What was expected and is, and how the policy computes it: no line if there is nothing to add to the title. */
export function failureDetails(failure: ShownFailure, painted: Painted = plain): readonly string[] {
  const { expected, member, warnings = [], routes = [] } = failure;
  return [
    ...(expected === undefined ? [] : [`expected ${painted.good(printable(valueText(expected)))}`]),
    ...('actual' in failure ? [`actual   ${painted.bad(printable(valueText(failure.actual)))}`] : []),
    ...(member === undefined ? [] : memberLines(member).map(printable)),
    ...warnings.map((warning) => printable(warningLine(warning))),
    ...routes.map((route) => routeText(route, painted)),
  ];
}

function valueText(value: JsonValue | undefined): string {
  return value === undefined ? 'absent' : shortened(jsonText(value));
}

function memberLines({ comes, expression, file, line, column, reads = [], error }: MemberFields): readonly string[] {
  const place = file === undefined || line === undefined || column === undefined ? undefined : { file, line, column };
  const source = expression === undefined ? comes : `${comes}: ${shortened(expression)}`;
  return [
    place === undefined ? source : `${source} (${placeText(place)})`,
    ...reads.map(({ input, value }) => `read ${input}: ${valueText(value)}`),
    ...(error === undefined ? [] : [`${error.message} [${error.code}]`]),
  ];
}

function warningLine({ message, suggestion, code }: Problem): string {
  return `warning: ${[message, ...(suggestion === undefined ? [] : [suggestion])].join(' ')} [${code}]`;
}

/** Why the cases of a file cannot run. */
export function problemLines(problems: readonly Problem[]): readonly string[] {
  return problems.flatMap((problem) => formatProblem(problem).split('\n'));
}

/** Which keys were made for the run, without any part of them. */
export function keyLines(made: readonly StandIn[]): readonly string[] {
  return made.map((one) => printable(`note: ${standInText(one)}`));
}
