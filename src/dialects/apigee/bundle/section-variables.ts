/**
 * @module
 * The `variables` of a section: the values that are certain, and who sets the others.
 */

import { oneLine } from '../../../diagnostics/one-line.ts';
import { yamlEntry, yamlFlow } from '../../../documents/write-yaml.ts';
import { isPrivate } from '../../private-names.ts';
import type { Form } from './assigned.ts';
import type { Bundle } from './bundle.ts';
import { isOfCaller } from './callers.ts';
import type { NeededVariable } from './needed.ts';
import { isOfRuntime } from './runtime.ts';
import { originLines } from './setter-lines.ts';

export function variableLines({ variables, unnamed }: Bundle): readonly string[] {
  const more =
    unnamed === 0 ? [] : [`  # and ${unnamed} more, whose names are too unusual to be shown: see the policies`];
  const declared = variables.filter((variable) => !isOfRuntime(variable) && !isOfCaller(variable));
  const lines = [...declared.flatMap(linesOf), ...more];
  // Without a declaration, `variables:` alone would be null.
  const isEmpty = lines.every((line) => line.startsWith('  #'));
  return isEmpty ? lines.map((line) => line.trim()) : ['variables:', ...lines];
}

function linesOf(variable: NeededVariable): readonly string[] {
  const own = variable.own.map(
    ({ policy, form, event }) =>
      `${oneLine(variable.name)} for ${policy}: ${yamlFlow(declarationFor(form))}, as ${event.policy.name} assigns it`,
  );
  const differs = own.map((line) => `  # ${oneLine(line)}`);
  return variable.own.length === variable.policies.length && own.length > 0
    ? differs
    : [...differs, ...declarationOf(variable)];
}

/** What a declaration in the configuration says. */
export function declarationFor(form: Form): unknown {
  return 'value' in form ? form.value : form;
}

function declarationOf(variable: NeededVariable): readonly string[] {
  const { declaration, comment } = proposal(variable);
  return [
    ...originLines(variable).map((line) => `  # ${line}`),
    `  ${yamlEntry(variable.name, declaration)} # ${oneLine(comment)}`,
  ];
}

interface Proposal {
  readonly declaration: unknown;
  readonly comment: string;
}

function proposal({ name, use, readBy, value }: NeededVariable): Proposal {
  const readers = `read by ${readBy.join(', ')}`;
  if (value !== undefined) {
    return { declaration: declarationFor(value.form), comment: `as ${value.event.policy.name} assigns it; ${readers}` };
  }
  if (use === 'secret' || (use === 'key-id' && isPrivate(name)))
    return { declaration: { file: `secrets/${fileName(name)}` }, comment: readers };
  if (isPrivate(name)) {
    // With `readable: false` the policy does not load, so that pasting this cannot expose a secret.
    const declaration = { file: `secrets/${fileName(name)}`, readable: false };
    return { declaration, comment: `tokens would show it: write true if it is not a secret; ${readers}` };
  }
  const declaration = { metadata: 'envoy.filters.http.ext_authz', path: [name] };
  return { declaration, comment: `say where it comes from; ${readers}` };
}

/** A name of its own in the folder, never the folder itself. */
function fileName(name: string): string {
  return name.replace(/^private\./i, '').replace(/^\W*$|^\.+/, '_');
}
