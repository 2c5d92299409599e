/**
 * @module
 * Reports variables that have no value here: what the gateway would have, and what to declare instead.
 *
 * A claim that may be missing is left out, as on the gateway, with a warning. What makes every request fail is an error
 * if there is a configuration: without one, the variable may still be declared.
 */
import { called, nameOr } from '../../diagnostics/harmless.ts';
import type { SourceText } from '../../diagnostics/source-text.ts';
import type { OtherUse } from './assignments.ts';
import { whyUnreachable } from './context-variables.ts';
import type { InlineExpression } from './inline.ts';
import { isBuiltIn } from './other-actions.ts';
import type { PolicyReader } from './policy-reader.ts';

export function reportUnset(reader: PolicyReader, name: SourceText): void {
  reader.noteLack(name);
  const reason = whyUnreachable(name.text);
  const isLeftOut = reader.isOptional && reason === undefined;
  const unset =
    reason ?? 'The file does not set it before the policy, mintproc.yaml does not declare it, and no request has it.';
  reader.report('datapower.unset-variable', name, {
    severity: isLeftOut ? undefined : severityOf(reader),
    message: `Nothing sets ${called('the variable', name.text)}. ${unset}`,
    suggestion: howToDeclare([name.text]),
  });
}

export function reportUncertain(reader: PolicyReader, name: SourceText): void {
  reader.noteLack(name);
  reader.report('datapower.uncertain-variable', name, {
    severity: severityOf(reader),
    message: `The file sets ${called('the variable', name.text)} only in a branch (if, switch, catch), and mintproc does not evaluate the branch's condition.`,
    suggestion: howToDeclare([name.text]),
  });
}

/** Reports an action that mintproc does not run, with all variables that the policy needs of it. */
export function reportOther(reader: PolicyReader, { action, names, how }: OtherUse): void {
  const noun = isBuiltIn(action.name) ? `This ${action.name}` : called('The action', action.name);
  const variables = [...names].map((name) => nameOr(name, 'NAME'));
  const listed = variables.map((name) => `\`${name}\``).join(', ');
  reader.reportKey('datapower.other-action', action.path, {
    severity: severityOf(reader),
    message: `${noun} ${how} ${listed}, which the policy reads, and mintproc does not run it.`,
    suggestion: howToDeclare([...names]),
  });
}

export function reportExpression(reader: PolicyReader, { at, isJsonata }: InlineExpression): void {
  reader.report('datapower.unsupported-inline', at, {
    message: isJsonata
      ? 'This `$(…)` is a JSONata expression, which the gateway evaluates. mintproc replaces only names of variables, `$(NAME)`.'
      : 'This `$(` has no `)`, so it is neither the name of a variable nor an expression.',
    suggestion: isJsonata
      ? 'Declare the variable that gets its result in mintproc.yaml: `variables: { NAME: { expression: … } }`, or a constant.'
      : 'Write `$(NAME)`.',
  });
}

function severityOf({ declared }: PolicyReader): 'error' | undefined {
  return declared === undefined ? undefined : 'error';
}

function howToDeclare(names: readonly string[]): string {
  const entries = names.map((name) => {
    const isPrivate = name.toLowerCase().startsWith('private.');
    return `${nameOr(name, 'NAME')}: ${isPrivate ? '{ value: …, readable: true }' : '…'}`;
  });
  return `Declare ${names.length === 1 ? 'it' : 'them'} in mintproc.yaml: \`variables: { ${entries.join(', ')} }\`.`;
}
